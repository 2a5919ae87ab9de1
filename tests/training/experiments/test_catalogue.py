"""The papers' experiments can all be built as they are written down, and say where their figures stand."""

import msgspec
import pytest

from training.errors import ConfigError
from training.experiments.building import build_network, classes_of
from training.experiments.catalogue import EXPERIMENTS, PAPERS, find_experiment
from training.experiments.experiment import Experiment
from training.experiments.protocols import find_protocol
from training.experiments.scale import SCALES, chosen, find_scale, scaled
from training.networks import registry

SMALL = ("five-layer-cnn", "elu-cnn", "custom-cnn", "unet-plr-classifier", "mobilenetv2", "regnet")


def test_every_paper_has_experiments_with_unique_names():
    assert set(PAPERS) == {"000", "001", "002", "003", "004"}
    assert sum(map(len, PAPERS.values())) == len(EXPERIMENTS)
    assert all(name.startswith(one.paper) for name, one in EXPERIMENTS.items())


@pytest.mark.parametrize("one", EXPERIMENTS.values(), ids=lambda one: one.name)
def test_an_experiment_names_things_that_exist(one: Experiment):
    spec = registry.spec(one.model.name)
    assert spec.task == one.task
    find_protocol(one.paper_protocol)
    assert one.preparation.size_px % spec.multiple_of_px == 0
    assert one.preparation.size_px >= max(spec.minimum_size_px, one.smallest_px)
    assert msgspec.json.decode(msgspec.json.encode(one), type=Experiment) == one
    assert all(0 < figure.value < 1 and figure.where for figure in one.published)
    if one.preparation.region:
        from allviewer.classical.methods import find_method

        find_method(one.preparation.region)


@pytest.mark.parametrize("one", EXPERIMENTS.values(), ids=lambda one: one.name)
@pytest.mark.parametrize("scale", ["quick", "two_cores"])
def test_every_scale_fits_the_network(one: Experiment, scale):
    spec = registry.spec(one.model.name)
    smallest = max(spec.minimum_size_px, one.smallest_px)
    fitted = scaled(one, find_scale(scale), smallest, spec.multiple_of_px)
    assert fitted.preparation.size_px % spec.multiple_of_px == 0
    assert smallest <= fitted.preparation.size_px <= one.preparation.size_px
    assert 1 <= fitted.epochs <= one.epochs
    if one.model.name in SMALL and one.model.weights == "":
        build_network(one.model, fitted.preparation, len(classes_of(one, ("a", "b"))))


def test_a_share_of_the_pictures_keeps_every_class_of_every_group():
    groups = [f"g{number // 20}" for number in range(200)]
    labels = ["ab"[number % 20 < 2] for number in range(200)]
    kept = chosen(groups, labels, 50)
    assert 45 <= len(kept) <= 60
    pairs = {(groups[i], labels[i]) for i in range(200)}
    assert {(groups[i], labels[i]) for i in kept} == pairs
    assert list(chosen(groups, labels, 500)) == list(range(200))


def test_names_that_are_none_are_answered_with_those_that_are():
    for find, known in (
        (find_experiment, "003-cnn-128-rgb-1x"),
        (find_protocol, "as_stated_leaky"),
        (find_scale, "quick"),
    ):
        with pytest.raises(ConfigError) as problem:
            find("nonsense")
        assert known in str(problem.value)
    assert SCALES["full"].pictures is None

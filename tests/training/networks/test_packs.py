"""Packs of the registry's networks in the viewer's own hands: installed, run, continued, and brought to 8 bits."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
import torch
from torch.nn import functional

from allviewer.domain.mask import Mask
from allviewer.errors import PackError
from allviewer.exchange.model_card import ClassificationSpec, SegmentationSpec
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.onnx_session import OnnxSession
from allviewer.progress import CancelToken
from tests.inference.pictures import Picture
from tests.training.networks.conftest import build_small
from tests.training.networks.test_learning_and_export import card_of
from training import packs
from training.classification.fit import load_classifier
from training.datasets.sample import Sample
from training.errors import TrainingError
from training.networks import registry
from training.networks.export import export_network, load_network
from training.networks.network import Network
from training.networks.quantise import accuracy_measure, dice_measure, quantise_pack

CHANNELS = ("background", "cytoplasm", "nucleus")


def fields(toy_sample: Callable[..., Sample], count: int, side: int = 64) -> tuple[np.ndarray, np.ndarray]:
    drawn = [toy_sample(seed, side, cells=1) for seed in range(count)]
    return np.stack([s.image for s in drawn]), np.stack([s.parts for s in drawn])


def taught(network: Network, images: np.ndarray, truth: np.ndarray, steps: int) -> Network:
    pictures = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    answers = torch.from_numpy(truth.astype(np.int64))
    optimiser = torch.optim.Adam(network.train().parameters(), lr=3e-3)
    for _ in range(steps):
        loss = functional.cross_entropy(network(pictures), answers)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


@pytest.fixture(scope="module")
def segmenter(tmp_path_factory, toy_fields) -> tuple[Network, SegmentationSpec]:
    torch.manual_seed(0)
    network = registry.build("unet", classes=3, size_px=64, variant="start-16,batch-norm")
    spec = SegmentationSpec(0.3, 38.0, multiple_of=16, channels=CHANNELS, min_diameter_px=15.0)
    return taught(network, *toy_fields, steps=50), spec


@pytest.fixture(scope="module")
def toy_fields(toy_sample_of) -> tuple[np.ndarray, np.ndarray]:
    return fields(toy_sample_of, 12)


def test_a_trained_unet_without_distance_map_finds_cells_in_the_viewer(segmenter, toy_sample, tmp_path):
    network, spec = segmenter
    field = toy_sample(77, 128, cells=2)
    card = msgspec.structs.replace(card_of("unet", 64), spec=spec)
    export_network(tmp_path / "pack", network, card, field.image[None, :64, :64])
    pack = Catalogue(tmp_path / "shipped", tmp_path / "user").install(tmp_path / "pack")
    found = detect_cells(Picture(field.image), DetectRequest(pack, mpp=0.3), CancelToken(), lambda *_: None).cells
    truth = [Mask(field.cells == number) for number in field.cell_numbers()]
    assert len(found) == len(truth)
    assert all(max(cell.mask.iou(mask) for cell in found) > 0.7 for mask in truth)


def test_grey_networks_get_grey_inside_the_graph(tmp_path):
    network = build_small("five-layer-cnn", channels=1)
    samples = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
    export_network(tmp_path / "pack", network, card_of("five-layer-cnn", 32), samples)
    pack = Catalogue(tmp_path / "shipped", tmp_path / "user").install(tmp_path / "pack")
    grey = np.rint(samples @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    session = OnnxSession(pack, "cpu", 1)
    in_colour = session.run(samples, CancelToken())
    in_grey = session.run(np.repeat(grey[..., None], 3, axis=3), CancelToken())
    np.testing.assert_allclose(in_colour, in_grey, atol=2e-3)  # grey of the second was rounded to 8 bits


@pytest.mark.parametrize(("classes", "side"), [(2, 48), (4, 100), (5, 32)])
def test_any_number_of_classes_at_any_size_installs(classes, side, tmp_path):
    names = tuple(f"kind-{n}" for n in range(classes))
    spec = ClassificationSpec(0.25, side, names, shown_as=("blast", *["lymphocyte"] * (classes - 1)))
    card = msgspec.structs.replace(card_of("regnet", side), spec=spec)
    network = build_small("regnet", classes=classes, size_px=side)
    samples = np.random.default_rng(0).integers(0, 256, (2, side, side, 3), np.uint8)
    export_network(tmp_path / "pack", network, card, samples)
    installed = Catalogue(tmp_path / "shipped", tmp_path / "user").install(tmp_path / "pack")
    assert installed.card.network.architecture == f"regnet 3x{side} {classes}"


def test_a_card_that_does_not_fit_the_network_is_refused_in_words(tmp_path):
    network, card = build_small("elu-cnn"), card_of("elu-cnn", 32)
    samples = np.zeros((1, 32, 32, 3), np.uint8)
    for spec, message in {
        ClassificationSpec(0.3, 32, ("a", "b", "c")): "tells 2 classes",
        ClassificationSpec(0.3, 64, ("a", "b")): "pictures of 32 px",
        SegmentationSpec(0.3, 40.0): "is for classification",
    }.items():
        with pytest.raises(TrainingError, match=message):
            export_network(tmp_path / "pack", network, msgspec.structs.replace(card, spec=spec), samples)
    assert not (tmp_path / "pack").exists()


def test_a_pack_of_the_registry_is_not_gone_on_with_as_the_shipped_kind(tmp_path):
    export_network(tmp_path / "p", build_small("elu-cnn"), card_of("elu-cnn", 32), np.zeros((1, 32, 32, 3), np.uint8))
    with pytest.raises(PackError, match="cannot be continued"):
        load_classifier(tmp_path / "p")
    content = (tmp_path / "p" / "network.onnx").read_bytes()
    (tmp_path / "p" / "network.onnx").write_bytes(content[:-1] + b"x")
    with pytest.raises(PackError, match="altered"):
        load_network(tmp_path / "p")


def test_eight_bits_cost_what_the_card_says(toy_fields, tmp_path):
    images, _ = toy_fields
    truth = (np.arange(len(images)) % 2).astype(np.int64)
    images = np.where(truth[:, None, None, None] == 1, images, 255 - images)
    torch.manual_seed(0)
    network = taught(registry.build("five-layer-cnn", classes=2, size_px=64), images, truth, steps=40)
    card = export_network(tmp_path / "pack", network, card_of("five-layer-cnn", 64), images[:2])
    measure = accuracy_measure(images, truth.tolist(), "drawn cells")
    small = quantise_pack(tmp_path / "pack", tmp_path / "small", images, measure)
    assert (small.name, small.training.parent) == ("five-layer-cnn-int8", card.identity)
    before, after = small.figures[-2:]
    assert (before.metric, after.metric) == ("accuracy with 32-bit numbers", "accuracy with 8-bit numbers")
    assert measure.of(packs.answering(tmp_path / "small" / "network.onnx")) == pytest.approx(after.value, abs=1e-4)
    assert before.value == 1.0
    assert f"{after.value:.4f}, against 1.0000" in small.limits
    sizes = [(tmp_path / folder / "network.onnx").stat().st_size for folder in ("pack", "small")]
    assert sizes[1] < 0.5 * sizes[0]
    Catalogue(tmp_path / "shipped", tmp_path / "user").install(tmp_path / "small")
    with pytest.raises(TrainingError, match="holds no network of the registry"):
        load_network(tmp_path / "small")
    with pytest.raises(TrainingError, match="too few"):
        quantise_pack(tmp_path / "pack", tmp_path / "other", images[:3], measure)


def test_eight_bits_of_a_segmentation_network(segmenter, toy_fields, tmp_path):
    network, spec = segmenter
    images, parts = toy_fields
    card = msgspec.structs.replace(card_of("unet", 64), spec=spec)
    export_network(tmp_path / "pack", network, card, images[:2])
    small = quantise_pack(tmp_path / "pack", tmp_path / "small", images, dice_measure(images, parts, 2, "drawn cells"))
    before, after = small.figures[-2:]
    assert before.value > 0.9
    assert after.value > before.value - 0.05
    Catalogue(tmp_path / "shipped", tmp_path / "user").install(tmp_path / "small")

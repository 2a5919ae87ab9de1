"""Cards and manifests come back as they were written; what is wrong in them is named."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.exchange.model_card import (
    ClassificationSpec,
    Figure,
    ModelCard,
    NetworkFile,
    SegmentationSpec,
    TrainingRecord,
    decode_card,
    encode_card,
)
from allviewer.exchange.training_set import (
    LabelledCell,
    TrainingItem,
    TrainingSet,
    decode_training_set,
    encode_training_set,
)


def card(spec=None, **changes) -> ModelCard:
    values = {
        "format": 1,
        "name": "smear-net",
        "version": "1.2.0",
        "title": "Nucleus and cytoplasm",
        "spec": spec or SegmentationSpec(mpp=0.2, cell_diameter_px=60),
        "network": NetworkFile("network.onnx", "ab" * 32, 1_000_000),
        "training": TrainingRecord("python -m training fit", 7, ("bccd",), "CC BY 4.0"),
        "figures": (Figure("dice", "bccd", 0.95, 0.94, 0.96, groups=12),),
    }
    return ModelCard(**(values | changes))


@pytest.mark.parametrize(
    "written", [card(), card(ClassificationSpec(mpp=0.2, crop_px=96, classes=("blast", "lymphocyte")))]
)
def test_card_comes_back(written):
    assert decode_card(encode_card(written)) == written
    assert json.loads(encode_card(written))["spec"]["type"] == written.task


def test_identity_names_the_weights():
    assert card().identity == "smear-net 1.2.0 (abababab)"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": 2}, "format"),
        ({"name": "Smear Net"}, "name"),
        ({"name": "smear\n"}, "name"),
        ({"version": "1"}, "version"),
        ({"research_use_only": False}, "research_use_only"),
        ({"surprise": 1}, "surprise"),
        ({"network": {"file": "../network.onnx", "sha256": "ab" * 32, "parameters": 1}}, "network.file"),
        ({"network": {"file": "network.onnx", "sha256": "AB", "parameters": 1}}, "network.sha256"),
        ({"spec": {"type": "segmentation", "mpp": 0, "cell_diameter_px": 60}}, "spec.mpp"),
        ({"spec": {"type": "oracle"}}, "spec"),
    ],
)
def test_wrong_cards_are_refused_by_field(change, field):
    data = json.dumps(json.loads(encode_card(card())) | change).encode()
    with pytest.raises(msgspec.ValidationError, match=field.replace(".", r"\.")):
        decode_card(data)


def item(**changes) -> TrainingItem:
    values = {
        "id": "a-1",
        "image": "images/a-1.png",
        "cells_file": "cells/a-1.tif",
        "nuclei_file": "nuclei/a-1.tif",
        "trust_file": "trust/a-1.png",
        "width": 10,
        "height": 10,
        "group": "patient 1",
        "source": "a.png",
        "source_sha256": "0" * 64,
        "mpp": None,
        "x": 0,
        "y": 0,
        "cells": (LabelledCell(1, "blast", "corrected"),),
    }
    return TrainingItem(**(values | changes))


def manifest(*items: TrainingItem) -> TrainingSet:
    return TrainingSet(1, "allviewer 0.1.0", "2026-01-01T00:00:00+00:00", ("blast",), items)


@given(st.text(max_size=20), st.text(max_size=20), st.none() | st.floats(0.01, 10), st.integers(1, 65535))
def test_manifest_comes_back(group, source, mpp, number):
    written = manifest(item(group=group, source=source, mpp=mpp, cells=(LabelledCell(number, "blast", "accepted"),)))
    assert decode_training_set(encode_training_set(written)) == written


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../secrets.png",
        "images/../../x.png",
        "C:/x.png",
        "images\\x.png",
        "",
        "a/..\n/x",
        "a\n/../x",
        "x.png\n",
    ],
)
def test_paths_stay_inside_the_set(path):
    with pytest.raises(msgspec.ValidationError):
        decode_training_set(encode_training_set(manifest(item(image=path))))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "a/b"},
        {"cells": (LabelledCell(0, "blast", "accepted"),)},
        {"cells": (LabelledCell(70000, "blast", "accepted"),)},
        {"cells": (LabelledCell(1, "blast", "guessed"),)},
    ],
)
def test_wrong_items_are_refused(change):
    with pytest.raises(msgspec.ValidationError):
        decode_training_set(encode_training_set(manifest(item(**change))))

"""The five commands on small data: fit, go on from a pack with corrected cells, evaluate, predict, export; bad data."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.errors import DatasetError, PackError
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.exchange.training_set import LabelledCell, TrainingItem, TrainingSet, encode_training_set
from allviewer.inference.crops import cut_cell
from allviewer.progress import CancelToken
from tests.training.classification.drawn import UM_PER_PX, synthetic_cells
from training import packs
from training.__main__ import main
from training.classification import task
from training.classification.classes import CLASSES
from training.classification.fit import load_classifier
from training.errors import TrainingError
from training.tasks import Request


def quiet(event: object) -> None:
    """Nobody listens."""


def write_set(folder: Path, **changes: object) -> Path:
    """An exported set: one item a cell, all vouched for by a person, one of a class the network does not know."""
    for name in ("images", "cells", "nuclei", "trust"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    items = []
    for cell in synthetic_cells(18, seed=5):
        label = "blast" if cell.blast == 1 else CLASSES[1 + cell.type_index]
        item_id = f"item{cell.name}"
        Image.fromarray(cell.image).save(folder / "images" / f"{item_id}.png")
        numbers = np.zeros(cell.image.shape[:2], np.uint16)
        cell.mask.paint_into(numbers, box_of(cell.image), 7)
        numbers[:3, :3] = 9
        for name in ("cells", "nuclei"):
            tifffile.imwrite(folder / name / f"{item_id}.tif", numbers)
        Image.fromarray(np.full(numbers.shape, 255, np.uint8)).save(folder / "trust" / f"{item_id}.png")
        cells = (LabelledCell(7, label, "corrected"), LabelledCell(9, "platelet", "accepted"))
        items.append(item_of(item_id, cell.image, cells, cell.group, **changes))
    manifest = TrainingSet(1, "test", "2026-01-01T00:00:00Z", CLASSES, tuple(items))
    (folder / "manifest.json").write_bytes(encode_training_set(manifest))
    return folder


def box_of(image: np.ndarray):
    from allviewer.domain.geometry import Region

    return Region(0, 0, image.shape[1], image.shape[0])


def item_of(item_id: str, image: np.ndarray, cells: tuple, group: str, mpp: float | None = UM_PER_PX) -> TrainingItem:
    return TrainingItem(
        item_id, f"images/{item_id}.png", f"cells/{item_id}.tif", f"nuclei/{item_id}.tif", f"trust/{item_id}.png",
        image.shape[1], image.shape[0], group, "smear.png", "0" * 64, mpp, 0, 0, cells,
    )  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    return write_set(tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="module")
def pack(exported, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("fitted")
    request = Request(out, data=(exported,), overrides={"steps": 2, "name": "small"}, command="python -m training fit")
    return task.fit(request, CancelToken(), quiet)


def test_the_pack_runs_without_torch_and_agrees_with_it(pack, table):
    card = packs.read_card(pack)
    assert isinstance(card.spec, ClassificationSpec)
    assert card.spec.classes == CLASSES
    assert card.network.parameters < 1_500_000
    assert (pack / card.network.file).stat().st_size < 12_000_000
    crops = table.crops()[:5]
    given = packs.run_onnx(pack / card.network.file, crops)
    import torch

    with torch.no_grad():
        expected = load_classifier(pack)(torch.from_numpy(crops)).numpy()
    np.testing.assert_allclose(given, expected, atol=1e-4)
    with np.load(pack / "golden.npz", allow_pickle=False) as golden:
        again = packs.run_onnx(pack / card.network.file, golden["image"])
        np.testing.assert_allclose(again, golden["probabilities"], atol=1e-5)
    assert "Research use only" in (pack / "CARD.md").read_text(encoding="utf-8")


def test_going_on_with_corrected_cells_makes_a_child_pack(pack, exported, tmp_path):
    command = ["fit", "--task", "classification", "--from", str(pack), "--data", str(exported), "--steps", "2"]
    assert main([*command, "--replay", str(exported), "--out", str(tmp_path / "run")]) == 0
    parent, child = packs.read_card(pack), packs.read_card(tmp_path / "run" / "pack")
    assert child.training.parent == parent.identity
    assert (child.name, child.version) == ("small", "1.1.0")
    assert child.network.sha256 != parent.network.sha256
    assert child.spec == parent.spec


def test_corrected_cells_keep_their_classes_and_others_are_passed_over(exported):
    from training.classification.classes import crop_spec
    from training.classification.gather import gather

    table = gather([exported], crop_spec(), CancelToken())
    assert len(table) == 18
    assert (table.blast == 1).sum() == 3
    assert (table.blast == 0).sum() == 3, "a person who says lymphocyte says that it is no blast"
    first = synthetic_cells(18, seed=5)[0]
    assert np.array_equal(table.crops()[0], cut_cell(first.image, (0, 0), first.mask, UM_PER_PX, crop_spec()))


def test_a_set_without_a_scale_is_taken_by_the_usual_size_of_cells(tmp_path):
    from training.classification.classes import crop_spec
    from training.classification.gather import gather

    table = gather([write_set(tmp_path, mpp=None)], crop_spec(), CancelToken())
    assert len(table) == 18


def test_evaluate_and_predict_write_what_they_found(pack, exported, tmp_path):
    report = task.evaluate(Request(tmp_path, data=(exported,), pack=pack), CancelToken(), quiet)
    metrics = {figure["metric"] for figure in json.loads(report.read_text())}
    assert {"AUC of blast", "macro F1 of cell type"} <= metrics

    cell = synthetic_cells(1)[0]
    on_black = np.where(cell.mask.within(box_of(cell.image))[..., None], cell.image, 0).astype(np.uint8)
    Image.fromarray(on_black).save(tmp_path / "one.png")
    rows = task.predict(Request(tmp_path, pack=pack, images=(tmp_path / "one.png",)), CancelToken(), quiet)
    with rows.open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert sum(float(row[f"p_{name}"]) for name in CLASSES) == pytest.approx(1, abs=1e-3)

    Image.fromarray(cell.image).save(tmp_path / "field.png")
    with pytest.raises(DatasetError, match=r"field\.png does not show one cell cut out on black"):
        task.predict(Request(tmp_path, pack=pack, images=(tmp_path / "field.png",)), CancelToken(), quiet)


def test_a_stopped_run_still_gives_a_pack(pack, tmp_path):
    run = pack.parent
    before = packs.read_card(pack)
    again = task.export(Request(run), CancelToken(), quiet)
    assert packs.read_card(again).name == before.name
    with pytest.raises(TrainingError, match="holds no training run"):
        task.export(Request(tmp_path), CancelToken(), quiet)


def test_figures_and_temperatures_of_a_crossvalidation_go_into_the_card(exported, tmp_path):
    request = Request(
        tmp_path, data=(exported,), overrides={"steps": 2}, folds=2, command="python -m training crossval"
    )
    task.crossval(request, CancelToken(), quiet)
    card = packs.read_card(task.fit(request, CancelToken(), quiet))
    assert any(figure.metric == "AUC of blast" for figure in card.figures)
    report = json.loads((tmp_path / "crossval.json").read_text())
    assert card.spec.temperature == pytest.approx(report["blast_temperature"])
    assert float(load_classifier(tmp_path / "pack").temperature) == pytest.approx(report["blast_temperature"])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda folder: (folder / "manifest.json").write_text("{"), "does not fit this program"),
        (lambda folder: (folder / "images" / "item0.png").write_bytes(b"no picture"), "cannot be read as a picture"),
        (lambda folder: (folder / "cells" / "item0.tif").unlink(), "incomplete"),
        (
            lambda folder: tifffile.imwrite(folder / "cells" / "item0.tif", np.zeros((9, 9), np.uint16)),
            "differ in size",
        ),
        (lambda folder: tifffile.imwrite(folder / "cells" / "item0.tif", np.zeros((80, 80), np.uint16)), "damaged"),
    ],
)
def test_bad_data_is_named_in_a_sentence(tmp_path, spoil, sentence):
    folder = write_set(tmp_path / "set")
    spoil(folder)
    with pytest.raises(DatasetError, match=sentence):
        task.fit(Request(tmp_path / "out", data=(folder,), overrides={"steps": 2}), CancelToken(), quiet)
    assert not (tmp_path / "out" / "pack").exists()


def test_folders_and_packs_that_do_not_fit_are_refused(tmp_path, pack):
    with pytest.raises(DatasetError, match="does not exist"):
        task.fit(Request(tmp_path / "out", data=(tmp_path / "nowhere",)), CancelToken(), quiet)
    with pytest.raises(DatasetError, match="holds no cells with classes"):
        task.fit(Request(tmp_path / "out", data=(tmp_path,)), CancelToken(), quiet)
    with pytest.raises(PackError, match="not a complete pack"):
        task.evaluate(Request(tmp_path / "out", data=(tmp_path,), pack=tmp_path), CancelToken(), quiet)
    with pytest.raises(TrainingError, match="No pack"):
        task.evaluate(Request(tmp_path / "out", data=(tmp_path,)), CancelToken(), quiet)


def test_unknown_classes_only_is_said(tmp_path):
    folder = write_set(tmp_path / "set")
    manifest = json.loads((folder / "manifest.json").read_text())
    for item in manifest["items"]:
        for cell in item["cells"]:
            cell["label"] = "platelet"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DatasetError, match="no cell to learn from"):
        task.fit(Request(tmp_path / "out", data=(folder,)), CancelToken(), quiet)

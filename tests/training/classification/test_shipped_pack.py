"""The pack that the program ships: complete, honest about its figures, and of sense on real cells."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from allviewer.domain.mask import Mask
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.inference.crops import cut_cell
from allviewer.inference.cut_out import CUT_OUT_UM_PER_PX, cut_out_cell
from allviewer.resources import resources_dir
from training import packs
from training.classification.classes import CLASSES, crop_spec
from training.classification.measures import area_under_curve
from training.classification.sources import SOURCES
from training.datasets import bccd

PACK = resources_dir() / "models" / "classification"


def run(crops: np.ndarray) -> np.ndarray:
    return packs.run_onnx(PACK / packs.read_card(PACK).network.file, crops)


def picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def test_the_card_fits_the_network_and_names_subjects_behind_the_figures():
    card = packs.read_card(PACK)
    assert isinstance(card.spec, ClassificationSpec)
    assert (card.spec.mpp, card.spec.crop_px, card.spec.classes) == (crop_spec().mpp, crop_spec().crop_px, CLASSES)
    assert sum(path.stat().st_size for path in PACK.iterdir()) < 12_000_000
    by_subject = {f.metric: f for f in card.figures if f.source == "cnmc2019" and "leaks" not in f.protocol}
    for metric in ("AUC of blast", "sensitivity to blast at 0.5", "specificity to blast at 0.5"):
        assert by_subject[metric].groups == 29
        assert by_subject[metric].items == 2722
        assert by_subject[metric].low is not None
    assert "CC BY 3.0" in card.training.terms
    with np.load(PACK / "golden.npz", allow_pickle=False) as golden:
        np.testing.assert_allclose(run(golden["image"]), golden["probabilities"], atol=1e-4)


@pytest.mark.real_data
def test_the_score_is_the_same_on_black_and_in_a_field(data_dir):
    cells = [picture(path) for path in sorted((data_dir / "cnmc2019").glob("*/UID_*_1_*.webp"))[::12]]
    assert len(cells) > 3
    for cell in cells:
        mask = cut_out_cell(cell)
        assert mask is not None
        field = np.random.default_rng(1).integers(150, 250, (700, 800, 3), dtype=np.uint8)
        inside = mask.within(mask.region)
        box = mask.region
        field[box.y + 97 : box.bottom + 97, box.x + 211 : box.right + 211][inside] = cell[
            box.y : box.bottom, box.x : box.right
        ][inside]
        on_black = cut_cell(cell, (0, 0), mask, CUT_OUT_UM_PER_PX, crop_spec())
        in_field = cut_cell(field, (0, 0), mask.moved(211, 97), CUT_OUT_UM_PER_PX, crop_spec())
        np.testing.assert_array_equal(run(on_black[None]), run(in_field[None]))


@pytest.mark.real_data
def test_a_mask_that_is_a_little_off_changes_little(data_dir):
    from scipy import ndimage

    changes = []
    for cell in list(SOURCES["bccd"](bccd.find(data_dir / "bccd")))[:12]:
        whole = cut_cell(cell.image, (0, 0), cell.mask, cell.mpp, crop_spec())
        box = cell.mask.region.expanded(6)
        for shaken in (
            ndimage.binary_erosion(cell.mask.within(box), iterations=4),
            ndimage.binary_dilation(cell.mask.within(box), iterations=4),
        ):
            other = cut_cell(cell.image, (0, 0), Mask(shaken, box.x, box.y), cell.mpp, crop_spec())
            changes.append(np.abs(run(whole[None]) - run(other[None])).max())
    assert np.median(changes) < 0.15


@pytest.mark.real_data
def test_known_cells_are_mostly_called_what_they_are(data_dir):
    """Cells that it has seen: this tells a broken pack, not how good it is."""
    with (data_dir / "cnmc2019" / "labels.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))[::15]
    crops, truth = [], []
    for row in rows:
        cell = picture(data_dir / "cnmc2019" / row["file"])
        mask = cut_out_cell(cell)
        assert mask is not None
        crops.append(cut_cell(cell, (0, 0), mask, CUT_OUT_UM_PER_PX, crop_spec()))
        truth.append(int(row["label"]))
    given = run(np.stack(crops))
    np.testing.assert_allclose(given.sum(axis=1), 1, atol=1e-5)
    assert area_under_curve(given[:, 0], np.array(truth)) > 0.75
    assert given[:, :2].sum(axis=1).mean() > 0.8, "nearly all of it is lymphoid"

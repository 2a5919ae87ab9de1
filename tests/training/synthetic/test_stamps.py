"""Each class of cells has the shape that it is known by."""

from itertools import product

import numpy as np
import pytest
from scipy.ndimage import label

from training.synthetic.drawing import BASOPHILIA, CHROMATIN, EOSIN_GRANULE, HAEMOGLOBIN
from training.synthetic.spec import CLASSES, WHITE_CLASSES
from training.synthetic.stamps import MAX_REACH_UM, Stamp, draw_stamp

MPP = 0.1
DRAWN = 12


def _stamps(name: str) -> list[Stamp]:
    return [draw_stamp(1, CLASSES.index(name), variant, MPP) for variant in range(DRAWN)]


@pytest.fixture(scope="module")
def stamps() -> dict[str, list[Stamp]]:
    return {name: _stamps(name) for name in CLASSES}


def _nc_ratios(stamps: list[Stamp]) -> np.ndarray:
    return np.array([stamp.nucleus.sum() / stamp.cell.sum() for stamp in stamps])


def _diameters_um(stamps: list[Stamp]) -> np.ndarray:
    return np.array([2 * np.sqrt(stamp.cell.sum() / np.pi) * MPP for stamp in stamps])


def _mean_dye(stamp: Stamp, dye: int, where: np.ndarray) -> float:
    return float(stamp.dyes[..., dye][where].mean())


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("blast", 9.5, 17),
        ("lymphocyte", 7.5, 11.5),
        ("neutrophil", 11.5, 15.5),
        ("monocyte", 13.5, 18.5),
        ("red_cell", 6.0, 8.3),
        ("platelet", 1.0, 4.0),
    ],
)
def test_sizes_in_micrometres(stamps: dict[str, list[Stamp]], name: str, least: float, most: float) -> None:
    diameters = _diameters_um(stamps[name])
    assert least < diameters.min()
    assert diameters.max() < most


def test_blasts_have_a_high_nc_ratio_and_fine_pale_chromatin(stamps: dict[str, list[Stamp]]) -> None:
    assert _nc_ratios(stamps["blast"]).min() > 0.7
    assert np.median(_nc_ratios(stamps["neutrophil"])) < 0.5
    assert np.median(_nc_ratios(stamps["monocyte"])) < 0.6
    density = {
        name: np.mean([_mean_dye(stamp, CHROMATIN, stamp.nucleus) for stamp in stamps[name]])
        for name in ("blast", "lymphocyte")
    }
    assert density["blast"] < density["lymphocyte"]


def test_neutrophil_nuclei_have_lobes(stamps: dict[str, list[Stamp]]) -> None:
    def lobes(stamp: Stamp) -> int:
        """Parts that are left when thin bridges are worn away, at the depth that shows most."""
        from scipy.ndimage import distance_transform_edt

        depth = distance_transform_edt(stamp.nucleus)
        return max(label(depth > limit)[1] for limit in (3, 5, 7, 9, 11, 13))

    counted = [lobes(stamp) for stamp in stamps["neutrophil"]]
    assert sum(count >= 2 for count in counted) >= DRAWN * 0.6
    assert max(counted) <= 6
    assert all(lobes(stamp) <= 2 for stamp in stamps["lymphocyte"])


def test_granules_have_their_colour(stamps: dict[str, list[Stamp]]) -> None:
    def cytoplasm(name: str, dye: int) -> float:
        return float(np.mean([_mean_dye(s, dye, s.cell & ~s.nucleus) for s in stamps[name]]))

    assert cytoplasm("eosinophil", EOSIN_GRANULE) > 2 * cytoplasm("neutrophil", EOSIN_GRANULE)
    assert cytoplasm("basophil", CHROMATIN) > 2 * cytoplasm("neutrophil", CHROMATIN)
    assert cytoplasm("blast", BASOPHILIA) > cytoplasm("lymphocyte", BASOPHILIA) > cytoplasm("neutrophil", BASOPHILIA)
    assert all(_mean_dye(s, HAEMOGLOBIN, s.cell) > 40 for s in stamps["red_cell"])


def test_red_cells_are_paler_in_the_middle(stamps: dict[str, list[Stamp]]) -> None:
    paler = 0
    for stamp in stamps["red_cell"]:
        middle = stamp.cell.shape[0] // 2
        core = stamp.dyes[middle - 5 : middle + 5, middle - 5 : middle + 5, HAEMOGLOBIN].mean()
        paler += core < 0.85 * np.percentile(stamp.dyes[..., HAEMOGLOBIN][stamp.cell], 75)
    assert paler > DRAWN / 2


@pytest.mark.parametrize(("name", "mpp"), list(product(CLASSES, (0.07, 0.25, 0.5))))
def test_stamps_hold_their_cell_at_any_scale(name: str, mpp: float) -> None:
    for variant in range(3):
        stamp = draw_stamp(2, CLASSES.index(name), variant, mpp)
        side = stamp.cell.shape[0]
        assert stamp.cell.shape == (side, side)
        assert side * mpp / 2 < MAX_REACH_UM + 3 * mpp
        assert not (stamp.nucleus & ~stamp.cell).any()
        border = np.ones_like(stamp.cell)
        border[1:-1, 1:-1] = False
        assert stamp.coverage[border].max() < 128  # not cut off by its own sheet
        if name in WHITE_CLASSES:
            assert stamp.nucleus.any()


def test_turning_keeps_the_cell(stamps: dict[str, list[Stamp]]) -> None:
    stamp = stamps["neutrophil"][0]
    turned = {stamp.turned(turn).cell.tobytes() for turn in range(8)}
    assert len(turned) == 8
    assert all(stamp.turned(turn).nucleus.sum() == stamp.nucleus.sum() for turn in range(8))

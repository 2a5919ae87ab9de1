"""Synthetic smears: pixels and truth agree, and any part is the same as that part of the whole."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.domain.labels import ALL_CLASSES
from training.synthetic import Smear, SmearRenderer, SmearSpec, SpecError, render_smear, render_tile
from training.synthetic.spec import CLASSES, WHITE_CLASSES

SPEC = SmearSpec(width=600, height=500, seed=5, white_cells_per_mm2=3000, cluster_fraction=0.5, variants=3)


@pytest.fixture(scope="module")
def renderer() -> SmearRenderer:
    return SmearRenderer(SPEC)


@pytest.fixture(scope="module")
def smear(renderer: SmearRenderer) -> Smear:
    return renderer.render(Region(0, 0, SPEC.width, SPEC.height))


def test_picture_and_labels_have_the_asked_size(smear: Smear) -> None:
    assert smear.image.shape == (500, 600, 3)
    assert smear.image.dtype == np.uint8
    assert smear.cells.shape == smear.nuclei.shape == (500, 600)
    assert smear.cells.dtype == np.uint16


def test_every_class_is_one_of_the_viewers() -> None:
    assert all(ALL_CLASSES.find(key).key == key for key in CLASSES)
    assert all(ALL_CLASSES.is_white(key) == (key in WHITE_CLASSES) for key in CLASSES)


def test_table_and_label_images_say_the_same(smear: Smear) -> None:
    assert [cell.id for cell in smear.table] == list(range(1, len(smear.table) + 1))
    assert sum(cell.mask.area_px for cell in smear.table) == np.count_nonzero(smear.cells)  # so no pixel is shared
    for cell in smear.table:
        assert np.array_equal(cell.mask.within(smear.region), smear.cells == cell.id)
        assert np.array_equal(cell.nucleus.within(smear.region), smear.nuclei == cell.id)
        assert cell.mask.contains(cell.nucleus)


def test_nucleus_is_darker_than_cytoplasm_darker_than_glass(smear: Smear) -> None:
    green = smear.image[..., 1].astype(float)
    glass = np.median(green[smear.cells == 0])
    for cell in smear.white_cells:
        if cell.label in ("smudge", "basophil") or cell.mask.area_px < 2000:
            continue  # a smudge is all nucleus; a basophil's granules are darker than its nucleus
        nucleus = smear.nuclei == cell.id
        cytoplasm = (smear.cells == cell.id) & ~nucleus
        if min(nucleus.sum(), cytoplasm.sum()) > 200:
            assert green[nucleus].mean() < green[cytoplasm].mean() - 10
            assert green[cytoplasm].mean() < glass - 10


def test_the_same_spec_gives_the_same_smear(smear: Smear) -> None:
    again = render_smear(SPEC)
    assert np.array_equal(again.image, smear.image)
    assert again.table == smear.table
    other = render_tile(replace(SPEC, seed=6, variants=1), Region(0, 0, 300, 200))
    assert not np.array_equal(other.image, smear.image[:200, :300])


@settings(max_examples=10, deadline=None)
@given(x=st.integers(0, 599), y=st.integers(0, 499), width=st.integers(1, 400), height=st.integers(1, 400))
def test_any_region_equals_that_part_of_the_whole(
    smear: Smear, renderer: SmearRenderer, x: int, y: int, width: int, height: int
) -> None:
    region = Region(x, y, width, height).intersection(smear.region)
    part = SmearRenderer(SPEC, like=renderer).render(region)
    window = (slice(y, region.bottom), slice(x, region.right))
    assert np.array_equal(part.image, smear.image[window])
    whole = {cell.key: cell for cell in smear.table}
    assert sum(cell.mask.area_px for cell in part.table) == np.count_nonzero(smear.cells[window])
    for cell in part.table:
        assert cell.mask == whole[cell.key].mask.clipped(region)
        assert cell.nucleus == whole[cell.key].nucleus.clipped(region)
        assert cell.label == whole[cell.key].label


def test_white_cells_are_the_same_without_pixels(smear: Smear, renderer: SmearRenderer) -> None:
    streamed = {cell.key: (cell.label, cell.mask, cell.nucleus) for cell in renderer.white_cells(smear.region)}
    assert streamed == {cell.key: (cell.label, cell.mask, cell.nucleus) for cell in smear.white_cells}


def test_density_and_shares_are_about_as_asked(renderer: SmearRenderer) -> None:
    spec = replace(SPEC, white_cells_per_mm2=1200, blast_fraction=0.5, cluster_fraction=0.1, unevenness=0.0)
    layout = SmearRenderer(spec).layout
    cells = np.concatenate([layout.cells_of_block(x, y) for x in range(8) for y in range(8)])
    area_mm2 = (8 * 0.128) ** 2
    counts = Counter(CLASSES[int(kind)] for kind in cells["kind"])
    whites = sum(counts[name] for name in WHITE_CLASSES)
    assert whites / area_mm2 == pytest.approx(1200, rel=0.15)
    assert counts["blast"] / whites == pytest.approx(0.5, abs=0.08)
    assert counts["red_cell"] / area_mm2 == pytest.approx(7500, rel=0.2)  # white cells take room
    # platelets lie between the other cells
    assert counts["platelet"] / area_mm2 == pytest.approx(700, rel=0.35)


def test_only_white_leaves_the_others_out_of_the_truth(smear: Smear) -> None:
    white = smear.only_white()
    assert {cell.label for cell in white.table} <= set(WHITE_CLASSES)
    assert set(np.unique(white.cells)) - {0} == {cell.id for cell in white.table}
    assert len(white.table) == len(smear.white_cells) > 5


@pytest.mark.parametrize(("width", "height", "mpp"), [(1, 1, 0.1), (120, 120, 0.1), (257, 3, 0.25), (61, 83, 0.05)])
def test_tiny_and_odd_sizes(width: int, height: int, mpp: float) -> None:
    smear = render_smear(SmearSpec(width=width, height=height, mpp=mpp, seed=2, variants=2))
    assert smear.image.shape == (height, width, 3)
    assert all(smear.region.contains(cell.box) for cell in smear.table)


@pytest.mark.parametrize(
    "wrong",
    [{"width": 0}, {"height": 10**9}, {"mpp": 0.0}, {"mpp": float("nan")}, {"seed": -1}, {"blast_fraction": 1.5}],
)
def test_what_cannot_be_made_is_refused_in_words(wrong: dict[str, float]) -> None:
    with pytest.raises(SpecError):
        SmearSpec(**wrong)  # type: ignore[arg-type]


def test_a_slide_is_not_rendered_in_memory() -> None:
    with pytest.raises(SpecError, match="pyramid"):
        render_smear(SmearSpec(width=100_000, height=100_000, seed=1))


def test_the_generator_loads_no_torch() -> None:
    code = "import sys, training.synthetic.__main__; assert 'torch' not in sys.modules and 'PySide6' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)

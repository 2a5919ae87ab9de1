"""What the methods share: clusters of grey levels, contrast, edges, regions of interest, seams between nuclei."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allviewer.classical import preprocessing, region_growing
from allviewer.classical.chains import seams_between
from allviewer.classical.cleaning import filled, without_specks
from allviewer.classical.clusters import cluster_tops, histogram_of
from allviewer.classical.methods import find_method
from allviewer.classical.regions_of_interest import cut_regions, masked, regions_of_interest

WAYS = ("kmeans", "multi_otsu", "fuzzy")


@pytest.mark.parametrize("way", WAYS)
def test_three_peaks_are_three_clusters(way: str) -> None:
    rng = np.random.default_rng(3)
    peaks = [rng.normal(middle, 8, size) for middle, size in ((60, 500), (140, 3000), (220, 9000))]
    tops = cluster_tops(histogram_of(np.clip(np.concatenate(peaks), 0, 255).astype(np.uint8)), 3, way)
    assert len(tops) == 3
    assert 80 < tops[0] < 120
    assert 160 < tops[1] < 200


@pytest.mark.parametrize("way", WAYS)
@given(st.lists(st.integers(0, 255), min_size=0, max_size=50), st.integers(2, 6))
@settings(max_examples=30)
def test_clusters_of_any_levels_end_at_the_highest(way: str, levels: list[int], clusters: int) -> None:
    tops = cluster_tops(histogram_of(np.array(levels, np.uint8)), clusters, way)
    assert tops == sorted(set(tops))
    assert len(tops) <= min(clusters, len(set(levels)))
    assert (tops[-1] == max(levels)) if levels else (tops == [])


@given(st.lists(st.integers(0, 255), min_size=3, max_size=400), st.integers(2, 3))
@settings(max_examples=30)
def test_cuts_of_multi_level_otsu_are_the_best_there_are(levels: list[int], classes: int) -> None:
    found = np.array(levels)
    if len(set(levels)) < classes:
        return
    tops = cluster_tops(histogram_of(found.astype(np.uint8)), classes, "multi_otsu")
    different = sorted(set(levels))[:-1]
    every = itertools.combinations(different, classes - 1)
    most = max(_between(found, cut) for cut in itertools.islice(every, 2000))
    assert _between(found, tuple(tops[:-1])) >= most - 1e-6


def test_six_classes_of_a_full_histogram_take_no_time() -> None:
    counts = np.random.default_rng(0).integers(1, 1000, 256).astype(float)
    assert len(cluster_tops(counts, 6, "multi_otsu")) == 6


def _between(levels: np.ndarray, cut: tuple[int, ...]) -> float:
    """Between-class variance, as Otsu defines it."""
    parts = np.split(np.sort(levels), np.searchsorted(np.sort(levels), cut, side="right"))
    return float(sum(part.size * (part.mean() - levels.mean()) ** 2 for part in parts if part.size))


def test_least_frequent_and_darkest_differ_where_a_cell_fills_the_picture() -> None:
    picture = np.full((60, 60, 3), 90, np.uint8)
    picture[:, 45:] = 230
    picture[:, 40:45] = 160
    method = find_method("grey-clusters")
    bare: dict[str, object] = {"opening": 0, "min_diameter": 0, "fill": "no", "cytoplasm": "none"}
    darkest = method.segment(picture, method.settings(bare), None)
    printed = method.segment(picture, method.settings({**bare, "rule": "least_frequent"}), None)
    assert np.array_equal(darkest == 255, picture[..., 0] == 90)
    assert np.array_equal(printed == 255, picture[..., 0] <= 160), "all that is not brighter than the threshold"


def test_regions_of_interest_are_the_cells_on_black() -> None:
    picture = np.full((50, 80, 3), 200, np.uint8)
    parts = np.zeros((50, 80), np.uint8)
    parts[10:20, 5:25] = 255
    parts[30:45, 60:78] = 128
    parts[2, 2] = 255
    boxes = regions_of_interest(parts, margin_px=3, least_px=10)
    assert [(b.x, b.y, b.width, b.height) for b in boxes] == [(2, 7, 26, 16), (57, 27, 23, 21)]
    pieces = cut_regions(picture, parts, least_px=10)
    assert [piece.shape for piece in pieces] == [(10, 20, 3), (15, 18, 3)]
    assert (masked(picture, parts)[parts == 0] == 0).all()
    assert regions_of_interest(np.zeros((5, 5), np.uint8)) == []


def test_edges_lie_on_the_border_and_nowhere_else() -> None:
    ys, xs = np.mgrid[:80, :80]
    away = np.abs(np.hypot(xs - 40, ys - 40) - 20)
    picture = np.where((np.hypot(xs - 40, ys - 40) < 20)[..., None], (90, 40, 140), (230, 220, 225)).astype(np.uint8)
    for operator in preprocessing.EDGE_OPERATORS:
        edges = preprocessing.edges_of(picture, operator)
        assert edges.shape == (80, 80)
        assert edges[away < 1].mean() > 100
        assert edges[away > 6].mean() < 10
    with pytest.raises(ValueError, match="sobel, canny"):
        preprocessing.edges_of(picture, "prewitt")
    assert preprocessing.with_edges(picture).shape == (80, 80, 4)


def test_colours_change_as_they_are_told() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    same = preprocessing.modify_hsv(picture, 1.0, 1.0)
    assert np.abs(same.astype(int) - picture).max() <= 1
    grey = preprocessing.modify_hsv(picture, 0.0, 1.0)
    assert np.ptp(grey, axis=2).max() == 0
    assert np.array_equal(preprocessing.brightness_contrast(picture), picture)
    assert preprocessing.brightness_contrast(picture, 0.2).mean() > picture.mean()
    assert preprocessing.brightness_contrast(picture, contrast=0.5).std() < picture.std()
    flat = preprocessing.even_contrast((picture // 8 + 100).astype(np.uint8))
    assert flat.std() > (picture // 8).std()


def test_touching_discs_are_parted_and_a_single_one_is_not() -> None:
    ys, xs = np.mgrid[:60, :110]
    one = np.hypot(xs - 35, ys - 30) < 20
    two = one | (np.hypot(xs - 70, ys - 30) < 20)
    assert not seams_between(one).any()
    seam = seams_between(two)
    assert seam.any()
    assert np.abs(np.nonzero(seam)[1] - 52.5).max() < 3
    assert not seams_between(np.zeros((5, 5), bool)).any()


def test_holes_are_filled_and_specks_go() -> None:
    ring = np.zeros((20, 20), bool)
    ring[4:16, 4:16] = True
    ring[8:12, 8:12] = False
    assert filled(ring).sum() == 144
    ring[0, 0] = True
    assert not without_specks(ring, 5)[0, 0]
    assert without_specks(ring, 5).sum() == 128


def test_a_region_grows_from_a_click_to_the_border() -> None:
    ys, xs = np.mgrid[:200, :200]
    nucleus = np.hypot(xs - 90, ys - 110) < 30
    picture = np.where(nucleus[..., None], (95, 60, 150), (235, 228, 230)).astype(float)
    picture = (picture + np.random.default_rng(1).normal(0, 3, picture.shape)).clip(0, 255).astype(np.uint8)
    seed = region_growing.seed_at(picture, 100, 100)
    region = region_growing.grown(seed, region_growing.steady_threshold(seed))
    assert np.count_nonzero(region != nucleus) < 0.01 * nucleus.sum()
    assert region_growing.grown(seed, 0.0)[100, 100], "it always holds the click"
    assert region_growing.grown(seed, 1e9).all()
    with pytest.raises(ValueError, match="outside"):
        region_growing.seed_at(picture, 200, 0)


@given(st.integers(0, 8), st.integers(0, 8), st.floats(0, 2000), st.floats(0, 2000))
@settings(max_examples=30)
def test_a_larger_threshold_grows_a_larger_region(x: int, y: int, one: float, other: float) -> None:
    picture = np.random.default_rng(x * 9 + y).integers(0, 256, (9, 9, 3), np.uint8)
    seed = region_growing.seed_at(picture, x, y)
    small, large = region_growing.grown(seed, min(one, other)), region_growing.grown(seed, max(one, other))
    assert not (small & ~large).any()

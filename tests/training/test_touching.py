"""Panoptic quality of touching cells."""

import numpy as np
import pytest

from allviewer.domain.mask import Mask
from training.datasets.sample import Sample
from training.segmentation.touching import (
    panoptic_quality,
    pasted_clusters,
    rendered_clusters,
    score_touching,
    touching_cells,
    touching_figures,
)


@pytest.fixture
def pair():
    """Two squares side by side (1, 2) and one alone (3)."""
    cells = np.zeros((40, 60), np.uint16)
    cells[10:20, 10:20], cells[10:20, 20:30], cells[10:20, 40:50] = 1, 2, 3
    parts = (cells > 0).astype(np.uint8)
    return Sample(np.full((40, 60, 3), 200, np.uint8), parts, cells, "g", "bccd", "pair", 0.15)


def _found(*bitmaps):
    return [(Mask(bitmap), Mask(bitmap)) for bitmap in bitmaps]


def test_only_cells_that_touch_are_asked_for(pair):
    assert touching_cells(pair.cells) == [1, 2]
    cells = pair.cells.copy()
    cells[:, 20] = 0
    assert touching_cells(cells) == []


def test_cells_told_apart_score_one_and_two_taken_for_one_score_nothing(pair):
    apart = score_touching(pair, _found(pair.cells == 1, pair.cells == 2))
    assert panoptic_quality([apart]) == 1
    together = score_touching(pair, _found((pair.cells == 1) | (pair.cells == 2)))
    assert (together.pairs, together.missed, together.false) == (0, 2, 1)
    assert panoptic_quality([together]) == 0


def test_a_cell_cut_in_two_counts_as_a_false_find(pair):
    upper, lower = (pair.cells == 1), (pair.cells == 1)
    upper, lower = upper.copy(), lower.copy()
    upper[17:] = False
    lower[:17] = False
    score = score_touching(pair, _found(upper, lower, pair.cells == 2))
    assert (score.pairs, score.missed, score.false) == (2, 0, 1)
    assert score.iou == pytest.approx(1.7)
    assert panoptic_quality([score]) == pytest.approx(1.7 / 2.5)


def test_finds_elsewhere_do_not_count(pair):
    score = score_touching(pair, _found(pair.cells == 1, pair.cells == 2, pair.cells == 3))
    assert score.false == 0


def test_pictures_without_clusters_make_no_figure(pair):
    alone = Sample(pair.image, pair.parts * (pair.cells == 3), pair.cells * (pair.cells == 3), "g", "bccd", "a", 0.15)
    assert touching_figures([score_touching(alone, [])], "protocol") == ()


def test_clusters_touch_and_are_the_same_again(pair):
    for first, again in zip(pasted_clusters([pair], 6, 3), pasted_clusters([pair], 6, 3), strict=True):
        assert np.array_equal(first.image, again.image)
        assert np.array_equal(first.cells, again.cells)
    (smear,) = rendered_clusters(1, 0.3, 1)
    assert len(touching_cells(smear.cells)) >= 2

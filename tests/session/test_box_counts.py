"""Counts by a network beside the white cells that people see: told as what they are."""

import numpy as np

from allviewer.domain.annotations import Annotations
from allviewer.domain.boxes import BoxCount, Boxes
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.geometry import Region
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.session.box_counts import box_figures

BOUNDS = Region(0, 0, 1000, 800)


def cells(*places, label="lymphocyte"):
    square = np.ones((10, 10), bool)
    return Annotations(
        Cell(n, Mask(square, x, y), Mask(square, x, y), label, Origin.model("m"), (), 0.1)
        for n, (x, y) in enumerate(places, start=1)
    )


def count(red, platelets, fields=(BOUNDS,), whole=True):
    kinds = np.array([1] * red + [2] * platelets, np.uint8)
    edges = np.tile(np.array([5, 5, 15, 15], np.float32), (len(kinds), 1))
    return BoxCount(Boxes(edges, kinds, np.ones(len(kinds), np.float32)), fields, whole, "boxes 1.0.0")


def test_numbers_for_100_white_cells_follow_the_cells_as_they_are_now():
    figures = box_figures(count(50, 6), cells((10, 10), (40, 40)), ALL_CLASSES, BOUNDS)
    assert (figures.red_cells, figures.platelets, figures.white_cells) == (50, 6, 2)
    assert figures.sentence == (
        "Network count, not reviewed: 50 red cells, 6 platelets; 2,500 and 300 for 100 white cells."
    )


def test_without_white_cells_there_is_no_ratio():
    figures = box_figures(count(50, 6), cells(), ALL_CLASSES, BOUNDS)
    assert figures.per_100_white(50) is None
    assert "for 100" not in figures.sentence


def test_of_a_slide_only_white_cells_in_the_sampled_fields_count():
    fields = (Region(0, 0, 100, 100), Region(500, 500, 100, 100))
    figures = box_figures(count(40, 2, fields, False), cells((10, 10), (520, 520), (300, 300)), ALL_CLASSES, BOUNDS)
    assert figures.white_cells == 2
    assert "in 2 sampled fields (20 a field)" in figures.sentence

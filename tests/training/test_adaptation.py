"""The experiment on corrections: what is simulated is what the viewer would export, and its table says what came out."""

import numpy as np
import pytest

from training.adaptation.choosing import DrawnCell, by_chance, corrected, drawn_cells
from training.adaptation.experiment import Point, Result
from training.adaptation.writing import as_markdown, cells_needed
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS, UNKNOWN, Sample


def picture(name):
    """Two square cells with nuclei, far apart."""
    parts = np.full((120, 240), BACKGROUND, np.uint8)
    cells = np.zeros((120, 240), np.uint16)
    for number, left in ((1, 40), (2, 160)):
        cells[40:80, left : left + 40] = number
        parts[40:80, left : left + 40] = CYTOPLASM
        parts[50:70, left + 10 : left + 30] = NUCLEUS
    return Sample(np.zeros((120, 240, 3), np.uint8), parts, cells, name, "ds2", name, 0.15)


def test_a_corrected_cell_is_known_with_its_surroundings_and_nothing_else():
    (lesson,) = corrected([picture("a"), picture("b")], [DrawnCell(1, 2)], 0.15)
    assert lesson.source == "exported"
    assert set(np.unique(lesson.cells)) == {0, 2}
    assert (lesson.parts[40:80, 40:80] == UNKNOWN).all()
    assert lesson.parts[60, 180] == NUCLEUS
    assert lesson.parts[60, 150] == BACKGROUND
    assert lesson.parts[60, 110] == UNKNOWN


def test_every_cell_comes_once_and_the_same_seed_gives_the_same_order():
    pool = [picture(str(n)) for n in range(5)]
    assert len(drawn_cells(pool)) == 10
    assert by_chance(pool, 1) == by_chance(pool, 1)
    assert set(by_chance(pool, 1)) == set(drawn_cells(pool))


def result(*points):
    base = Point("", 0, 0.8, 0.95, 0, 0)
    return Result("ds2", 100, 30, 4, 60, (base, *(Point(w, n, d, 0.949, 2.0, 1.5) for w, n, d in points)))


def test_the_table_says_how_much_of_the_error_is_gone_and_what_choosing_saves():
    made = result(("random", 50, 0.86), ("random", 100, 0.9), ("next", 50, 0.9), ("next", 100, 0.91))
    assert cells_needed(made) == pytest.approx(0.5)
    text = as_markdown(made, "python -m training adapt")
    assert "| 100 | random | 0.900 | 50% | 0.949 | -0.0010 | 2.0 | 1.5 |" in text
    assert "50% of the cells" in text


def test_where_choosing_never_gets_there_nothing_is_claimed():
    made = result(("random", 100, 0.9), ("next", 100, 0.89))
    assert cells_needed(made) is None
    assert "What next" not in as_markdown(made, "command")

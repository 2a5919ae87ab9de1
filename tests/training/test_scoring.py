"""Figures are what they say: hits, Dice, and intervals over groups."""

import numpy as np
import pytest

from allviewer.domain.mask import Mask
from training.datasets.sample import SOME_CELL, UNKNOWN, Sample
from training.errors import TrainingError
from training.segmentation.figures import figures_of
from training.segmentation.measure import Report, read_report, write_report
from training.segmentation.scoring import CellScore, PictureScore, dice, match, score_picture


def _disc(y, x, radius, side=100):
    rows, columns = np.ogrid[:side, :side]
    return (rows - y) ** 2 + (columns - x) ** 2 <= radius**2


def _sample(parts, cells, source="bccd"):
    return Sample(np.zeros((*parts.shape, 3), np.uint8), parts, cells.astype(np.uint16), "g", source, "n", 0.15)


def _two_cells():
    cells = _disc(30, 30, 20) * 1 + _disc(70, 75, 15) * 2
    parts = (cells > 0).astype(np.uint8)
    parts[_disc(30, 30, 10) | _disc(70, 75, 8)] = 2
    return parts, cells


def test_perfect_finds_score_one():
    parts, cells = _two_cells()
    found = [(Mask(cells == n), Mask((cells == n) & (parts == 2))) for n in (1, 2)]
    score = score_picture(_sample(parts, cells), found)
    assert (score.drawn, score.found, score.hits) == (2, 2, 2)
    assert {(c.cell, c.nucleus, c.cytoplasm) for c in score.cells} == {(1.0, 1.0, 1.0)}


def test_two_cells_found_as_one_are_at_most_one_hit():
    parts, cells = _two_cells()
    score = score_picture(_sample(parts, cells), [(Mask(cells > 0), Mask(parts == 2))])
    assert (score.drawn, score.found, score.hits) == (2, 1, 1)
    missed = score_picture(_sample(parts, cells), [(Mask(_disc(30, 70, 10)), Mask.empty())])
    assert (missed.found, missed.hits) == (1, 0)


def test_a_cell_found_twice_counts_once():
    cell = Mask(_disc(50, 50, 20))
    assert match([cell], [cell, cell]) == [(0, 0)]


def test_finds_where_nothing_is_known_are_no_errors():
    parts, cells = _two_cells()
    parts[:, :8] = UNKNOWN
    found = [(Mask(cells == n), Mask((cells == n) & (parts == 2))) for n in (1, 2)]
    score = score_picture(_sample(parts, cells), [*found, (Mask(_disc(80, 2, 6)), Mask.empty())])
    assert (score.found, score.hits) == (2, 2)
    assert score.whole.cell == 1.0


def test_boxes_are_hit_by_their_middle():
    parts = np.zeros((100, 100), np.uint8)
    parts[20:60, 20:60] = UNKNOWN
    parts[_disc(40, 40, 10)] = SOME_CELL
    sample = _sample(parts, np.zeros((100, 100)), "pbc")
    hit, elsewhere = (Mask(_disc(40, 40, 17)), Mask.empty()), (Mask(_disc(80, 80, 12)), Mask.empty())
    assert (score_picture(sample, [hit]).hits, score_picture(sample, [hit]).found) == (1, 1)
    both = score_picture(sample, [hit, elsewhere])
    assert (both.drawn, both.found, both.hits) == (1, 2, 1)


def test_dice_of_nothing_is_unknown():
    nothing = np.zeros((3, 3), bool)
    assert dice(nothing, nothing) is None
    assert dice(nothing, ~nothing) == 0


def test_f1_is_of_all_cells_together():
    scores = [PictureScore("bccd", f"g{i}", str(i), 1, 1, 1) for i in range(8)]
    scores += [PictureScore("bccd", "g8", "8", 2, 0, 0), PictureScore("bccd", "g9", "9", 0, 2, 0)]
    figures = {figure.metric: figure for figure in figures_of(scores, "test")}
    assert figures["detection F1"].value == pytest.approx(16 / 20)
    assert figures["detection precision"].value == pytest.approx(0.8)
    assert figures["detection F1"].groups == 10
    assert figures["detection F1"].items == 10
    assert figures["detection F1"].low < 0.8 < figures["detection F1"].high


def test_a_report_is_read_as_it_was_written(tmp_path):
    scores = (PictureScore("ds1", "g", "n", 1, 1, 1, (CellScore(0.9, 0.8, None),), CellScore(0.9, None, 0.5), 0.15),)
    report = Report(command="c", seed=1, figures=figures_of(scores, "p"), pictures={"scale known": scores})
    write_report(tmp_path / "r.json", report)
    assert read_report(tmp_path / "r.json") == report
    assert "nan" not in (tmp_path / "r.md").read_text(encoding="utf-8")


def test_a_file_that_is_no_report_is_refused(tmp_path):
    (tmp_path / "r.json").write_text("{}", encoding="utf-8")
    with pytest.raises(TrainingError, match="no report"):
        read_report(tmp_path / "r.json")

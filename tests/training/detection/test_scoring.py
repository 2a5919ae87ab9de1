"""Average precision, thresholds and recall of boxes whose truth is known by hand."""

import numpy as np
import pytest

from allviewer.domain.boxes import Boxes
from training.detection.measure import Report, figures_of, read_report, rows_of, write_report
from training.detection.scoring import Scored, average_precision, best_threshold, f1_at, matched, recall_at

THRESHOLDS = {"white-cell": 0.3, "red-cell": 0.3, "platelet": 0.3}


def boxes(*rows):
    """(kind, left, top, right, bottom[, score])."""
    return Boxes(
        np.array([row[1:5] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[0] for row in rows], np.uint8),
        np.array([row[5] if len(row) > 5 else 1.0 for row in rows], np.float32),
    )


def field(drawn, found, name="a", group="g"):
    return Scored("bccd", group, name, drawn, found)


def test_perfect_boxes_score_one_and_missing_kinds_have_no_figure():
    drawn = boxes((0, 0, 0, 20, 20), (1, 40, 40, 60, 60))
    found = boxes((0, 0, 0, 20, 20, 0.9), (1, 40, 40, 60, 60, 0.8))
    (kinds,) = matched([field(drawn, found)])
    assert average_precision([kinds["white-cell"]]) == average_precision([kinds["red-cell"]]) == 1
    assert np.isnan(average_precision([kinds["platelet"]]))


def test_a_box_counts_once_and_only_from_half_overlap_on():
    drawn = boxes((1, 0, 0, 20, 20))
    found = boxes((1, 0, 0, 20, 19, 0.9), (1, 1, 0, 20, 20, 0.8), (1, 12, 0, 32, 20, 0.7))
    (kinds,) = matched([field(drawn, found)])
    assert kinds["red-cell"].hits.tolist() == [True, False, False]
    assert f1_at([kinds["red-cell"]], 0.85) == 1
    assert f1_at([kinds["red-cell"]], 0.1) == pytest.approx(0.5)


def test_precision_of_two_finds_of_which_the_surer_is_wrong():
    drawn = boxes((2, 0, 0, 10, 10))
    found = boxes((2, 50, 50, 60, 60, 0.9), (2, 0, 0, 10, 10, 0.5))
    (kinds,) = matched([field(drawn, found)])
    assert average_precision([kinds["platelet"]]) == pytest.approx(0.5)
    assert recall_at([kinds["platelet"]], 0.6) == 0


def test_the_threshold_leaves_out_what_is_wrong():
    drawn = boxes((1, 0, 0, 20, 20), (1, 100, 0, 120, 20))
    found = boxes((1, 0, 0, 20, 20, 0.8), (1, 100, 0, 120, 20, 0.6), (1, 50, 50, 70, 70, 0.4))
    (kinds,) = matched([field(drawn, found)])
    assert 0.4 < best_threshold([kinds["red-cell"]]) <= 0.6


def test_a_report_is_read_back_with_intervals_over_groups(tmp_path):
    drawn, found = boxes((0, 0, 0, 20, 20)), boxes((0, 0, 0, 20, 20, 0.9))
    nothing = boxes()
    rows = rows_of([field(drawn, found, "a", "g1"), field(drawn, nothing, "b", "g2")])
    figures = figures_of(rows, THRESHOLDS, "by group")
    recorded = Report(command="x", seed=1, figures=figures, thresholds=THRESHOLDS, rows=tuple(rows))
    write_report(tmp_path / "crossval.json", recorded)
    assert read_report(tmp_path / "crossval.json") == recorded
    ap = next(f for f in figures if f.metric.startswith("white-cell AP") and f.source == "bccd")
    assert 0.4 < ap.value < 0.6
    assert (ap.low, ap.high, ap.groups, ap.items) == (0, 1, 2, 2)
    assert "white-cell,1,1,1" in (tmp_path / "crossval.csv").read_text()

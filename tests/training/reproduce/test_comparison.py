"""Verdicts follow from the intervals; tables mark what leaks."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.evaluation.intervals import Measured, measure
from training.evaluation.predictions import Predictions
from training.reproduce.comparison import ComparedTable, Line
from training.reproduce.verdict import verdict
from training.reproduce.writing import write_table


def _measured(right: float, protocol: str, subjects: int = 20, kind: str = "subject") -> Measured:
    """400 pictures, half of each class, of which a share is right in every subject."""
    truth = np.arange(400) % 2
    wrong = np.arange(400) % 20 >= round(20 * right)
    p = np.where(wrong, 1 - truth, truth) * 0.8 + 0.1
    return measure(
        Predictions(
            names=tuple(map(str, range(400))),
            groups=tuple(f"s{i * subjects // 400}" for i in range(400)),
            folds=np.zeros(400, np.int64),
            protocol=protocol,  # type: ignore[arg-type]
            group_kind=kind,
            classes=("normal", "blast"),
            seconds_training=1.0,
            truth=truth,
            probabilities=np.column_stack([1 - p, p]).astype(np.float32),
        ),
        rounds=100,
    )


def test_reached_by_picture_but_not_for_new_subjects() -> None:
    said = verdict("accuracy", 0.95, _measured(0.95, "by_picture"), _measured(0.7, "by_subject"))
    assert "By picture ours is 95.0 %" in said
    assert "the published 95.0 % lies within" in said
    assert "For new subjects ours is 70.0 %" in said
    assert "the published 95.0 % does not hold there" in said
    assert "20 subjects" in said
    assert "The split by picture flatters by +25.0 points" in said


def test_what_may_be_chance_is_called_so() -> None:
    said = verdict("accuracy", 0.7, _measured(0.7, "by_picture"), _measured(0.7, "by_subject"))
    assert "may be chance" in said
    assert "neither confirmed nor ruled out" in said


def test_guessing_is_not_beaten_by_half_right() -> None:
    said = verdict("accuracy", 0.9, None, _measured(0.5, "by_subject"))
    assert "has not been shown to beat always answering 'normal' (50.0 %)" in said


def test_unreached_and_exceeded_figures_are_told_apart() -> None:
    assert "is not reached" in verdict("accuracy", 0.99, _measured(0.8, "by_picture"), None)
    assert "is exceeded" in verdict("accuracy", 0.5, _measured(0.8, "by_picture"), None)


def test_groups_that_are_no_subjects_are_not_called_so() -> None:
    measured = _measured(0.9, "by_subject", kind="run of neighbouring pictures")
    said = verdict("accuracy", 0.98, None, measured)
    assert "For new groups ours is 90.0 %" in said
    assert "subject" not in said


def test_the_files_of_a_table_stand_side_by_side_and_mark_the_leak(tmp_path: Path) -> None:
    table = ComparedTable(
        paper="003",
        number="4",
        title="sizes and rotation",
        headline="accuracy",
        lines=(
            Line("128 px", "accuracy", 0.939, "", _measured(0.95, "by_picture"), _measured(0.7, "by_subject"), "toy"),
            Line(
                "128 px",
                "f1_weighted",
                0.94,
                "it lies above the harmonic mean.",
                _measured(0.95, "by_picture"),
                None,
                "toy",
            ),
            Line("256 px | 4x", "accuracy", 0.9437, "2005 of 2133 are 94.00 %.", why_not="no time."),
        ),
        remarks=("Run at 64 px.",),
    )
    text = write_table(table, tmp_path).read_text(encoding="utf-8")
    assert "**Leaks.** Pictures of one subject were on both sides" in text
    assert "ours by picture (leaks)" in text
    assert "Not run: no time. In the paper: 2005 of 2133 are 94.00 %." in text
    assert "256 px / 4x" in text
    assert "- 128 px, F1 weighted: it lies above the harmonic mean." in text
    assert "93.9 %" in text
    with (tmp_path / "table-4.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["published"] for row in rows] == ["0.9390", "0.9400", "0.9437"]
    assert rows[0]["by_picture"] == "0.9500"
    assert rows[0]["gap"] == "0.2500"
    assert rows[2]["by_subject"] == ""
    assert "both sides of the split" in rows[0]["by_picture_leaks"]
    assert (tmp_path / "table-4.png").read_bytes().startswith(b"\x89PNG")


def test_a_table_of_which_nothing_was_run_has_no_plot(tmp_path: Path) -> None:
    table = ComparedTable(
        "004", "1", "ALL-IDB", "accuracy", (Line("CNN", "accuracy", 0.99, why_not="it is not here."),)
    )
    text = write_table(table, tmp_path).read_text(encoding="utf-8")
    assert "Not run: it is not here." in text
    assert not (tmp_path / "table-1.png").exists()


def test_a_line_with_one_run_has_no_gap() -> None:
    line = Line("CNN", "accuracy", 0.9, by_subject=_measured(0.7, "by_subject"))
    assert line.between is None
    assert replace(line, by_picture=_measured(0.9, "by_picture")).between is not None

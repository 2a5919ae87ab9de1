"""The page about an experiment, the plots on it, and what is said of few subjects."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.evaluation.intervals import measure
from training.evaluation.mask_panels import Panel, mask_panels
from training.evaluation.mask_scores import SegmentationScores
from training.evaluation.plots import png_of, training_curves
from training.evaluation.predictions import Predictions
from training.evaluation.report import Report, write_report
from training.evaluation.run import Epoch
from training.evaluation.wording import behind


def _run(classes: int = 2, subjects: int = 10) -> Predictions:
    rng = np.random.default_rng(3)
    truth = np.arange(100) % classes
    p = rng.random((100, classes)).astype(np.float32)
    p[np.arange(100), truth] += 0.5
    return Predictions(
        names=tuple(str(i) for i in range(100)),
        groups=tuple(f"s{i * subjects // 100}" for i in range(100)),
        folds=np.zeros(100, np.int64),
        protocol="by_subject",
        classes=("normal", "blast", "other")[:classes],
        truth=truth,
        probabilities=p / p.sum(axis=1, keepdims=True),
        history=((Epoch(loss=0.7, validation_loss=0.8), Epoch(loss=0.4, validation_loss=0.6)), (Epoch(loss=0.5),)),
        parameters=1234,
    )


@pytest.mark.parametrize("classes", [2, 3])
def test_the_page_says_what_leaks_and_loads_nothing(tmp_path: Path, classes: int) -> None:
    honest = _run(classes)
    leaking = replace(honest, protocol="by_picture")
    report = Report(
        title="003 <table 4>",
        about=(("Data", "C-NMC 2019"),),
        verdicts=("It does not hold.",),
        measured=(measure(leaking, rounds=20), measure(honest, rounds=20)),
        published={"accuracy": 0.9437},
    )
    page = write_report(report, tmp_path / "deep" / "report.html").read_text(encoding="utf-8")
    assert "003 &lt;table 4&gt;" in page
    assert "94.4 %" in page
    assert "by picture (leaks)" in page
    assert "both sides of the split" in page
    assert "10 subjects" in page
    assert "1,234" in page
    assert page.count("data:image/png;base64,") == 7
    assert "http" not in page.replace("http-equiv", "")


def test_the_page_of_masks_needs_no_classes(tmp_path: Path) -> None:
    scores = SegmentationScores(
        names=("a", "b"),
        groups=("g", "h"),
        folds=np.array([0, 0]),
        protocol="by_subject",
        group_kind="run of neighbouring pictures",
        parts=("nucleus",),
        pixels=np.array([[[5, 1, 1, 9]], [[8, 0, 0, 8]]]),
        boundary_px=np.array([[0.5], [0.0]], np.float32),
    )
    report = Report("Masks", (), (), (measure(scores, rounds=20),))
    page = write_report(report, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "nucleus Dice" in page
    assert "2 runs of neighbouring pictures" in page


def test_few_large_subjects_are_named_with_what_they_do_to_the_intervals() -> None:
    run = _run()
    groups = tuple("H10" if t == 0 else f"s{i}" for i, t in enumerate(run.truth))
    said = behind(replace(run, groups=groups, folds=np.arange(100) % 2))
    assert "normal: 50 pictures of 1 subject" in said
    two_large_one_small = [f"H{i // 48}" if t == 0 else f"s{i}" for i, t in enumerate(run.truth)]
    said = behind(replace(run, groups=tuple(two_large_one_small), protocol="by_picture"))
    assert "Nine tenths of them come from 2 subjects" in said


def test_nothing_learnt_in_epochs_has_no_curves() -> None:
    assert training_curves(replace(_run(), history=())) is None


def test_panels_show_both_outlines() -> None:
    mask = np.zeros((30, 30), bool)
    mask[5:20, 5:20] = True
    picture = np.full((30, 30, 3), 200, np.uint8)
    panels = [Panel(picture, mask, np.zeros_like(mask), "Dice 0.00")] * 5
    assert png_of(mask_panels(panels)).startswith(b"\x89PNG")

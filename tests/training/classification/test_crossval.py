"""Cross-validation and its figures: subjects apart, honest numbers on known answers."""

import numpy as np
import pytest

from allviewer.progress import Cancelled, CancelToken
from training.classification.config import ClassificationSettings
from training.classification.crossval import cross_validate, folds_of, out_of_fold
from training.classification.measures import (
    area_under_curve,
    calibration_error,
    figures_of,
    macro_f1,
    sensitivity,
    specificity,
    weighted_f1,
)
from training.classification.report import CELLS_FILE, read_report, write_report
from training.classification.temperature import fit_blast_temperature, fit_type_temperature


def quiet(event: object) -> None:
    """Nobody listens."""


def test_no_subject_is_in_two_folds_and_each_fold_has_both_kinds(table):
    folds = folds_of(table, table.group.tolist(), 5, seed=1)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(table)))
    tested = [set(table.group[test].tolist()) for _, test in folds]
    assert sum(len(groups) for groups in tested) == len(set(table.group.tolist())) == len(set.union(*tested))
    for train, test in folds:
        assert not set(table.group[train].tolist()) & set(table.group[test].tolist())
        assert {0, 1} <= set(table.blast[test].tolist())


def test_a_smear_with_blasts_and_neutrophils_stays_in_one_fold(table):
    groups = [f"slide {number % 4}" for number in range(len(table))]
    for train, test in folds_of(table, groups, 2, seed=1):
        assert not {groups[i] for i in train} & {groups[i] for i in test}


def test_a_whole_crossvalidation_reports_subjects_cells_and_temperatures(table, tmp_path):
    settings = ClassificationSettings(steps=2, batch=8)
    report = cross_validate(table, settings, 2, "python -m training crossval", tmp_path, CancelToken(), quiet)
    write_report(tmp_path, report)
    assert read_report(tmp_path) == report
    by_name = {(figure.metric, figure.source, figure.protocol[:3]): figure for figure in report.figures}
    auc = by_name["AUC of blast", "marrow", "2-f"]
    assert (auc.groups, auc.items) == (10, 40)
    assert any("leaks" in figure.protocol for figure in report.figures)
    assert sum(fold.blast_cells + fold.normal_cells for fold in report.folds) == 40
    rows = (tmp_path / CELLS_FILE).read_text().splitlines()
    assert len(rows) == 1 + len(table)
    assert "nan" not in rows[1]


def test_a_crossvalidation_can_be_stopped(table, tmp_path):
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        out_of_fold(table, table.group.tolist(), 2, ClassificationSettings(steps=5, batch=8), tmp_path, cancel, quiet)


def test_figures_of_known_answers():
    truth = np.array([1, 1, 1, 0, 0])
    given = np.array([0.9, 0.8, 0.3, 0.4, 0.1])
    assert area_under_curve(given, truth) == pytest.approx(5 / 6)
    assert sensitivity(given, truth) == pytest.approx(2 / 3)
    assert specificity(given, truth) == 1
    assert weighted_f1(given, truth) == pytest.approx(0.8)
    assert calibration_error(truth.astype(float), truth) == 0
    assert calibration_error(1.0 - truth, truth) == 1
    assert macro_f1(np.array([0, 1, 1]), np.array([0, 1, 1])) == 1
    assert np.isnan(area_under_curve(given[:3], truth[:3]))


def test_perfect_answers_give_perfect_figures_with_tight_intervals(table):
    perfect = np.zeros((len(table), 6))
    lymphoid = table.type_index == 0
    perfect[~lymphoid, table.type_index[~lymphoid] + 1] = 1
    perfect[table.blast == 1, 0] = 1
    perfect[table.blast == 0, 1] = 1
    figures = {figure.metric: figure for figure in figures_of(table, perfect, "test", seed=0)}
    for name in ("AUC of blast", "sensitivity to blast at 0.5", "macro F1 of cell type", "F1 of basophil"):
        assert figures[name].value == 1
    assert figures["AUC of blast"].low == 1
    assert figures["expected calibration error of blast"].value == 0


def test_temperature_finds_the_true_sharpness():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 8000)
    truth = (rng.random(8000) < 1 / (1 + np.exp(-logits))).astype(np.int64)
    assert fit_blast_temperature(3 * logits, truth) == pytest.approx(3, rel=0.1)
    assert fit_blast_temperature(logits, np.ones(8000, np.int64)) == 1.0
    types = rng.normal(0, 1.5, (8000, 5))
    drawn = (types + rng.gumbel(size=types.shape)).argmax(axis=1)
    assert fit_type_temperature(2 * types, drawn) == pytest.approx(2, rel=0.1)

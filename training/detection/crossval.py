"""Cross-validation by groups: train on the others, measure on what was left out, through the viewer's own code."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from allviewer.domain.boxes import KINDS
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.sample import Sample
from training.detection.config import DetectionConfig
from training.detection.fields import Field
from training.detection.fit import Lesson, fit_network
from training.detection.measure import LOOK, Measured, Report, Row, figures_of, look_figures, write_report
from training.detection.pack import save_pack
from training.detection.scoring import best_threshold
from training.splits import group_folds
from training.tasks import Request, Tell

TRAINING_SHARE = 0.9
"""Of the time of a fold; the rest is measuring."""


def cross_validate(
    request: Request,
    fields: Sequence[Field],
    blasts: Sequence[Sample],
    config: DetectionConfig,
    cancel: CancelToken,
    tell: Tell,
) -> Path:
    """Train and measure each fold; folds that were trained before in OUT are not trained again.

    The threshold of a kind is chosen on all that the folds found, one number for thousands of boxes.

    Returns the report's path.
    """
    folds = group_folds([f.group for f in fields], request.folds, config.seed, [f.source for f in fields])
    rows: list[Row] = []
    for number, (train, test) in enumerate(folds):
        start, end = number / len(folds), (number + 1) / len(folds)
        turn = start + TRAINING_SHARE * (end - start)
        folder = request.out / f"fold-{number}"
        lesson = Lesson([fields[i] for i in train], blasts)
        if not (folder / "pack").is_dir():
            network = fit_network(lesson, config, folder, cancel, _within(tell, number, start, turn), resume=True)
            save_pack(folder / "pack", network, lesson, config, request.command)
        measured, unseen = Measured(folder / "pack", cancel), [fields[i] for i in test]
        rows += measured.rows(unseen, _within(tell, number, turn, end))
        rows += measured.looks(unseen)
    path = request.out / "crossval.json"
    write_report(path, report_of(rows, config, request.command, f"{len(folds)}-fold cross-validation by group"))
    return path


def report_of(rows: Sequence[Row], config: DetectionConfig, command: str, how: str) -> Report:
    """Figures of rows that were measured by folds."""
    boxes, looks = [row for row in rows if row.kind != LOOK], [row for row in rows if row.kind == LOOK]
    by_kind = {kind: [row.matches for row in boxes if row.kind == kind] for kind in KINDS}
    thresholds: dict[str, float] = {kind: best_threshold(found) for kind, found in by_kind.items()}
    figures = figures_of(boxes, thresholds, how) + look_figures(looks, config.look_threshold, how)
    return Report(command=command, seed=config.seed, figures=figures, thresholds=thresholds, rows=tuple(boxes))


def _within(tell: Tell, fold: int, start: float, end: float) -> Tell:
    """Progress of one fold as progress of the whole."""

    def told(progress: Progress) -> None:
        fraction = start + (end - start) * progress.fraction
        tell(msgspec.structs.replace(progress, fraction=fraction, message=f"Fold {fold + 1}: {progress.message}"))

    return told

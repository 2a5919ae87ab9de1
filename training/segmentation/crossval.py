"""Cross-validation by groups: train on the others, measure on what was left out, through the viewer's own code."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.sample import Sample
from training.segmentation.config import SegmentationConfig
from training.segmentation.fit import Lesson, fit_network, save_pack
from training.segmentation.measure import Report, all_figures, measurable, score_pack, write_report
from training.segmentation.scoring import PictureScore
from training.segmentation.touching import TouchingScore, score_clusters, touching_figures
from training.splits import group_folds
from training.tasks import Request, Tell

TRAINING_SHARE = 0.85
"""Of the time of a fold; the rest is measuring."""


def cross_validate(
    request: Request,
    samples: Sequence[Sample],
    always: Sequence[Sample],
    config: SegmentationConfig,
    cancel: CancelToken,
    tell: Tell,
) -> Path:
    """Train and measure each fold; folds that were trained before in OUT are not trained again.

    Args:
        samples: at their own scale.
        always: belong to every fold's training and are not measured on (synthetic ones), at the working scale.

    Returns the report's path.
    """
    scaled = [sample.at_scale(config.mpp) for sample in samples]
    folds = group_folds([s.group for s in samples], request.folds, config.seed, [s.source for s in samples])
    known: list[PictureScore] = []
    guessed: list[PictureScore] = []
    touching: list[TouchingScore] = []
    for number, (train, test) in enumerate(folds):
        start, end = number / len(folds), (number + 1) / len(folds)
        turn = start + TRAINING_SHARE * (end - start)
        pack = _train_fold(
            request, number, [*(scaled[i] for i in train), *always], config, cancel, _within(tell, number, start, turn)
        )
        unseen = measurable([samples[i] for i in test])
        middle = (turn + end) / 2
        known += score_pack(pack, unseen, True, cancel, tell, (turn, middle))
        guessed += score_pack(pack, unseen, False, cancel, tell, (middle, end))
        touching += score_clusters(pack, [scaled[i] for i in test], config, number, cancel)
    how = f"{len(folds)}-fold cross-validation by group"
    report = Report(
        command=request.command,
        seed=config.seed,
        figures=all_figures(known, guessed, how) + touching_figures(touching, f"{how}, scale known"),
        pictures={"scale known": tuple(known), "scale unknown": tuple(guessed)},
    )
    path = request.out / "crossval.json"
    write_report(path, report)
    return path


def _train_fold(
    request: Request,
    number: int,
    samples: Sequence[Sample],
    config: SegmentationConfig,
    cancel: CancelToken,
    tell: Tell,
) -> Path:
    folder = request.out / f"fold-{number}"
    pack = folder / "pack"
    if not pack.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        lesson = Lesson(samples)
        network = fit_network(lesson, config, folder, cancel, tell, resume=True)
        save_pack(pack, network, lesson, config, request.command)
    return pack


def _within(tell: Tell, fold: int, start: float, end: float) -> Tell:
    """Progress of one fold as progress of the whole."""

    def told(progress: Progress) -> None:
        fraction = start + (end - start) * progress.fraction
        tell(msgspec.structs.replace(progress, fraction=fraction, message=f"Fold {fold + 1}: {progress.message}"))

    return told

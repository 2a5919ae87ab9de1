"""Table 5 of paper 001: 27 classical classifiers on features of the cells of C-NMC 2019."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.exchange.training_events import Progress
from allviewer.inference.cut_out import CUT_OUT_UM_PER_PX, cut_out_cell
from allviewer.progress import CancelToken
from training.classifiers.catalogue import ENTRIES, NAMES
from training.classifiers.fitting import fit, predict_proba
from training.errors import TrainingError
from training.evaluation.predictions import Predictions
from training.experiments.protocols import PROTOCOLS
from training.experiments.samples import Samples
from training.experiments.scale import Scale, chosen
from training.features.cell import cell_features
from training.reproduce.comparison import ComparedTable, Line
from training.reproduce.jobs import Job, Outcome
from training.reproduce.papers import TABLES
from training.reproduce.plan import BY_SUBJECT
from training.reproduce.shelf import Shelf
from training.reproduce.simple_answers import Answer, cross_predict
from training.reproduce.tables import measured_pair
from training.tasks import Tell

PAPER, NUMBER, DATA, BY_PICTURE = "001", "5", "cnmc2019", "by_picture"
_PREFIX = "001-classifier-"
_FROM_LABELS = "Equal to the balanced accuracy of its row: computed from labels, not from scores."
_SLIP = "Not equal to the balanced accuracy of its row, as in all others: a slip, or the only one from scores."


class CellFeatures:
    """The features of all cells, made once for all classifiers."""

    def __init__(self, shelf: Shelf, scale: Scale) -> None:
        self._shelf, self._scale = shelf, scale
        self._made: NDArray[np.float64] | None = None

    def of(self, cancel: CancelToken, tell: Tell) -> tuple[Samples, NDArray[np.float64]]:
        """The samples, and (n, features). Raises `TrainingError` for a picture that shows no cell."""
        everything = self._shelf.samples(DATA, need_labels=True)
        samples = everything.take(chosen(everything.groups, everything.labels, self._scale.pictures))
        if self._made is None:
            self._made = _features_of(samples, cancel, tell)
        return samples, self._made


def _features_of(samples: Samples, cancel: CancelToken, tell: Tell) -> NDArray[np.float64]:
    rows = []
    for number, row in enumerate(samples.rows):
        cancel.check()
        image = samples.read(row)
        mask = cut_out_cell(image)
        if mask is None:
            raise TrainingError(f"The picture {samples.names[number]} does not show one cell cut out on black.")
        box = mask.region
        cut = image[box.y : box.bottom, box.x : box.right]
        rows.append(list(cell_features(cut, mask.bitmap, CUT_OUT_UM_PER_PX).values()))
        if number % 100 == 0:
            tell(Progress(number / len(samples), f"Features of {number} of {len(samples)} cells"))
    return np.array(rows, np.float64)


def plan_classifiers(shelf: Shelf, scale: Scale, seed: int) -> list[Job]:
    """Every classifier by picture and by subject."""
    if not shelf.has(DATA):
        return []
    features = CellFeatures(shelf, scale)
    return [_job(name, protocol, features, scale, seed) for name in NAMES for protocol in (BY_PICTURE, BY_SUBJECT)]


def _job(name: str, protocol: str, features: CellFeatures, scale: Scale, seed: int) -> Job:
    def make(_: Path, cancel: CancelToken, tell: Tell) -> Predictions:
        samples, made = features.of(cancel, tell)

        def learn(rows: NDArray[np.float64], truth: NDArray[np.int64]) -> Answer:
            return partial(predict_proba, fit(name, rows, truth, len(samples.classes), seed))

        return cross_predict(made, samples, PROTOCOLS[protocol], learn, seed, cancel)

    settings = msgspec.json.encode((name, PROTOCOLS[protocol], scale.pictures, seed))
    return Job(_PREFIX + name, DATA, protocol, settings, Predictions, make)


def classifier_tables(outcomes: Sequence[Outcome], rounds: int, seed: int) -> list[ComparedTable]:
    """The table, if its classifiers were asked for."""
    found = {(o.job.name.removeprefix(_PREFIX), o.job.protocol): o for o in outcomes if o.job.name.startswith(_PREFIX)}
    if not found:
        return []
    lines = [line for name in NAMES for line in _lines(name, found, rounds, seed)]
    about = TABLES[PAPER, NUMBER]
    return [ComparedTable(PAPER, NUMBER, about.title, "accuracy", tuple(lines), about.remarks)]


def _lines(name: str, found: dict[tuple[str, str], Outcome], rounds: int, seed: int) -> list[Line]:
    pictures, subjects = found[name, BY_PICTURE], found[name, BY_SUBJECT]
    why_not = pictures.why_not or subjects.why_not
    pair = measured_pair(DATA, pictures.run, subjects.run, rounds, seed, why_not)
    printed = ENTRIES[name].published
    figures = (
        ("accuracy", printed.accuracy, ""),
        ("balanced_accuracy", printed.balanced_accuracy, ""),
        ("auc", printed.roc_auc, _FROM_LABELS if printed.roc_auc == printed.balanced_accuracy else _SLIP),
        ("f1_weighted", printed.f1, ""),
    )
    return [
        Line(name, metric, value, doubt, pair.by_picture, pair.by_subject, DATA, pair.why_not)
        for metric, value, doubt in figures
    ]

"""The figures of a classifier, computed by scikit-learn and torchmetrics from the truth and the probabilities."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Whole = NDArray[np.int64]

CALIBRATION_BINS = 10


def classification_figures(
    truth: Whole, probabilities: Floats, classes: Sequence[str], folds: Whole | None = None
) -> dict[str, float]:
    """Every figure by its key, shares from 0 to 1; nan where the pictures do not allow it (a class is missing).

    Keys: accuracy, balanced_accuracy, auc, average_precision, calibration_error; precision, recall and f1, each with
    _weighted, _macro and _CLASS. A weighted mean weighs a class by its number of pictures, which makes recall_weighted
    the accuracy; the other means over classes need all of them.

    Args:
        truth: int64 (n,).
        probabilities: (n, classes), rows sum to 1.
        folds: (n,) the AUC compares pictures within a fold only; all with all if None.
    """
    from sklearn.metrics import precision_recall_fscore_support

    numbers = np.arange(len(classes))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, np.argmax(probabilities, axis=1), labels=numbers, average=None, zero_division=0
    )
    shown = support > 0
    figures = {
        "accuracy": float(np.average(recall, weights=support)),
        "balanced_accuracy": _mean_of_all(recall, shown),
        "auc": area_under_roc(truth, probabilities, folds),
        "average_precision": average_precision(truth, probabilities),
        "calibration_error": calibration_error(truth, probabilities),
    }
    for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        figures[f"{name}_weighted"] = float(np.average(values, weights=support))
        figures[f"{name}_macro"] = _mean_of_all(values, shown)
    for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        known = np.where(shown, values, np.nan).tolist()
        figures |= {f"{name}_{label}": value for label, value in zip(classes, known, strict=True)}
    return figures


def _mean_of_all(values: Floats, shown: NDArray[np.bool_]) -> float:
    return float(values.mean()) if shown.all() else float("nan")


def area_under_roc(truth: Whole, probabilities: Floats, folds: Whole | None = None) -> float:
    """Area under the ROC curve, of more than two classes the mean of each against the rest; nan if one is missing.

    With `folds` (n,), only pictures of one fold are compared with each other. Networks of different folds learnt
    different shares of each class, so that their answers lie higher or lower as a whole; where a fold holds most of a
    class, comparing across folds turns that into an area far below one half.
    """
    classes = probabilities.shape[1]
    columns = range(1, 2) if classes == 2 else range(classes)
    places = [np.arange(len(truth))] if folds is None else [np.flatnonzero(folds == fold) for fold in np.unique(folds)]
    return float(np.mean([_right_pairs(truth == c, probabilities[:, c], places) for c in columns]))


def _right_pairs(positive: NDArray[np.bool_], given: Floats, places: Sequence[NDArray[np.intp]]) -> float:
    """Share of the pairs (one positive, one not, of one place) that are ordered rightly: U of Mann and Whitney."""
    from scipy.stats import rankdata

    right = pairs = 0.0
    for rows in places:
        here = positive[rows]
        positives = int(here.sum())
        right += float(rankdata(given[rows])[here].sum()) - positives * (positives + 1) / 2
        pairs += positives * (len(rows) - positives)
    return right / pairs if pairs else float("nan")


def average_precision(truth: Whole, probabilities: Floats) -> float:
    """Area under the curve of precision over recall, mean over the classes that are shown."""
    from sklearn.metrics import average_precision_score

    return float(np.mean([average_precision_score(truth == c, probabilities[:, c]) for c in np.unique(truth)]))


def calibration_error(truth: Whole, probabilities: Floats) -> float:
    """Expected calibration error of the most probable class over ten bins."""
    import torch
    from torchmetrics.functional.classification import multiclass_calibration_error

    given, known = torch.from_numpy(np.ascontiguousarray(probabilities)), torch.from_numpy(truth)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        error = multiclass_calibration_error(
            given, known, probabilities.shape[1], CALIBRATION_BINS, validate_args=False
        )
    return float(error)

"""Fitting a classical classifier, and what it says as probabilities."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline

from training.classifiers.catalogue import build
from training.errors import TrainingError

Features = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A fitted classifier.

    Attributes:
        columns: of the features, the finite ones that differ among the cells it learnt from.
        met: int64, the classes that it has seen. classes: how many there are.
    """

    name: str
    pipeline: Pipeline
    columns: NDArray[np.intp]
    met: NDArray[np.int64]
    classes: int


def fit(name: str, features: Features, truth: NDArray[np.int64], classes: int, seed: int = 0) -> Fitted:
    """Fit a classifier of `catalogue.NAMES`; the same input gives the same classifier.

    Args:
        features: (n, features), a row a cell.
        truth: (n,), 0 to `classes` - 1.

    Raises:
        TrainingError: unknown name, nothing to learn from, one class only, or a classifier that cannot learn these.
    """
    if len(features) != len(truth) or not len(truth):
        raise TrainingError(f"{len(features)} rows of features do not fit {len(truth)} classes.")
    if not np.isfinite(features).all():
        raise TrainingError("Some features are no numbers.", "Leave out the cells whose masks are damaged.")
    if len(np.unique(truth)) < 2:
        raise TrainingError("All cells are of one class: there is nothing to tell apart.", "Add cells of another one.")
    columns = np.flatnonzero(np.ptp(features, axis=0) > 0)
    pipeline = build(name, seed)
    met, codes = np.unique(truth, return_inverse=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # default settings are what the table compares
        warnings.simplefilter("ignore", UserWarning)  # collinear features
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            pipeline.fit(features[:, columns], codes)
        except (ValueError, np.linalg.LinAlgError) as error:
            raise TrainingError(f"{name} cannot learn these cells: {error}.") from error
    return Fitted(name, pipeline, columns, met, classes)


def predict_proba(fitted: Fitted, features: Features) -> NDArray[np.float32]:
    """(n, classes), rows that sum to 1.

    Where a classifier has no probabilities, its decision function goes through the logistic function or softmax: in the
    right order for ROC and AUC, but not calibrated.
    """
    rows = features[:, fitted.columns]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        given = _scores(fitted.pipeline, rows)
    given = np.nan_to_num(given, nan=1 / given.shape[1])
    found = np.zeros((len(features), fitted.classes), np.float64)
    found[:, fitted.met] = given
    total = found.sum(axis=1, keepdims=True)
    result: NDArray[np.float32] = np.where(total > 0, found / np.maximum(total, 1e-300), 1 / fitted.classes).astype(
        np.float32
    )
    return result


def _scores(pipeline: Pipeline, rows: Features) -> NDArray[np.float64]:
    if hasattr(pipeline, "predict_proba"):
        return np.asarray(pipeline.predict_proba(rows), np.float64)
    decision = np.asarray(pipeline.decision_function(rows), np.float64)
    if decision.ndim == 1:
        decision = np.stack([-decision / 2, decision / 2], axis=1)
    powers = np.exp(decision - decision.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares

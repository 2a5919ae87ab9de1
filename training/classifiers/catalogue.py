"""The classifiers of table 5 of paper 001, in its order, each with the settings of its library.

Names and columns of the table are those of LazyPredict, which fits every classifier with default settings after
scaling: so it is done here. Where scikit-learn has retired a class, its documented successor stands in its place.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sklearn import (
    calibration,
    discriminant_analysis,
    dummy,
    ensemble,
    linear_model,
    naive_bayes,
    neighbors,
    semi_supervised,
    svm,
    tree,
)
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from training.errors import TrainingError


@dataclass(frozen=True)
class Published:
    """A row of table 5. The ROC AUC printed equals the balanced accuracy but for one slip: it came from labels."""

    accuracy: float
    balanced_accuracy: float
    roc_auc: float
    f1: float
    seconds: float


@dataclass(frozen=True)
class Entry:
    """A classifier: `make` takes a seed."""

    make: Callable[[int], BaseEstimator]
    published: Published


def _xgboost(seed: int) -> BaseEstimator:
    from xgboost import XGBClassifier

    return XGBClassifier(random_state=seed, n_jobs=1, verbosity=0)


def _lightgbm(seed: int) -> BaseEstimator:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1, deterministic=True, force_col_wise=True)


def _passive_aggressive(seed: int) -> BaseEstimator:
    """What `PassiveAggressiveClassifier` was, by the words of its deprecation."""
    return linear_model.SGDClassifier(loss="hinge", penalty=None, learning_rate="pa1", eta0=1.0, random_state=seed)


ENTRIES: dict[str, Entry] = {
    "SVC": Entry(lambda seed: svm.SVC(random_state=seed), Published(0.89, 0.85, 0.84, 0.88, 92.83)),
    "XGBClassifier": Entry(_xgboost, Published(0.87, 0.83, 0.83, 0.87, 254.22)),
    "LGBMClassifier": Entry(_lightgbm, Published(0.85, 0.82, 0.82, 0.85, 40.41)),
    "LinearDiscriminantAnalysis": Entry(
        lambda seed: discriminant_analysis.LinearDiscriminantAnalysis(), Published(0.82, 0.79, 0.79, 0.82, 16.65)
    ),
    "RidgeClassifierCV": Entry(lambda seed: linear_model.RidgeClassifierCV(), Published(0.85, 0.81, 0.81, 0.84, 15.45)),
    "RidgeClassifier": Entry(
        lambda seed: linear_model.RidgeClassifier(random_state=seed), Published(0.84, 0.80, 0.80, 0.83, 1.44)
    ),
    "RandomForestClassifier": Entry(
        lambda seed: ensemble.RandomForestClassifier(random_state=seed), Published(0.86, 0.79, 0.79, 0.85, 36.91)
    ),
    "ExtraTreesClassifier": Entry(
        lambda seed: ensemble.ExtraTreesClassifier(random_state=seed), Published(0.85, 0.79, 0.79, 0.84, 9.21)
    ),
    "LogisticRegression": Entry(
        lambda seed: linear_model.LogisticRegression(random_state=seed, max_iter=1000),
        Published(0.80, 0.78, 0.78, 0.80, 3.30),
    ),
    "SGDClassifier": Entry(
        lambda seed: linear_model.SGDClassifier(random_state=seed), Published(0.78, 0.76, 0.76, 0.78, 5.93)
    ),
    "AdaBoostClassifier": Entry(
        lambda seed: ensemble.AdaBoostClassifier(random_state=seed), Published(0.82, 0.77, 0.77, 0.81, 102.74)
    ),
    "NuSVC": Entry(lambda seed: svm.NuSVC(random_state=seed), Published(0.83, 0.77, 0.77, 0.82, 124.12)),
    "LinearSVC": Entry(
        lambda seed: svm.LinearSVC(random_state=seed, max_iter=5000), Published(0.79, 0.76, 0.76, 0.79, 43.09)
    ),
    "BaggingClassifier": Entry(
        lambda seed: ensemble.BaggingClassifier(random_state=seed), Published(0.81, 0.77, 0.77, 0.81, 292.77)
    ),
    "PassiveAggressiveClassifier": Entry(_passive_aggressive, Published(0.77, 0.74, 0.74, 0.77, 3.20)),
    "KNeighborsClassifier": Entry(
        lambda seed: neighbors.KNeighborsClassifier(), Published(0.79, 0.74, 0.74, 0.79, 1.88)
    ),
    "Perceptron": Entry(
        lambda seed: linear_model.Perceptron(random_state=seed), Published(0.76, 0.73, 0.73, 0.76, 1.43)
    ),
    "BernoulliNB": Entry(lambda seed: naive_bayes.BernoulliNB(), Published(0.72, 0.71, 0.71, 0.72, 1.10)),
    "CalibratedClassifierCV": Entry(
        lambda seed: calibration.CalibratedClassifierCV(), Published(0.82, 0.72, 0.72, 0.80, 114.11)
    ),
    "NearestCentroid": Entry(lambda seed: neighbors.NearestCentroid(), Published(0.71, 0.70, 0.70, 0.71, 0.86)),
    "GaussianNB": Entry(lambda seed: naive_bayes.GaussianNB(), Published(0.70, 0.70, 0.70, 0.70, 0.81)),
    "DecisionTreeClassifier": Entry(
        lambda seed: tree.DecisionTreeClassifier(random_state=seed), Published(0.73, 0.70, 0.70, 0.73, 37.12)
    ),
    "ExtraTreeClassifier": Entry(
        lambda seed: tree.ExtraTreeClassifier(random_state=seed), Published(0.68, 0.63, 0.63, 0.68, 0.76)
    ),
    "QuadraticDiscriminantAnalysis": Entry(
        lambda seed: discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=1e-3),
        Published(0.73, 0.55, 0.55, 0.64, 18.36),
    ),
    "LabelSpreading": Entry(lambda seed: semi_supervised.LabelSpreading(), Published(0.33, 0.52, 0.52, 0.18, 8.35)),
    "LabelPropagation": Entry(lambda seed: semi_supervised.LabelPropagation(), Published(0.33, 0.52, 0.52, 0.18, 7.77)),
    "DummyClassifier": Entry(
        lambda seed: dummy.DummyClassifier(random_state=seed), Published(0.71, 0.51, 0.51, 0.58, 1.17)
    ),
}

NAMES = tuple(ENTRIES)
"""In the order of the table."""


def build(name: str, seed: int = 0) -> Pipeline:
    """A classifier of the table, not fitted, behind a scaler. Raises `TrainingError` for a name that is none."""
    if name not in ENTRIES:
        raise TrainingError(f"There is no classical classifier '{name}'.", f"Known are: {', '.join(NAMES)}.")
    return Pipeline([("scale", StandardScaler()), ("classify", ENTRIES[name].make(seed))])

"""What a few numbers of a picture reach without a network: the shortcuts that every network has to beat."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.evaluation.predictions import Predictions
from training.experiments.protocols import Protocol, divide
from training.experiments.samples import Samples
from training.reproduce.jobs import Job
from training.splits import joined_groups
from training.tasks import Tell

Numbers = Callable[[RgbArray], NDArray[np.float64]]
Floats = NDArray[np.float64]
Answer = Callable[[Floats], NDArray[np.float32]]
"""From features (n, numbers) to probabilities (n, classes)."""
Learn = Callable[[Floats, NDArray[np.int64]], Answer]

SEED = 1


def colour_numbers(image: RgbArray) -> NDArray[np.float64]:
    """(6,): mean and spread of red, green and blue, of what is not the black around a cut-out."""
    shown = image[image.max(axis=2) > 0]
    if not len(shown):
        return np.zeros(6)
    return np.concatenate([shown.mean(axis=0), shown.std(axis=0)])


def size_number(image: RgbArray) -> NDArray[np.float64]:
    """(1,): logarithm of the number of pixels that are not the black around a cut-out."""
    return np.array([np.log1p(np.count_nonzero(image.max(axis=2)))])


NUMBERS: dict[str, Numbers] = {"colour": colour_numbers, "size": size_number}
TITLES = {"colour": "six numbers of colour alone", "size": "size of the cell alone"}


def simple_job(kind: str, data: str, load: Callable[[], Samples], protocol: Protocol) -> Job:
    """A logistic regression on the numbers of a kind ("colour", "size")."""

    def make(_: Path, cancel: CancelToken, tell: Tell) -> Predictions:
        samples = load()
        features = _features(samples, NUMBERS[kind], cancel, tell)
        return cross_predict(features, samples, protocol, learn_logistic, SEED, cancel)

    settings = msgspec.json.encode((kind, data, protocol, SEED))
    return Job(f"simple-{kind}", data, protocol.name, settings, Predictions, make)


def learn_logistic(features: Floats, truth: NDArray[np.int64]) -> Answer:
    """A logistic regression on scaled features; every class has to be met."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(features, truth)
    return lambda rows: fitted.predict_proba(rows).astype(np.float32)


def cross_predict(
    features: Floats, samples: Samples, protocol: Protocol, learn: Learn, seed: int, cancel: CancelToken
) -> Predictions:
    """What a classifier says of each fold after learning the others.

    Args:
        features: (n, numbers) of the samples.
        learn: gives, for features and classes, a function from features to probabilities (n, classes).
    """
    truth = samples.class_indices()
    rows, answers, folds, learning, asking = [], [], [], 0.0, 0.0
    for fold in divide(protocol, samples.groups, samples.same, samples.labels, seed):
        cancel.check()
        started = time.process_time()
        answer = learn(features[fold.train], truth[fold.train])
        taught = time.process_time()
        answers.append(answer(features[fold.test]))
        learning, asking = learning + taught - started, asking + time.process_time() - taught
        rows.append(fold.test)
        folds += [fold.number] * len(fold.test)
    tested = np.concatenate(rows)
    groups = joined_groups(samples.groups, samples.same)
    return Predictions(
        names=tuple(samples.names[i] for i in tested),
        groups=tuple(groups[i] for i in tested),
        folds=np.array(folds, np.int64),
        protocol=protocol.by,
        leaks=protocol.leaks,
        group_kind=str(samples.group_kind),
        seconds_training=learning,
        seconds_per_picture=asking / len(tested),
        classes=samples.classes,
        truth=truth[tested],
        probabilities=np.concatenate(answers),
    )


def _features(samples: Samples, numbers: Numbers, cancel: CancelToken, tell: Tell) -> NDArray[np.float64]:
    found = []
    for index in range(len(samples)):
        cancel.check()
        found.append(numbers(samples.read(samples.rows[index])))
        if index % 200 == 0:
            tell(Progress(index / len(samples), f"{index} of {len(samples)} pictures"))
    return np.stack(found)

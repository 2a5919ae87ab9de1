"""All 27 classifiers learn what can be learnt, refuse what cannot, and come back from a file as they were."""

import numpy as np
import pytest

from training.classifiers.catalogue import ENTRIES, NAMES
from training.classifiers.fitting import fit, predict_proba
from training.classifiers.kept import Lesson, load_lesson, save_lesson
from training.errors import TrainingError

LIMITED = {"AdaBoostClassifier": 0.5, "BernoulliNB": 0.8, "ExtraTreeClassifier": 0.8}
"""Least accuracy of those that cannot, or need not, tell these classes apart; 0.9 of the others."""


def clusters(classes: int, each: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Classes about well separated centres in six features, a constant and a doubled one beside."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(0, 4, (classes, 6))
    truth = np.repeat(np.arange(classes), each)
    features = centres[truth] + rng.normal(0, 1, (len(truth), 6))
    return np.hstack([features, np.full((len(truth), 1), 7.0), features[:, :1] * 2]), truth.astype(np.int64)


def test_the_names_are_those_of_table_5():
    assert len(NAMES) == 27
    assert NAMES[:3] == ("SVC", "XGBClassifier", "LGBMClassifier")
    assert NAMES[-1] == "DummyClassifier"
    assert ENTRIES["SVC"].published.accuracy == 0.89
    labels_only = [n for n, e in ENTRIES.items() if e.published.roc_auc == e.published.balanced_accuracy]
    assert len(labels_only) == 26  # the printed AUC is that of hard labels


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("classes", [2, 4])
def test_learns_clusters_and_gives_probabilities(name, classes):
    features, truth = clusters(classes)
    unseen, answers = clusters(classes, seed=1)
    fitted = fit(name, features, truth, classes)
    given = predict_proba(fitted, unseen)
    assert given.shape == (len(unseen), classes)
    assert given.dtype == np.float32
    np.testing.assert_allclose(given.sum(axis=1), 1, atol=1e-5)
    least = 1 / classes if name == "DummyClassifier" else LIMITED.get(name, 0.9)
    assert np.mean(given.argmax(axis=1) == answers) >= least
    np.testing.assert_array_equal(predict_proba(fit(name, features, truth, classes), unseen), given)


@pytest.mark.parametrize("name", ["SVC", "XGBClassifier", "RidgeClassifier", "LabelSpreading"])
def test_a_class_that_was_never_met_gets_nothing(name):
    features, truth = clusters(3)
    known = truth != 1
    given = predict_proba(fit(name, features[known], truth[known], 3), features)
    assert not given[:, 1].any()
    assert np.mean(given[known].argmax(axis=1) == truth[known]) > 0.9


@pytest.mark.parametrize("name", ["SVC", "LGBMClassifier", "RandomForestClassifier", "CalibratedClassifierCV"])
def test_kept_and_read_again_it_says_the_same(name, tmp_path):
    features, truth = clusters(2)
    lesson = Lesson(name, 3, tuple(f"f{n}" for n in range(8)), ("blast", "normal"), features, truth)
    save_lesson(tmp_path / "kept.npz", lesson)
    again = load_lesson(tmp_path / "kept.npz")
    assert (again.name, again.seed, again.feature_names, again.classes) == (
        name,
        3,
        lesson.feature_names,
        lesson.classes,
    )
    np.testing.assert_array_equal(predict_proba(again.learn(), features), predict_proba(lesson.learn(), features))


def test_what_cannot_be_learnt_is_refused_in_words(tmp_path):
    features, truth = clusters(2)
    with pytest.raises(TrainingError, match="no classical classifier 'KMeans'"):
        fit("KMeans", features, truth, 2)
    with pytest.raises(TrainingError, match="of one class"):
        fit("SVC", features, np.zeros_like(truth), 2)
    with pytest.raises(TrainingError, match="no numbers"):
        fit("SVC", np.full_like(features, np.nan), truth, 2)
    with pytest.raises(TrainingError, match="NuSVC cannot learn"):
        fit("NuSVC", features[:42], truth[:42], 2)
    (tmp_path / "other.npz").write_bytes(b"no archive")
    with pytest.raises(TrainingError, match="holds no classical classifier"):
        load_lesson(tmp_path / "other.npz")
    np.savez(tmp_path / "pickled.npz", about=np.array([object()], dtype=object))
    with pytest.raises(TrainingError, match="holds no classical classifier"):
        load_lesson(tmp_path / "pickled.npz")

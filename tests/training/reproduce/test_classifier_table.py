"""The 27 classifiers of table 5, printed and ours."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from allviewer.progress import CancelToken
from training.classifiers.catalogue import NAMES
from training.datasets.catalogue import find_all
from training.experiments.scale import Scale
from training.reproduce.classifier_table import classifier_tables, plan_classifiers
from training.reproduce.jobs import Budget, run_jobs
from training.reproduce.own_tables import shortcut_tables
from training.reproduce.plan import plan_shortcuts
from training.reproduce.shelf import Shelf


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Large blasts and small normal precursors of five subjects each."""
    folder = tmp_path_factory.mktemp("data") / "cnmc2019"
    folder.mkdir()
    rows = ["file,label,subject,group"]
    rng = np.random.default_rng(2)
    for number in range(60):
        blast, subject = number % 2, number // 2 % 5
        image = np.zeros((48, 48, 3), np.uint8)
        cv2.circle(image, (24, 24), int(rng.integers(15, 19) if blast else rng.integers(8, 13)), (150, 90, 170), -1)
        image = np.where(image > 0, np.clip(image + rng.integers(-40, 40, image.shape), 1, 255), 0).astype(np.uint8)
        Image.fromarray(image).save(folder / f"{number}.png")
        name = f"{'' if blast else 'H'}{subject}"
        rows.append(f"{number}.png,{blast},{name},{name}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    return Shelf(folder.parent, find_all, CancelToken(), lambda _: None)


def test_every_classifier_has_its_line_by_picture_and_by_subject(shelf: Shelf, tmp_path: Path) -> None:
    outcomes = run_jobs(
        plan_classifiers(shelf, Scale(name="tiny", pictures=50), 1), tmp_path, Budget(), CancelToken(), lambda _: None
    )
    (table,) = classifier_tables(outcomes, rounds=3, seed=1)
    lines = {line.label: line for line in table.of("accuracy")}
    assert tuple(lines) == NAMES
    assert lines["SVC"].published == 0.89
    ran = [line for line in lines.values() if line.by_picture is not None and line.by_subject is not None]
    assert len(ran) >= 26, [line.verdict for line in lines.values() if line not in ran]
    assert lines["RandomForestClassifier"].by_subject.values["accuracy"] > 0.9
    assert lines["DummyClassifier"].by_subject.values["accuracy"] == 0.5
    assert "computed from labels" in table.of("auc")[1].verdict


def test_size_alone_tells_them_apart_and_is_shown_to(shelf: Shelf, tmp_path: Path) -> None:
    outcomes = run_jobs(plan_shortcuts(shelf), tmp_path, Budget(), CancelToken(), lambda _: None)
    (table,) = shortcut_tables(outcomes, rounds=5, seed=1)
    size = next(line for line in table.of("accuracy") if "size" in line.label)
    assert size.by_subject.values["accuracy"] == 1
    assert size.by_picture.run.leak
    assert "no network" in " ".join(table.remarks)

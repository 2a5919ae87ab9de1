"""Toy cells on black, told apart by their size, and experiments that take a second."""

from collections.abc import Callable

import cv2
import msgspec
import numpy as np
import pytest

from training.datasets.listing import Grouping
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS
from training.experiments.experiment import Experiment, Model, Optimiser
from training.experiments.machine import Machine
from training.experiments.samples import Samples
from training.preprocessing.settings import Preparation

SIDE = 40


def _cell(number: int, large: bool) -> np.ndarray:
    rng = np.random.default_rng(number)
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    cv2.circle(image, (20, 20), 16 if large else 8, (150, 90, 170), -1)
    cv2.circle(image, (20, 20), 9 if large else 5, (90, 30, 140), -1)
    noise = rng.integers(-15, 16, image.shape)
    return np.where(image > 0, np.clip(image + noise, 1, 255), 0).astype(np.uint8)


def _make_samples(count: int = 48, groups: int = 8, images: list[np.ndarray] | None = None) -> Samples:
    """Every second picture is of class "all"; groups take turns two by two, so that each has both classes."""
    labels = tuple("all" if number % 2 else "hem" for number in range(count))
    drawn = images or [_cell(number, number % 2 == 1) for number in range(count)]

    def parts(row: int, image: np.ndarray) -> np.ndarray:
        nucleus = (image[..., 0] < 120) & (image.max(axis=2) > 0)
        return np.where(nucleus, NUCLEUS, np.where(image.max(axis=2) > 0, CYTOPLASM, BACKGROUND)).astype(np.uint8)

    return Samples(
        source="toy",
        names=tuple(f"cell-{number}" for number in range(count)),
        labels=labels,
        classes=("hem", "all"),
        groups=tuple(f"toy/{number // 2 % groups}" for number in range(count)),
        group_kind=Grouping.SUBJECT,
        same=np.arange(count),
        read=lambda row: drawn[row],
        read_parts=parts,
        rows=tuple(range(count)),
    )


@pytest.fixture
def make_samples() -> Callable[..., Samples]:
    return _make_samples


@pytest.fixture
def toy_experiment() -> Experiment:
    return Experiment(
        name="toy",
        paper="003",
        title="Toy",
        task="classification",
        model=Model(name="five-layer-cnn"),
        data=("toy",),
        preparation=Preparation(size_px=32),
        optimiser=Optimiser(name="adam", learning_rate=3e-3),
        epochs=12,
        batch=8,
    )


@pytest.fixture
def toy_segmentation(toy_experiment: Experiment) -> Experiment:
    return msgspec.structs.replace(
        toy_experiment,
        task="segmentation",
        target="parts",
        model=Model(name="unet", variant="start-16,batch-norm"),
        loss="dice_cross_entropy",
        epochs=6,
    )


@pytest.fixture
def here() -> Machine:
    """One thread, no logs but our own."""
    return Machine(device="cpu", threads=1, tensorboard=False)

"""Fixtures of the tests of training: toy smears, purple nuclei in pale cells on pink, drawn in milliseconds."""

import logging
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.exchange.training_set import LabelledCell, TrainingItem, TrainingSet, encode_training_set
from training.datasets.sample import Sample, number_cells

_QUICK = """
widths = [4, 8, 8, 8]
crop_px = 64
batch = 2
synthetic_fields = 0
mpp = 0.3
"""
"""Settings under which a step takes milliseconds."""


def _toy_sample(seed: int, side: int = 96, cells: int = 2, source: str = "exported") -> Sample:
    """A field with round white cells of about 12 um at 0.3 um a pixel."""
    rng = np.random.default_rng(seed)
    image = np.full((side, side, 3), (235, 200, 205), np.uint8)
    parts = np.zeros((side, side), np.uint8)
    for _ in range(cells):
        x, y = (int(v) for v in rng.integers(22, side - 22, 2))
        cv2.circle(image, (x, y), 19, (190, 170, 215), -1)
        cv2.circle(parts, (x, y), 19, 1, -1)
        cv2.circle(image, (x + 3, y - 2), 12, (90, 40, 140), -1)
        cv2.circle(parts, (x + 3, y - 2), 12, 2, -1)
    image = np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
    return Sample(image, parts, number_cells(parts), f"slide-{seed}", source, f"toy-{seed}", 0.3)


def _write_set(folder: Path, samples: list[Sample], label: str = "lymphocyte") -> Path:
    """The samples as the viewer exports them."""
    items = []
    for sample in samples:
        name = sample.name
        for part in ("images", "cells", "nuclei", "trust"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        Image.fromarray(sample.image).save(folder / "images" / f"{name}.png")
        tifffile.imwrite(folder / "cells" / f"{name}.tif", sample.cells)
        tifffile.imwrite(folder / "nuclei" / f"{name}.tif", np.where(sample.parts == 2, sample.cells, 0))
        Image.fromarray(np.full(sample.parts.shape, 255, np.uint8)).save(folder / "trust" / f"{name}.png")
        height, width = sample.parts.shape
        items.append(
            TrainingItem(
                id=name, image=f"images/{name}.png", cells_file=f"cells/{name}.tif", nuclei_file=f"nuclei/{name}.tif",
                trust_file=f"trust/{name}.png", width=width, height=height, group=sample.group, source="toy.png",
                source_sha256="0" * 64, mpp=sample.mpp, x=0, y=0,
                cells=tuple(LabelledCell(n, label, "corrected") for n in sample.cell_numbers()),
            )
        )  # fmt: skip
    manifest = TrainingSet(1, "test", "2026-01-01T00:00:00Z", ("blast", "lymphocyte"), tuple(items))
    (folder / "manifest.json").write_bytes(encode_training_set(manifest))
    return folder


@pytest.fixture(autouse=True, scope="session")
def _no_traces_of_export() -> None:
    """pytest listens to every logger at every level, which makes torch write megabytes of traces of each export."""
    logging.getLogger("torch.__trace").propagate = False


@pytest.fixture(scope="session")
def toy_sample_of() -> Callable[..., Sample]:
    """`toy_sample`, for fixtures that live longer than a test."""
    return _toy_sample


@pytest.fixture
def toy_sample() -> Callable[..., Sample]:
    """Draws a sample from a seed."""
    return _toy_sample


@pytest.fixture
def write_set() -> Callable[..., Path]:
    """Writes samples to a folder as an exported training set."""
    return _write_set


def _make_toy_set(folder: Path) -> tuple[Path, Path]:
    config = folder / "quick.toml"
    config.write_text(_QUICK, encoding="utf-8")
    return _write_set(folder / "corrections", [_toy_sample(seed) for seed in range(3)]), config


@pytest.fixture(scope="session")
def toy_set_of() -> Callable[[Path], tuple[Path, Path]]:
    """Writes an exported training set of three slides, and a quick configuration, into a folder."""
    return _make_toy_set


@pytest.fixture
def toy_set(tmp_path: Path) -> Path:
    """An exported training set of three fields of three slides."""
    return _make_toy_set(tmp_path)[0]


@pytest.fixture
def quick(tmp_path: Path, toy_set: Path) -> Path:
    """A configuration file under which a step takes milliseconds."""
    return toy_set.parent / "quick.toml"

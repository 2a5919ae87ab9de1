"""All samples of the folders that a job was given."""

from collections.abc import Callable, Iterable
from pathlib import Path

from allviewer.errors import DatasetError
from allviewer.progress import CancelToken
from training.datasets import bccd, cnmc2019, exported, segmentation_wbc, txl_pbc
from training.datasets.sample import Sample

PUBLIC: dict[str, Callable[[Path], list[Sample]]] = {
    "bccd": bccd.load,
    "segmentation_wbc": segmentation_wbc.load,
    "cnmc2019": cnmc2019.load,
    "txl_pbc": txl_pbc.load,
}
"""Folder name of each public data set, and its adapter."""


def collect_samples(folders: Iterable[Path], mpp: float | None, cancel: CancelToken) -> list[Sample]:
    """The samples of exported sets and public data sets, at `mpp` micrometres per pixel, or each at its own scale.

    A folder is an exported set, a public data set, or a folder that holds public data sets.

    Raises:
        DatasetError: a folder is missing or holds none of these.
    """
    samples: list[Sample] = []
    for folder in folders:
        if not folder.is_dir():
            raise DatasetError(f"The folder {folder} does not exist.")
        loaders = _loaders(folder)
        if not loaders:
            raise DatasetError(
                f"{folder} holds no training data.", f"Expected manifest.json, or folders named {', '.join(PUBLIC)}."
            )
        for path, load in loaders:
            cancel.check()
            samples += [sample.at_scale(mpp) if mpp else sample for sample in load(path)]
    return samples


def _loaders(folder: Path) -> list[tuple[Path, Callable[[Path], list[Sample]]]]:
    if exported.is_exported(folder):
        return [(folder, exported.load)]
    if folder.name in PUBLIC and (folder / "labels.csv").is_file():
        return [(folder, PUBLIC[folder.name])]
    return [(folder / name, load) for name, load in PUBLIC.items() if (folder / name / "labels.csv").is_file()]

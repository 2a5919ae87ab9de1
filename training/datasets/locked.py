"""The locked test set is never learnt from: known by the checksums of its images and by its patients or slides."""

from collections.abc import Iterable
from pathlib import Path

from allviewer.errors import DatasetError
from training.datasets.exported import is_exported, read_manifest

HINT = "Networks are judged on it: what was learnt from would look better than it is. Export the cells without it."


def refuse_locked(data: Iterable[Path], locked: Iterable[Path]) -> None:
    """Look through the exported sets among `data`.

    Args:
        locked: folders of the locked test set, each an exported set or a folder of them.

    Raises:
        DatasetError: a set is locked itself, or holds an image or a patient of the locked ones.
    """
    images, groups = _contents(locked)
    for folder in data:
        if not is_exported(folder):
            continue
        manifest = read_manifest(folder)
        if manifest.locked:
            raise DatasetError(f"{folder.name} is a locked test set: no network may learn from it.", HINT)
        for item in manifest.items:
            if item.source_sha256 in images or (item.group and item.group in groups):
                raise DatasetError(f"{item.source} in {folder.name} belongs to the locked test set.", HINT)


def _contents(locked: Iterable[Path]) -> tuple[set[str], set[str]]:
    images: set[str] = set()
    groups: set[str] = set()
    for folder in locked:
        parts = [folder] if is_exported(folder) else sorted(p for p in folder.glob("*") if is_exported(p))
        for part in parts:
            for item in read_manifest(part).items:
                images.add(item.source_sha256)
                groups.add(item.group)
    return images, groups - {""}

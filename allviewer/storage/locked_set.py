"""The locked test set of a laboratory: whole patients or slides, chosen once, on which every network is judged.

It is a folder of exported sets, a subfolder for each time that patients were added. What lies there is never changed,
taken away or learnt from: exports leave out its images (by checksum) and all else of its patients or slides.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.domain.labels import ClassSet
from allviewer.progress import CancelToken, Report
from allviewer.storage.training_choice import VOUCHED, ExportChoice, Locked
from allviewer.storage.training_set_reader import read_manifest

if TYPE_CHECKING:
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.training_set_writer import ExportCounts, OpenPixels

SHARE = 0.2
"""Of the patients or slides, that is proposed for the test set."""


class LockedSet:
    """All that is locked on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def parts(self) -> list[Path]:
        """The exported sets, oldest first; none where nothing was locked yet."""
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.iterdir() if (path / "manifest.json").is_file())

    def locked(self) -> Locked:
        """What may not be learnt from. Raises `DatasetError` for a damaged part: better no training than a leak."""
        items = [item for part in self.parts() for item in read_manifest(part).items]
        return Locked(frozenset(i.source_sha256 for i in items), frozenset(i.group for i in items if i.group))

    def add(
        self,
        cases: "Sequence[CaseFile]",
        groups: frozenset[str],
        open_pixels: "OpenPixels",
        classes: ClassSet,
        cancel: CancelToken,
        report: Report,
    ) -> "ExportCounts":
        """Lock the vouched cells of whole patients or slides as they are now. Raises as `write_training_set` does."""
        from allviewer.storage.training_set_writer import write_training_set

        name = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        choice = ExportChoice(VOUCHED, groups, self.locked(), as_locked=True)
        return write_training_set(cases, self._folder / name, open_pixels, classes, cancel, report, choice)


def proposed_groups(groups: Sequence[str]) -> frozenset[str]:
    """A fifth of the patients or slides, at least one of two, chosen by their checksums: nobody picks the easy ones."""
    distinct = sorted(set(groups), key=lambda group: hashlib.sha256(group.encode()).digest())
    if len(distinct) < 2:
        return frozenset()
    return frozenset(distinct[: max(1, round(SHARE * len(distinct)))])

"""What is known of an image beside its pixels: its file, its metadata, its label and macro pictures."""

from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QImage

from allviewer.domain.slide import RgbArray
from allviewer.errors import UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.session.workspace import Workspace

Fact = tuple[str, str]
"""(what, its value), for people."""


class DescribeImage:
    """Facts at once, pictures as soon as they are read."""

    def __init__(self, workspace: Workspace, runner: JobRunner) -> None:
        self._workspace, self._runner = workspace, runner

    def facts(self, document: Document) -> list[Fact]:
        """What the file says and what the program knows, in the order in which people ask."""
        info = document.info
        entry = next((e for e in self._workspace.entries if e.id == document.image_id), None)
        levels = ", ".join(f"{level.width:,} × {level.height:,}" for level in info.levels)
        facts = [
            ("File", document.name),
            ("Folder", str(entry.path.parent) if entry is not None else ""),
            ("Size", f"{info.width:,} × {info.height:,} px"),
            ("Scale", document.scale.words),
            ("Scale of the file", f"{info.mpp:g} µm/px" if info.mpp else ""),
            ("Objective", f"{info.objective:g}x" if info.objective else ""),
            ("Read by", info.reader),
            ("Levels", f"{len(info.levels)}: {levels}"),
            ("Focal planes", str(info.plane_count) if info.plane_count > 1 else ""),
            ("Between planes", f"{info.plane_spacing_um:g} µm" if info.plane_spacing_um else ""),
            ("Channels", ", ".join(info.channels)),
            ("Colour profile", info.profile or "none; shown as sRGB"),
        ]
        return [(name, value) for name, value in facts if value]

    def read_picture(
        self, document: Document, name: str, done: Callable[[QImage], None], failed: Callable[[UserError], None]
    ) -> None:
        """One of the pictures that the file holds beside the image itself."""
        source = document.source
        self._runner.submit(
            Lane.FILES,
            f"Read {name} of {document.name}",
            lambda cancel, report: _as_image(source.associated_image(name)),
            done,
            lambda error: failed(for_people(error, f"The picture {name} cannot be read")),
        )


def _as_image(rgb: RgbArray) -> QImage:
    pixels = np.ascontiguousarray(rgb)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

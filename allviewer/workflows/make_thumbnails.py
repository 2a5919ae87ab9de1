"""Small pictures for the image list, made off the UI thread."""

import logging
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from allviewer.domain.slide import OpenImage
from allviewer.errors import ImageError
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner

log = logging.getLogger(__name__)

SIZE = QSize(104, 80)
"""Twice what is shown, for screens with many pixels."""


class MakeThumbnails(QObject):
    """Makes one picture after the other; a file that cannot be read gets none."""

    ready = Signal(str, QImage)

    def __init__(self, runner: JobRunner, open_image: OpenImage) -> None:
        super().__init__()
        self._open_image = open_image
        self._runner = runner

    def make(self, path: Path) -> None:
        self._runner.submit(
            Lane.TILES,
            f"Thumbnail of {path.name}",
            lambda cancel, report: _thumbnail(self._open_image, path),
            lambda image: self.ready.emit(str(path), image),
            lambda error: log.info("no thumbnail: %s", error),
        )


def _thumbnail(open_image: OpenImage, path: Path) -> QImage:
    """The whole image, cut to the shape of a thumbnail. Raises `ImageError`, also while its levels are being made."""
    source = open_image(path)
    try:
        info = source.info
        level = info.level_for(max(1.0, min(info.width / SIZE.width(), info.height / SIZE.height())))
        size = info.levels[level]
        if not source.is_exact(level, 0, 0, size.width, size.height):
            raise ImageError(f"{path.name} has no small levels yet.")
        pixels = np.ascontiguousarray(source.read(level, 0, 0, size.width, size.height))
    finally:
        source.close()
    image = QImage(pixels.data, size.width, size.height, 3 * size.width, QImage.Format.Format_RGB888)
    filled = image.scaled(
        SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (filled.width() - SIZE.width()) // 2, (filled.height() - SIZE.height()) // 2
    return filled.copy(left, top, SIZE.width(), SIZE.height())

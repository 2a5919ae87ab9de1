"""Small pictures for the image list, made off the UI thread."""

import logging
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner

log = logging.getLogger(__name__)

SIZE = QSize(104, 80)
"""Twice what is shown, for screens with many pixels."""


class MakeThumbnails(QObject):
    """Makes one picture after the other; a file that cannot be read gets none."""

    ready = Signal(str, QImage)

    def __init__(self, runner: JobRunner) -> None:
        super().__init__()
        self._runner = runner

    def make(self, path: Path) -> None:
        self._runner.submit(
            Lane.TILES,
            f"Thumbnail of {path.name}",
            lambda cancel, report: _thumbnail(path),
            lambda image: self.ready.emit(str(path), image),
            lambda error: log.info("no thumbnail: %s", error),
        )


def _thumbnail(path: Path) -> QImage:
    """The whole image, cut to the shape of a thumbnail."""
    from allviewer.imaging.openers import open_image

    source = open_image(path)
    try:
        info = source.info
        level = info.level_for(max(1.0, min(info.width / SIZE.width(), info.height / SIZE.height())))
        size = info.levels[level]
        pixels = np.ascontiguousarray(source.read(level, 0, 0, size.width, size.height))
    finally:
        source.close()
    image = QImage(pixels.data, size.width, size.height, 3 * size.width, QImage.Format.Format_RGB888)
    filled = image.scaled(
        SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (filled.width() - SIZE.width()) // 2, (filled.height() - SIZE.height()) // 2
    return filled.copy(left, top, SIZE.width(), SIZE.height())

"""The view as a picture: on the clipboard, or in a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter

from allviewer.errors import OutputError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.workflows.ports import Ask, Notices

Draw = Callable[[CancelToken], QImage]
"""Draws the picture, on a worker."""


class ExportView:
    """Drawing and writing happen off the UI thread."""

    def __init__(self, runner: JobRunner, notices: Notices, ask: Ask) -> None:
        self._runner, self._notices, self._ask = runner, notices, ask

    def ask_path(self, name: str) -> Path | None:
        """Where the picture goes; `name` is suggested."""
        return self._ask.picture_to_write(name)

    def copy(self, draw: Draw) -> None:
        """Put the picture on the clipboard."""

        def done(image: QImage) -> None:
            QGuiApplication.clipboard().setImage(image)
            self._notices.tell(f"The view was copied: a picture of {image.width()} x {image.height()} pixels.")

        self._runner.submit(Lane.FILES, "Copy the view", lambda cancel, report: draw(cancel), done, self._failed)

    def save(self, draw: Draw, path: Path) -> None:
        """Write the picture as PNG."""

        def work(cancel: CancelToken, report: Report) -> tuple[int, int]:
            image = draw(cancel)
            cancel.check()
            _write_png(image, path)
            return image.width(), image.height()

        def done(size: tuple[int, int]) -> None:
            self._notices.tell(f"The view was written to {path}: {size[0]} x {size[1]} pixels.")

        self._runner.submit(Lane.FILES, f"Write {path.name}", work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The view was not exported"))


def _write_png(image: QImage, path: Path) -> None:
    """Raises `OutputError`."""
    from allviewer.storage import atomic

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise OutputError(f"{path.name} could not be made: {writer.errorString()}.")
    atomic.write_bytes(path, bytes(buffer.data().data()))

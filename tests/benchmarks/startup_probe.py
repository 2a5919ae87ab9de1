"""Start the program as its command does and say when its window has been painted and the loop is idle.

Run in a process of its own: `python -m tests.benchmarks.startup_probe [IMAGE]`; prints `painted` and ends.
"""

import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FirstPaint(QObject):
    """Waits for the first window to be painted, then for one turn of an idle event loop."""

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            QApplication.instance().removeEventFilter(self)
            QTimer.singleShot(0, self._say)
        return False

    def _say(self):
        print("painted", flush=True)
        QApplication.exit(0)


def main() -> int:
    watcher = FirstPaint()
    run_loop = QApplication.exec

    def watched_loop(*_):
        QApplication.instance().installEventFilter(watcher)
        return run_loop()

    QApplication.exec = watched_loop
    from allviewer.cli import main as allviewer

    return allviewer(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

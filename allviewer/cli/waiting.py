"""Waiting for the window from a command: the window goes on working meanwhile."""

from collections.abc import Callable

PATIENCE_MS = 300_000
_LOOK_EVERY_MS = 40


def wait_until(holds: Callable[[], bool], patience_ms: int = PATIENCE_MS) -> bool:
    """Let the window work until something holds; False if it does not in time."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, watch, limit = QEventLoop(), QTimer(), QTimer()
    watch.timeout.connect(lambda: loop.quit() if holds() else None)
    limit.timeout.connect(loop.quit)
    limit.setSingleShot(True)
    watch.start(_LOOK_EVERY_MS)
    limit.start(patience_ms)
    if not holds():
        loop.exec()
    return holds()

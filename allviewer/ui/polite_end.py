"""Ctrl+C in the terminal, or a polite kill, closes the window as its own button does: everything is finished first."""

import signal
import socket
import threading

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QWidget

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class PoliteEnd(QObject):
    """Python tells of a signal through a socket, because while Qt waits for events no Python code runs."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._told, self._tell = socket.socketpair()
        self._told.setblocking(False)
        self._tell.setblocking(False)
        self._notifier = QSocketNotifier(self._told.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._close)

    def start(self) -> None:
        """Begin to listen; only the main thread may."""
        if threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(self._tell.fileno(), warn_on_full_buffer=False)
            for number in _SIGNALS:
                signal.signal(number, lambda *_: None)

    def stop(self) -> None:
        """Back to what Python does by itself."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._told.close()
        self._tell.close()

    def _close(self) -> None:
        self._told.recv(64)
        self._window.close()

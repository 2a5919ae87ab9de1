"""What Qt itself has to say goes into the program's log, not over the output of a command."""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("allviewer.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_OF_NO_CONSEQUENCE = "This plugin does not support"  # what a screenless platform says of each window


def log_qt_messages() -> None:
    """From now on Qt's messages are lines of the logger `allviewer.qt`."""
    qInstallMessageHandler(_take)


def _take(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    level = logging.DEBUG if message.startswith(_OF_NO_CONSEQUENCE) else _LEVELS.get(kind, logging.WARNING)
    log.log(level, "%s", message)

"""What the program leaves behind when something unexpected happens: a log, a report, a trace of a hard crash."""

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

import allviewer

log = logging.getLogger("allviewer")

LOG_FILE = "allviewer.log"
FAULT_FILE = "crash.txt"
_LOG_BYTES = 1_000_000
_LOGS_KEPT = 3
_MOST_REPORT_CHARACTERS = 20_000

ShowReport = Callable[[str], None]
"""Shows a report to people. May be called from any thread."""


class Diagnostics:
    """Log file, exception hooks and the file that catches hard crashes.

    Attributes:
        last_crash: what the previous run left behind when it was killed by its own fault; empty if it was not.
    """

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        self._seen: set[str] = set()
        self._fault_file: IO[str] | None = None
        self._log_file: logging.Handler | None = None
        self.last_crash = ""

    @property
    def log_file(self) -> Path:
        return self._log_dir / LOG_FILE

    def start(self, show: ShowReport) -> None:
        """Begin to listen. Without a folder that can be written to, reports are shown all the same."""
        try:
            self._log_dir.mkdir(parents=True, exist_ok=True)
            self._start_log()
            self._catch_faults()
        except OSError as error:
            log.warning("no log is kept: %s", error)

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                sys.__excepthook__(kind, error, trace)
                return
            self.report(kind, error, trace, show)

        def thread_hook(arguments: threading.ExceptHookArgs) -> None:
            if arguments.exc_value is not None:
                hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

        sys.excepthook = hook
        threading.excepthook = thread_hook

    def report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, show: ShowReport
    ) -> None:
        """Log an unexpected error, and show it the first time it happens."""
        log.critical("unexpected error", exc_info=(kind, error, trace))
        text = "".join(traceback.format_exception(kind, error, trace))
        if text not in self._seen:
            self._seen.add(text)
            show(f"{about_this_program()}\n\n{text[-_MOST_REPORT_CHARACTERS:]}")

    def stop(self) -> None:
        """A proper end: nothing is left to be told at the next start."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        if self._fault_file is not None:
            faulthandler.disable()
            self._fault_file.close()
            self._fault_file = None
            (self._log_dir / FAULT_FILE).unlink(missing_ok=True)
        if self._log_file is not None:
            log.removeHandler(self._log_file)
            self._log_file.close()
            self._log_file = None

    def _start_log(self) -> None:
        import logging.handlers  # it brings sockets and pickles along

        handler = logging.handlers.RotatingFileHandler(
            self.log_file, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8"
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        self._log_file = handler
        log.setLevel(logging.INFO)
        log.info("start: %s", about_this_program().replace("\n", ", "))

    def _catch_faults(self) -> None:
        path = self._log_dir / FAULT_FILE
        if path.exists():
            self.last_crash = path.read_text(encoding="utf-8", errors="replace").strip()[:_MOST_REPORT_CHARACTERS]
        self._fault_file = path.open("w", encoding="utf-8")
        faulthandler.enable(self._fault_file)


def about_this_program() -> str:
    """Versions, for reports. Names no person and no file."""
    return (
        f"allviewer {allviewer.__version__}\nPython {platform.python_version()}\n"
        f"{platform.system()} {platform.release()} {platform.machine()}"
    )

"""Teach a network with corrected cells: a child process learns while the window stays free; it ends in a new pack."""

import importlib.util
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from allviewer.errors import DatasetError, UserError
from allviewer.exchange.training_events import Done, Failed, Progress, Stopped, TrainingEvent, decode_event
from allviewer.workflows.ports import Notices

_KILL_AFTER_MS = 20_000
"""So long may a cancelled training take to save itself."""
_END_MS = 3000
_TAIL_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class TuningRequest:
    """What to learn from, and what to start with.

    Attributes:
        data: exported training sets.
        out: where the run keeps its files; the new pack is `out/pack`.
        name, version: of the new pack.
    """

    task: str
    pack_folder: Path
    data: tuple[Path, ...]
    out: Path
    steps: int
    name: str
    version: str

    @property
    def arguments(self) -> list[str]:
        """For `python`."""
        return [
            "-m",
            "training",
            "fit",
            "--json",
            "--task",
            self.task,
            "--from",
            str(self.pack_folder),
            "--data",
            *(str(folder) for folder in self.data),
            "--out",
            str(self.out),
            "--steps",
            str(self.steps),
            "--name",
            self.name,
            "--version",
            self.version,
        ]


def can_train_here() -> bool:
    """Whether this installation has the `training` part."""
    if getattr(sys, "frozen", False):
        return False
    return all(importlib.util.find_spec(name) is not None for name in ("training", "torch", "lightning"))


def command_line(request: TuningRequest) -> str:
    """The same work as a command, for another machine."""
    return shlex.join(["python", *(word for word in request.arguments if word != "--json")])


class FineTune(QObject):
    """One training at a time, in a process of its own.

    Signals:
        progressed: `Progress` of the training.
        finished: folder of the new pack.
        stopped: it was cancelled, or failed; people have been told why.
    """

    progressed = Signal(object)
    finished = Signal(object)
    stopped = Signal()

    def __init__(self, notices: Notices, runs_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs_dir = runs_dir
        """Where trainings keep their files."""
        self._notices = notices
        self._process: QProcess | None = None
        self._last: TrainingEvent | None = None
        self._errors = ""
        self._cancelled = False

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self, request: TuningRequest) -> None:
        """Begin. Raises `DatasetError` if this installation cannot train, or a training is under way."""
        if self.is_running:
            raise DatasetError("A network is being trained already.", "Wait for it, or cancel it first.")
        if not can_train_here():
            raise DatasetError("Training is not part of this installation.", f"Run elsewhere: {command_line(request)}")
        self._last, self._errors, self._cancelled = None, "", False
        process = QProcess(self)
        process.setProgram(sys.executable)
        process.setArguments(request.arguments)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._not_started)
        self._process = process
        process.start()

    def cancel(self) -> None:
        """Ask the training to stop; it saves what it has so that it can be resumed."""
        process = self._process
        if process is None or self._cancelled:
            return
        self._cancelled = True
        process.terminate()
        QTimer.singleShot(_KILL_AFTER_MS, process, process.kill)

    def end(self) -> None:
        """The program ends: so does the training. What it has saved can be resumed from the command line."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.terminate()
            if not process.waitForFinished(_END_MS):
                process.kill()
                process.waitForFinished(_END_MS)

    def _read(self) -> None:
        assert self._process is not None
        while self._process.canReadLine():
            line = bytes(self._process.readLine().data())
            try:
                event = decode_event(line)
            except msgspec.DecodeError:  # a library's own chatter; kept for the report of a failure
                self._errors = (self._errors + line.decode(errors="replace"))[-_TAIL_CHARACTERS:]
                continue
            self._last = event
            if isinstance(event, Progress):
                self.progressed.emit(event)

    def _read_errors(self) -> None:
        assert self._process is not None
        text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        self._errors = (self._errors + text)[-_TAIL_CHARACTERS:]

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._process = None
            self._notices.warn(UserError("The training could not be started."))
            self.stopped.emit()

    def _ended(self, exit_code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        match self._last:
            case Done(result=result):
                self.finished.emit(_pack_in(Path(result)))
                return
            case Failed(sentence=sentence, hint=hint):
                self._notices.warn(DatasetError(sentence, hint))
            case Stopped():
                self._notices.tell("The training was cancelled. No network was changed.")
            case _ if self._cancelled:
                self._notices.tell("The training was cancelled. No network was changed.")
            case _:
                last_line = self._errors.strip().splitlines()[-1:] or [f"it ended with code {exit_code}"]
                self._notices.warn(DatasetError(f"The training failed: {last_line[0]}"))
        self.stopped.emit()


def _pack_in(result: Path) -> Path:
    return result if (result / "card.json").exists() else result / "pack"


def _environment() -> QProcessEnvironment:
    """The child finds `training` where this program found it."""
    environment = QProcessEnvironment.systemEnvironment()
    spec = importlib.util.find_spec("training")
    if spec is not None and spec.submodule_search_locations:
        root = str(Path(next(iter(spec.submodule_search_locations))).parent)
        paths = [root, environment.value("PYTHONPATH")]
        environment.insert("PYTHONPATH", os.pathsep.join(path for path in paths if path))
    environment.insert("PYTHONUNBUFFERED", "1")
    return environment

"""Teach a network with corrected cells: a process of its own learns, paused, stopped and found again by any window."""

import importlib.util
import os
import shlex
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from allviewer.errors import DatasetError, UserError
from allviewer.exchange.training_events import (
    GO,
    PAUSE,
    STOP,
    Done,
    Failed,
    ProbeResult,
    Progress,
    Stopped,
    TrainingEvent,
)
from allviewer.jobs.run_folder import RunFolder
from allviewer.workflows.ports import Notices

LOOK_MS = 300
START_S = 120
"""So long may a process need until it takes its lock: torch is slow to load on a busy machine."""
REQUEST_FILE, CLAIMED_FILE = "request.json", "claimed"


@dataclass(frozen=True, slots=True)
class TuningRequest:
    """What to learn from, and what to start with.

    Attributes:
        data, watch, replay, distil: exported sets (`distil`: any folders of pictures); `locked`: what none may hold.
        out: where the run keeps its files; the new pack is `out/pack`.
        layers: "all", "decoder" or "head".
        synthetic: whether synthetic smears are mixed in; `batch`: pictures at a time, None: as usual.
        name, version: of the new pack.
    """

    task: str
    pack_folder: Path
    data: tuple[Path, ...]
    out: Path
    steps: int
    name: str
    version: str
    watch: tuple[Path, ...] = ()
    replay: tuple[Path, ...] = ()
    distil: tuple[Path, ...] = ()
    locked: tuple[Path, ...] = ()
    layers: str = "all"
    synthetic: bool = True
    batch: int | None = None
    resume: bool = False

    @property
    def folder(self) -> Path:
        """Where the process is watched over."""
        return self.out.parent

    @property
    def arguments(self) -> list[str]:
        """For `python`."""
        return [*self._of("fit"), *self._learning(), "--control", str(self.folder)]

    @property
    def probe_arguments(self) -> list[str]:
        """For `python`: how long a step would take, and how many pictures fit."""
        return [*self._of("probe"), "--control", str(self.folder)]

    @property
    def settings(self) -> dict[str, object]:
        """What goes into a settings file, because it is no flag."""
        values: dict[str, object] = {} if self.batch is None else {"batch": self.batch}
        if self.task == "segmentation" and not self.synthetic:
            values["synthetic_fields"] = 0
        return values

    def _of(self, command: str) -> list[str]:
        named = ["--task", self.task, "--from", str(self.pack_folder), "--out", str(self.out)]
        data = ["--data", *(str(folder) for folder in self.data)]
        return ["-m", "training", command, "--json", *named, *data]

    def _learning(self) -> list[str]:
        words = ["--steps", str(self.steps), "--name", self.name, "--version", self.version]
        for flag, folders in (
            ("--watch", self.watch),
            ("--replay", self.replay),
            ("--distil", self.distil),
            ("--locked", self.locked),
        ):
            if folders:
                words += [flag, *(str(folder) for folder in folders)]
        if self.layers != "all":
            words += ["--layers", self.layers]
        if self.settings:
            words += ["--config", str(self.folder / "settings.json")]
        return [*words, *(["--resume"] if self.resume else [])]


def can_train_here() -> bool:
    """Whether this installation has the `training` part."""
    if getattr(sys, "frozen", False):
        return False
    return all(importlib.util.find_spec(name) is not None for name in ("training", "torch", "lightning"))


def command_line(request: TuningRequest) -> str:
    """The same work as a command, for another machine."""
    words = [word for word in request.arguments if word != "--json"]
    return shlex.join(["python", *words[: words.index("--control")]] if "--control" in words else ["python", *words])


class FineTune(QObject):
    """One training at a time. Closing the window, or its death, leaves it going; the next window takes it up.

    Signals:
        progressed: `Progress` of the training.
        finished: folder of the new pack.
        probed: `ProbeResult`.
        stopped: it was cancelled, or failed; people have been told why.
    """

    progressed = Signal(object)
    finished = Signal(object)
    probed = Signal(object)
    stopped = Signal()

    def __init__(self, notices: Notices, runs_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs_dir = runs_dir
        """Where trainings keep their files."""
        self._notices = notices
        self._run: RunFolder | None = None
        self._last: TrainingEvent | None = None
        self._begun_s = 0.0
        self._was_alive = self._cancelled = False
        self.is_paused = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_running(self) -> bool:
        return self._run is not None

    @property
    def folder(self) -> Path | None:
        """Of the training that is under way."""
        return self._run.folder if self._run is not None else None

    def start(self, request: TuningRequest) -> None:
        """Begin. Raises `DatasetError` if this installation cannot train, or a training is under way."""
        self._begin(request, request.arguments)

    def probe(self, request: TuningRequest) -> None:
        """Find out how long a step takes; `probed` says it. Raises as `start` does."""
        self._begin(request, request.probe_arguments)

    def resume(self, folder: Path) -> None:
        """Go on with a training that was stopped, or killed. Raises as `start`, or if nothing can be gone on with."""
        try:
            content = (folder / REQUEST_FILE).read_bytes()
            request = msgspec.json.decode(content, type=TuningRequest, dec_hook=lambda kind, value: kind(value))
        except (OSError, msgspec.DecodeError) as error:
            raise DatasetError(f"The training in {folder} cannot be gone on with.", "Begin a new one.") from error
        self.start(replace(request, resume=True))

    def interrupted(self) -> list[Path]:
        """Trainings that neither ended nor live, newest first."""
        if not self.runs_dir.is_dir():
            return []
        runs = sorted((p for p in self.runs_dir.iterdir() if (p / REQUEST_FILE).exists()), reverse=True)
        return [p for p in runs if not _is_finished(p) and (p / "run").exists() and p != self.folder]

    def so_far(self) -> list[Progress]:
        """All that the training under way has said, for a dialog that is opened later."""
        events = RunFolder(self._run.folder).new_events() if self._run is not None else []
        return [event for event in events if isinstance(event, Progress)]

    def take_up(self) -> bool:
        """Watch again over a training that another window began, or take what it made; whether one is under way."""
        for folder in self._unclaimed():
            self._claim(folder / "run" / "pack")
        for folder in self.interrupted():
            run = RunFolder(folder)
            if self._run is None and run.is_alive():
                self._watch(run)
                self._notices.tell("A network is still learning. Models, Fine-tune… shows how it goes.")
                return True
        return False

    def pause(self) -> None:
        """Wait, keeping all in memory, until `go_on`."""
        self._tell(PAUSE)
        self.is_paused = True

    def go_on(self) -> None:
        self._tell(GO)
        self.is_paused = False

    def cancel(self) -> None:
        """Ask the training to stop; it saves what it has so that it can be resumed."""
        self._cancelled = True
        self._tell(STOP)

    def end(self) -> None:
        """The window closes; the training goes on."""
        self._timer.stop()
        self._run = None

    def _unclaimed(self) -> list[Path]:
        """Trainings that ended while no window was open."""
        if not self.runs_dir.is_dir():
            return []
        return [p for p in sorted(self.runs_dir.iterdir()) if _is_finished(p) and not (p / CLAIMED_FILE).exists()]

    def _claim(self, pack: Path) -> None:
        """A pack is handed on once."""
        (pack.parent.parent / CLAIMED_FILE).touch()
        self.finished.emit(pack)

    def _begin(self, request: TuningRequest, arguments: list[str]) -> None:
        if self.is_running:
            raise DatasetError("A network is being trained already.", "Wait for it, or cancel it first.")
        if not can_train_here():
            raise DatasetError("Training is not part of this installation.", f"Run elsewhere: {command_line(request)}")
        run = RunFolder(request.folder)
        request.folder.mkdir(parents=True, exist_ok=True)
        (request.folder / REQUEST_FILE).write_bytes(msgspec.json.encode(request, enc_hook=str))
        (request.folder / "settings.json").write_bytes(msgspec.json.encode(request.settings))
        run.tell(GO)
        try:
            run.launch([sys.executable, *arguments], _environment())
        except OSError as error:
            raise DatasetError(f"The training could not be started: {error.strerror}.") from error
        self._watch(run)

    def _watch(self, run: RunFolder) -> None:
        self._run, self._last, self._cancelled = run, None, False
        self._was_alive, self.is_paused, self._begun_s = False, False, time.monotonic()
        self._timer.start()

    def _tell(self, word: str) -> None:
        if self._run is not None:
            self._run.tell(word)

    def _look(self) -> None:
        """Hear what is new, and notice when the process is gone."""
        run = self._run
        if run is None:
            return
        alive = run.is_alive()
        for event in run.new_events():
            self._last = event
            if isinstance(event, Progress):
                self.is_paused = event.paused
                self.progressed.emit(event)
        ended = isinstance(self._last, Done | Failed | Stopped)
        self._was_alive = self._was_alive or alive
        waited_s = time.monotonic() - self._begun_s
        never_came = not self._was_alive and (run.has_died() or waited_s > START_S)
        if not alive and (ended or self._was_alive or never_came):
            self._ended(run)

    def _ended(self, run: RunFolder) -> None:
        self._timer.stop()
        self._run = None
        match self._last:
            case Done(result=result) if result.endswith("probe.json"):
                self.probed.emit(msgspec.json.decode(Path(result).read_bytes(), type=ProbeResult))
                return
            case Done(result=result):
                self._claim(_pack_in(Path(result)))
                return
            case Failed(sentence=sentence, hint=hint):
                self._notices.warn(DatasetError(sentence, hint))
            case _ if self._cancelled or isinstance(self._last, Stopped):
                self._notices.tell("The training was stopped. No network was changed; it can be gone on with.")
            case _:
                words = run.last_words() or "its process ended"
                self._notices.warn(UserError(f"The training failed: {words}", "It can be gone on with (Fine-tune…)."))
        self.stopped.emit()


def _is_finished(run: Path) -> bool:
    return (run / "run" / "pack" / "card.json").exists()


def _pack_in(result: Path) -> Path:
    return result if (result / "card.json").exists() else result / "pack"


def _environment() -> dict[str, str]:
    """The child finds `training` where this program found it."""
    environment = dict(os.environ)
    spec = importlib.util.find_spec("training")
    if spec is not None and spec.submodule_search_locations:
        root = str(Path(next(iter(spec.submodule_search_locations))).parent)
        paths = [root, environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    environment["PYTHONUNBUFFERED"] = "1"
    return environment

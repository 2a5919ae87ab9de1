"""Find out what networks can run on: each device is tried in a process of its own, as a bad driver may crash."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from allviewer.errors import UserError, for_people
from allviewer.exchange.device_report import DeviceReport, DeviceReports
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.inference.catalogue import Catalogue
    from allviewer.inference.installed_pack import InstalledPack

TRIAL_S = 180.0
"""TensorRT builds its engine on the first run; longer than this, a driver hangs."""
LOOK_S = 0.2
_NOTICE = "device"


class UseDevices(QObject):
    """What the window knows of devices. `changed` when there is news."""

    changed = Signal()

    def __init__(self, runner: JobRunner, notices: Notices, catalogue: "Catalogue", file: Path) -> None:
        super().__init__()
        self._runner, self._notices, self._catalogue, self._file = runner, notices, catalogue, file
        self.reports: DeviceReports | None = _read(file)
        self.is_trying = False

    def check(self) -> None:
        """Try all devices if that was not done with this runtime and these packs yet."""
        self._submit(again=False)

    def check_again(self) -> None:
        """Try all devices now."""
        self._submit(again=True)

    def resolved(self, device: str) -> str:
        """The device to ask for: what was chosen, or for "auto" the first that passed its trial."""
        if device != "auto":
            return device
        return self.best()[0]

    def best(self) -> tuple[str, str]:
        """What "auto" means here, and why not a faster one."""
        from allviewer.inference.device_trial import best_device

        return best_device(self.reports)

    def ran_on(self, wanted: str, used: str) -> None:
        """Networks ran on a device; that it is not the wanted one stays visible until one is."""
        wanted = self.resolved(wanted)
        if wanted in ("auto", used):
            self._notices.release(_NOTICE)
            return
        report = self.reports.of(wanted) if self.reports is not None else None
        why = f" {report.reason}" if report is not None and report.reason else ""
        self._notices.keep(
            _NOTICE, f"Networks run on {used}, not on {wanted} as chosen.{why}", "Try again", self.check_again
        )

    def _submit(self, again: bool) -> None:
        if self.is_trying:
            return
        packs: list[InstalledPack] = []
        for task in ("segmentation", "classification"):
            try:
                packs.append(self._catalogue.default(task))
            except UserError:  # no pack of this task: nothing to try it with
                continue
        self.is_trying = bool(packs)
        if not packs:
            return
        present = None if again else self.reports

        def work(cancel: CancelToken, report: Report) -> DeviceReports:
            return try_devices(self._file, packs, cancel, report, present)

        self._runner.submit(Lane.INFERENCE, "Try devices", work, self._tried, self._failed)
        self.changed.emit()

    def _tried(self, reports: DeviceReports) -> None:
        self.reports, self.is_trying = reports, False
        broken = [r for r in reports.devices if r.state in ("wrong", "unusable")]
        if broken:
            words = " ".join(f"{r.device}: {r.reason}" for r in broken)
            self._notices.keep(_NOTICE, f"Networks run on {self.best()[0]}. {words}", "Try again", self.check_again)
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self.is_trying = False
        self._notices.warn(for_people(error, "The devices could not be tried"))
        self.changed.emit()


def try_devices(
    file: Path,
    packs: "Sequence[InstalledPack]",
    cancel: CancelToken,
    report: Report,
    present: DeviceReports | None = None,
    try_one: "Callable[[str, CancelToken], DeviceReport] | None" = None,
) -> DeviceReports:
    """Try every device of the runtime and keep what came out in `file`.

    Args:
        present: what is known; given back if it is of the same runtime and packs.
        try_one: stands in for the child process.

    Raises:
        Cancelled, OutputError.
    """
    from allviewer.inference.device_trial import absent, fingerprint, installed_providers
    from allviewer.inference.devices import PROVIDERS
    from allviewer.storage import atomic

    providers = installed_providers()
    mark = fingerprint(packs, providers)
    if present is not None and present.fingerprint == mark:
        return present
    missing = {r.device: r for r in absent(providers)}
    found = []
    for number, device in enumerate(PROVIDERS):
        report(number / len(PROVIDERS), f"Trying {device}")
        found.append(missing.get(device) or (try_one or _in_child)(device, cancel))
    reports = DeviceReports(mark, tuple(found))
    atomic.make_folder(file.parent)
    atomic.write_bytes(file, msgspec.json.format(msgspec.json.encode(reports), indent=2) + b"\n")
    return reports


def _in_child(device: str, cancel: CancelToken) -> DeviceReport:
    """Let a process of its own try a device; its death or silence is an answer, too."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "allviewer"]
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(path for path in (root, os.environ.get("PYTHONPATH", "")) if path)
    child = subprocess.Popen(
        [*program, "devices", "--device", device],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
    )
    waited_s, said = 0.0, b""
    try:
        while True:
            cancel.check()
            try:
                said, _ = child.communicate(timeout=LOOK_S)
                break
            except subprocess.TimeoutExpired:
                waited_s += LOOK_S
                if waited_s > TRIAL_S:
                    return DeviceReport(device, "unusable", f"Its driver gave no answer within {TRIAL_S:.0f} seconds.")
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    try:
        return msgspec.json.decode(said.splitlines()[-1], type=DeviceReport)
    except (msgspec.DecodeError, IndexError):
        return DeviceReport(device, "unusable", f"Its driver took the trial down (exit code {child.returncode}).")


def _read(file: Path) -> DeviceReports | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=DeviceReports)
    except (OSError, msgspec.DecodeError):  # none yet, or of another version: they are tried again
        return None

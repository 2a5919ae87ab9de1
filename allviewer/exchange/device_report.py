"""What a trial of a device found out; a child process says it as one line of JSON."""

from typing import Literal

import msgspec

State = Literal["works", "wrong", "unusable", "absent"]
"""wrong: it runs, but gives other outputs than the golden ones; absent: not part of the installed runtime."""


class DeviceReport(msgspec.Struct, frozen=True):
    """One device.

    Attributes:
        reason: why it is not used, in a sentence; empty where it works.
        milliseconds: of one golden picture through the segmentation network.
        difference: largest to any golden output.
        memory_limit_mb: what networks may take of its memory; 0: no limit of its own.
    """

    device: str
    state: State
    reason: str = ""
    milliseconds: float = 0.0
    difference: float = 0.0
    memory_limit_mb: int = 0


class DeviceReports(msgspec.Struct, frozen=True):
    """All devices of this machine, with what the trial depends on: another runtime or pack needs another one."""

    fingerprint: str
    devices: tuple[DeviceReport, ...]

    def of(self, device: str) -> DeviceReport | None:
        return next((report for report in self.devices if report.device == device), None)

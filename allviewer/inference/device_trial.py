"""Is a device fit for our networks? The golden inputs of the packs in use are run on it, compared and timed."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from allviewer.errors import UserError
from allviewer.exchange.device_report import DeviceReport, DeviceReports
from allviewer.exchange.model_card import GOLDEN_FILE
from allviewer.inference.devices import MEMORY_LIMITS_MB, PROVIDERS
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import INPUT_NAME, OnnxSession, output_name, runtime_version
from allviewer.progress import CancelToken

TOLERANCE = {"cpu": 1e-3}
TOLERANCE_ELSEWHERE = 2e-2
"""Of probabilities: graphics cards sum in other orders and in shorter numbers. Classes do not tip by so little."""
RUNS = 5


def installed_providers() -> list[str]:
    """What the installed runtime has, in its own order."""
    import onnxruntime

    return list(onnxruntime.get_available_providers())


def fingerprint(packs: Sequence[InstalledPack], providers: Sequence[str]) -> str:
    """What the trials depend on: the runtime, its providers, the networks."""
    parts = [runtime_version(), *sorted(providers), *(pack.card.network.sha256 for pack in packs)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def absent(providers: Sequence[str]) -> list[DeviceReport]:
    """The devices that this runtime does not know."""
    return [
        DeviceReport(name, "absent", f"The installed runtime has no {provider}.")
        for name, provider in PROVIDERS.items()
        if provider not in providers
    ]


def try_device(device: str, packs: Sequence[InstalledPack]) -> DeviceReport:
    """Run every pack with golden outputs on a device. A broken driver may take the whole process down: use a child."""
    limit = MEMORY_LIMITS_MB.get(device, 0)
    largest, spent = 0.0, 0.0
    try:
        for pack in packs:
            session = OnnxSession(pack, device)
            if session.fallback:
                return DeviceReport(device, "unusable", session.fallback, memory_limit_mb=limit)
            difference, milliseconds = _against_golden(session, pack)
            largest = max(largest, difference)
            spent = spent or milliseconds
    except UserError as error:
        return DeviceReport(device, "unusable", str(error), memory_limit_mb=limit)
    if not largest <= TOLERANCE.get(device, TOLERANCE_ELSEWHERE):
        reason = f"It gives other outputs than the golden ones, by up to {largest:.3g}."
        return DeviceReport(device, "wrong", reason, round(spent, 2), largest, limit)
    return DeviceReport(device, "works", "", round(spent, 2), round(largest, 6), limit)


def best_device(reports: DeviceReports | None, installed: Sequence[str] = ()) -> tuple[str, str]:
    """What "auto" means here: the first device in order of preference that works, and why not an earlier one."""
    passed_by: list[str] = []
    for device in PROVIDERS:
        report = reports.of(device) if reports is not None else None
        if report is not None and report.state == "works":
            return device, " ".join(passed_by)
        if report is not None and report.state != "absent":
            passed_by.append(f"{device}: {report.reason}")
    return "auto" if reports is None else "cpu", " ".join(passed_by)


def _against_golden(session: OnnxSession, pack: InstalledPack) -> tuple[float, float]:
    """(largest difference, milliseconds a picture); a pack without golden outputs tells nothing."""
    path: Path = pack.folder / GOLDEN_FILE
    if not path.exists():
        return 0.0, 0.0
    with np.load(path, allow_pickle=False) as arrays:
        image, expected = np.asarray(arrays[INPUT_NAME]), np.asarray(arrays[output_name(pack)])
    given = session.run(image, CancelToken())
    start = time.perf_counter()
    for _ in range(RUNS):
        session.run(image, CancelToken())
    milliseconds = 1000 * (time.perf_counter() - start) / RUNS / len(image)
    difference = np.abs(given - expected).max() if given.shape == expected.shape else np.inf
    return float(difference), milliseconds

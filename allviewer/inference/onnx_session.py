"""Running a pack's network: the only file that knows onnxruntime."""

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allviewer.errors import PackError
from allviewer.exchange.model_card import OUTPUTS, NetworkFile
from allviewer.inference.devices import PROVIDERS, choose_provider, device_name, provider_options
from allviewer.inference.installed_pack import InstalledPack
from allviewer.progress import Cancelled, CancelToken

INPUT_NAME = "image"
HEAT_OUTPUT = "heat"
"""Optional second output of classifiers: what in the crop spoke for each class."""
DOUBT_OUTPUTS = ("doubt", "strangeness")
"""Optional outputs of classifiers, both or none: one number a cell, see `model_card`."""
WATCH_S = 0.1
"""How often a running network looks whether it is still wanted."""

# a weight kept in a second file has an entry with this key; a pack is one file, and nothing else is read for it
_EXTERNAL_WEIGHTS = re.compile(rb"\x0a[\x08\x88]\x00?location")


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a network: its name, type and shape (None: any size)."""

    name: str
    type: str
    shape: tuple[int | None, ...]


class OnnxSession:
    """A pack's network, ready to run. `run` may be called from any thread.

    Attributes:
        device_used: what really runs it ("cpu", "cuda", ...).
        fallback: why that is not what was asked for; empty if it is.

    Raises:
        PackError: if the network is altered, missing, or cannot be loaded.
        UserError: for an unknown device name.
    """

    def __init__(self, pack: InstalledPack, device: str = "auto", threads: int | None = None) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # what the variable in `allviewer` does not stop on Windows
        self.pack = pack
        content = read_network(pack)
        provider, self.fallback = choose_provider(device, onnxruntime.get_available_providers())
        self._session, failure = _create(content, provider, threads or default_threads(), pack)
        if failure:
            self.fallback = failure
        self.device_used = device_name(self._session.get_providers()[0])
        self._output = output_name(pack)

    @property
    def inputs(self) -> list[Port]:
        return [_port(p) for p in self._session.get_inputs()]

    @property
    def outputs(self) -> list[Port]:
        return [_port(p) for p in self._session.get_outputs()]

    def run(self, batch: NDArray[np.uint8], cancel: CancelToken) -> NDArray[np.float32]:
        """The network's output for a batch (N, height, width, 3), uint8, RGB.

        Returns:
            As `exchange.model_card` says for the task; float32.

        Raises:
            Cancelled: within a second of the cancel, in the middle of the network.
            PackError: if the network fails.
        """
        return self.run_outputs(batch, (self._output,), cancel)[0]

    def run_outputs(
        self, batch: NDArray[np.uint8], names: Sequence[str], cancel: CancelToken
    ) -> list[NDArray[np.float32]]:
        """Several outputs of the network for one batch, in the order of their names. Raises as `run` does."""
        import onnxruntime

        cancel.check()
        options = onnxruntime.RunOptions()
        done = threading.Event()
        watcher = threading.Thread(target=_stop_when_cancelled, args=(options, cancel, done), daemon=True)
        watcher.start()
        try:
            results = self._session.run(list(names), {INPUT_NAME: batch}, options)
        except Exception as error:
            # the runtime raises classes of its own without a common base; which one is no matter here
            if cancel.cancelled:
                raise Cancelled from error
            raise PackError(f"The network '{self.pack.card.name}' failed: {_first_line(error)}") from error
        finally:
            done.set()
            watcher.join()
        cancel.check()
        return [np.asarray(result, np.float32) for result in results]


class FedSession:
    """One network of a pack with inputs of its own names and types, on the CPU. `run` may be called from any thread.

    Raises:
        PackError: if the network is altered, missing, or cannot be loaded.
    """

    def __init__(self, pack: InstalledPack, file: NetworkFile, threads: int | None = None) -> None:
        self._pack = pack
        content = read_network(pack, file)
        self._session, _ = _create(content, PROVIDERS["cpu"], threads or default_threads(), pack)
        self.inputs = [_port(port) for port in self._session.get_inputs()]
        self.outputs = [_port(port) for port in self._session.get_outputs()]

    def run(self, feeds: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """All outputs by name. Raises `PackError` if the network fails."""
        try:
            results = self._session.run(None, feeds)
        except Exception as error:  # the runtime raises classes of its own without a common base
            raise PackError(f"The network '{self._pack.card.name}' failed: {_first_line(error)}") from error
        return {port.name: np.asarray(result) for port, result in zip(self.outputs, results, strict=True)}


class SessionCache:
    """Sessions that are used again; one for each network, device and number of threads. Safe between threads."""

    def __init__(self, capacity: int = 8) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._sessions: dict[tuple[str, str, int | None], OnnxSession] = {}

    def get(self, pack: InstalledPack, device: str = "auto", threads: int | None = None) -> OnnxSession:
        """The session of a pack, made now if need be. Raises as `OnnxSession` does."""
        key = (pack.card.network.sha256, device, threads)
        with self._lock:
            session = self._sessions.pop(key, None) or OnnxSession(pack, device, threads)
            self._sessions[key] = session
            while len(self._sessions) > self._capacity:
                del self._sessions[next(iter(self._sessions))]
            return session


def default_threads() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def runtime_version() -> str:
    """Name and version of the runtime, for the record of a run."""
    import onnxruntime

    return f"onnxruntime {onnxruntime.__version__}"


def output_name(pack: InstalledPack) -> str:
    """The output that the card's task promises."""
    return OUTPUTS[type(pack.card.spec)]


def read_network(pack: InstalledPack, file: NetworkFile | None = None) -> bytes:
    """The bytes of the network (or of another one of the pack), if they are those of the card. Raises `PackError`."""
    network = file or pack.card.network
    path = pack.folder / network.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackError(
            f"The network '{path.name}' of the pack '{pack.card.name}' cannot be read: {error.strerror}."
        ) from error
    if hashlib.sha256(content).hexdigest() != network.sha256:
        raise PackError(
            f"The network of the pack '{pack.card.name}' is not the one its card describes (wrong checksum).",
            "The file was damaged or changed: get the pack again.",
        )
    if _EXTERNAL_WEIGHTS.search(content):
        raise PackError(
            f"The network of the pack '{pack.card.name}' keeps weights in a second file.",
            "A pack holds its network in one file: export it without external data.",
        )
    return content


def _create(content: bytes, provider: str, threads: int, pack: InstalledPack) -> tuple[Any, str]:
    """A session and, where the provider did not start, why the CPU has to do."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True  # on a GPU
    options.log_severity_level = 4  # its complaints come back as errors; the terminal is the user's
    # waiting threads sleep: the window shares these cores
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    cpu = PROVIDERS["cpu"]
    failure = ""
    if provider != cpu:
        try:
            if provider == PROVIDERS["cuda"] and hasattr(onnxruntime, "preload_dlls"):
                onnxruntime.preload_dlls()
            given = provider_options(device_name(provider))
            session = onnxruntime.InferenceSession(content, options, providers=[(provider, given), cpu])
            if session.get_providers()[0] == provider:
                return session, ""
            failure = f"{device_name(provider)} could not be started; the CPU does the work."
        except Exception as error:  # noqa: BLE001 - whatever a driver throws, the CPU is tried next
            failure = f"{device_name(provider)} could not be started ({_first_line(error)}); the CPU does the work."
    # asked for it, the runtime uses one thread only on the CPU, and more than one give the same to the last bits only
    options.use_deterministic_compute = False
    try:
        return onnxruntime.InferenceSession(content, options, providers=[cpu]), failure
    except Exception as error:
        raise PackError(
            f"The network of the pack '{pack.card.name}' cannot be loaded: {_first_line(error)}",
            "It is damaged, or made for another version of the runtime.",
        ) from error


def _stop_when_cancelled(options: Any, cancel: CancelToken, done: threading.Event) -> None:
    while not done.wait(WATCH_S):
        if cancel.cancelled:
            options.terminate = True
            return


def _port(port: Any) -> Port:
    return Port(port.name, port.type, tuple(size if isinstance(size, int) else None for size in port.shape))


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__

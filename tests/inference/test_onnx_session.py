"""Sessions: the device that really runs is told, a cancel stops a running network, failures are sentences."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from allviewer.errors import PackError, UserError
from allviewer.inference.devices import PROVIDERS, choose_provider
from allviewer.inference.onnx_session import OnnxSession, SessionCache
from allviewer.progress import Cancelled, CancelToken
from tests.inference.networks import segmentation_network, segmentation_pack, write_pack

ROOT = Path(__file__).resolve().parents[2]
PICTURE = np.random.default_rng(0).integers(0, 256, (1, 64, 96, 3), np.uint8)


def test_maps_come_out_as_the_network_makes_them(tmp_path):
    session = OnnxSession(segmentation_pack(tmp_path), "auto", threads=1)
    maps = session.run(PICTURE, CancelToken())
    assert maps.shape == (1, 4, 64, 96)
    assert maps.dtype == np.float32
    np.testing.assert_allclose(maps[0, 2], PICTURE[0, ..., 0] / 255, atol=1e-6)


def test_any_number_of_threads_gives_the_same_bytes(tmp_path):
    pack = segmentation_pack(tmp_path)
    one, three = (OnnxSession(pack, "cpu", threads).run(PICTURE, CancelToken()) for threads in (1, 3))
    assert one.tobytes() == three.tobytes()


def test_device_that_is_not_there_falls_back_and_says_so(tmp_path):
    session = OnnxSession(segmentation_pack(tmp_path), "cuda")
    assert session.device_used == "cpu"
    assert "cuda" in session.fallback


def test_provider_that_fails_to_start_falls_back_and_says_so(tmp_path, monkeypatch):
    import onnxruntime

    real = onnxruntime.InferenceSession

    def failing(content, options, providers):
        if providers[0] != PROVIDERS["cpu"]:
            raise RuntimeError("driver too old\nand a long trace")
        return real(content, options, providers=providers)

    monkeypatch.setattr(onnxruntime, "InferenceSession", failing)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [PROVIDERS["directml"], PROVIDERS["cpu"]])
    session = OnnxSession(segmentation_pack(tmp_path), "auto")
    assert session.device_used == "cpu"
    assert session.fallback == "directml could not be started (driver too old); the CPU does the work."


def test_provider_that_quietly_gives_way_is_noticed(tmp_path, monkeypatch):
    import onnxruntime

    real = onnxruntime.InferenceSession
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [PROVIDERS["cuda"], PROVIDERS["cpu"]])
    monkeypatch.setattr(
        onnxruntime, "InferenceSession", lambda content, options, providers: real(content, options, providers[-1:])
    )
    session = OnnxSession(segmentation_pack(tmp_path), "cuda")
    assert (session.device_used, session.fallback) == ("cpu", "cuda could not be started; the CPU does the work.")


def test_auto_takes_the_best_installed_device():
    assert choose_provider("auto", [PROVIDERS["cpu"], PROVIDERS["coreml"], PROVIDERS["cuda"]])[0] == PROVIDERS["cuda"]
    assert choose_provider("cpu", list(PROVIDERS.values())) == (PROVIDERS["cpu"], "")
    with pytest.raises(UserError, match=r"no device named 'gpu'.*cuda"):
        choose_provider("gpu", [])


def test_cancel_stops_a_running_network_within_a_second(tmp_path):
    slow = segmentation_pack(tmp_path, model=segmentation_network(repeats=200))
    session = OnnxSession(slow, "cpu", threads=1)
    cancel = CancelToken()
    cancelled_at = []

    def cancel_now():
        cancelled_at.append(time.monotonic())
        cancel.cancel()

    timer = threading.Timer(0.3, cancel_now)
    timer.start()
    with pytest.raises(Cancelled):
        session.run(np.zeros((1, 1024, 1024, 3), np.uint8), cancel)
    assert cancelled_at, "the network was done before the cancel: it is not slow enough for this test"
    assert time.monotonic() - cancelled_at[0] < 1.0


def test_cancelled_beforehand_runs_nothing(tmp_path):
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        OnnxSession(segmentation_pack(tmp_path)).run(PICTURE, cancel)


def test_failing_network_is_a_sentence(tmp_path):
    session = OnnxSession(segmentation_pack(tmp_path))
    with pytest.raises(PackError, match="The network 'colours' failed"):
        session.run(PICTURE[..., :2], CancelToken())


def test_pack_altered_after_it_was_installed_is_refused(tmp_path):
    pack = segmentation_pack(tmp_path)
    write_pack(pack.folder, segmentation_network(repeats=1), network=pack.card.network)
    with pytest.raises(PackError, match="wrong checksum"):
        OnnxSession(pack)


def test_sessions_are_kept_and_bounded(tmp_path):
    pack = segmentation_pack(tmp_path)
    sessions = SessionCache(capacity=2)
    first = sessions.get(pack, "cpu", 1)
    assert sessions.get(pack, "cpu", 1) is first
    sessions.get(pack, "cpu", 2)
    sessions.get(pack, "cpu", 3)
    assert sessions.get(pack, "cpu", 1) is not first


def test_the_runtime_sends_nothing_to_its_maker(tmp_path):
    """Otherwise onnxruntime 1.31 keeps a queue of events and a device number in the cache folder."""
    network = segmentation_pack(tmp_path).folder
    code = (
        "import sys; from pathlib import Path; from allviewer.inference.catalogue import read_pack;"
        "from allviewer.inference.onnx_session import OnnxSession;"
        "OnnxSession(read_pack(Path(sys.argv[1]), False), 'cpu', 1)"
    )
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"} | home
    subprocess.run([sys.executable, "-c", code, str(network)], check=True, env=environment, cwd=ROOT)
    assert not [path for path in tmp_path.rglob("*") if "onnxruntime" in path.name]

"""Devices are tried before they are trusted: fake provider lists, wrong outputs, dead drivers."""

import pytest

from allviewer.exchange.device_report import DeviceReport, DeviceReports
from allviewer.inference import device_trial, onnx_session
from allviewer.inference.device_trial import best_device, fingerprint, try_device
from allviewer.inference.devices import PROVIDERS, choose_provider, provider_options
from allviewer.progress import CancelToken, no_report
from allviewer.workflows import use_devices
from allviewer.workflows.use_devices import UseDevices, try_devices
from tests.inference.networks import segmentation_pack
from tests.inference.test_catalogue import with_golden


@pytest.fixture
def pack(tmp_path):
    pack = segmentation_pack(tmp_path)
    with_golden(pack.folder)
    return pack


@pytest.fixture
def everything(monkeypatch):
    monkeypatch.setattr(device_trial, "installed_providers", lambda: list(PROVIDERS.values()))


def reports(**states):
    return DeviceReports("x", tuple(DeviceReport(name, state, f"{name} is {state}.") for name, state in states.items()))


def test_the_processor_passes_its_own_golden_outputs_and_is_timed(pack):
    report = try_device("cpu", [pack])
    assert (report.state, report.reason) == ("works", "")
    assert report.milliseconds > 0
    assert report.difference <= 1e-3


def test_other_outputs_than_the_golden_ones_are_wrong(pack):
    with_golden(pack.folder, offset=0.1)
    report = try_device("cpu", [pack])
    assert report.state == "wrong"
    assert "0.1" in report.reason


def test_a_device_that_is_not_there_is_unusable_with_the_reason(pack):
    report = try_device("cuda", [pack])
    assert report.state == "unusable"
    assert "cuda" in report.reason
    assert report.memory_limit_mb == 4096


@pytest.mark.parametrize(
    ("states", "device", "passed_by"),
    [
        ({"cuda": "works", "tensorrt": "works", "cpu": "works"}, "cuda", ""),
        ({"cuda": "unusable", "tensorrt": "works", "cpu": "works"}, "tensorrt", "cuda is unusable"),
        ({"cuda": "wrong", "directml": "wrong", "cpu": "works"}, "cpu", "directml is wrong"),
        ({"cuda": "absent", "coreml": "works", "openvino": "works", "cpu": "works"}, "coreml", ""),
        ({"cuda": "absent", "openvino": "works", "cpu": "works"}, "openvino", ""),
        ({"cuda": "unusable", "cpu": "wrong"}, "cpu", "cpu is wrong"),
    ],
)
def test_auto_is_the_first_in_order_of_preference_that_works(states, device, passed_by):
    found, why = best_device(reports(**states))
    assert found == device
    assert passed_by in why


def test_the_order_of_preference():
    assert list(PROVIDERS) == ["cuda", "tensorrt", "directml", "coreml", "openvino", "cpu"]
    assert choose_provider("auto", ["CPUExecutionProvider", "DmlExecutionProvider"])[0] == "DmlExecutionProvider"


def test_every_device_is_tried_once_until_something_changes(pack, everything, tmp_path):
    tried = []

    def try_one(device, cancel):
        tried.append(device)
        return DeviceReport(device, "works", milliseconds=1.0)

    file = tmp_path / "data" / "devices.json"
    first = try_devices(file, [pack], CancelToken(), no_report, None, try_one)
    assert tried == list(PROVIDERS)
    assert try_devices(file, [pack], CancelToken(), no_report, first, try_one) == first
    assert tried == list(PROVIDERS)
    assert fingerprint([pack], ["CPUExecutionProvider"]) != first.fingerprint
    assert use_devices._read(file) == first


def test_a_driver_that_kills_its_process_or_hangs_is_only_unusable(pack, monkeypatch, tmp_path):
    dead = tmp_path / "dead.sh"
    dead.write_text("#!/bin/sh\nkill -SEGV $$\n")
    dead.chmod(0o755)
    monkeypatch.setattr(use_devices.sys, "executable", str(dead))
    report = use_devices._in_child("cuda", CancelToken())
    assert (report.state, "took the trial down" in report.reason) == ("unusable", True)
    dead.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(use_devices, "TRIAL_S", 0.3)
    assert "no answer" in use_devices._in_child("cuda", CancelToken()).reason


class Notices:
    def __init__(self):
        self.kept = {}

    def keep(self, key, text, button="", press=None):
        self.kept[key] = text

    def release(self, key):
        self.kept.pop(key, None)


def test_a_fallback_stays_visible_until_the_chosen_device_runs(qapp, tmp_path):
    notices = Notices()
    devices = UseDevices(None, notices, None, tmp_path / "devices.json")
    devices.reports = reports(cuda="unusable", cpu="works")
    assert devices.resolved("auto") == "cpu"
    devices.ran_on("cuda", "cpu")
    assert "Networks run on cpu, not on cuda as chosen. cuda is unusable." in notices.kept["device"]
    devices.ran_on("cuda", "cuda")
    assert notices.kept == {}
    devices.ran_on("auto", "cpu")
    assert notices.kept == {}


def test_memory_is_limited_where_a_provider_can_be_told(pack, monkeypatch):
    import onnxruntime

    asked = []
    real = onnxruntime.InferenceSession
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [PROVIDERS["cuda"], PROVIDERS["cpu"]])

    def session(content, options, providers):
        asked.append(providers)
        return real(content, options, providers=["CPUExecutionProvider"])

    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    onnx_session.OnnxSession(pack, "cuda")
    name, given = asked[0][0]
    assert name == PROVIDERS["cuda"]
    assert given["gpu_mem_limit"] == str(4096 << 20)
    assert provider_options("cpu") == {}

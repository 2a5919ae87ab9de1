"""A training that is watched over: paused, stopped, frozen in part, with figures and pictures while it learns."""

import json
import shutil
import threading

import numpy as np
import pytest
import torch

from allviewer.exchange.training_events import PAUSE, STOP, Progress, decode_event
from allviewer.progress import CancelToken
from allviewer.resources import resources_dir
from training.__main__ import main
from training.control import RunControl
from training.errors import TrainingError
from training.layers import freeze
from training.segmentation.network import CellNetwork

SHIPPED = resources_dir() / "models"


@pytest.fixture
def teaching(tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(resources_dir() / "golden-set", folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest |= {"locked": False, "items": manifest["items"][:2]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_pause_holds_until_it_is_over_and_a_stop_ends_it(tmp_path):
    cancel = CancelToken()
    control = RunControl(tmp_path, cancel)
    with pytest.raises(TrainingError, match="already"):
        RunControl(tmp_path, CancelToken())
    (tmp_path / "control").write_text(PAUSE)
    paused = threading.Event()
    waiting = threading.Thread(target=control.wait_while_paused, args=(paused.set,))
    waiting.start()
    assert paused.wait(60)
    assert waiting.is_alive()
    (tmp_path / "control").write_text(STOP)
    waiting.join(60)
    assert not waiting.is_alive()
    control.close()
    assert cancel.cancelled
    RunControl(tmp_path, CancelToken()).close()


@pytest.mark.parametrize(
    ("layers", "learning"), [("all", ("stem", "down", "up", "head")), ("decoder", ("up", "head")), ("head", ("head",))]
)
def test_only_the_chosen_layers_go_on_learning(layers, learning):
    network = CellNetwork((4, 8, 8, 8))
    freeze(network, layers)
    assert {name.split(".")[0] for name, p in network.named_parameters() if p.requires_grad} == set(learning)


def test_a_network_without_such_layers_is_told():
    with pytest.raises(TrainingError, match="cannot be told apart"):
        freeze(torch.nn.Sequential(torch.nn.Conv2d(3, 3, 3)), "decoder")


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    return code, [decode_event(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


@pytest.mark.slow
@pytest.mark.parametrize("task", ["segmentation", "classification"])
def test_figures_and_pictures_come_while_it_learns_and_the_machine_is_probed(teaching, task, tmp_path, capsys):
    base, named = SHIPPED / task, ["--json", "--task", task, "--data", teaching]
    code, _ = run(capsys, "probe", *named, "--from", base, "--out", tmp_path / "probe")
    assert code == 0
    found = json.loads((tmp_path / "probe" / "probe.json").read_text())
    assert found["batch"] in (2, 4, 8, 16, 32, 64)
    assert found["seconds_per_step"] > 0
    settings = {"segmentation": {"synthetic_fields": 0, "batch": 2, "crop_px": 48}, "classification": {"batch": 8}}
    (tmp_path / "s.json").write_text(json.dumps(settings[task]))
    more = ["--watch", teaching, "--distil", teaching, "--layers", "decoder", "--config", tmp_path / "s.json"]
    code, events = run(capsys, "fit", *named, "--from", base, "--out", tmp_path / "run", "--steps", 4, *more)
    assert code == 0
    news = [event for event in events if isinstance(event, Progress) and event.figures]
    assert [event.step for event in news] == [0, 1, 2, 3, 4]
    for event in news:
        assert all(0 <= value <= 1 for value in event.figures.values())
    assert len(news[0].pictures) == 4
    before, after = (torch_weights(folder, task) for folder in (base, tmp_path / "run" / "pack"))
    np.testing.assert_allclose(after["still"], before["still"], atol=1e-6)  # the moving average rounds
    assert np.abs(after["learning"] - before["learning"]).max() > 1e-5


def torch_weights(folder, task):
    from training.onnx_export import read_weights

    weights = read_weights(folder / "network.onnx")
    still = "stem.0.0.weight" if task == "segmentation" else "type_trunk.stem.0.weight"
    learning = "head.weight" if task == "segmentation" else "type_head.weight"
    found = {
        key: next(value for name, value in weights.items() if name.endswith(part))
        for key, part in (("still", still), ("learning", learning))
    }
    return {key: value.numpy() for key, value in found.items()}

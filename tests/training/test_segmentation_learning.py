"""The network learns, leaves as a pack that gives the same numbers, and comes back to go on."""

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
import torch
from torch import nn

from allviewer.errors import DatasetError, PackError
from allviewer.exchange.training_events import Done, Failed, Progress, Stopped, decode_event
from allviewer.progress import Cancelled, CancelToken
from training import packs
from training.__main__ import main
from training.errors import TrainingError
from training.loop import LoopSettings, newest_checkpoint, train
from training.segmentation.config import Augmentation, SegmentationConfig
from training.segmentation.fit import Lesson, fit_network, network_of
from training.segmentation.losses import Batch, cell_loss
from training.segmentation.network import CellNetwork
from training.segmentation.task import RunRecord

ROOT = Path(__file__).resolve().parents[2]
SMALL = (4, 8, 8, 8)
THREE_STEPS = ["--steps", "3", "--seed", "4"]


def _config(**changes):
    calm = Augmentation(far=0, smallest=0.95, largest=1.05, stain=0.2, paste=0, blackout=0, plain_edge=0)
    base = SegmentationConfig(widths=(8, 16, 16, 16), crop_px=64, batch=4, mpp=0.3, augmentation=calm, steps=150)
    return msgspec.structs.replace(base, **changes)


@pytest.fixture(scope="module")
def run(tmp_path_factory, toy_set_of):
    """A run of three steps from the command line: settings, checkpoints and pack."""
    folder = tmp_path_factory.mktemp("run")
    data, config = toy_set_of(folder)
    assert main(["fit", "--data", str(data), "--config", str(config), "--out", str(folder), *THREE_STEPS]) == 0
    return folder


def _ignore(_: Progress) -> None:
    pass


def test_learns_toy_cells(tmp_path, toy_sample):
    samples = [toy_sample(seed) for seed in range(3)]
    losses = []
    network = fit_network(Lesson(samples), _config(), tmp_path, CancelToken(), lambda p: losses.append(p.loss))
    assert losses[-1] < losses[0] / 3
    with torch.no_grad():
        maps = network(torch.from_numpy(samples[0].image[None]))[0].numpy()
    assert np.mean(maps[:3].argmax(axis=0) == samples[0].parts) > 0.95
    assert np.allclose(maps[:3].sum(axis=0), 1, atol=1e-5)
    inside = samples[0].cells > 0
    assert maps[3][inside].mean() > maps[3][~inside].mean() + 0.2


def test_unknown_pixels_do_not_count():
    torch.manual_seed(0)
    network = CellNetwork(SMALL).eval()
    image = torch.randint(0, 255, (1, 32, 32, 3), dtype=torch.uint8)
    parts = torch.zeros((1, 32, 32), dtype=torch.uint8)
    parts[:, 16:] = 4
    distance = torch.where(parts == 4, -1.0, 0.0)
    loss = cell_loss(network, Batch(image, parts, distance))
    logits = network.logits(image).detach().requires_grad_()
    network.logits = lambda _: logits
    cell_loss(network, Batch(image, parts, distance)).backward()
    assert logits.grad[:, :, 16:].abs().max() == 0
    assert logits.grad[:, :, :16].abs().max() > 0
    assert torch.isfinite(loss)


def test_fit_and_fit_again_from_the_command_line(run, tmp_path, toy_set, quick, capsys):
    card = packs.read_card(run / "pack")
    assert card.task == "segmentation"
    assert card.training.seed == 4
    assert str(run) not in card.training.command
    assert "Research use only" in (run / "pack" / "CARD.md").read_text(encoding="utf-8")

    arguments = ["--data", str(toy_set), "--config", str(quick), "--out", str(tmp_path / "new"), "--json"]
    assert main(["fit", *arguments, "--steps", "2", "--from", str(run / "pack")]) == 0
    events = [decode_event(line) for line in capsys.readouterr().out.splitlines()]
    assert isinstance(events[-1], Done)
    child = packs.read_card(Path(events[-1].result))
    assert child.training.parent == card.identity
    assert (child.name, child.version) == ("cells", "1.2.0")
    assert child.network.sha256 != card.network.sha256


def test_weights_come_back_from_the_pack_unchanged(run, toy_sample):
    network = CellNetwork(SMALL)
    packs.load_weights(run / "pack", network)
    image = toy_sample(5).image[None]
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(image)).numpy()
    path = run / "pack" / "network.onnx"
    assert np.abs(expected - packs.run_onnx(path, image)).max() < 1e-5
    assert packs.run_onnx(path, np.zeros((3, 32, 112, 3), np.uint8)).shape == (3, 4, 32, 112)
    graph = onnx.load(path).graph
    assert [graph.input[0].name, graph.output[0].name] == ["image", "maps"]


def test_a_pack_of_another_shape_or_altered_is_refused(run, tmp_path, toy_set, capsys):
    with pytest.raises(PackError, match="cannot be continued"):
        packs.load_weights(run / "pack", CellNetwork((4, 8, 8, 12)))
    altered = shutil.copytree(run / "pack", tmp_path / "altered")
    network = altered / "network.onnx"
    network.write_bytes(network.read_bytes() + b"x")
    arguments = ["fit", "--data", str(toy_set), "--out", str(tmp_path / "b"), "--from", str(altered), "--json"]
    assert main(arguments) == 1
    failed = decode_event(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(failed, Failed)
    assert "altered" in failed.sentence


@pytest.mark.parametrize("fine", [True, False])
def test_a_pack_goes_on_with_its_own_shape_whatever_the_settings_say(run, tmp_path, toy_sample, fine):
    card, samples = packs.read_card(run / "pack"), np.stack([toy_sample(seed).image[:64, :64] for seed in (1, 2, 3)])
    torch.manual_seed(1)
    older = CellNetwork((4, 4, 8), fine=fine).eval()
    packs.write_pack(tmp_path / "older", card, older, samples, "maps", 8)
    again = network_of(tmp_path / "older", SegmentationConfig()).eval()
    with torch.no_grad():
        assert torch.allclose(again(torch.from_numpy(samples)), older(torch.from_numpy(samples)))


def test_every_pixel_has_an_outline_of_its_own():
    """A stripe one pixel wide can be drawn: logits are not those of half the size, doubled."""
    torch.manual_seed(0)
    network = CellNetwork(SMALL)
    image = torch.zeros((1, 32, 32, 3), dtype=torch.uint8)
    image[:, :, 1::2] = 255
    parts = (image[..., 0] > 0).to(torch.uint8)
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(60):
        optimiser.zero_grad()
        loss = cell_loss(network, Batch(image, parts, torch.zeros(parts.shape)))
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        found = network.eval()(image)[:, :3].argmax(dim=1)
    assert (found == parts).float().mean() > 0.9


class _Unsteady(nn.Module):
    """Gives other numbers each time it is run."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, image):
        drift = 0.0 if torch.compiler.is_compiling() else 0.01
        return image.float().permute(0, 3, 1, 2) / 255 + self.weight + drift


def test_a_network_that_differs_after_export_is_not_written(run, tmp_path):
    card = packs.read_card(run / "pack")
    with pytest.raises(PackError, match="differs"):
        packs.write_pack(tmp_path / "bad", card, _Unsteady(), np.ones((1, 32, 32, 3), np.uint8), "maps", 16)
    assert not (tmp_path / "bad").exists()


def test_numbers_that_are_no_numbers_end_the_training(tmp_path):
    def broken(network, batch):
        return network(batch).sum() * float("nan")

    settings = LoopSettings(steps=5, learning_rate=1e-3)
    with pytest.raises(TrainingError, match="no longer a number at step 0"):
        train(
            nn.Linear(2, 2),
            broken,
            lambda _: itertools.repeat(torch.ones(1, 2)),
            settings,
            tmp_path,
            CancelToken(),
            _ignore,
        )


def test_data_without_a_white_cell_are_refused(tmp_path, toy_sample):
    with pytest.raises(DatasetError, match="no white cell"):
        fit_network(Lesson([toy_sample(1, cells=0)]), _config(), tmp_path, CancelToken(), _ignore)


def test_cancel_stops_within_a_step(tmp_path, toy_sample):
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        fit_network(Lesson([toy_sample(1)]), _config(), tmp_path, cancel, _ignore)


@pytest.mark.slow
def test_resumed_training_ends_with_the_same_weights(tmp_path, toy_sample):
    config, lesson = _config(steps=120, widths=SMALL, batch=2), Lesson([toy_sample(1), toy_sample(2)])
    straight = fit_network(lesson, config, tmp_path / "a", CancelToken(), _ignore)
    cancel = CancelToken()

    def stop_late(progress: Progress) -> None:
        if progress.step and progress.step >= 80:
            cancel.cancel()

    with pytest.raises(Cancelled):
        fit_network(lesson, config, tmp_path / "b", cancel, stop_late)
    steps = []
    resumed = fit_network(lesson, config, tmp_path / "b", CancelToken(), lambda p: steps.append(p.step), resume=True)
    assert min(steps) > 50
    for one, other in zip(straight.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_a_checkpoint_cut_off_by_a_kill_is_passed_over(tmp_path, toy_sample):
    fit_network(Lesson([toy_sample(1)]), _config(steps=60, widths=SMALL, batch=2), tmp_path, CancelToken(), _ignore)
    whole = newest_checkpoint(tmp_path)
    assert whole is not None
    (whole.parent / "step=999999.ckpt").write_bytes(whole.read_bytes()[:1000])
    assert newest_checkpoint(tmp_path) == whole


@pytest.mark.slow
def test_sigterm_stops_politely_and_export_makes_a_pack_of_what_is_there(tmp_path, toy_set, quick):
    arguments = ["--data", str(toy_set), "--config", str(quick), "--out", str(tmp_path / "run")]
    command = [sys.executable, "-m", "training", "fit", *arguments, "--steps", "100000", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if event.get("step", 0) > 60:
                process.terminate()
                break
        rest = process.stdout.read().splitlines()
        errors = process.stderr.read()
        assert process.wait(60) == 130, errors
    assert isinstance(decode_event(rest[-1]), Stopped)
    assert "Traceback" not in errors
    assert main(["export", *arguments]) == 0
    assert packs.read_card(tmp_path / "run" / "pack").task == "segmentation"


def test_a_run_keeps_its_command_and_settings(run):
    kept = msgspec.json.decode((run / "run.json").read_bytes(), type=RunRecord)
    assert (kept.settings.steps, kept.settings.widths) == (3, SMALL)
    assert "fit" in kept.command

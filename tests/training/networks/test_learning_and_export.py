"""Every network learns eight pictures by heart, becomes a pack, and says the same in onnxruntime as in torch."""

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn
from torch.nn import functional

from allviewer.exchange.model_card import ClassificationSpec, ModelCard, SegmentationSpec, TrainingRecord
from tests.training.networks.conftest import NAMES, build_small, small_size_px
from training import packs
from training.networks import registry
from training.networks.export import export_network, load_network
from training.networks.exported import ExportedClassifier, ExportedSegmenter
from training.networks.network import Network

LEARNT = 0.05
"""Cross-entropy; not knowing costs 0.69."""
MOST_STEPS = 150


def card_of(name: str, side: int) -> ModelCard:
    if registry.spec(name).task == "classification":
        spec = ClassificationSpec(0.3, side, ("blast", "normal"))
    else:
        step = max(16, registry.spec(name).multiple_of_px)
        spec = SegmentationSpec(0.3, 40.0, multiple_of=step, channels=("background", "nucleus"))
    record = TrainingRecord("python -m training fit", 1, ("noise",), "none")
    return ModelCard(1, name.replace("+", "-"), "1.0.0", name, spec, packs.UNKNOWN_NETWORK, record)


def eight(name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures 0 to 1 and what they are: two classes of noise, or which quarters of a picture are bright."""
    side = small_size_px(name)
    torch.manual_seed(1)
    if registry.spec(name).task == "classification":
        return functional.interpolate(torch.rand(8, 3, 4, 4), (side, side), mode="bilinear"), torch.arange(8) % 2
    bright = functional.interpolate((torch.rand(8, 1, 2, 2) > 0.5).float(), (side, side))
    return 0.2 + 0.5 * bright + 0.1 * torch.rand(8, 3, side, side), bright[:, 0].long()


def learn(network: Network, images: torch.Tensor, truth: torch.Tensor) -> tuple[list[float], float]:
    """Losses until it is learnt, and the share of weights that the first step moved."""
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    normalised = any(isinstance(module, nn.BatchNorm2d | nn.LayerNorm) for module in network.modules())
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3 if normalised else 3e-4)
    before = [p.detach().clone() for p in network.parameters()]
    losses, moved = [], 0
    network.train()
    for step in range(MOST_STEPS):
        loss = functional.cross_entropy(network(images), truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        if step == 0:
            moved = sum(not torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))
        if losses[-1] < LEARNT:
            break
    return losses, moved / len(before)


@pytest.mark.parametrize("name", NAMES)
def test_learns_a_batch_by_heart_and_says_the_same_as_a_pack(name, tmp_path):
    network = build_small(name)
    images, truth = eight(name)
    losses, moved = learn(network, images, truth)
    assert moved > 0.9
    assert losses[-1] < LEARNT < losses[0]

    side, task = small_size_px(name), registry.spec(name).task
    samples = (images * 255).byte().permute(0, 2, 3, 1).numpy()
    card = export_network(tmp_path / "pack", network, card_of(name, side), samples[:2])
    session = onnxruntime.InferenceSession(tmp_path / "pack" / card.network.file, providers=["CPUExecutionProvider"])
    given = session.run(None, {"image": samples})
    wrap = ExportedClassifier(network) if task == "classification" else ExportedSegmenter(network)
    with torch.no_grad():
        expected = wrap.eval()(torch.from_numpy(samples))
    for mine, theirs in zip(expected if isinstance(expected, tuple) else (expected,), given, strict=True):
        np.testing.assert_allclose(theirs, mine.numpy(), atol=1e-4 * max(1.0, float(mine.max())))

    again, _ = load_network(tmp_path / "pack")
    assert str(again.recipe) == card.network.architecture
    mine, theirs = network.state_dict(), again.state_dict()
    assert all(torch.equal(mine[key], theirs[key]) for key in mine if not key.endswith("num_batches_tracked"))

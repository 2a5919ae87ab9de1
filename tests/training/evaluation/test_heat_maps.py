"""Grad-CAM looks where the answer comes from."""

import numpy as np
import pytest
import torch
from torch import nn

from training.errors import TrainingError
from training.evaluation.heat_maps import heat_map, heat_panels
from training.evaluation.plots import png_of
from training.networks import registry


class _BrightCorner(nn.Module):
    """Says class 1 for brightness, class 0 for its absence."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.AvgPool2d(8), nn.Conv2d(1, 2, 1, bias=False))
        with torch.no_grad():
            self.features[1].weight[:] = torch.tensor([-1.0, 1.0])[:, None, None, None]

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.features(image).mean((2, 3))


@pytest.mark.parametrize("frozen", [False, True])
def test_the_heat_is_where_the_brightness_is(frozen: bool) -> None:
    network = _BrightCorner().requires_grad_(not frozen)
    image = torch.zeros(1, 1, 64, 64)
    image[..., :16, 48:] = 1
    heat = heat_map(network, image, class_index=1)
    assert heat.shape == (64, 64)
    assert heat[:12, 52:].min() > 0.9
    assert heat[24:].max() < 0.1
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize("name", ["vit", "five-layer-cnn", "resnet18+plr", "mobilenetv2", "all-fabnet-classifier"])
def test_networks_of_the_registry_can_be_asked(name: str) -> None:
    torch.manual_seed(0)
    network = registry.build(name, classes=2, size_px=64, frozen=name == "mobilenetv2").eval()
    heats = [heat_map(network, torch.rand(1, 3, 64, 64), index) for index in (0, 1)]
    assert all(heat.shape == (64, 64) and 0 <= heat.min() <= heat.max() <= 1 for heat in heats)
    assert any(len(np.unique(heat.round(3))) > 10 for heat in heats)


def test_a_flat_map_is_no_heat() -> None:
    assert not heat_map(_BrightCorner(), torch.zeros(1, 1, 64, 64), 1).any()


def test_a_model_without_a_map_is_refused() -> None:
    with pytest.raises(TrainingError, match="needs a network with convolutions"):
        heat_map(nn.Linear(3, 2), torch.zeros(1, 3))


def test_panels_are_drawn_for_any_number_of_pictures() -> None:
    picture, heat = np.zeros((20, 20, 3), np.uint8), np.zeros((10, 10), np.float32)
    assert png_of(heat_panels([picture] * 7, [heat] * 7, ["blast"] * 7)).startswith(b"\x89PNG")

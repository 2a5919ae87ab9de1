"""The smallest pictures that each network takes, so that all of them can be tried in a test."""

import pytest
import torch

from training.networks import registry
from training.networks.network import Network

NAMES = registry.names("classification") + registry.names("segmentation")


def small_size_px(name: str) -> int:
    """32 px, or what the network needs; batch normalisation and pooling want a little more than one pixel."""
    return max(registry.spec(name).minimum_size_px, 32)


def small_variant(name: str) -> str:
    """The variant that takes pictures so small, or that is light enough to train in a test."""
    return {"custom-cnn": "same", "unet": "start-16"}.get(name.removesuffix("+plr"), "")


def build_small(name: str, classes: int = 2, **more: object) -> Network:
    torch.manual_seed(0)
    options = {"size_px": small_size_px(name), "variant": small_variant(name), **more}
    return registry.build(name, classes=classes, **options)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)

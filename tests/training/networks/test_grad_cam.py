"""Heat computed inside the graph is MONAI's Grad-CAM, for every head that the registry has."""

import numpy as np
import pytest
import torch
from monai.visualize import GradCAM

from tests.training.networks.conftest import build_small
from training.networks import registry
from training.networks.grad_cam import heat_is_possible, logits_and_heat

NAMES = [
    "custom-cnn", "five-layer-cnn+plr", "elu-cnn", "unet-plr-classifier", "all-fabnet-classifier", "resnet18", "vgg16+plr",
    "mobilenetv2", "nasnet",
]  # fmt: skip
"""One of each kind of head: dense layers with ReLU, PReLU, ELU and normalisation, pooled linear ones, with dropout."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:Full backward hook")
def test_heat_is_that_of_monai(name):
    network = build_small(name, classes=3, size_px=64)
    with torch.no_grad():
        network.train()(torch.rand(8, 3, 64, 64))  # statistics of the normalisation that are not 0 and 1
    network.eval()
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        logits, heat = logits_and_heat(network.head, network.features(network.prepare(images)))
        torch.testing.assert_close(logits, network(images), atol=1e-4, rtol=1e-4)
    for number in range(3):
        expected = GradCAM(network, "features").compute_map(images, class_idx=number)[:, 0].detach().numpy()
        np.testing.assert_allclose(heat[:, number].numpy(), expected, atol=1e-4 * max(expected.max(), 1e-9))


def test_every_classifier_but_the_transformer_shows_where_it_looks():
    without = {n for n in registry.names("classification") if not heat_is_possible(build_small(n).head)}
    assert without == {"vit", "vit+plr"}

"""Where the shipped classifier looks: the graph's heat against MONAI's Grad-CAM, and that it turns with the cell."""

import numpy as np
import onnxruntime
import pytest
import torch
from monai.visualize import GradCAM
from torch import Tensor, nn
from torch.nn import functional

from allviewer.resources import resources_dir
from training.classification.classes import CLASSES, TYPES
from training.classification.fit import load_classifier
from training.classification.heat import ClassifierWithHeat
from training.classification.network import VIEWS, CellNet, eight_views

PACK = resources_dir() / "models" / "classification"
TURNED = ((), (2,), (3,), (2, 3)) * 2


class TypeLogits(nn.Module):
    def __init__(self, net: CellNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> Tensor:
        return self.net.parts(image)[0]


class BlastLogits(TypeLogits):
    """For and against blast, as two classes."""

    def forward(self, image: Tensor) -> Tensor:
        _, by_size, by_look = self.net.parts(image)
        return torch.stack([by_size + by_look, -by_size - by_look], dim=1)


@pytest.fixture(scope="module")
def classifier() -> ClassifierWithHeat:
    plain = load_classifier(PACK)
    return ClassifierWithHeat(plain.net, float(plain.temperature), float(plain.type_temperature)).eval()


def by_monai(logits: nn.Module, layer: str, images: Tensor, number: int) -> Tensor:
    """Grad-CAM of one logit, mean over the eight views turned back."""
    found = GradCAM(logits.eval(), layer).compute_map(images, class_idx=number).detach()
    views = found.reshape(VIEWS, -1, *found.shape[1:])
    back = [v.transpose(2, 3) if n >= VIEWS // 2 else v for n, v in enumerate(views)]
    return torch.stack([v.flip(axes) for v, axes in zip(back, TURNED, strict=True)]).mean(dim=0)[:, 0]


def test_heat_of_the_shipped_pack_is_that_of_monai(classifier, table):
    crops = table.crops()[:5]
    images = eight_views(torch.from_numpy(crops))
    blast = [by_monai(BlastLogits(classifier.net), "net.blast_trunk", images, number) for number in (0, 1)]
    types = [by_monai(TypeLogits(classifier.net), "net.type_trunk", images, n) for n in range(1, len(TYPES))]
    wider = functional.interpolate(torch.stack(types, dim=1), size=blast[0].shape[1:], mode="bilinear")
    expected = torch.cat([torch.stack(blast, dim=1), wider], dim=1).numpy()
    session = onnxruntime.InferenceSession(PACK / "network.onnx", providers=["CPUExecutionProvider"])
    _, heat = session.run(["probabilities", "heat"], {"image": crops})
    assert heat.shape == (5, len(CLASSES), 4, 4)
    np.testing.assert_allclose(heat, expected, atol=1e-5 * expected.max())
    assert expected.max() > 0


def test_heat_turns_with_the_cell_and_leaves_the_probabilities_as_they_were(classifier, table):
    crops = torch.from_numpy(np.ascontiguousarray(table.crops()[:3]))
    with torch.no_grad():
        upright, heat = classifier(crops)
        turned, turned_heat = classifier(crops.rot90(1, (1, 2)))
    torch.testing.assert_close(turned, upright, atol=1e-5, rtol=0)
    torch.testing.assert_close(turned_heat, heat.rot90(1, (2, 3)), atol=1e-5, rtol=1e-3)
    assert torch.equal(upright, load_classifier(PACK)(crops))

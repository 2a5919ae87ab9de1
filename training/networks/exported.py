"""What a pack holds: a network with all that turns 8-bit pictures into probabilities around it."""

import torch
from torch import Tensor, nn

from training.networks.grad_cam import heat_is_possible, logits_and_heat
from training.networks.network import Network

LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601, as Pillow and OpenCV turn colour to grey."""


class _AsPicture(nn.Module):
    """uint8 (n, h, w, 3) -> float32 (n, channels, h, w) of 0 to 1."""

    luma: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.register_buffer("luma", torch.tensor(LUMA).reshape(1, 3, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        picture = image.permute(0, 3, 1, 2).to(torch.float32) / 255.0
        return picture if self.channels == 3 else (picture * self.luma).sum(dim=1, keepdim=True)


class ExportedClassifier(nn.Module):
    """uint8 (n, side, side, 3) -> probabilities (n, classes), and heat (n, classes, h, w) where the head allows it."""

    def __init__(self, network: Network, channels: int = 3, temperature: float = 1.0) -> None:
        super().__init__()
        self.as_picture = _AsPicture(channels)
        self.network = network
        self.temperature = temperature

    @property
    def outputs(self) -> tuple[str, ...]:
        return ("probabilities", "heat") if heat_is_possible(self.network.head) else ("probabilities",)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        features = self.network.features(self.network.prepare(self.as_picture(image)))
        head = self.network.head
        if isinstance(head, nn.Sequential) and heat_is_possible(head):
            logits, heat = logits_and_heat(head, features)
            return torch.softmax(logits / self.temperature, dim=1), heat
        return torch.softmax(head(features) / self.temperature, dim=1)


class ExportedSegmenter(nn.Module):
    """uint8 (n, h, w, 3) -> maps (n, classes, h, w) that sum to 1; one logit becomes two maps, background first."""

    outputs = ("maps",)

    def __init__(self, network: Network, channels: int = 3) -> None:
        super().__init__()
        self.as_picture = _AsPicture(channels)
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        logits: Tensor = self.network(self.as_picture(image))
        if logits.shape[1] == 1:
            inside = torch.sigmoid(logits)
            return torch.cat([1 - inside, inside], dim=1)
        return torch.softmax(logits, dim=1)

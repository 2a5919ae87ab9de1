"""The two attentions of ALL-FABNET (paper 000, section III, equations 2 and 3, figure 4)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

_REDUCTION = 8
_EXPANSION = 4
_GROUPS = 4
EPSILON = 1e-9


class PositionAttention(nn.Module):
    """Every place of a map sees every other one: (n, c, h, w) -> the same shape.

    Equation 2 is the softmax over the source places of the products of two 1x1 convolutions; equation 3 adds the
    gathered values, times a learned number that starts at 0, to the input. The equation prints F1 for the input and
    "a random number generator" for where it starts; the residual of the Dual Attention Network (Fu et al. 2019),
    whose words the section follows, is to the input F0.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, channels // _REDUCTION, 1)
        self.key = nn.Conv2d(channels, channels // _REDUCTION, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.share = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (layer(x).flatten(2) for layer in (self.query, self.key, self.value))
        places = torch.softmax(query.transpose(1, 2) @ key, dim=2)
        return x + self.share * (value @ places.transpose(1, 2)).reshape(x.shape)


class DualMemory(nn.Module):
    """Two memory units with shared parameters: (n, c, places) -> 4 c channels -> (n, c, places).

    The second unit is the first one turned over, as "two Conv1D procedures that share parameters" asks. Between them
    the double normalisation of external attention: softmax over the places, then each place's sum over the memory to 1.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.memory = nn.Parameter(torch.empty(_EXPANSION * channels, channels))
        nn.init.xavier_normal_(self.memory)

    def forward(self, x: Tensor) -> Tensor:
        seen = torch.softmax(self.memory @ x, dim=2)
        seen = seen / (seen.sum(dim=1, keepdim=True) + EPSILON)
        return self.memory.T @ seen


class FlippedAttention(nn.Module):
    """1x1 convolution, dual memory, 1x1 convolution, residual: (n, c, h, w) -> the same shape.

    Follows the inverted external attention of MALUNet (Ruan et al. 2022), which the paper names as its model. What the
    "two flipping layers" for "two branches" turn over is not said. The paper writes the reshaped data as CH x W, so
    one branch takes every row as a sequence of its own, the other one every column (rows and columns exchanged, and
    back), and both are averaged. With `two_branches` off, all places are one sequence, as in MALUNet. That is also what
    a branch of mirrored copies would be: neither 1x1 convolutions nor the memory know an order of places.
    """

    def __init__(self, channels: int, two_branches: bool = True) -> None:
        super().__init__()
        self.two_branches = two_branches
        self.before = nn.Conv2d(channels, channels, 1)
        self.memory = DualMemory(channels)
        self.after = nn.Sequential(nn.Conv2d(channels, channels, 1, bias=False), nn.GroupNorm(_GROUPS, channels))

    def forward(self, x: Tensor) -> Tensor:
        inner = self.before(x)
        if self.two_branches:
            flipped = self._along_rows(inner.transpose(2, 3)).transpose(2, 3)
            seen = (self._along_rows(inner) + flipped) / 2
        else:
            seen = self.memory(inner.flatten(2)).reshape(x.shape)
        return functional.gelu(x + self.after(seen))

    def _along_rows(self, x: Tensor) -> Tensor:
        n, channels, rows, columns = x.shape
        sequences = x.transpose(1, 2).reshape(n * rows, channels, columns)
        told: Tensor = self.memory(sequences)
        return told.reshape(n, rows, channels, columns).transpose(1, 2)

"""Random versions of the crops: turned, scaled, cut a little wrongly, stained and focused differently."""

import torch
from torch import Tensor
from torch.nn import functional

from training.classification.config import Strength

OUTSIDE_PX = -100.0
BLUR_PX = 4


def augment(rgb: Tensor, distance: Tensor, cut_out: Tensor, strength: Strength, rng: torch.Generator) -> Tensor:
    """A new version of each cell, on black.

    Args:
        rgb: (n, side, side, 3) uint8 with surroundings.
        distance: (n, side, side) int8, signed distance to the border.
        cut_out: (n,) bool: no surroundings, and a fixed scale.

    Returns:
        (n, 3, side, side) float, 0 to 1.
    """
    colour = rgb.permute(0, 3, 1, 2).float() / 255
    colour = torch.where((cut_out[:, None, None, None] & (distance[:, None] <= 0)), _paper(len(rgb), rng), colour)
    turned = _turn(torch.cat([colour, distance[:, None].float() - OUTSIDE_PX], dim=1), cut_out, strength, rng)
    inside = _shaken_border(turned[:, 3:] + OUTSIDE_PX, strength, rng)
    stained = _stain(turned[:, :3], strength, rng)
    focused = _blur(stained, strength, rng)
    amount = strength.noise * torch.rand(len(rgb), 1, 1, 1, generator=rng)
    grain = torch.randn(1, *focused.shape[1:], generator=rng)  # one for the batch: drawing numbers is slow
    return torch.where(inside, (focused + amount * grain).clamp(1 / 255, 1), 0.0)


def _paper(count: int, rng: torch.Generator) -> Tensor:
    """A plausible colour of what lies around a cell: light, or of a red cell."""
    light = torch.tensor([0.55, 0.40, 0.50]) + torch.rand(count, 3, generator=rng) * torch.tensor([0.4, 0.5, 0.45])
    return light[:, :, None, None]


def _turn(stack: Tensor, cut_out: Tensor, strength: Strength, rng: torch.Generator) -> Tensor:
    """Any angle, mirrored or not, scaled and shifted; zeros come in from outside."""
    count, side = len(stack), stack.shape[-1]
    angle = torch.rand(count, generator=rng) * 2 * torch.pi
    mirror = torch.where(torch.rand(count, generator=rng) < 0.5, -1.0, 1.0)
    width = torch.where(cut_out, strength.scale_cut_out, strength.scale)
    scale = torch.exp(_uniform(count, rng) * width)
    cos, sin = torch.cos(angle) / scale, torch.sin(angle) / scale
    shift = _uniform(2 * count, rng).reshape(2, count) * strength.shift_px * 2 / side
    rows = [torch.stack([cos * mirror, -sin, shift[0]], 1), torch.stack([sin * mirror, cos, shift[1]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), [count, stack.shape[1], side, side], align_corners=False)
    return functional.grid_sample(stack, grid, align_corners=False)


def _shaken_border(distance: Tensor, strength: Strength, rng: torch.Generator) -> Tensor:
    """Bool mask: the border moved in or out as a whole and raggedly."""
    count, side = len(distance), distance.shape[-1]
    offset = _uniform(count, rng)[:, None, None, None] * strength.border_px
    coarse = torch.randn(count, 1, side // 8, side // 8, generator=rng)
    ragged = functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=False)
    amount = torch.rand(count, 1, 1, 1, generator=rng) * strength.ragged_px
    return distance + offset + ragged * amount > 0


def _stain(colour: Tensor, strength: Strength, rng: torch.Generator) -> Tensor:
    """Optical density scaled for all and for each channel (stain), then light added or taken away."""
    count = len(colour)
    density = -torch.log(colour.clamp(min=1 / 255))
    together = _uniform(count, rng)[:, None, None, None] * strength.stain
    apart = _uniform(3 * count, rng).reshape(count, 3, 1, 1) * strength.stain_channel
    light = _uniform(3 * count, rng).reshape(count, 3, 1, 1) * strength.light
    return torch.exp(-density * torch.exp(together + apart) + light)


def _blur(colour: Tensor, strength: Strength, rng: torch.Generator) -> Tensor:
    """A part of the cells goes out of focus by a varying amount."""
    chosen = torch.rand(len(colour), generator=rng) < strength.blur_share
    part = colour[chosen]
    soft = functional.interpolate(functional.avg_pool2d(part, BLUR_PX), size=part.shape[2:], mode="bilinear")
    amount = torch.rand(len(part), 1, 1, 1, generator=rng)
    blurred = colour.clone()
    blurred[chosen] = part.lerp(soft, amount)
    return blurred


def _uniform(count: int, rng: torch.Generator) -> Tensor:
    """Numbers between -1 and 1."""
    return torch.rand(count, generator=rng) * 2 - 1

"""RegNetX-400MF from pytorchcv's blocks: its own helper counts channels with a part of numpy that is gone."""

import numpy as np
from pytorchcv.models.regnet import RegNet
from torch import nn

START, SLOPE, STEP, DEPTH, GROUP_WIDTH = 24, 24.48, 2.54, 22, 16
"""Of RegNetX-400MF: Radosavovic et al., Designing Network Design Spaces, CVPR 2020, table 8 of its appendix."""
STEM, DIVISOR = 32, 8


def stages(start: float, slope: float, step: float, depth: int, group_width: int) -> list[tuple[int, int, int]]:
    """(channels, blocks, groups) of each stage: linear widths, brought to powers of `step`, then to whole groups."""
    powers = np.round(np.log((start + slope * np.arange(depth)) / start) / np.log(step))
    widths = (np.round(start * step**powers / DIVISOR) * DIVISOR).astype(int)
    found = []
    for width, blocks in zip(*np.unique(widths, return_counts=True), strict=True):
        group = min(group_width, int(width))
        channels = round(int(width) / group) * group
        found.append((channels, int(blocks), group))
    return found


def regnet_x_400mf(num_classes: int) -> nn.Module:
    """The network as pytorchcv names its weights ("regnetx004")."""
    table = stages(START, SLOPE, STEP, DEPTH, GROUP_WIDTH)
    return RegNet(
        channels=[[channels] * blocks for channels, blocks, _ in table],
        init_block_channels=STEM,
        groups=[group for _, _, group in table],
        use_se=False,
        num_classes=num_classes,
    )

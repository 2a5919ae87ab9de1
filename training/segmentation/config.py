"""Settings of the segmentation network's training, with the values that the shipped pack was made with."""

from typing import Annotated

import msgspec

from allviewer.exchange.model_card import Name, Positive, PositiveInt

Share = Annotated[float, msgspec.Meta(ge=0)]
Chance = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Augmentation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far training pictures are changed.

    Attributes:
        smallest, largest: factor of size, so that a wrong guess of scale does no harm; most crops stay near 1.
        upright: chance of a crop that is only mirrored or turned by right angles: pixel for pixel as sharp, and at
            the same scale, as what the viewer hands to the network.
        far: chance of a crop at an impossible scale, 1.6 to 4 times too large or small: there enlarged red cells and
            platelets are learnt as background, so that the right scale can be told from wrong ones.
        paste: chance that other cells are laid onto and against the cells of a crop.
        stain: spread of the mixing and strength of stains, in optical density.
        blur, noise, jpeg: chance of each.
        blackout: chance that all but the cells is made black, as in cells that were cut out.
        plain_edge: chance that beyond the picture's edge there is plain white or black instead of a mirror image.
    """

    smallest: Positive = 0.75
    largest: Positive = 1.33
    upright: Chance = 0.45
    far: Chance = 0.04
    paste: Chance = 0.22
    stain: Share = 0.4
    blur: Chance = 0.15
    noise: Chance = 0.08
    jpeg: Chance = 0.08
    blackout: Chance = 0.03
    plain_edge: Chance = 0.12


class SegmentationConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings of `fit` and `crossval`.

    Attributes:
        steps: optimiser steps; when continuing from a pack without a number, 30 for each picture, 150 to 600.
        mpp: micrometres per pixel at which the network works.
        shares: how often crops are drawn from each source; sources without a share are not used.
        replay_share: of the crops, when continuing from a pack, come from the older data.
        fine_tune_learning_rate: learning rate when continuing from a pack.
        synthetic_fields: number of synthetic smear fields made for training (fewer for a short fine-tuning).
        device: "cpu", "cuda" or "auto".
        threads: of the processor.
        brain_floats: learn in bfloat16 where the processor computes in it, a quarter to a third faster.
    """

    name: Name = "cells"
    version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+([+-][A-Za-z0-9.-]+)?$")] = "1.1.0"
    title: str = "White cells: nucleus and cytoplasm"
    seed: int = 1
    steps: PositiveInt | None = None
    batch: PositiveInt = 8
    crop_px: Annotated[int, msgspec.Meta(gt=0, multiple_of=16)] = 128
    mpp: Positive = 0.15
    widths: tuple[PositiveInt, PositiveInt, PositiveInt, PositiveInt] = (16, 32, 64, 128)
    learning_rate: Positive = 3e-3
    fine_tune_learning_rate: Positive = 5e-4
    weight_decay: Share = 1e-2
    ema_decay: Chance = 0.995
    shares: dict[str, Share] = msgspec.field(
        default_factory=lambda: {
            "bccd": 0.36,
            "ds1": 0.24,
            "ds2": 0.2,
            "cnmc2019": 0.03,
            "pbc": 0.03,
            "raabin": 0.04,
            "synthetic": 0.1,
            "distilled": 0.2,
            "exported": 1.0,
        }
    )
    replay_share: Chance = 0.25
    synthetic_fields: Annotated[int, msgspec.Meta(ge=0)] = 96
    augmentation: Augmentation = Augmentation()
    device: str = "cpu"
    threads: PositiveInt = 1
    brain_floats: bool = True


FULL_STEPS = 7000


def steps_of(config: SegmentationConfig, new_pictures: int | None) -> int:
    """The number of steps; `new_pictures` is None when training from nothing."""
    if config.steps is not None:
        return config.steps
    if new_pictures is None:
        return FULL_STEPS
    return min(600, max(150, 30 * new_pictures))


def synthetic_fields_of(config: SegmentationConfig, fine_tuning: bool) -> int:
    """How many synthetic fields to make: a short job does not wait for many."""
    if fine_tuning and config.steps is not None:
        return min(config.synthetic_fields, 4 + config.steps // 10)
    return min(config.synthetic_fields, 24) if fine_tuning else config.synthetic_fields

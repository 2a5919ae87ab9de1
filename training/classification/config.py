"""Settings of a classification job."""

from typing import Annotated

import msgspec

from allviewer.exchange.model_card import Name

StepCount = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Width = Annotated[float, msgspec.Meta(ge=0)]


class Strength(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How strongly training varies the cells: half widths of uniform ranges.

    Attributes:
        scale, scale_cut_out: of the size (log), for sources of a guessed scale and for the cut-out ones.
        shift_px: of the place.
        border_px, ragged_px: of the mask's border as a whole, and from place to place.
        stain, stain_channel: of the optical density (log), all channels together and each apart.
        light: of the brightness of each channel (log).
        blur_share: share of cells put out of focus.
        noise: largest standard deviation of noise, of a range of 1.
    """

    scale: Width = 0.20
    scale_cut_out: Width = 0.08
    shift_px: Width = 3.0
    border_px: Width = 2.25
    ragged_px: Width = 2.25
    stain: Width = 0.6
    stain_channel: Width = 0.3
    light: Width = 0.3
    blur_share: Share = 0.8
    noise: Width = 0.04


class ClassificationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run may set. Steps and rate left at None follow from whether a pack is continued.

    Attributes:
        batch: cells a step; a half teaches blast, a half the type.
        replay_share: part of a batch that comes from older data while a pack is continued.
        smoothing: of the targets.
        look_penalty: price of what the look of a cell, beside its size, adds to the logit of blast. With cells of few
            people the look tells the person; without a price the figures by subject fall below those of size alone.
    """

    name: Name = "cell-classes"
    version: str = "1.0.0"
    seed: int = 1
    steps: StepCount | None = None
    batch: StepCount = 64
    learning_rate: Annotated[float, msgspec.Meta(gt=0)] | None = None
    weight_decay: Width = 0.05
    smoothing: Share = 0.05
    look_penalty: Width = 0.3
    replay_share: Share = 0.25
    strength: Strength = Strength()

"""Settings of the detection network's training, with the values that the shipped pack was made with."""

from typing import Annotated

import msgspec

from allviewer.exchange.model_card import Name, Positive, PositiveInt
from training.segmentation.config import Augmentation, Chance, Share


class DetectionConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings of `fit` and `crossval`.

    Attributes:
        mpp: micrometres per pixel at which the network works.
        widths: channels at 1/2, 1/4, 1/8 and 1/16 of the picture's size.
        shares: how often a crop is drawn from each source; sources without a share are not used.
        smallest, largest: factor of size. Half of the crops lie near 1, the others go down to the coarse scale at which
            slides are looked over for white cells.
        blasts: chance that cells of C-NMC, cut out on black there, are laid onto a crop: no field of blasts has boxes.
        look_mpp, look_threshold: for the card, see `DetectionSpec`.
        colours: how stain, focus and compression change.
        device: "cpu", "cuda" or "auto"; threads: of the processor.
    """

    name: Name = "blood-cells"
    version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+([+-][A-Za-z0-9.-]+)?$")] = "1.0.0"
    title: str = "Red cells, white cells and platelets: boxes"
    seed: int = 1
    steps: PositiveInt = 1400
    batch: PositiveInt = 12
    crop_px: Annotated[int, msgspec.Meta(gt=0, multiple_of=16)] = 128
    mpp: Positive = 0.25
    widths: tuple[PositiveInt, PositiveInt, PositiveInt, PositiveInt] = (16, 32, 64, 128)
    learning_rate: Positive = 4e-3
    fine_tune_learning_rate: Positive = 5e-4
    weight_decay: Share = 1e-2
    ema_decay: Chance = 0.995
    shares: dict[str, Share] = msgspec.field(default_factory=lambda: {"bccd": 0.42, "pbc": 0.36, "raabin": 0.22})
    smallest: Positive = 0.35
    largest: Positive = 1.5
    blasts: Chance = 0.25
    look_mpp: Positive = 0.6
    look_threshold: Chance = 0.1
    colours: Augmentation = Augmentation(stain=1.0, blur=0.2, noise=0.25, jpeg=0.25)
    device: str = "cpu"
    threads: PositiveInt = 1

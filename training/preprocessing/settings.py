"""Settings of preprocessing and augmentation; one experiment has one of each."""

from typing import Annotated, Literal

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Side = Annotated[int, msgspec.Meta(ge=8, le=2048)]

Normalisation = Literal["unit", "per_picture"]
StainNormalisation = Literal["none", "macenko", "reinhard"]


class Preparation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is done to every picture, of training and of test alike.

    Attributes:
        size_px: side of the square that the network sees; papers use 64, 128, 224 and 256.
        keep_aspect: pad to a square first (with black around cut-outs, else with the border's colour); else squeeze.
        grey: one channel (003, "Grayscale Transformation").
        stain: bring the stain to that of a fixed reference first.
        region: a classical segmentation method whose mask is kept, all else black (001 PGS, 002 HSV, 004 three
            clusters); empty for none. Names as in `allviewer.classical`.
        contrast: CLAHE on lightness (000, "increase the lightning contrast"; the operator is not named there).
        edges: the strength of edges (Sobel) is laid over the picture (000 names edge detection as a step).
        normalisation: "unit" is 0 to 1; "per_picture" subtracts the mean and divides by the spread of each picture
            (003, "Image Normalization", describes both). What pretrained networks expect they do themselves.
    """

    size_px: Side = 128
    keep_aspect: bool = True
    grey: bool = False
    stain: StainNormalisation = "none"
    region: str = ""
    contrast: bool = False
    edges: bool = False
    normalisation: Normalisation = "unit"

    @property
    def channels(self) -> int:
        return 1 if self.grey else 3


class Augmentation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How training pictures are changed, anew in every epoch; chances are of each picture.

    Attributes:
        quarter_turn_copies: every picture is in the training set four times, at 0, 90, 180 and 270 degrees (003).
        quarter_turns: chance of a random quarter turn.
        rotate_degrees: largest free rotation.
        flips: chance of a mirror image, for each axis.
        crop: smallest share of the side that a random crop keeps (1: none); it is enlarged to the full side again.
        cutout: chance that a square of a quarter of the side is blacked out (002).
        brightness, contrast: largest relative change.
        colour: largest relative change of each channel for itself.
        stain_jitter: spread of the change of haematoxylin and eosin, in parts of each (HED; Tellez et al. 2018).
    """

    quarter_turn_copies: bool = False
    quarter_turns: Share = 0.0
    rotate_degrees: Annotated[float, msgspec.Meta(ge=0, le=180)] = 0.0
    flips: Share = 0.0
    crop: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    cutout: Share = 0.0
    brightness: Share = 0.0
    contrast: Share = 0.0
    colour: Share = 0.0
    stain_jitter: Share = 0.0

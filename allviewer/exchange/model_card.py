"""The model card: what a pack says of itself. A pack is data: a folder (or one .zip of it) that is never executed.

    card.json       a `ModelCard`
    network.onnx    the network; its sha256 stands in the card
    CARD.md         the same for people: data and its terms, figures, limits
    golden.npz      optional: one input and the outputs it must give

Every network takes one input ``image``: uint8, shape (N, height, width, 3), RGB. Scaling of values, order of axes
and softmax lie inside the network, so that no program can get them wrong.

Segmentation gives ``maps``: float32 (N, channels, height, width), each 0 to 1, named by `SegmentationSpec.channels`.
Classification takes cells cut out on black at a fixed scale and gives ``probabilities``: float32 (N, classes), rows
that sum to 1. It may also give ``heat``: float32 (N, classes, h, w) of any h and w over the whole crop, where the crop
speaks for the class (Grad-CAM at the last feature maps), 0 or more and not scaled; shown for a selected cell. It may
give two numbers a cell, both or none: ``doubt``, float32 (N,), 0 to 1, from 0.5 on a person should decide; and
``strangeness``, float32 (N,), 0 to 1, the share of known cells that are less unlike those it learnt.
Detection gives ``boxes``: float32 (N, kinds + 4, height / stride, width / stride): at every place how surely the
middle of something of each kind lies there, 0 to 1, and left, top, right and bottom of its box, in pixels.
"""

from typing import Annotated, Literal

import msgspec

CARD_FORMAT = 1
CARD_FILE = "card.json"
GOLDEN_FILE = "golden.npz"

Positive = Annotated[float, msgspec.Meta(gt=0)]
Score = Annotated[float, msgspec.Meta(gt=0, lt=1)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}\Z")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class NetworkFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network inside the pack.

    Attributes:
        architecture: by what name `training` builds it again, such as "resnet18+plr"; empty for the viewer's own two.
    """

    file: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]+\.onnx\Z")]
    sha256: Sha256
    parameters: PositiveInt
    architecture: str = ""


class SegmentationSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="segmentation"):
    """How to use a segmentation network.

    Attributes:
        mpp: micrometres per pixel it was trained at.
        cell_diameter_px: median white-cell diameter it saw, for images without a scale.
        multiple_of: height and width of the input must be a multiple of this.
        patch_px: side of the patches it is fed with on large images; halo_px of each border is not trusted.
        channels: meaning of the maps, in order. At least "nucleus" or "cell" (nucleus and cytoplasm together) is one of
            them. "distance" is that to the cell's border, 1 at its core; without it the shape tells cells apart.
        foreground: a pixel belongs to a cell where "cell", else cytoplasm + nucleus, reaches this.
        core: connected parts where distance reaches this are the seeds of separate cells.
        min_diameter_px: smaller finds are dropped.
    """

    mpp: Positive
    cell_diameter_px: Positive
    multiple_of: PositiveInt = 16
    patch_px: PositiveInt = 512
    halo_px: PositiveInt = 64
    channels: tuple[Literal["background", "cytoplasm", "nucleus", "cell", "distance"], ...] = (
        "background",
        "cytoplasm",
        "nucleus",
        "distance",
    )
    foreground: Positive = 0.5
    core: Positive = 0.6
    min_diameter_px: Positive = 20.0


class ClassificationSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="classification"):
    """How to use a classification network.

    Attributes:
        mpp: micrometres per pixel of the crop.
        crop_px: side of the square crop; the cell's centre of mass lies in its middle, all else is black (0, 0, 0).
        classes: of the network, in the order of its probabilities.
        shown_as: the viewer's class of each of them, such as "blast" for every kind of blast; their probabilities are
            added up. Empty where the classes are the viewer's own.
        temperature: what the logits were divided by inside the network (calibration), for the record.
        coverage: for networks that give ``doubt``: this share of cells, of each class, keeps its true class among the
            plausible ones; doubt of 0.5 and more says that not exactly one class is plausible.
    """

    mpp: Positive
    crop_px: PositiveInt
    classes: tuple[Name, ...]
    temperature: Positive = 1.0
    shown_as: tuple[Name, ...] = ()
    coverage: Annotated[float, msgspec.Meta(gt=0, lt=1)] | None = None


class DetectionSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="detection"):
    """How to use a detection network.

    Attributes:
        mpp: micrometres per pixel it is sharpest at.
        kinds: of the first maps, in order.
        thresholds: of each kind, the score from which something counts.
        stride: pixels of the picture per place of the maps.
        multiple_of: height and width of the input must be a multiple of this.
        patch_px: side of the patches it is fed with on large images; halo_px of each border is not trusted.
        overlap: of two boxes of one kind that share more than this (IoU) the surer one stays.
        look_mpp: scale at which large images are looked over for white cells, and look_threshold: the score from which
            a place is worth looking at there, so low that next to no cell is passed by.
    """

    mpp: Positive
    kinds: tuple[Literal["white-cell", "red-cell", "platelet"], ...]
    thresholds: tuple[Score, ...]
    stride: PositiveInt = 4
    multiple_of: PositiveInt = 16
    patch_px: PositiveInt = 1024
    halo_px: PositiveInt = 64
    overlap: Score = 0.5
    look_mpp: Positive = 0.6
    look_threshold: Score = 0.1


class ClickSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="click"):
    """How to use a pair of networks that outlines what is clicked, as those of the SAM family do.

    The network of the card is the encoder, which looks once; the decoder answers every click. Encoder: float32
    (1, 3, side, side), standardised by `mean` and `deviation` of 0 to 255, or (height, width, 3) or (1, height, width,
    3), as they are. Its outputs are fed to decoder inputs of the same name; one alone is fed to the first input whose
    name holds ``embed``. Decoder: ``point_coords`` (1, n, 2) in pixels of the encoder's picture, ``point_labels``
    (1, n), 1 inside, 0 outside, -1 padding; if it takes them, ``mask_input``, ``has_mask_input`` and
    ``orig_im_size``. It gives ``masks`` (1, k, h, w) or ``low_res_masks``, above 0 inside, and, where k is more than
    1, ``iou_predictions`` (1, k).

    Attributes:
        decoder: the second file of the pack.
        side_px: of the square picture that the encoder takes; mpp: micrometres per pixel of it, a finer view than a
            cell finder's, so that a cell fills about a tenth of it.
        mean, deviation: of red, green and blue.
    """

    decoder: NetworkFile
    side_px: PositiveInt = 1024
    mpp: Positive = 0.1
    mean: tuple[float, float, float] = (123.675, 116.28, 103.53)
    deviation: tuple[Positive, Positive, Positive] = (58.395, 57.12, 57.375)


OUTPUTS: dict[type, str] = {
    SegmentationSpec: "maps",
    ClassificationSpec: "probabilities",
    DetectionSpec: "boxes",
}
"""What a network of each kind calls its answer."""


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured figure, by group-wise cross-validation unless `protocol` says otherwise."""

    metric: str
    source: str
    value: float
    low: float | None = None
    high: float | None = None
    groups: int | None = None
    items: int | None = None
    protocol: str = ""


class TrainingRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the weights come from."""

    command: str
    seed: int
    data: tuple[str, ...]
    terms: str
    parent: str = ""
    minutes: float | None = None


class ModelCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the program and its user need to know of a pack."""

    format: Literal[1]
    name: Name
    version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+([+-][A-Za-z0-9.-]+)?\Z")]
    title: str
    spec: SegmentationSpec | ClassificationSpec | DetectionSpec | ClickSpec
    network: NetworkFile
    training: TrainingRecord
    figures: tuple[Figure, ...] = ()
    limits: str = ""
    research_use_only: Literal[True] = True

    @property
    def task(self) -> str:
        return str(self.spec.__struct_config__.tag)

    @property
    def identity(self) -> str:
        """Name, version and the start of the checksum: what cells record as their origin."""
        return f"{self.name} {self.version} ({self.network.sha256[:8]})"


def encode_card(card: ModelCard) -> bytes:
    """The card as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n"


def decode_card(data: bytes) -> ModelCard:
    """Read a card. Raises `msgspec.ValidationError` with the name of the wrong field."""
    return msgspec.json.decode(data, type=ModelCard)

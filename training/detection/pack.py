"""The pack of a trained detection network, and what its card says."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from allviewer.domain.boxes import KINDS
from allviewer.exchange.model_card import DetectionSpec, Figure, ModelCard, TrainingRecord
from training import packs
from training.detection.config import DetectionConfig
from training.detection.fields import Field
from training.detection.fit import Lesson
from training.detection.network import MULTIPLE_OF, STRIDE, DetectionNetwork
from training.segmentation.provenance import data_lines

OUTPUT = "boxes"
USUAL_THRESHOLDS = (0.35, 0.35, 0.3)
"""Until a cross-validation has told better ones."""
GOLDEN_PX = 128

TERMS = "No photograph is in this pack, only numbers learnt from them. C-NMC 2019 asks to be named (CC BY 3.0)."
LIMITS = (
    "Romanowsky-stained smears only. Groups are slides or runs of neighbouring picture numbers, not known patients. "
    "About one red cell in three of BCCD has no box, so that its red cells can be neither learnt nor measured well. "
    "No field of blasts with boxes was at hand: of blasts only cells laid onto fields were learnt. "
    "Red cells that lie in heaps, as in the thick part of a smear, are counted too low. Boxes are counts by a network, "
    "looked at by nobody: never mix them with reviewed cells."
)


def save_pack(
    folder: Path,
    network: DetectionNetwork,
    lesson: Lesson,
    config: DetectionConfig,
    command: str,
    minutes: float | None = None,
    figures: tuple[Figure, ...] = (),
    thresholds: tuple[float, ...] = USUAL_THRESHOLDS,
) -> ModelCard:
    """Write the pack of a trained network; `minutes` is how long the training took."""
    parent = packs.read_card(lesson.parent).identity if lesson.parent else ""
    card = ModelCard(
        format=1,
        name=config.name,
        version=config.version,
        title=config.title,
        spec=DetectionSpec(
            mpp=config.mpp, kinds=KINDS, thresholds=thresholds, stride=STRIDE, multiple_of=MULTIPLE_OF,
            look_mpp=config.look_mpp, look_threshold=config.look_threshold,
        ),
        network=packs.UNKNOWN_NETWORK,
        training=TrainingRecord(
            command=command,
            seed=config.seed,
            data=(*data_lines([*lesson.fields, *lesson.blasts]), _boxes_line(lesson.fields)),
            terms=TERMS,
            parent=parent,
            minutes=minutes,
        ),
        figures=figures,
        limits=LIMITS,
    )  # fmt: skip
    return packs.write_pack(folder, card, network, _pictures(lesson.fields, config), OUTPUT, MULTIPLE_OF)


def _boxes_line(fields: Sequence[Field]) -> str:
    counts = Counter(KINDS[kind] for field in fields for kind in field.kinds.tolist())
    return "boxes: " + ", ".join(f"{counts[kind]} {kind}s" for kind in KINDS)


def _pictures(fields: Sequence[Field], config: DetectionConfig) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """A few fields at the network's scale, on the grey that means nothing."""
    chosen = [fields[0], fields[len(fields) // 2], fields[-1]]
    pictures = np.full((len(chosen), GOLDEN_PX, GOLDEN_PX, 3), 128, np.uint8)
    for picture, field in zip(pictures, chosen, strict=True):
        small = field.at_scale(config.mpp).image[:GOLDEN_PX, :GOLDEN_PX]
        picture[: small.shape[0], : small.shape[1]] = small
    return pictures

"""From samples to a pack: training from nothing, or going on from a pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from allviewer.errors import DatasetError, PackError
from allviewer.exchange.model_card import Figure, ModelCard, SegmentationSpec, TrainingRecord
from allviewer.progress import CancelToken
from training import packs
from training.datasets.sample import Sample
from training.loop import Company, LoopSettings, train
from training.onnx_export import read_weights
from training.segmentation.batches import CropBatches
from training.segmentation.config import SegmentationConfig, steps_of
from training.segmentation.losses import cell_loss
from training.segmentation.network import MULTIPLE_OF, CellNetwork, network_for
from training.segmentation.provenance import data_lines, limits_text, terms_text
from training.tasks import Tell

OUTPUT = "maps"
SMALLEST_CELL_UM = 4.2
"""Smaller finds are no white cells: these measure 6 micrometres and more, most platelets 2 to 4."""


@dataclass(frozen=True)
class Lesson:
    """What is learnt from: `samples`, and older ones to `replay` when going on from the pack `parent`."""

    samples: Sequence[Sample]
    replay: Sequence[Sample] = ()
    parent: Path | None = None


def fit_network(
    lesson: Lesson,
    config: SegmentationConfig,
    folder: Path,
    cancel: CancelToken,
    tell: Tell,
    resume: bool = False,
    company: Company = Company(),  # noqa: B008 - frozen
) -> CellNetwork:
    """A trained network; checkpoints lie in `folder`.

    Raises:
        DatasetError: no sample shows a white cell.
        PackError: the parent pack is damaged or of another kind.
        TrainingError, Cancelled: see `training.loop.train`.
    """
    if not any(sample.cells.any() for sample in lesson.samples):
        raise DatasetError("The training data show no white cell.", "Correct or accept some cells, then export again.")
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    network = network_of(lesson.parent, config)
    settings = LoopSettings(
        steps=steps_of(config, len(lesson.samples) if lesson.parent else None),
        learning_rate=config.fine_tune_learning_rate if lesson.parent else config.learning_rate,
        weight_decay=config.weight_decay,
        ema_decay=config.ema_decay,
        seed=config.seed,
        device=config.device,
        brain_floats=config.brain_floats and config.device == "cpu" and _computes_in_brain_floats(),
    )
    batches = CropBatches(lesson.samples, config, lesson.replay)
    train(network, cell_loss, batches, settings, folder, cancel, tell, resume, company)
    return network


def _computes_in_brain_floats() -> bool:
    """Whether the processor does, rather than torch for it, slowly."""
    return torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 - torch has no public way to ask


def network_of(pack: Path | None, config: SegmentationConfig) -> CellNetwork:
    """A new network; or that of a pack, whatever its widths. Raises `PackError`: damaged, or of another kind."""
    if pack is None:
        return CellNetwork(config.widths)
    card = packs.read_card(pack)
    try:
        network = network_for(read_weights(pack / card.network.file))
    except KeyError as error:
        raise PackError(
            f"The pack {card.identity} cannot be continued: its network is not of the kind that is trained here."
        ) from error
    packs.load_weights(pack, network)
    return network


def save_pack(
    folder: Path,
    network: CellNetwork,
    lesson: Lesson,
    config: SegmentationConfig,
    command: str,
    minutes: float | None = None,
    figures: tuple[Figure, ...] = (),
) -> ModelCard:
    """Write the pack of a trained network; `minutes` is how long the training took."""
    parent = packs.read_card(lesson.parent).identity if lesson.parent else ""
    everything = [*lesson.samples, *lesson.replay]
    card = ModelCard(
        format=1,
        name=config.name,
        version=config.version,
        title=config.title,
        spec=SegmentationSpec(
            mpp=config.mpp,
            cell_diameter_px=round(median_diameter_px(everything), 1),
            multiple_of=MULTIPLE_OF,
            min_diameter_px=round(SMALLEST_CELL_UM / config.mpp, 1),
        ),
        network=packs.UNKNOWN_NETWORK,
        training=TrainingRecord(
            command=command,
            seed=config.seed,
            data=data_lines(everything),
            terms=terms_text(everything),
            parent=parent,
            minutes=minutes,
        ),
        figures=figures,
        limits=limits_text(everything),
    )
    return packs.write_pack(folder, card, network, _parity_samples(everything), OUTPUT, MULTIPLE_OF)


def median_diameter_px(samples: Sequence[Sample]) -> float:
    """Of white cells that no edge cuts, as circles of the same area; 80 when there is none."""
    areas: list[int] = []
    for sample in samples:
        edge = {int(n) for side in (0, -1) for n in (*sample.cells[side], *sample.cells[:, side])}
        sizes = np.bincount(sample.cells.ravel())
        areas += [int(size) for number, size in enumerate(sizes) if number and size and number not in edge]
    return float(np.sqrt(4 * np.median(areas) / np.pi)) if areas else 80.0


def _parity_samples(samples: Sequence[Sample], count: int = 6, side_px: int = 160) -> NDArray[np.uint8]:
    """Real windows from all over the data, uint8 (count, side, side, 3)."""
    chosen = [samples[index] for index in np.linspace(0, len(samples) - 1, count).astype(int)]
    windows = np.full((count, side_px, side_px, 3), 255, np.uint8)
    for window, sample in zip(windows, chosen, strict=True):
        part = sample.image[:side_px, :side_px]
        window[: part.shape[0], : part.shape[1]] = part
    return windows

"""What a training leaves: the weights, how they came about, and a pack for the viewer where it can use one."""

import argparse
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import torch

from allviewer.exchange.model_card import ClassificationSpec, ModelCard, SegmentationSpec, TrainingRecord
from allviewer.inference.cut_out import CUT_OUT_UM_PER_PX
from training import packs
from training.errors import TrainingError
from training.evaluation.run import Epoch
from training.experiments.batches import Material
from training.experiments.experiment import Experiment
from training.experiments.samples import Samples
from training.experiments.teach import Taught
from training.experiments.writing import write_record
from training.networks import registry
from training.networks.export import export_network
from training.networks.network import Network
from training.preprocessing.settings import Preparation
from training.preprocessing.targets import IGNORED

TRAINED_FILE, WEIGHTS_FILE, PACK_FOLDER = "trained.json", "weights.pt", "pack"
PARITY_PICTURES = 4
USUAL_CELL_UM = 12.0
CROP_UM = CUT_OUT_UM_PER_PX * 450
"""What a picture of C-NMC 2019 shows (450 px); pictures of other sets of single cells are taken to show as much."""

VIEWER_CLASSES = {"all": "blast", "hem": "lymphocyte", "healthy": "lymphocyte"}
"""What the viewer calls the classes of single cells; other names stay."""
Channel = Literal["background", "cytoplasm", "nucleus", "cell", "distance"]
CHANNELS: dict[str, tuple[Channel, ...]] = {
    "cell": ("background", "cell"),
    "nucleus": ("background", "nucleus"),
    "parts": ("background", "cytoplasm", "nucleus"),
}
"""Of the packs of each target."""
LIMITS = "A network of a published comparison, trained anew. Not checked for any use; not calibrated."


class Trained(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the weights came about; without epochs while the training goes on."""

    experiment: Experiment
    command: str
    source: str
    classes: tuple[str, ...]
    group_kind: str
    pictures: int
    groups: int
    doubles: int
    epochs: tuple[Epoch, ...] = ()
    seconds: float = 0.0
    why_no_pack: str = ""


def begin_training(
    out: Path, experiment: Experiment, samples: Samples, command: str, resume: bool, writes: bool = True
) -> None:
    """Note in `out` what is trained there; of several processes only one `writes`.

    Raises:
        TrainingError: it is to be gone on with, but something else was trained there.
        OutputError: `out` cannot be written.
    """
    begun = Trained(
        experiment=experiment,
        command=command,
        source=samples.source,
        classes=samples.classes,
        group_kind=str(samples.group_kind),
        pictures=len(samples),
        groups=len(set(samples.groups)),
        doubles=len(samples) - len(set(samples.same.tolist())),
    )
    if resume and (out / TRAINED_FILE).is_file():
        known = read_trained(out)
        if not _same(known, begun):
            raise TrainingError(
                f"{out} holds a training with other settings or data.", "Give the same ones, or leave --resume away."
            )
    if writes:
        write_record(out / TRAINED_FILE, begun)


def _same(one: Trained, other: Trained) -> bool:
    """Settings and data agree; more epochs may be asked for."""
    forget = {"command": "", "epochs": (), "seconds": 0.0, "why_no_pack": ""}
    alike = [
        msgspec.structs.replace(t, **forget, experiment=msgspec.structs.replace(t.experiment, epochs=1))
        for t in (one, other)
    ]
    return alike[0] == alike[1]


def read_trained(out: Path) -> Trained:
    """Raises `TrainingError` if it is missing or damaged."""
    try:
        return msgspec.json.decode((out / TRAINED_FILE).read_bytes(), type=Trained)
    except (OSError, msgspec.MsgspecError) as error:
        raise TrainingError(f"{out} holds no training that can be read: {error}.", "Start it anew.") from error


def write_trained(
    out: Path,
    network: Network,
    experiment: Experiment,
    samples: Samples,
    material: Material,
    taught: Taught,
    given: argparse.Namespace,
) -> Path:
    """Weights, record and pack; returns the pack's folder, or `out` where the viewer could not use one."""
    torch.save(network.state_dict(), out / WEIGHTS_FILE)
    why_not = why_no_pack(experiment, samples.classes)
    record = msgspec.structs.replace(
        read_trained(out), epochs=taught.epochs, seconds=round(taught.seconds, 1), why_no_pack=why_not
    )
    write_record(out / TRAINED_FILE, record)
    if why_not:
        return out
    card = _card(experiment, record, material, given)
    chosen = np.linspace(0, len(samples) - 1, min(PARITY_PICTURES, len(samples))).astype(int)
    pictures = material.pictures[chosen]
    export_network(out / PACK_FOLDER, network, card, np.repeat(pictures, 3, 3) if pictures.shape[3] == 1 else pictures)
    return out / PACK_FOLDER


def why_no_pack(experiment: Experiment, classes: tuple[str, ...]) -> str:
    """Why the viewer cannot use this network, in a sentence; empty if it can."""
    usual = Preparation()
    how = experiment.preparation
    if (how.stain, how.region, how.contrast, how.edges) != (usual.stain, usual.region, usual.contrast, usual.edges):
        return "No pack: the viewer does not change stain, region, contrast or edges before a network sees a cell."
    if experiment.task == "classification" and "blast" not in _viewer_classes(classes):
        return "No pack: the viewer's classifiers tell blasts from other cells, and none of the classes is a blast."
    return ""


def _viewer_classes(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(VIEWER_CLASSES.get(name, name) for name in classes)


def _card(experiment: Experiment, record: Trained, material: Material, given: argparse.Namespace) -> ModelCard:
    side = experiment.preparation.size_px
    spec: ClassificationSpec | SegmentationSpec
    if experiment.task == "classification":
        spec = ClassificationSpec(mpp=CROP_UM / side, crop_px=side, classes=_viewer_classes(record.classes))
    else:
        diameter_px = _cell_diameter_px(material)
        spec = SegmentationSpec(
            mpp=USUAL_CELL_UM / diameter_px,
            cell_diameter_px=round(diameter_px, 1),
            multiple_of=registry.spec(experiment.model.name).multiple_of_px,
            channels=CHANNELS[experiment.target],
            min_diameter_px=round(diameter_px / 3, 1),
        )
    data = f"{record.source}: {record.pictures} pictures of {record.groups} groups (each a {record.group_kind})"
    return ModelCard(
        format=1,
        name=given.name or experiment.model.title.replace("+", "-").replace(" ", "-"),
        version=given.version or "1.0.0",
        title=experiment.title,
        spec=spec,
        network=packs.UNKNOWN_NETWORK,
        training=TrainingRecord(
            command=record.command,
            seed=experiment.seed,
            data=(data,),
            terms="As those of the data set.",
            minutes=round(record.seconds / 60, 1),
        ),
        limits=LIMITS,
    )


def _cell_diameter_px(material: Material) -> float:
    """Of the median cell in the prepared masks, as a circle of the same area."""
    areas = [int(np.count_nonzero((mask > 0) & (mask != IGNORED))) for mask in material.targets]
    known = [area for area in areas if area]
    return float(np.sqrt(4 * np.median(known) / np.pi)) if known else material.targets.shape[1] / 2

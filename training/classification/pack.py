"""The pack of a training run: its card is drafted before training, so that a run that was stopped has one too."""

from pathlib import Path

import msgspec
import numpy as np

from allviewer.exchange.model_card import ModelCard, TrainingRecord, decode_card, encode_card
from training import packs
from training.classification.cells import CellTable
from training.classification.classes import crop_spec
from training.classification.config import ClassificationSettings
from training.classification.doubt import COVERAGE, Doubt
from training.classification.heat import ClassifierWithHeat, DoubtingClassifier
from training.classification.network import CellNet, Classifier
from training.classification.provenance import LIMITS, TERMS, data_lines
from training.classification.report import read_report
from training.errors import TrainingError
from training.tasks import Request

OUTPUTS = ("probabilities", "heat", "doubt", "strangeness")
PACK_FOLDER = "pack"
DRAFT_FILE = "draft.json"
SAMPLES_FILE = "samples.npz"
SAMPLES = 16
TITLE = "Blast, lymphocyte and the other white cells"


def draft_card(
    settings: ClassificationSettings, table: CellTable, request: Request, start: Classifier | None
) -> ModelCard:
    """The card but for the network and the minutes. Temperatures: of the parent, else of a cross-validation in OUT."""
    report = read_report(request.out) if start is None else None
    temperature = float(start.temperature) if start else report.blast_temperature if report else 1.0
    uncalibrated = " Its probabilities have not been calibrated." if report is None and start is None else ""
    return ModelCard(
        format=1,
        name=settings.name,
        version=settings.version,
        title=TITLE,
        spec=crop_spec(temperature),
        network=packs.UNKNOWN_NETWORK,
        training=TrainingRecord(
            command=request.command,
            seed=settings.seed,
            data=data_lines(table),
            terms=TERMS,
            parent=packs.read_card(request.pack).identity if request.pack else "",
        ),
        figures=report.figures if report else (),
        limits=LIMITS + uncalibrated,
    )


def write_draft(folder: Path, card: ModelCard, table: CellTable, start: Classifier | None) -> None:
    """Keep the card, the type temperature and crops for the parity check beside the checkpoints."""
    report = read_report(folder) if start is None else None
    type_temperature = float(start.type_temperature) if start else report.type_temperature if report else 1.0
    chosen = np.linspace(0, len(table) - 1, min(SAMPLES, len(table))).astype(int)
    np.savez(folder / SAMPLES_FILE, crops=table.take(chosen).crops(), type_temperature=type_temperature)
    (folder / DRAFT_FILE).write_bytes(encode_card(card))


def write_classifier(folder: Path, net: CellNet, minutes: float | None = None, doubt: Doubt | None = None) -> Path:
    """The pack of a trained network, from the draft in `folder`; without `doubt` it gives probabilities and heat only.

    Raises:
        TrainingError: there is no draft.
        PackError: the exported network differs from the trained one.
    """
    try:
        card = decode_card((folder / DRAFT_FILE).read_bytes())
        with np.load(folder / SAMPLES_FILE, allow_pickle=False) as stored:
            crops, type_temperature = stored["crops"], float(stored["type_temperature"])
    except (OSError, ValueError, KeyError, msgspec.DecodeError) as error:
        raise TrainingError(f"{folder} holds no complete training run: {error}.", "Start it anew.") from error
    if minutes is not None:
        record = msgspec.structs.replace(card.training, minutes=round(minutes, 1))
        card = msgspec.structs.replace(card, training=record)
    temperature = getattr(card.spec, "temperature", 1.0)
    if doubt is None:
        plain = ClassifierWithHeat(net, temperature, type_temperature)
        packs.write_pack(folder / PACK_FOLDER, card, plain, crops, OUTPUTS[:2])
    else:
        card = msgspec.structs.replace(card, spec=msgspec.structs.replace(card.spec, coverage=COVERAGE))
        doubting = DoubtingClassifier(net, doubt, temperature, type_temperature)
        packs.write_pack(folder / PACK_FOLDER, card, doubting, crops, OUTPUTS)
    return folder / PACK_FOLDER

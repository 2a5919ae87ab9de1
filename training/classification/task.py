"""The classification task: what the command line calls."""

import csv
import time
from pathlib import Path

import msgspec
import numpy as np
from torch import nn

from allviewer.errors import DatasetError
from allviewer.exchange.model_card import ClassificationSpec, ModelCard
from allviewer.exchange.training_events import Progress
from allviewer.inference.crops import cut_cell
from allviewer.inference.cut_out import cut_out_cell, cut_out_um_per_px
from allviewer.progress import CancelToken
from training import packs
from training.classification.batches import CellBatches
from training.classification.cells import CellTable, types_of
from training.classification.classes import CLASSES, CROP_PX, CROP_UM_PER_PX, crop_spec
from training.classification.config import ClassificationSettings
from training.classification.crossval import cross_validate
from training.classification.distil import distilled_cells
from training.classification.doubt import Doubt, learnt, load_doubt
from training.classification.fit import fit_network, load_classifier, loss_of
from training.classification.gather import gather
from training.classification.measures import figures_of
from training.classification.network import CellNet
from training.classification.pack import draft_card, write_classifier, write_draft
from training.classification.report import read_report, write_report
from training.classification.scoring import probabilities_of
from training.classification.watch import WatchedCells
from training.config import load_config
from training.datasets.files import read_rgb
from training.errors import TrainingError
from training.loop import Batches, Company, Loss, load_checkpoint, newest_checkpoint
from training.probe import probe as probe_machine
from training.tasks import Request, Tell

USUAL_DIAMETER_UM = 12.0
EXAMPLES = "examples"
EVALUATION_FILE, PREDICTIONS_FILE = "evaluation.json", "predictions.csv"


def fit(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Train; the pack is OUT/pack. Figures and temperatures of an earlier `crossval` in OUT go into its card."""
    started = time.monotonic()
    settings = _settings(request)
    start = load_classifier(_same_crop(request.pack)) if request.pack else None
    tell(Progress(0.0, "Reading the cells"))
    table = gather(request.data, crop_spec(), cancel)
    replay = _replay(request, cancel)
    request.out.mkdir(parents=True, exist_ok=True)
    everything = table if replay is None else CellTable.join((table, replay))
    write_draft(request.out, draft_card(settings, everything, request, start), everything, start)
    watched = WatchedCells(
        gather(request.watch, crop_spec(), cancel) if request.watch else table, request.out / EXAMPLES
    )
    company = Company(request.control, watched if start and watched else None, request.layers)
    net = fit_network(table, settings, request.out, cancel, tell, start, replay, request.resume, company)
    tell(Progress(1.0, "Writing the pack"))
    doubt = _doubt(request, net, everything, cancel)
    return write_classifier(request.out, net, (time.monotonic() - started) / 60, doubt)


def _replay(request: Request, cancel: CancelToken) -> CellTable | None:
    """Older cells, and cells without labels as the parent pack sees them."""
    tables = [gather(request.replay, crop_spec(), cancel)] if request.replay else []
    if request.distil and request.pack:
        tables.append(distilled_cells(request.pack, request.distil, crop_spec(), cancel))
    return CellTable.join(tables) if tables else None


def crossval(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Measure by subject; writes OUT/crossval.json, which a `fit` into the same folder puts into the card."""
    settings = _settings(request)
    tell(Progress(0.0, "Reading the cells"))
    table = gather(request.data, crop_spec(), cancel)
    request.out.mkdir(parents=True, exist_ok=True)
    report = cross_validate(table, settings, request.folds, request.command, request.out, cancel, tell)
    return write_report(request.out, report)


def evaluate(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Measure a pack on cells of known class; writes OUT/evaluation.json."""
    card = _classifier_card(request.pack)
    table = gather(request.data, _spec(card), cancel)
    tell(Progress(0.5, f"{len(table)} cells"))
    given = probabilities_of(_folder(request) / card.network.file, table.crops(), cancel)
    figures = figures_of(table, given, f"{card.identity} on the cells named by --data", seed=0)
    request.out.mkdir(parents=True, exist_ok=True)
    path = request.out / EVALUATION_FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")
    return path


def export(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """The pack of a run that was stopped, from its last checkpoint."""
    latest = newest_checkpoint(request.out)
    if latest is None:
        raise TrainingError(f"{request.out} holds no training run.", "Name the --out folder of a fit.")
    net = CellNet()
    load_checkpoint(latest, net)
    return write_classifier(request.out, net)


def probe(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """How long a step takes here, and how many cells fit at a time."""
    settings = _settings(request)
    table = gather(request.data, crop_spec(), cancel)
    start = load_classifier(request.pack) if request.pack else None

    def make(batch: int) -> tuple[nn.Module, Loss, Batches]:
        net = start.net if start else CellNet()
        sized = msgspec.structs.replace(settings, batch=batch)
        return net, loss_of(sized), CellBatches(table, sized)

    return probe_machine(make, (16, 32, 64), request, cancel, tell)


def predict(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Probabilities of pictures that hold one cell cut out on black; writes OUT/predictions.csv."""
    card = _classifier_card(request.pack)
    spec = _spec(card)
    crops = []
    for path in request.images:
        image = read_rgb(path)
        cell = cut_out_cell(image)
        if cell is None:
            hint = "Fields and slides are for `allviewer analyze`."
            raise DatasetError(f"{path.name} does not show one cell cut out on black.", hint)
        crops.append(cut_cell(image, (0, 0), cell, cut_out_um_per_px(cell, USUAL_DIAMETER_UM), spec))
        tell(Progress(len(crops) / len(request.images), path.name))
    rows = probabilities_of(_folder(request) / card.network.file, np.stack(crops), cancel)
    request.out.mkdir(parents=True, exist_ok=True)
    path = request.out / PREDICTIONS_FILE
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["image", "class", *(f"p_{name}" for name in spec.classes)])
        for image_path, row in zip(request.images, rows, strict=True):
            writer.writerow([image_path.name, spec.classes[int(row.argmax())], *(f"{p:.5f}" for p in row)])
    return path


def _doubt(request: Request, net: CellNet, table: CellTable, cancel: CancelToken) -> Doubt | None:
    """What lets a network doubt: that of its parent, else from a cross-validation in OUT; None without either."""
    if request.pack:
        return load_doubt(request.pack)
    report = read_report(request.out)
    if report is None or report.reference is None:
        return None
    doubt = learnt(net, table.crops(), types_of(table), cancel)
    doubt.take(report.reference)
    return doubt


def _settings(request: Request) -> ClassificationSettings:
    """The settings; a network that is gone on from keeps its name, unless another is given."""
    overrides = dict(request.overrides)
    if request.pack:
        card = _classifier_card(request.pack)
        major, minor, *_ = card.version.split("+")[0].split("-")[0].split(".")
        overrides = {"name": card.name, "version": f"{major}.{int(minor) + 1}.0", **overrides}
    return load_config(request.config, ClassificationSettings, overrides)


def _folder(request: Request) -> Path:
    if request.pack is None:
        raise TrainingError("No pack was named.", "Give --pack.")
    return request.pack


def _classifier_card(pack: Path | None) -> ModelCard:
    """The card of a pack, if it is one of a classifier."""
    if pack is None:
        raise TrainingError("No pack was named.", "Give --pack.")
    card = packs.read_card(pack)
    if not isinstance(card.spec, ClassificationSpec) or card.spec.classes != CLASSES:
        raise TrainingError(f"The pack {card.name} is not a classifier of the kind trained here.", "Give --task.")
    return card


def _same_crop(pack: Path) -> Path:
    """The pack, if its cells are cut as here: earlier versions saw smaller crops, and would go on badly."""
    card = _classifier_card(pack)
    if (_spec(card).mpp, _spec(card).crop_px) != (CROP_UM_PER_PX, CROP_PX):
        hint = "Start from the pack that the program ships, or from one made from it."
        raise TrainingError(f"The pack {card.identity} cuts cells at another scale than is trained here.", hint)
    return pack


def _spec(card: ModelCard) -> ClassificationSpec:
    if not isinstance(card.spec, ClassificationSpec):
        raise TrainingError(f"The pack {card.name} is for {card.task}, not for classification.")
    return card.spec

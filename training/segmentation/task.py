"""The segmentation task: what the command line calls."""

import time
from pathlib import Path

import msgspec
import torch
from torch import nn

from allviewer.errors import OutputError
from allviewer.exchange.model_card import SegmentationSpec
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training import packs
from training.config import load_config
from training.datasets.collect import collect_samples
from training.datasets.synthetic import make_samples
from training.errors import TrainingError
from training.loop import Batches, Company, Loss, load_checkpoint, newest_checkpoint
from training.probe import probe as probe_machine
from training.segmentation.batches import CropBatches
from training.segmentation.config import SegmentationConfig, synthetic_fields_of
from training.segmentation.crossval import cross_validate
from training.segmentation.distil import distilled_samples
from training.segmentation.fit import Lesson, fit_network, network_of, save_pack
from training.segmentation.losses import cell_loss
from training.segmentation.measure import Report, all_figures, measurable, read_report, score_pack, write_report
from training.segmentation.network import CellNetwork
from training.segmentation.predict import predict_files
from training.segmentation.watch import WatchedCells
from training.tasks import Request, Tell

PACK_FOLDER = "pack"
RUN_FILE = "run.json"
EXAMPLES = "examples"
"""Pictures of watched cells, at several steps."""
CARD_METRICS = ("Dice", "detection F1", "panoptic quality")
"""What of a report goes into the card; the rest stays in the report."""


class RunRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run folder says of its run."""

    command: str
    settings: SegmentationConfig
    minutes: float | None = None


def fit(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Train; the pack is OUT/pack."""
    started = time.monotonic()
    config = _config(request)
    tell(Progress(0.0, "Reading the data"))
    lesson = _lesson(request, config, cancel)
    record = RunRecord(request.command, config)
    _write_record(request.out, record)
    watched = WatchedCells(collect_samples(request.watch, config.mpp, cancel) or lesson.samples, request.out / EXAMPLES)
    company = Company(request.control, watched if request.pack and watched else None, request.layers)
    network = fit_network(lesson, config, request.out, cancel, tell, request.resume, company)
    tell(Progress(1.0, "Writing the pack"))
    record = msgspec.structs.replace(record, minutes=round((time.monotonic() - started) / 60, 1))
    _write_record(request.out, record)
    return _save(request, network, lesson, record)


def evaluate(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Measure a pack through the viewer's own code: OUT/evaluation.json and .md."""
    assert request.pack is not None
    card = packs.read_card(request.pack)
    tell(Progress(0.0, "Reading the data"))
    samples = measurable(collect_samples(request.data, None, cancel))
    known = score_pack(request.pack, samples, True, cancel, tell, (0.0, 0.5))
    guessed = score_pack(request.pack, samples, False, cancel, tell, (0.5, 1.0))
    report = Report(
        command=request.command,
        seed=None,
        figures=all_figures(known, guessed, f"{card.identity} on data it may have seen"),
        pictures={"scale known": tuple(known), "scale unknown": tuple(guessed)},
    )
    request.out.mkdir(parents=True, exist_ok=True)
    write_report(request.out / "evaluation.json", report)
    return request.out / "evaluation.json"


def crossval(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Train and measure by folds: OUT/crossval.json and .md."""
    config = _config(request)
    tell(Progress(0.0, "Reading the data"))
    samples = collect_samples(request.data, None, cancel)
    synthetic = make_samples(config.synthetic_fields, config.mpp, config.seed)
    request.out.mkdir(parents=True, exist_ok=True)
    return cross_validate(request, samples, synthetic, config, cancel, tell)


def export(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """The pack of the newest checkpoint in OUT: of a run that was stopped, or again with measured figures."""
    record = _read_record(request)
    checkpoint = newest_checkpoint(request.out)
    if checkpoint is None:
        raise TrainingError(f"{request.out} holds no checkpoint.", "Name the folder that was given to fit as --out.")
    network = network_of(request.pack, record.settings)
    load_checkpoint(checkpoint, network)
    return _save(request, network, _lesson(request, record.settings, cancel), record)


def probe(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """How long a step takes here, and how many crops fit at a time."""
    config = _config(request)
    samples = collect_samples(request.data, config.mpp, cancel)

    def make(batch: int) -> tuple[nn.Module, Loss, Batches]:
        batches = CropBatches(samples, msgspec.structs.replace(config, batch=batch))
        return network_of(request.pack, config), cell_loss, batches

    torch.set_num_threads(config.threads)
    return probe_machine(make, (2, 4, 8), request, cancel, tell)


def predict(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Label images of picture files in OUT."""
    assert request.pack is not None
    predict_files(request.pack, request.images, request.out, cancel, tell)
    return request.out


def _lesson(request: Request, config: SegmentationConfig, cancel: CancelToken) -> Lesson:
    """What to learn from. Synthetic smears belong to the first training, and to the replay of every later one."""
    samples = collect_samples(request.data, config.mpp, cancel)
    synthetic = make_samples(synthetic_fields_of(config, request.pack is not None), config.mpp, config.seed)
    if request.pack is None:
        return Lesson([*samples, *synthetic])
    replay = collect_samples(request.replay, config.mpp, cancel)
    distilled = distilled_samples(request.pack, request.distil, config.mpp, cancel) if request.distil else []
    return Lesson(samples, [*replay, *distilled, *synthetic], request.pack)


def _save(request: Request, network: CellNetwork, lesson: Lesson, record: RunRecord) -> Path:
    figures = read_report(request.figures).figures if request.figures else ()
    kept = tuple(figure for figure in figures if any(name in figure.metric for name in CARD_METRICS))
    save_pack(request.out / PACK_FOLDER, network, lesson, record.settings, record.command, record.minutes, kept)
    return request.out / PACK_FOLDER


def _write_record(folder: Path, record: RunRecord) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RUN_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(record)))
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error}.", "Choose another folder for --out.") from error


def _read_record(request: Request) -> RunRecord:
    """Of the run in OUT, with settings that are given as flags on top."""
    try:
        record = msgspec.json.decode((request.out / RUN_FILE).read_bytes(), type=RunRecord)
    except OSError as error:
        raise TrainingError(f"{request.out} is no training run: {RUN_FILE} is missing.") from error
    except msgspec.DecodeError as error:
        raise TrainingError(f"{request.out / RUN_FILE} does not fit: {error}.") from error
    settings = {**msgspec.to_builtins(record.settings), **request.overrides}
    return msgspec.structs.replace(record, settings=load_config(None, SegmentationConfig, settings))


def _config(request: Request) -> SegmentationConfig:
    """The settings; a network that is gone on from keeps its scale, and its name unless another is given."""
    overrides = dict(request.overrides)
    if request.pack:
        card = packs.read_card(request.pack)
        if not isinstance(card.spec, SegmentationSpec):
            raise TrainingError(f"The pack {card.name} is for {card.task}, not for segmentation.", "Give --task.")
        inherited = {"name": card.name, "version": next_version(card.version), "title": card.title}
        overrides = {**inherited, **overrides, "mpp": card.spec.mpp}
    return load_config(request.config, SegmentationConfig, overrides)


def next_version(version: str) -> str:
    """1.2.3 becomes 1.3.0."""
    major, minor = version.split(".")[:2]
    return f"{major}.{int(minor) + 1}.0"

"""The detection task: what the command line calls."""

import time
from pathlib import Path

import msgspec

from allviewer.domain.boxes import KINDS
from allviewer.exchange.model_card import DetectionSpec
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training import packs
from training.config import load_config
from training.datasets import cnmc2019
from training.datasets.catalogue import find_named
from training.datasets.sample import Sample
from training.detection.config import DetectionConfig
from training.detection.crossval import cross_validate, report_of
from training.detection.fields import read_fields
from training.detection.fit import Lesson, fit_network
from training.detection.measure import Measured, read_report, write_report
from training.detection.network import DetectionNetwork
from training.detection.pack import USUAL_THRESHOLDS, save_pack
from training.detection.predict import predict_files
from training.errors import TrainingError
from training.loop import load_checkpoint, newest_checkpoint
from training.tasks import Request, Tell

PACK_FOLDER = "pack"
RUN_FILE = "run.json"


class RunRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run folder says of its run."""

    command: str
    settings: DetectionConfig
    minutes: float | None = None


def fit(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Train; the pack is OUT/pack."""
    started = time.monotonic()
    config = _config(request)
    tell(Progress(0.0, "Reading the data"))
    lesson = _lesson(request, cancel)
    network = fit_network(lesson, config, request.out, cancel, tell, request.resume)
    tell(Progress(1.0, "Writing the pack"))
    record = RunRecord(request.command, config, round((time.monotonic() - started) / 60, 1))
    (request.out / RUN_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(record)))
    return _save(request, network, lesson, record)


def evaluate(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Measure a pack through the viewer's own code: OUT/evaluation.json, .md and .csv."""
    assert request.pack is not None
    card = packs.read_card(request.pack)
    fields = read_fields(request.data, cancel)
    measured = Measured(request.pack, cancel)
    rows = [*measured.rows(fields, tell), *measured.looks(fields)]
    how = f"{card.identity} on data it may have seen"
    write_report(request.out / "evaluation.json", report_of(rows, DetectionConfig(), request.command, how))
    return request.out / "evaluation.json"


def crossval(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Train and measure by folds: OUT/crossval.json, .md and .csv."""
    tell(Progress(0.0, "Reading the data"))
    fields = read_fields(request.data, cancel)
    request.out.mkdir(parents=True, exist_ok=True)
    return cross_validate(request, fields, _blasts(request), _config(request), cancel, tell)


def export(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """The pack of the newest checkpoint in OUT: of a run that was stopped, or again with measured figures."""
    checkpoint = newest_checkpoint(request.out)
    if checkpoint is None:
        raise TrainingError(f"{request.out} holds no checkpoint.", "Name the folder that was given to fit as --out.")
    record = _read_record(request)
    network = DetectionNetwork(record.settings.widths)
    load_checkpoint(checkpoint, network)
    return _save(request, network, _lesson(request, cancel), record)


def predict(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """A table of boxes for each picture file, in OUT."""
    assert request.pack is not None
    predict_files(request.pack, request.images, request.out, cancel, tell)
    return request.out


def _lesson(request: Request, cancel: CancelToken) -> Lesson:
    return Lesson(read_fields(request.data, cancel), _blasts(request), request.pack)


def _blasts(request: Request) -> list[Sample]:
    """Cells of C-NMC, where the folders hold it."""
    found = find_named(request.data, cnmc2019.NAME)
    return cnmc2019.load(found.folder) if found else []


def _read_record(request: Request) -> RunRecord:
    """Of the run in OUT; of one that was stopped the settings as given."""
    try:
        record = msgspec.json.decode((request.out / RUN_FILE).read_bytes(), type=RunRecord)
    except FileNotFoundError:
        return RunRecord(request.command, _config(request))
    except (OSError, msgspec.DecodeError) as error:
        raise TrainingError(f"{request.out / RUN_FILE} cannot be read: {error}.") from error
    settings = {**msgspec.to_builtins(record.settings), **request.overrides}
    return msgspec.structs.replace(record, settings=load_config(None, DetectionConfig, settings))


def _save(request: Request, network: DetectionNetwork, lesson: Lesson, record: RunRecord) -> Path:
    report = read_report(request.figures) if request.figures else None
    thresholds = tuple(report.thresholds[kind] for kind in KINDS) if report else USUAL_THRESHOLDS
    figures = report.figures if report else ()
    folder = request.out / PACK_FOLDER
    save_pack(folder, network, lesson, record.settings, record.command, record.minutes, figures, thresholds)
    return folder


def _config(request: Request) -> DetectionConfig:
    """The settings; a network that is gone on from keeps its scale."""
    overrides = dict(request.overrides)
    if request.pack:
        card = packs.read_card(request.pack)
        if not isinstance(card.spec, DetectionSpec):
            raise TrainingError(f"The pack {card.name} is for {card.task}, not for detection.", "Give --task.")
        overrides = {"name": card.name, "title": card.title, **overrides, "mpp": card.spec.mpp}
    return load_config(request.config, DetectionConfig, overrides)

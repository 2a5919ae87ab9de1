"""Analyse many images without a window: find and classify their cells, write tables, label images and overlays."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from allviewer import __version__
from allviewer.classical.methods import VERSION as METHODS_VERSION
from allviewer.classical.methods import ChosenMethod
from allviewer.domain.boxes import KINDS
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.scale import MEASURED
from allviewer.domain.slide import GrowingSource, PixelSource
from allviewer.errors import ImageError, UserError
from allviewer.exchange.content_hash import hash_file
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.imaging.find_images import find_images
from allviewer.imaging.openers import open_image
from allviewer.imaging.pyramids.store import PyramidStore
from allviewer.inference.detect import Detection, DetectRequest, detect_cells
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import SessionCache, default_threads, runtime_version
from allviewer.inference.resample import read_scaled
from allviewer.jobs.processes import WorkerDied, map_in_processes
from allviewer.progress import Cancelled, CancelToken, no_report
from allviewer.storage.overlay_picture import overlay_downsample
from allviewer.storage.results import is_complete, make_results_folder, write_image_results
from allviewer.storage.run_record import (
    CANCELLED,
    DONE,
    FAILED,
    RUN_FORMAT,
    ImageOutcome,
    MethodRecord,
    PackRecord,
    RunRecord,
    as_text,
    output_names,
    read_run,
    write_run,
)

RECORD_EVERY_S = 2.0
"""A run that is killed loses the record of at most this much work."""

Progress = Callable[[int, int, ImageOutcome], None]
"""Number of images done, number of all, and what became of the latest."""


@dataclass(frozen=True, slots=True)
class AnalyzeRequest:
    """What to analyse, with what, and where the results go.

    Attributes:
        inputs: files and folders.
        segmentation: a pack, or a method that needs no network.
        mpp: micrometres per pixel of all inputs as the user knows it; None: find out for each.
        detector: counts red cells and platelets, and looks large images over first.
        pyramids: where large images get their levels.
        jobs: number of processes; scheduler: address of a Dask cluster that does the work instead.
        resume: pass by what an earlier run with the same packs finished.
    """

    inputs: tuple[Path, ...]
    out: Path
    segmentation: InstalledPack | ChosenMethod
    classifier: InstalledPack | None = None
    device: str = "auto"
    mpp: float | None = None
    jobs: int = 1
    resume: bool = False
    scheduler: str = ""
    pyramids: PyramidStore | None = None
    detector: InstalledPack | None = None


@dataclass(frozen=True, slots=True)
class _Item:
    """One image to do; `earlier` is what became of it in the run that is resumed."""

    path: Path
    name: str
    earlier: ImageOutcome | None


def analyze(request: AnalyzeRequest, cancel: CancelToken, progress: Progress) -> RunRecord:
    """Analyse all images and write their results, run.json and summary.csv.

    A bad file becomes a failed outcome and the others go on; cancelled, what is finished stays.

    Raises:
        OutputError: the results folder or the record of the run cannot be written.
    """
    make_results_folder(request.out)
    started = _now()
    paths, missing = _find(request.inputs)
    earlier = _earlier_outcomes(request)
    names = output_names([path.absolute() for path in paths])
    items = [_Item(path, name, earlier.get(_file(path))) for path, name in zip(paths, names, strict=True)]
    outcomes: dict[int, ImageOutcome] = dict(enumerate(missing, start=len(items)))
    for number, outcome in enumerate(missing, start=1):
        progress(number, len(items) + len(missing), outcome)
    written = time.monotonic()
    for index, outcome in _outcomes(request, items, cancel):
        outcomes[index] = outcome
        progress(len(outcomes), len(items) + len(missing), outcome)
        if time.monotonic() - written > RECORD_EVERY_S:
            write_run(request.out, _record(request, started, _in_order(outcomes)), ALL_CLASSES)
            written = time.monotonic()
    record = _record(request, started, _in_order(outcomes))
    write_run(request.out, record, ALL_CLASSES)
    return record


def _find(inputs: Sequence[Path]) -> tuple[list[Path], list[ImageOutcome]]:
    """The images of all inputs, each once, and an outcome for every input that has none."""
    found: dict[Path, None] = {}
    failures = []
    for path in inputs:
        try:
            found.update(dict.fromkeys(find_images([path])))
        except ImageError as error:
            failures.append(_not_done(path.stem, path, str(error)))
    return list(found), failures


def _outcomes(
    request: AnalyzeRequest, items: Sequence[_Item], cancel: CancelToken
) -> Iterator[tuple[int, ImageOutcome]]:
    if request.scheduler:
        from allviewer.jobs.cluster import map_on_cluster

        yield from _told(map_on_cluster(request.scheduler, partial(start_work, request, 1), items, cancel), items)
        return
    processes = max(1, min(request.jobs, len(items)))
    if processes == 1:
        work = start_work(request, default_threads())
        for index, item in enumerate(items):
            if cancel.cancelled:
                return
            yield index, work(item, cancel)
        return
    threads = max(1, default_threads() // processes)
    yield from _told(map_in_processes(partial(start_work, request, threads), items, processes, cancel), items)


def _told(
    answers: Iterable[tuple[int, ImageOutcome | WorkerDied]], items: Sequence[_Item]
) -> Iterator[tuple[int, ImageOutcome]]:
    """What workers answered; of one that died, a sentence."""
    for index, outcome in answers:
        if isinstance(outcome, WorkerDied):
            reason = f"{items[index].path.name} was given up: the process that had it ended (out of memory?)."
            outcome = _not_done(items[index].name, items[index].path, reason)
        yield index, outcome


def start_work(request: AnalyzeRequest, threads: int) -> Callable[[_Item, CancelToken], ImageOutcome]:
    """What one process does with each image; its networks are loaded once."""
    import cv2

    cv2.setNumThreads(threads)
    return partial(_one_image, request, SessionCache(), threads)


def _one_image(
    request: AnalyzeRequest, sessions: SessionCache, threads: int, item: _Item, cancel: CancelToken
) -> ImageOutcome:
    """Analyse one image and write its results; whatever goes wrong with it is in the outcome."""
    try:
        digest = hash_file(item.path, cancel)
        if item.earlier is not None and item.earlier.sha256 == digest and is_complete(request.out, item.name):
            return item.earlier
        source = open_image(item.path, request.pyramids)
        try:
            if isinstance(source, GrowingSource):
                source.complete(cancel, no_report)
            return _analysed(request, sessions, threads, item, source, digest, cancel)
        finally:
            source.close()
    except Cancelled:
        return _not_done(item.name, item.path, "The run was cancelled.", CANCELLED)
    except UserError as error:
        return _not_done(item.name, item.path, str(error))
    except MemoryError:
        return _not_done(item.name, item.path, f"{item.path.name} needs more memory than there is.")


def _not_done(name: str, path: Path, reason: str, status: str = FAILED) -> ImageOutcome:
    return ImageOutcome(as_text(name), _file(path), status, as_text(reason))


def _file(path: Path) -> str:
    """An input as the record names it."""
    return as_text(str(path.absolute()))


def _analysed(
    request: AnalyzeRequest,
    sessions: SessionCache,
    threads: int,
    item: _Item,
    source: PixelSource,
    digest: str,
    cancel: CancelToken,
) -> ImageOutcome:
    packs = (request.segmentation, request.classifier)
    what = DetectRequest(*packs, None, request.mpp, request.device, threads, request.detector)
    found = detect_cells(source, what, cancel, no_report, sessions=sessions)
    start = time.perf_counter()
    counts = _write(request, item, source, found)
    boxes, fields, white = _counted(found)
    return ImageOutcome(
        name=item.name,
        file=_file(item.path),
        status=DONE,
        width=source.info.width,
        height=source.info.height,
        counts=dict(counts),
        mpp=found.mpp,
        mpp_source=found.mpp_source,
        mpp_interval=found.scale.interval,
        device=found.device,
        seconds={**found.seconds, "writing": round(time.perf_counter() - start, 4)},
        notes=found.notes,
        sha256=digest,
        boxes=boxes,
        fields=fields,
        white_in_fields=white,
        unsure=sum(cell.is_unsure for cell in found.cells),
        strangeness=found.strangeness,
    )


def _counted(found: Detection) -> tuple[dict[str, int], int, int]:
    """Boxes of each kind, the number of fields they were counted in, and of white cells found there."""
    if found.counted is None:
        return {}, 0, 0
    boxes, fields = found.counted.boxes, found.counted.fields
    white = [cell.mask.centroid for cell in found.cells if ALL_CLASSES.is_white(cell.label)]
    inside = sum(any(field.contains_point(*centre) for field in fields) for centre in white)
    return {kind: boxes.count(kind) for kind in KINDS}, len(fields), inside


def _write(request: AnalyzeRequest, item: _Item, source: PixelSource, found: Detection) -> Counter[str]:
    info = source.info
    downsample = overlay_downsample(info.width, info.height)
    picture, _ = read_scaled(source, info.bounds, downsample)
    spec = request.classifier.card.spec if request.classifier else None
    return write_image_results(
        request.out,
        item.name,
        found.cells,
        (info.width, info.height),
        picture,
        downsample,
        ALL_CLASSES,
        # an estimate from the cells' own size would make every cell of usual size
        found.mpp if found.mpp_source in MEASURED else None,
        spec.classes if isinstance(spec, ClassificationSpec) else (),
        found.counted,
    )


def _earlier_outcomes(request: AnalyzeRequest) -> dict[str, ImageOutcome]:
    """What a run with the same packs and scale finished in this folder, by input file."""
    earlier = read_run(request.out) if request.resume else None
    if earlier is None or (earlier.packs, earlier.method) != (_packs(request), _method(request)):
        return {}
    if earlier.given_mpp != request.mpp:
        return {}
    return {outcome.file: outcome for outcome in earlier.images if outcome.status == DONE}


def _record(request: AnalyzeRequest, started: str, outcomes: tuple[ImageOutcome, ...]) -> RunRecord:
    seconds: Counter[str] = Counter()
    for outcome in outcomes:
        seconds.update(outcome.seconds)
    devices = sorted({outcome.device for outcome in outcomes if outcome.device})
    return RunRecord(
        format=RUN_FORMAT,
        program="allviewer",
        versions=_versions(),
        started_utc=started,
        finished_utc=_now(),
        packs=_packs(request),
        device=", ".join(devices),
        seconds={name: round(float(spent), 3) for name, spent in seconds.items()},
        images=outcomes,
        given_mpp=request.mpp,
        method=_method(request),
    )


def _packs(request: AnalyzeRequest) -> tuple[PackRecord, ...]:
    packs = (request.segmentation, request.classifier, request.detector)
    cards = [pack.card for pack in packs if isinstance(pack, InstalledPack)]
    return tuple(PackRecord(card.task, card.name, card.version, card.network.sha256) for card in cards)


def _method(request: AnalyzeRequest) -> MethodRecord | None:
    chosen = request.segmentation
    if isinstance(chosen, InstalledPack):
        return None
    method = chosen.method
    return MethodRecord(method.name, METHODS_VERSION, method.paper, method.section, dict(chosen.settings))


def _versions() -> dict[str, str]:
    import platform

    import numpy as np

    name, version = runtime_version().split()
    return {"allviewer": __version__, name: version, "numpy": np.__version__, "python": platform.python_version()}


def _in_order(outcomes: dict[int, ImageOutcome]) -> tuple[ImageOutcome, ...]:
    return tuple(outcomes[index] for index in sorted(outcomes))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

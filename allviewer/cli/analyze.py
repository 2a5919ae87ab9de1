"""`allviewer analyze PATH... --out DIR`: cells of images as tables, label images and overlays, without a window."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.cli import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_SOME_BAD
from allviewer.cli.packs_at_hand import catalogue_of
from allviewer.errors import PackError, UserError
from allviewer.progress import CancelToken

if TYPE_CHECKING:
    from allviewer.classical.methods import ChosenMethod
    from allviewer.inference.catalogue import Catalogue
    from allviewer.inference.installed_pack import InstalledPack
    from allviewer.storage.run_record import ImageOutcome
    from allviewer.workflows.analyze import AnalyzeRequest

NO_PACK = "none"


def run(arguments: list[str]) -> int:
    """Exit code 0: all images done; 3: some could not be read; 1: nothing could be done; 130: interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return _analyze(_request(options), options.json)
    except UserError as error:
        if options.json:
            print(json.dumps({"event": "error", "message": str(error)}), flush=True)
        else:
            print(error, file=sys.stderr)
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="allviewer analyze",
        description="Find the white cells of images, outline cell and nucleus, classify them, and write for each image "
        "STEM: STEM.cells.csv, STEM.others.csv, STEM.cells.tif, STEM.nuclei.tif and STEM.overlay.png, and for the run "
        "summary.csv and run.json. For research use only; nothing in it is a diagnosis.",
        epilog="Exit code 0: all done. 3: some files were bad; each is named with the reason, the others are done. "
        "1: nothing could be done. 130: interrupted; what was finished stays, and --resume goes on from there.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="images, slides, or folders of them")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for the results; made if missing"
    )
    parser.add_argument("--segmentation", metavar="PACK", help="name or folder of a segmentation pack")
    parser.add_argument(
        "--method",
        metavar="NAME",
        help="find cells with a classical method instead of a pack, such as pgs; 'allviewer methods' lists them",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="NAME=VALUE",
        help="a setting of the method, such as k=4; may be given again and again",
    )
    parser.add_argument("--classifier", metavar="PACK", help="name or folder of a classifier pack, or 'none'")
    parser.add_argument(
        "--detection", metavar="PACK", help="name or folder of a pack that counts red cells and platelets, or 'none'"
    )
    parser.add_argument(
        "--device", default="auto", help="auto (default), cpu, cuda, tensorrt, directml, coreml, openvino"
    )
    parser.add_argument(
        "--mpp",
        type=_positive,
        metavar="FLOAT",
        help="micrometres per pixel; without it the scale is found for each image",
    )
    parser.add_argument(
        "--jobs", type=_count, default=1, metavar="N", help="images at a time (default 1, on all cores)"
    )
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="let the workers of a Dask scheduler do the work, such as tcp://10.0.0.1:8786; all see the same folders",
    )
    parser.add_argument(
        "--resume", action="store_true", help="pass by images that an earlier run with the same packs finished"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON for each event")
    return parser


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def _count(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number") from None
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return value


def _request(options: argparse.Namespace) -> "AnalyzeRequest":
    from allviewer.domain.scale import refuse_impossible
    from allviewer.imaging.pyramids.store import PyramidStore
    from allviewer.inference.devices import choose_provider
    from allviewer.storage.locations import find_locations
    from allviewer.storage.settings import PYRAMID_CACHE_MB, Settings
    from allviewer.workflows.analyze import AnalyzeRequest

    # what is wrong for every image is told before any work
    choose_provider(options.device, ())
    if options.mpp is not None:
        refuse_impossible(options.mpp)
    locations = find_locations()
    catalogue = catalogue_of(locations)
    segmentation = _segmentation(catalogue, options)
    return AnalyzeRequest(
        inputs=tuple(path.absolute() for path in options.paths) if options.scheduler else tuple(options.paths),
        out=options.out.absolute() if options.scheduler else options.out,
        scheduler=options.scheduler,
        segmentation=segmentation,
        classifier=_optional(catalogue, options.classifier, "classification", "classify cells"),
        detector=_optional(catalogue, options.detection, "detection", "count red cells"),
        device=options.device,
        mpp=options.mpp,
        jobs=options.jobs,
        resume=options.resume,
        pyramids=PyramidStore(locations.pyramids_dir, Settings(locations.settings_file).get(PYRAMID_CACHE_MB) << 20),
    )


def _optional(catalogue: "Catalogue", name: str | None, task: str, what: str) -> "InstalledPack | None":
    """The pack that was named, else the usual one of its task; None where there is none or none is wanted."""
    if name == NO_PACK or not (name or catalogue.packs(task)):
        return None
    pack = catalogue.find(name) if name else catalogue.default(task)
    _refuse_other_task(pack, task, what)
    return pack


def _segmentation(catalogue: "Catalogue", options: argparse.Namespace) -> "InstalledPack | ChosenMethod":
    """The pack, or the method, that finds cells."""
    if options.method:
        from allviewer.classical.methods import ChosenMethod, find_method

        if options.segmentation:
            raise UserError("Cells are found by a pack or by a method.", "Give --segmentation or --method, not both.")
        method = find_method(options.method)
        return ChosenMethod(method, method.settings(dict(_setting(text) for text in options.settings)))
    if options.settings:
        raise UserError("--set belongs to --method.", "Packs have nothing to set.")
    pack = catalogue.find(options.segmentation) if options.segmentation else catalogue.default("segmentation")
    _refuse_other_task(pack, "segmentation", "segment")
    return pack


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UserError(f"'{text}' is no setting.", "Write NAME=VALUE, such as k=4.")
    return name.strip(), value.strip()


def _refuse_other_task(pack: "InstalledPack", task: str, what: str) -> None:
    if pack.card.task != task:
        raise PackError(f"The pack '{pack.card.name}' cannot {what}.", "Choose another pack.")


def _analyze(request: "AnalyzeRequest", as_json: bool) -> int:
    from allviewer.storage.run_record import DONE
    from allviewer.workflows.analyze import analyze

    cancel = CancelToken()
    with _interrupt_cancels(cancel):
        record = analyze(request, cancel, _tell_json if as_json else _tell)
    done = sum(outcome.status == DONE for outcome in record.images)
    cells = sum(sum(outcome.counts.values()) for outcome in record.images)
    if as_json:
        print(json.dumps({"event": "done", "images": done, "cells": cells, "out": str(request.out)}), flush=True)
    else:
        print(f"{done} images done, {cells} cells; results in {request.out}", flush=True)
    if cancel.cancelled:
        return EXIT_INTERRUPTED
    if done == len(record.images):
        return 0
    return EXIT_SOME_BAD


def _tell(number: int, total: int, outcome: "ImageOutcome") -> None:
    """One line an image; what failed goes to standard error, where scripts look for it."""
    name = Path(outcome.file).name
    if outcome.status != "done":
        print(f"[{number}/{total}] {name}: {outcome.status}. {outcome.error}", file=sys.stderr, flush=True)
        return
    scale = _scale(outcome)
    found = f"{sum(outcome.counts.values())} cells, {outcome.counts.get('blast', 0)} labelled blast"
    spent = f"{outcome.seconds.get('total', 0.0):.2f} s on {outcome.device}"
    print(f"[{number}/{total}] {name}: {found}, {scale}, {spent}", flush=True)


def _scale(outcome: "ImageOutcome") -> str:
    if outcome.mpp is None:
        return "scale unknown"
    sure = ""
    if outcome.mpp_interval is not None:
        low, high = outcome.mpp_interval
        sure = f", {low:.2g} to {high:.2g}"
    return f"{outcome.mpp:.3g} um/px ({outcome.mpp_source}{sure})"


def _tell_json(number: int, total: int, outcome: "ImageOutcome") -> None:
    import msgspec

    event = {"event": "image", "number": number, "total": total, **msgspec.to_builtins(outcome)}
    print(json.dumps(event), flush=True)


@contextmanager
def _interrupt_cancels(cancel: CancelToken) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop the run in good order; a second one stops it at once."""

    def stop(number: int, frame: object) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

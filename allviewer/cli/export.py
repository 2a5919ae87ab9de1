"""`allviewer export CASE... --format training --out DIR`: corrected cells as a training set."""

import argparse
import json
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from allviewer.errors import UserError
from allviewer.progress import CancelToken


def run(arguments: list[str]) -> int:
    """Exit code 0: exported; 3: exported, but some images could not be read; 1: nothing exported."""
    options = _parser().parse_args(arguments)
    try:
        return _export(options.cases, options.out, options.json)
    except UserError as error:
        if options.json:
            print(json.dumps({"event": "error", "message": str(error)}))
        else:
            print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="allviewer export",
        description="Write the cells that a person accepted or corrected as a training set for `python -m training "
        "fit`. Cells of images marked as reviewed count as well. Pixels that nobody looked at are marked as such. "
        "What belongs to the locked test set is left out.",
    )
    parser.add_argument("cases", nargs="+", type=Path, metavar="CASE", help="an .allcase file")
    parser.add_argument("--format", choices=["training"], default="training", help="the layout to write")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder that is new or empty")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each event")
    return parser


def _export(paths: list[Path], folder: Path, as_json: bool) -> int:
    from allviewer.domain.labels import ALL_CLASSES
    from allviewer.imaging.openers import open_image
    from allviewer.imaging.pyramids.store import PyramidStore
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.locations import find_locations
    from allviewer.storage.locked_set import LockedSet
    from allviewer.storage.settings import PYRAMID_CACHE_MB, Settings
    from allviewer.storage.training_choice import ExportChoice
    from allviewer.storage.training_set_writer import write_training_set

    def report(fraction: float, message: str) -> None:
        if as_json:
            print(json.dumps({"event": "progress", "fraction": fraction, "message": message}), flush=True)
        else:
            print(f"{fraction:4.0%} {message}", flush=True)

    locations = find_locations()
    pyramids = PyramidStore(locations.pyramids_dir, Settings(locations.settings_file).get(PYRAMID_CACHE_MB) << 20)
    with ExitStack() as stack:
        cases = [stack.enter_context(CaseFile.open(path, read_only=True)) for path in paths]
        counts = write_training_set(
            cases,
            folder.absolute(),
            partial(open_image, pyramids=pyramids),
            ALL_CLASSES,
            CancelToken(),
            report,
            ExportChoice(locked=LockedSet(locations.locked_set_dir).locked()),
        )
    for sentence in counts.skipped:
        print(json.dumps({"event": "skipped", "message": sentence}) if as_json else sentence, file=sys.stderr)
    return 3 if counts.skipped else 0

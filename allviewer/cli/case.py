"""`allviewer case`: check (is it whole?), packs (which networks found its cells?), generations (the case as it was)."""

import argparse
import json
import sys
from pathlib import Path

from allviewer.errors import CaseError


def run(arguments: list[str]) -> int:
    """Exit code 0: sound; 1: damaged or altered, the first bad entry named; 2: wrong arguments."""
    options = _parser().parse_args(arguments)
    if options.command == "packs":
        return _packs(options.case, options.json)
    if options.command == "generations":
        return _generations(options.case, options.restore, options.backups)
    return _check(options.case, options.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="allviewer case", description="Look after case files.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="prove that a case is whole",
        description="Prove that no journal entry of a case was changed, added or removed, and that its cells are "
        "exactly what the journal says. Reads only. Exit code 0 if all is well, else 1.",
    )
    check.add_argument("case", type=Path, metavar="CASE", help="an .allcase file")
    check.add_argument("--json", action="store_true", help="print the report as one line of JSON")
    packs = commands.add_parser("packs", help="which networks, methods and people made the cells, image by image")
    packs.add_argument("case", type=Path, metavar="CASE", help="an .allcase file")
    packs.add_argument("--json", action="store_true", help="print one JSON object")
    earlier = commands.add_parser(
        "generations",
        help="list the kept copies of a case, or bring one back",
        description="A copy of a case is kept each time the window opens one that has changed. Without an option they "
        "are listed, newest first. Nothing is overwritten.",
    )
    earlier.add_argument("case", type=Path, metavar="CASE", help="an .allcase file; it may be damaged or gone")
    earlier.add_argument("--restore", type=int, metavar="N", help="put copy N (1: the newest) beside the case")
    earlier.add_argument("--backups", type=Path, metavar="FOLDER", help="where copies are kept, if not as usual")
    return parser


def _packs(path: Path, as_json: bool) -> int:
    """Origin of every cell: name, version and checksum of the packs, or the person."""
    from collections import Counter

    from allviewer.storage.case_file import CaseFile

    try:
        with CaseFile.open(path, read_only=True) as case:
            found = {i.path.name: Counter(cell.origin.name for cell in case.load(i.id).cells) for i in case.images()}
    except CaseError as error:
        print(error, file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(found, indent=2))
        return 0
    for image, origins in found.items():
        for origin, cells in origins.most_common():
            print(f"{image}: {cells} cells by {origin}")
    return 0


def _generations(path: Path, number: int | None, backups_dir: Path | None) -> int:
    from allviewer.errors import UserError
    from allviewer.storage.case_backups import generations, restore_beside
    from allviewer.storage.locations import find_locations

    kept = generations(path.absolute(), backups_dir or find_locations().backups_dir)
    if number is None:
        for place, generation in enumerate(kept, start=1):
            print(f"{place}  {generation.utc:%Y-%m-%d %H:%M:%S} UTC  {generation.entries} journal entries")
        if not kept:
            print(f"No generation of {path} is kept.", file=sys.stderr)
        return 0 if kept else 1
    if not 1 <= number <= len(kept):
        print(f"There is no generation {number} of {path}; {len(kept)} are kept.", file=sys.stderr)
        return 1
    try:
        print(restore_beside(kept[number - 1], path.absolute().parent, path.stem))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _check(path: Path, as_json: bool) -> int:
    from allviewer.storage.case_file import CaseFile

    try:
        with CaseFile.open(path, read_only=True) as case:
            report = case.check()
    except CaseError as error:
        if as_json:
            print(json.dumps({"sound": False, "first_bad": None, "problems": [str(error)]}))
        else:
            print(error, file=sys.stderr)
        return 1
    if as_json:
        counts = {"entries": report.entries, "images": report.images, "cells": report.cells}
        print(
            json.dumps({"sound": report.is_sound, "first_bad": report.first_bad, "problems": report.problems} | counts)
        )
    elif report.is_sound:
        print(f"{path} is sound: {report.entries} journal entries, {report.images} images, {report.cells} cells.")
    else:
        print(f"{path} is not sound.", *report.problems, sep="\n", file=sys.stderr)
    return 0 if report.is_sound else 1

"""`allviewer case check CASE`: is a case whole, and was its journal left alone?"""

import argparse
import json
import sys
from pathlib import Path

from allviewer.errors import CaseError


def run(arguments: list[str]) -> int:
    """Exit code 0: sound; 1: damaged or altered, the first bad entry named; 2: wrong arguments."""
    options = _parser().parse_args(arguments)
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
    return parser


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

"""`allviewer models compare|adopt|lock`: networks held against each other, and the guard."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.cli import EXIT_FAILED
from allviewer.cli.models_registry import note
from allviewer.errors import PackError
from allviewer.progress import CancelToken

if TYPE_CHECKING:
    from allviewer.domain.slide import OpenImage
    from allviewer.inference.catalogue import Catalogue
    from allviewer.storage.locked_set import LockedSet
    from allviewer.workflows.judge_pack import PackTrial


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    compare = commands.add_parser("compare", help="hold a pack against another on cells that people know")
    compare.add_argument("pack", metavar="NEW")
    compare.add_argument("other", metavar="OTHER")
    compare.add_argument("--data", type=Path, nargs="+", default=[], metavar="FOLDER", help="exported training sets")
    compare.add_argument("--case", type=Path, nargs="+", default=[], metavar="FILE", help="case files")
    compare.add_argument("--margin", type=float, help="how much worse the new one may be, as a part of 1")
    compare.add_argument("--json", action="store_true", help="one JSON object")
    adopt = commands.add_parser("adopt", help="use a pack from now on, here and in the window, if the guard agrees")
    adopt.add_argument("pack", metavar="PACK")
    adopt.add_argument("--margin", type=float, help="how much worse it may be, as a part of 1")
    adopt.add_argument("--override", default="", metavar="REASON", help="adopt it even if the guard refuses it")
    lock = commands.add_parser(
        "lock", help="put whole patients or slides of cases into the locked test set: never learnt from again"
    )
    lock.add_argument("cases", type=Path, nargs="*", metavar="CASE")
    lock.add_argument("--group", nargs="+", default=[], help="these patients or slides; without it a fifth, by chance")


def _compare(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from allviewer.workflows.judge_pack import TrialRequest, hold_trial, standing_sets

    candidate, other = catalogue.find(options.pack), catalogue.find(options.other)
    sets = [("the given sets", tuple(options.data))] if options.data else []
    if not (options.data or options.case):
        sets = list(standing_sets(_locked(), golden_dir(), candidate.card.task))
    request = TrialRequest(candidate, (other,), tuple(sets), tuple(options.case), options.margin)
    trial = hold_trial(request, _opener(), CancelToken(), _report)
    if options.json:
        print(json.dumps(_as_json(trial), indent=2))
    else:
        _tell(trial)
    return 0


def _adopt(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from allviewer.workflows.judge_pack import guard_request, hold_trial

    pack = catalogue.find(options.pack)
    if not any(pack.folder == known.folder for known in catalogue.packs()):
        raise PackError(f"'{options.pack}' is not installed.", "Install it first: models install.")
    request = guard_request(catalogue, _locked(), golden_dir(), options.pack, options.margin)
    trial = hold_trial(request, _opener(), CancelToken(), _report)
    _tell(trial)
    if not trial.judgement.passes and not options.override:
        note("judged", pack.card, trial.judgement.lines)
        print(f"{pack.card.identity} was not adopted. --override REASON adopts it all the same.", file=sys.stderr)
        return EXIT_FAILED
    override = "" if trial.judgement.passes else options.override
    note("adopted", pack.card, trial.judgement.lines, override)
    print(f"{pack.card.identity} is in use for {pack.card.task} from now on.")
    return 0


def _lock(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from allviewer.domain.labels import ALL_CLASSES
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.locked_set import proposed_groups
    from allviewer.storage.training_choice import group_of

    locked = _locked()
    if options.cases:
        with ExitStack() as stack:
            cases = [stack.enter_context(CaseFile.open(path, read_only=True)) for path in options.cases]
            groups = frozenset(options.group)
            groups = groups or proposed_groups([group_of(image) for case in cases for image in case.images()])
            counts = locked.add(cases, groups, _opener(), ALL_CLASSES, CancelToken(), _report)
        print(f"Locked {counts}.")
    known = locked.locked()
    print(f"The locked test set holds {len(known.images)} images of {len(known.groups)} patients or slides.")
    return 0


def golden_dir() -> Path:
    """Synthetic smears in many stains, with exact truth: the part of the guard that every laboratory shares."""
    from allviewer.resources import resources_dir

    return resources_dir() / "golden-set"


def _locked() -> "LockedSet":
    from allviewer.storage.locations import find_locations
    from allviewer.storage.locked_set import LockedSet

    return LockedSet(find_locations().locked_set_dir)


def _opener() -> "OpenImage":
    from allviewer.imaging.openers import open_image

    return open_image


def _tell(trial: "PackTrial") -> None:
    for name, figures in trial.judgement.figures.items():
        print(f"Against {name}:")
        for figure in figures:
            print(f"  {figure.text}")
    print(trial.judgement.lines[0])
    for sentence in trial.judgement.objections:
        print(f"  {sentence}")


def _as_json(trial: "PackTrial") -> dict[str, object]:
    from dataclasses import asdict

    judgement = trial.judgement
    return {
        "candidate": trial.candidate.identity,
        "against": [card.identity for card in trial.against],
        "passes": judgement.passes,
        "margin": judgement.margin,
        "objections": list(judgement.objections),
        "figures": {name: [asdict(figure) for figure in figures] for name, figures in judgement.figures.items()},
        "changed": [
            {"picture": cell.picture, "cell": cell.number, "class": cell.label, "scores": list(cell.scores)}
            for cell in trial.changed
        ],
    }


def _report(fraction: float, message: str) -> None:
    print(f"{fraction:4.0%} {message}", file=sys.stderr, flush=True)


COMMANDS = {"compare": _compare, "adopt": _adopt, "lock": _lock}

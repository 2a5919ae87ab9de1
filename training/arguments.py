"""The arguments of `python -m training`, with help for someone who sees it for the first time."""

import argparse
from pathlib import Path

from training.adaptation.arguments import ADAPT, add_adapt
from training.clicks.arguments import CLICKS, add_clicks
from training.control import RunControl
from training.datasets.arguments import DATA, add_data
from training.experiments.arguments import add_model_flags, add_protocol_flags
from training.layers_named import LAYERS
from training.networks.arguments import NETWORKS, add_networks
from training.reproduce.arguments import EXPLAIN, REPRODUCE, add_explain, add_reproduce
from training.tasks import TASKS, Request

_ABOUT = """\
Train, measure and use the two networks of allviewer: one finds white cells with nucleus and cytoplasm
(segmentation), one says how much a cell looks like a blast (classification). Research use only.
"""

_EXAMPLES = """\
examples:
  python -m training fit --task segmentation --data ../shared/data --out runs/cells
      train from nothing on the public data sets; the new pack is runs/cells/pack
  python -m training fit --from runs/cells/pack --data corrections --replay ../shared/data --out runs/mine --steps 300
      go on with that pack on cells corrected in the viewer (menu: Export training set)
  python -m training evaluate --pack runs/mine/pack --data corrections --out runs/mine/report
"""

_COMMANDS = {
    "fit": "train a network, from nothing or from a pack; writes a new pack to OUT/pack",
    "evaluate": "measure a pack on data with known answers; writes OUT/evaluation.json",
    "crossval": "train and measure by folds that keep groups together; writes OUT/crossval.json",
    "export": "make the pack of a training run again, or of one that was stopped (same --data and --from as its fit)",
    "probe": "try how long a step takes here and how many pictures fit at a time; writes OUT/probe.json",
    "predict": "run a pack on pictures; writes what it finds to OUT",
}


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in _COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        _add_arguments(name, sub)
    for name, about, add in (
        ("data", DATA, add_data),
        ("networks", NETWORKS, add_networks),
        ("reproduce", REPRODUCE, add_reproduce),
        ("explain", EXPLAIN, add_explain),
        ("clicks", CLICKS, add_clicks),
        ("adapt", ADAPT, add_adapt),
    ):
        add(commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + "."))
    return parser


def _add_arguments(name: str, sub: argparse.ArgumentParser) -> None:
    """What one command takes."""
    _add_common(sub)
    if name in ("fit", "crossval", "export", "probe"):
        _add_settings(sub)
    if name != "predict":
        sub.add_argument(
            "--data",
            type=Path,
            nargs="+",
            required=True,
            metavar="FOLDER",
            help="training sets exported by the viewer, or the folder that holds the public data sets",
        )
    if name in ("fit", "crossval", "export", "probe"):
        _add_teaching(name, sub)
    if name in ("evaluate", "predict"):
        sub.add_argument("--pack", type=Path, required=True, help="folder of the pack (holds card.json)")
    if name == "predict":
        sub.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="picture files")


def _add_teaching(name: str, sub: argparse.ArgumentParser) -> None:
    """What the commands take that make a network learn."""
    if name in ("fit", "crossval"):
        sub.add_argument(
            "--locked",
            type=Path,
            nargs="+",
            default=[],
            metavar="FOLDER",
            help="locked test sets: data that hold one of their images or patients are refused",
        )
    if name in ("fit", "export", "probe"):
        _add_fit(sub)
    if name in ("fit", "export"):
        sub.add_argument("--figures", type=Path, metavar="FILE", help="crossval.json whose figures go into the card")
    if name == "fit":
        _add_watching(sub)
        sub.add_argument("--resume", action="store_true", help="go on where the last run in OUT was stopped or killed")
    if name == "crossval":
        sub.add_argument("--folds", type=int, help="number of folds (default: 5)")
        add_protocol_flags(sub)
    if name in ("fit", "crossval"):
        add_model_flags(sub)


def _add_common(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--task", choices=TASKS, default="segmentation", help="which network (default: segmentation)")
    sub.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where results go; made if missing")
    sub.add_argument("--json", action="store_true", help="say progress as one JSON object a line")
    sub.add_argument(
        "--control", type=Path, metavar="FOLDER", help="listen to the words pause, go and stop in FOLDER/control"
    )


def _add_settings(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML or JSON; flags override it")
    sub.add_argument("--steps", type=int, help="optimiser steps")
    sub.add_argument("--seed", type=int, help="seed of everything that is random")
    sub.add_argument("--name", help="name of the new pack (small letters, digits, dots, dashes)")
    sub.add_argument("--version", help="version of the new pack, such as 1.0.0")


def _add_fit(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--from", dest="pack", type=Path, metavar="PACK", help="go on with the weights of this pack")
    sub.add_argument(
        "--replay",
        type=Path,
        nargs="+",
        default=[],
        metavar="FOLDER",
        help="older data to mix in while continuing from a pack, so that it does not forget",
    )


def _add_watching(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--watch",
        type=Path,
        nargs="+",
        default=[],
        metavar="FOLDER",
        help="sets that are not learnt from: figures and pictures of them are told while the network learns",
    )
    sub.add_argument(
        "--distil",
        type=Path,
        nargs="+",
        default=[],
        metavar="FOLDER",
        help="pictures without labels: what the pack says of them now, it shall go on saying",
    )
    sub.add_argument(
        "--layers", choices=LAYERS, default="all", help="which layers go on learning (default: %(default)s)"
    )


def request_from(arguments: argparse.Namespace, command: str, control: RunControl | None = None) -> Request:
    """The parsed arguments as a request."""
    given = vars(arguments)
    flags = ("steps", "seed", "name", "version")
    return Request(
        out=given["out"],
        data=tuple(given.get("data") or ()),
        replay=tuple(given.get("replay") or ()),
        config=given.get("config"),
        overrides={flag: given[flag] for flag in flags if given.get(flag) is not None},
        pack=given.get("pack"),
        images=tuple(given.get("images") or ()),
        folds=given.get("folds") or 5,
        figures=given.get("figures"),
        watch=tuple(given.get("watch") or ()),
        distil=tuple(given.get("distil") or ()),
        layers=given.get("layers") or "all",
        control=control,
        resume=given.get("resume", False),
        command=command,
    )

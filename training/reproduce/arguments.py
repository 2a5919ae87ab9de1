"""The arguments of `python -m training reproduce` and `explain`."""

import argparse
from pathlib import Path

from allviewer.progress import CancelToken
from training.reproduce.papers import PAPERS
from training.tasks import Tell

ALL = "all"
REPRODUCE = "run the experiments of a paper and write its tables: published, ours by picture, ours by subject"
EXPLAIN = "draw where a trained network looks in pictures (Grad-CAM)"


def add_reproduce(sub: argparse.ArgumentParser) -> None:
    """The arguments of `reproduce`."""
    sub.add_argument("paper", choices=(*PAPERS, ALL), help="number of the paper")
    sub.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="FOLDER", help="folder of data sets")
    sub.add_argument("--out", type=Path, default=Path("runs/papers"), metavar="FOLDER", help="where results go")
    size = sub.add_mutually_exclusive_group()
    size.add_argument(
        "--scale", default="full", metavar="NAME", help="full, two_cores, two_cores_short or quick (default: full)"
    )
    size.add_argument("--quick", action="store_const", const="quick", dest="scale", help="the same as --scale quick")
    sub.add_argument("--only", nargs="+", default=[], metavar="EXPERIMENT", help="only these experiments")
    sub.add_argument("--minutes", type=float, help="begin nothing new after so long; the same command goes on later")
    sub.add_argument("--seed", type=int, default=1, help="seed of everything that is random (default: 1)")
    sub.add_argument("--just-tables", action="store_true", help="run nothing, write the tables of what is done")
    sub.add_argument("--json", action="store_true", help="say progress as one JSON object a line")
    sub.set_defaults(work=_reproduce)


def add_explain(sub: argparse.ArgumentParser) -> None:
    """The arguments of `explain`."""
    sub.add_argument("--run", type=Path, required=True, metavar="FOLDER", help="of an experiment (holds run.json)")
    sub.add_argument("--of", default="", metavar="CLASS", help="what speaks for this class (default: the answer given)")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help="PNG to write; shows the photographs")
    sub.add_argument("--json", action="store_true", help="say progress as one JSON object a line")
    sub.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="picture files")
    sub.set_defaults(work=_explain)


def _reproduce(given: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell) -> Path:
    from training.experiments.scale import find_scale
    from training.reproduce.command import Wanted, reproduce

    wanted = Wanted(
        paper=given.paper,
        data=given.data,
        out=given.out,
        scale=find_scale(given.scale),
        only=tuple(given.only),
        minutes=given.minutes,
        seed=given.seed,
        just_tables=given.just_tables,
        command=command,
    )
    return reproduce(wanted, cancel, tell)


def _explain(given: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell) -> Path:
    from training.datasets.files import read_rgb
    from training.evaluation.explain import Explainer, panels_of
    from training.evaluation.plots import save_plot

    images = [read_rgb(path) for path in given.images]
    figure = panels_of(images, [path.stem for path in given.images], Explainer(given.run), given.of, cancel)
    path: Path = save_plot(figure, given.out)
    return path

"""The arguments of `python -m training adapt`."""

import argparse
from pathlib import Path

from allviewer.progress import CancelToken
from training.tasks import Tell

ADAPT = "correct N cells of a source that a pack has not seen, fine-tune, and measure there and elsewhere"
COUNTS = (10, 25, 50, 100, 200)


def add_adapt(sub: argparse.ArgumentParser) -> None:
    """The arguments of `adapt`."""
    sub.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="data with drawn cells")
    sub.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where tables and packs go")
    sub.add_argument("--source", default="ds2", help="the source that is new to the pack (default: ds2)")
    sub.add_argument("--counts", type=int, nargs="+", default=list(COUNTS), help="numbers of corrected cells")
    sub.add_argument(
        "--choose", nargs="+", choices=("random", "next"), default=["random", "next"], help="how cells are chosen"
    )
    sub.add_argument(
        "--base", type=Path, metavar="PACK", help="a pack that has not seen the source; else it is trained"
    )
    sub.add_argument("--base-steps", type=int, default=2500, help="steps of that training (default: 2500)")
    sub.add_argument("--steps", type=int, help="steps of each fine-tuning (default: 30 a picture, 150 to 600)")
    sub.add_argument("--layers", choices=("all", "decoder", "head"), default="all", help="which go on learning")
    sub.add_argument("--without-distillation", action="store_true", help="replay synthetic smears only")
    sub.add_argument("--seed", type=int, default=1, help="of splits, choices and trainings (default: 1)")
    sub.add_argument("--json", action="store_true", help="say events as JSON lines")
    sub.set_defaults(work=_adapt)


def _adapt(given: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell) -> Path:
    from training.adaptation.experiment import Adaptation, run
    from training.adaptation.writing import write

    plan = Adaptation(
        source=given.source,
        counts=tuple(sorted(given.counts)),
        ways=tuple(given.choose),
        base=given.base,
        base_steps=given.base_steps,
        steps=given.steps,
        layers=given.layers,
        distil=not given.without_distillation,
        seed=given.seed,
    )
    return write(given.out, run(plan, given.data, given.out, cancel, tell), command)

"""The arguments of `python -m training clicks`."""

import argparse
from pathlib import Path

from allviewer.errors import DatasetError
from allviewer.progress import CancelToken
from training.tasks import Tell

CLICKS = "count the clicks that outlines with IoU 0.9 take, by simulated hands; writes OUT/clicks.md"


def add_clicks(sub: argparse.ArgumentParser) -> None:
    """The arguments of `clicks`."""
    sub.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="data with drawn cells")
    sub.add_argument("--pack", type=Path, required=True, help="the segmentation pack that looks at clicks")
    sub.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the table goes")
    sub.add_argument("--sources", nargs="+", default=["bccd", "ds1", "ds2"], help="data sets (default: all with masks)")
    sub.add_argument("--fold", type=int, help="only the groups that this fold of `crossval` was tested on, from 0")
    sub.add_argument("--folds", type=int, default=3, help="number of folds of that cross-validation (default: 3)")
    sub.add_argument("--seed", type=int, default=1, help="its seed (default: 1)")
    sub.add_argument("--groups", nargs="+", help="only these groups")
    sub.add_argument("--threads", type=int, default=2, help="for the network (default: 2)")
    sub.add_argument("--json", action="store_true", help="say events as JSON lines")
    sub.set_defaults(work=_clicks)


def _clicks(given: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell) -> Path:
    from allviewer.inference.catalogue import read_pack
    from training.clicks.measure import try_tools, write_trials
    from training.clicks.methods import click_to_grow, one_click
    from training.datasets.collect import collect_samples
    from training.splits import group_folds

    samples = collect_samples(given.data, None, cancel)
    if given.fold is not None:
        folds = group_folds([s.group for s in samples], given.folds, given.seed, [s.source for s in samples])
        if not 0 <= given.fold < len(folds):
            raise DatasetError(f"There is no fold {given.fold} of {len(folds)}.", "Folds are counted from 0.")
        samples = [samples[index] for index in folds[given.fold][1]]
    samples = [s for s in samples if s.source in given.sources and (given.groups is None or s.group in given.groups)]
    if not samples:
        raise DatasetError("No picture of these sources and groups has drawn cells.", "See `python -m training data`.")
    pack = read_pack(given.pack, shipped=False)
    tools = {"one click": one_click(pack, given.threads), "click to grow": click_to_grow()}
    return write_trials(given.out, try_tools(samples, tools, cancel, tell), command)

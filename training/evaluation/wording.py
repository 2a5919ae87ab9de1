"""Figures, groups and costs as people read them."""

from collections.abc import Sequence

import numpy as np

from training.evaluation.intervals import Measured, equal_groups
from training.evaluation.predictions import Predictions
from training.evaluation.run import Run

_NOT_SHARES = ("boundary_px", "calibration_error")
_ABBREVIATIONS = {"f1": "F1", "auc": "AUC", "iou": "IoU", "dice": "Dice", "px": "in px"}
_FEW = 3
_UNEVEN = 0.1


def titled(metric: str) -> str:
    """The key of a metric for people: "F1 weighted", "nucleus Dice"."""
    return " ".join(_ABBREVIATIONS.get(word, word) for word in metric.split("_"))


def shown(metric: str, value: float) -> str:
    """Shares as per cent with one digit, all else (distances, calibration error) with three."""
    if np.isnan(value):
        return "-"
    return f"{value:.3f}" if metric.endswith(_NOT_SHARES) else f"{100 * value:.1f} %"


def shown_interval(metric: str, measured: Measured) -> str:
    """ "93.1 % (88.0 to 95.2)"."""
    low, high = measured.interval(metric)
    value = shown(metric, measured.values[metric])
    if np.isnan(low):
        return value
    return f"{value} ({shown(metric, low).removesuffix(' %')} to {shown(metric, high).removesuffix(' %')})"


def counted(number: int, thing: str) -> str:
    """ "1 subject", "29 subjects", "13 runs of neighbouring pictures"."""
    return f"{number} {thing if number == 1 else plural(thing)}"


def plural(thing: str) -> str:
    """ "subjects", "runs of neighbouring pictures"."""
    first, *rest = thing.split(" ")
    return " ".join((f"{first}s", *rest))


def group_word(run: Run) -> str:
    """What its groups are called in short: "subject" only where they are that."""
    return "subject" if run.group_kind == "subject" else "group"


def counted_groups(run: Run) -> str:
    """ "29 subjects", "61 groups"."""
    return counted(len(set(run.groups)), group_word(run))


def label_of(run: Run) -> str:
    """ "by picture (leaks)" or "by subject": the mark is part of the name."""
    by = "picture" if run.protocol == "by_picture" else group_word(run)
    return f"by {by}" + (" (leaks)" if run.leak else "")


def behind(run: Run) -> str:
    """How many pictures and groups stand behind the figures, and what that does to the intervals."""
    if not isinstance(run, Predictions):
        return f"{counted(len(set(run.names)), 'picture')} in {counted(len(set(run.groups)), run.group_kind)}."
    sentences = []
    everything = len(set(run.groups))
    for number, name in enumerate(run.classes):
        groups = [group for group, truth in zip(run.groups, run.truth, strict=True) if truth == number]
        if not groups:
            sentences.append(f"{name}: none was tested.")
            continue
        worth = f"worth about {equal_groups(groups):.1f} equal ones"
        of_groups = counted(len(set(groups)), run.group_kind)
        sentences.append(f"{name}: {counted(len(groups), 'picture')} of {of_groups}, {worth}.")
        sentences.append(_few_hold_most(name, groups, everything, run.group_kind))
    if run.protocol == "by_subject":
        sentences.append(_shares_learnt(run))
    return " ".join(sentence for sentence in sentences if sentence)


def cost_rows(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """Time, parameters and size of each run."""
    return [
        ("training, all folds", [seconds_in_words(run.seconds_training) for run in runs]),
        ("answer to one picture", [f"{1000 * run.seconds_per_picture:.1f} ms" for run in runs]),
        ("parameters", [f"{run.parameters:,}" for run in runs]),
        ("size of the weights", [f"{run.bytes / 1e6:.2f} MB" for run in runs]),
    ]


def _few_hold_most(name: str, groups: Sequence[str], everything: int, kind: str) -> str:
    """A sentence where nine tenths of a class come from very few of many groups."""
    _, sizes = np.unique(np.array(groups), return_counts=True)
    most = 1 + int(np.searchsorted(np.cumsum(np.sort(sizes)[::-1]), 0.9 * len(groups)))
    if most > _FEW or most == len(sizes):
        return ""
    without = (1 - most / everything) ** everything
    return (
        f"Nine tenths of them come from {counted(most, kind)}, and {without:.0%} of the draws hold none of these: "
        f"every figure that depends on {name} is as uncertain as that few allow, and its interval wide."
    )


def _shares_learnt(run: Predictions) -> str:
    """A sentence where the share of a class that a fold learnt from differs much between folds."""
    said = []
    for number, name in enumerate(run.classes):
        own = run.truth == number
        shares = [float(own[run.folds != fold].mean()) for fold in np.unique(run.folds) if (run.folds != fold).any()]
        if shares and max(shares) - min(shares) > _UNEVEN:
            said.append(f"{name} was {min(shares):.0%} to {max(shares):.0%} of what the folds learnt from")
    if not said:
        return ""
    return (
        f"{'; '.join(said)}: that moves all answers of a fold, so figures at a threshold (accuracy, F1) sink by it as "
        "well as by new subjects. The AUC compares within folds and does not."
    )


def seconds_in_words(seconds: float) -> str:
    """ "35 s", "12 min"."""
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"

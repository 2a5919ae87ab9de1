"""What one change to a network is worth: two experiments that differ in it alone, on the same pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.evaluation.intervals import Gap, Measured, gap
from training.evaluation.wording import titled
from training.experiments.experiment import Experiment
from training.reproduce.papers import ABLATIONS
from training.reproduce.tables import Pair

FILE = "table-ablation.md"


@dataclass(frozen=True)
class Change:
    """With the change less without it.

    Attributes:
        printed: difference of the printed figures; None where one is missing.
        by_picture, by_subject: of ours, with intervals over the same groups; None where not both were run.
    """

    label: str
    metric: str
    printed: float | None
    by_picture: Gap | None
    by_subject: Gap | None

    @property
    def verdict(self) -> str:
        """In words, from the split that does not leak if it was run."""
        known = self.by_subject or self.by_picture
        if known is None:
            return "Not run both with and without it."
        if np.isnan(known.low):
            return "Too few of each class to say."
        size = _points(known)
        if not known.is_sure:
            return f"No difference that these data can show: {size}."
        return f"{'Better' if known.value > 0 else 'Worse'} with it: {size}."


def changes(paper: str, experiments: Sequence[Experiment], pairs: Mapping[str, Pair]) -> list[Change]:
    """Those of a paper, for each metric that either experiment prints."""
    by_name = {experiment.name: experiment for experiment in experiments}
    found = []
    for (with_it, without), label in ABLATIONS.items():
        if with_it not in by_name or without not in by_name or by_name[with_it].paper != paper:
            continue
        printed = [{p.metric: p.value for p in by_name[name].published} for name in (with_it, without)]
        first, second = pairs.get(with_it, Pair()), pairs.get(without, Pair())
        for metric in _METRICS[by_name[with_it].task]:
            difference = printed[0][metric] - printed[1][metric] if all(metric in p for p in printed) else None
            by_picture = _between(first.by_picture, second.by_picture, metric)
            by_subject = _between(first.by_subject, second.by_subject, metric)
            found.append(Change(label, metric, difference, by_picture, by_subject))
    return found


_METRICS = {
    "classification": ("accuracy", "balanced_accuracy", "auc"),
    "segmentation": ("cell_pixel_accuracy", "cell_dice", "cell_iou"),
}


def write_changes(paper: str, found: Sequence[Change], folder: Path) -> Path | None:
    """Write `FILE`; None if the paper has no such pairs."""
    if not found:
        return None
    rows = [["change", "figure", "published", "ours by picture (leaks)", "ours by subject or group", "verdict"]]
    rows.append(["---"] * len(rows[0]))
    for change in found:
        printed = "" if change.printed is None else f"{100 * change.printed:+.1f} points"
        ours = ["" if g is None or np.isnan(g.low) else _points(g) for g in (change.by_picture, change.by_subject)]
        rows.append([change.label, titled(change.metric), printed, *ours, change.verdict])
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(f"# Paper {paper}: what one change is worth\n\n{_ABOUT}\n\n{table}\n", encoding="utf-8")
    return path


_ABOUT = (
    "With the change less without it, on the same pictures; intervals (95 %) over groups, drawn alike for both. "
    "One training each: how much another seed would change is not in the interval."
)


def _between(first: Measured | None, second: Measured | None, metric: str) -> Gap | None:
    if first is None or second is None or first.groups != second.groups:
        return None
    return gap(first, second, metric)


def _points(between: Gap) -> str:
    return f"{100 * between.value:+.1f} points ({100 * between.low:+.1f} to {100 * between.high:+.1f})"

"""From the printed figures of the experiments, and the runs that were made, to the papers' tables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from training.evaluation.intervals import Measured, measure
from training.evaluation.run import Run
from training.experiments.experiment import Experiment, Published
from training.reproduce.comparison import ComparedTable, Line
from training.reproduce.papers import TABLES, TESTED, About
from training.reproduce.printed import impossible

_TABLE = re.compile(r"\btables? ((?:\d+|[IVX]+)(?:(?:, | and )(?:\d+|[IVX]+))*)")
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_SHORT = "A network that learnt so much less than the paper's may fall short of its figures for that reason alone."
_OF_AVERAGE = {name: f"{name}_weighted" for name in ("precision", "recall", "f1")}
"""Papers rarely say over what they averaged; their single figure stands beside ours weighted by class."""


@dataclass(frozen=True)
class Pair:
    """One experiment as it was run: by picture, by subject, on which data, at which size, or why not."""

    data: str = ""
    by_picture: Measured | None = None
    by_subject: Measured | None = None
    why_not: str = ""
    size: str = ""


def measured_pair(
    data: str, by_picture: Run | None, by_subject: Run | None, rounds: int, seed: int, why_not: str = ""
) -> Pair:
    """Both measured on the same draws of groups, so that their gap can be told."""
    if by_subject is not None and by_picture is not None:
        home = dict(zip(by_subject.names, by_subject.groups, strict=True))
        by_picture = replace(
            by_picture,
            groups=tuple(home.get(n, g) for n, g in zip(by_picture.names, by_picture.groups, strict=True)),
        )
    groups = sorted({group for run in (by_picture, by_subject) if run is not None for group in run.groups})
    first, second = (None if run is None else measure(run, groups, seed, rounds) for run in (by_picture, by_subject))
    return Pair(data, first, second, why_not)


def paper_tables(
    paper: str, experiments: Sequence[Experiment], pairs: Mapping[str, Pair], scale_note: str = ""
) -> list[ComparedTable]:
    """The tables of a paper, each line from one printed figure; tables without any figure are left out.

    Args:
        experiments: of all papers. pairs: by the name of the experiment.
        scale_note: what was less than the experiments ask for; empty for a full run.
    """
    lines: dict[str, list[Line]] = {}
    for experiment in experiments:
        if experiment.paper != paper:
            continue
        for printed in experiment.published:
            for number in table_numbers(printed.where):
                line = _line(experiment, printed, number, pairs.get(experiment.name, Pair()))
                lines.setdefault(number, []).append(line)
    short = (f"{scale_note} {_SHORT}",) if scale_note else ()
    known = {number: TABLES.get((paper, number), About("")) for number in lines}
    return [
        ComparedTable(paper, number, about.title, _headline(lines[number]), tuple(lines[number]), about.remarks + short)
        for number, about in sorted(known.items())
    ]


def experiment_lines(experiment: Experiment, pair: Pair) -> list[Line]:
    """A line for everything that is printed of an experiment, in tables or elsewhere."""
    numbers = [(printed, (table_numbers(printed.where) or [""])[0]) for printed in experiment.published]
    return [_line(experiment, printed, number, pair) for printed, number in numbers]


def table_numbers(where: str) -> list[str]:
    """The tables that a place names: "tables 4 and 5" is ["4", "5"], "table III" is ["3"], "figure 17" is []."""
    found = _TABLE.search(where)
    return [_ROMAN.get(number, number) for number in re.split(", | and ", found[1])] if found else []


def _line(experiment: Experiment, printed: Published, number: str, pair: Pair) -> Line:
    own = experiment.data[0]
    beside = [p for p in experiment.published if number in table_numbers(p.where)]
    wrong = impossible({p.metric: p.value for p in beside}, TESTED.get((experiment.paper, own)))
    doubts = [doubt for doubt in (printed.doubt, wrong.get(printed.metric, "")) if doubt]
    other_data = "" if pair.data in ("", own) else f"{pair.data}, not {own}"
    ours = ", ".join(part for part in (other_data, pair.size) if part)
    return Line(
        label=f"{experiment.title} (ours: {ours})" if ours else experiment.title,
        metric=_our_metric(printed.metric, experiment),
        published=printed.value,
        doubt=" ".join(doubts),
        by_picture=pair.by_picture,
        by_subject=pair.by_subject,
        data=pair.data,
        why_not=pair.why_not,
        same_data=pair.data in ("", own),
    )


def _our_metric(printed: str, experiment: Experiment) -> str:
    if experiment.task == "segmentation":
        return printed
    return _OF_AVERAGE.get(printed, printed)


def _headline(lines: Sequence[Line]) -> str:
    metrics = [line.metric for line in lines]
    return "accuracy" if "accuracy" in metrics else metrics[0]

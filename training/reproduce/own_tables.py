"""Tables that no paper has but that its figures need: three protocols, shortcuts, classical masks."""

from collections.abc import Mapping, Sequence

from training.evaluation.mask_scores import SegmentationScores
from training.evaluation.run import Run
from training.reproduce.comparison import ComparedTable, Line
from training.reproduce.jobs import Outcome
from training.reproduce.plan import BY_SUBJECT, Planned
from training.reproduce.simple_answers import TITLES
from training.reproduce.tables import Pair, measured_pair

_PROTOCOLS = (
    "The same network and pictures, divided three ways: turned copies of the test pictures in the training set (what "
    "table 2 of the paper adds up to), by picture (what it describes), by subject."
)
_SHORTCUT = (
    "A logistic regression on a few numbers, no network. What a network reaches has to be seen beside this: it may "
    "have found the same shortcut."
)
_MASKS = (
    "Nothing is learnt, so nothing leaks. Groups are runs of neighbouring pictures. Cells of segmentation_WBC (ds1, "
    "ds2) lie in the middle of their picture; bccd are whole fields."
)
_METRICS = ("accuracy", "balanced_accuracy", "auc", "f1_weighted")


def protocol_tables(
    leaky: Sequence[tuple[Planned, Run | None]], pairs: Mapping[str, Pair], rounds: int, seed: int
) -> list[ComparedTable]:
    """Each experiment under all three protocols, by paper; lines for the leaky runs that there are."""
    lines: dict[str, list[Line]] = {}
    for plan, run in leaky:
        pair = pairs[plan.experiment.name]
        if run is None or pair.by_subject is None:
            continue
        copies = measured_pair(pair.data, run, pair.by_subject.run, rounds, seed)
        for metric in _METRICS:
            printed = next((p.value for p in plan.experiment.published if p.metric == metric), None)
            lines.setdefault(plan.experiment.paper, []).extend(
                Line(f"{plan.experiment.title}: {how}", metric, printed, "", of.by_picture, of.by_subject, of.data)
                for how, of in (("copies of the test learnt", copies), ("by picture", pair))
            )
    return [
        ComparedTable(paper, "protocols", "three protocols", "accuracy", tuple(found), (_PROTOCOLS,))
        for paper, found in lines.items()
    ]


def shortcut_tables(outcomes: Sequence[Outcome], rounds: int, seed: int) -> list[ComparedTable]:
    """What colour and size alone reach, by picture and by subject."""
    found = {(o.job.name, o.job.data, o.job.protocol): o for o in outcomes if o.job.name.startswith("simple-")}
    lines = []
    for name, data, protocol in found:
        if protocol != BY_SUBJECT:
            continue
        pictures, subjects = found[name, data, "by_picture"], found[name, data, BY_SUBJECT]
        pair = measured_pair(data, pictures.run, subjects.run, rounds, seed, subjects.why_not)
        label = f"{data}: {TITLES[name.removeprefix('simple-')]}"
        lines += [_line(label, metric, pair) for metric in _METRICS]
    if not lines:
        return []
    return [ComparedTable("", "shortcut", "Shortcuts", "accuracy", tuple(lines), (_SHORTCUT,))]


def mask_tables(outcomes: Sequence[Outcome], rounds: int, seed: int) -> list[ComparedTable]:
    """Dice, IoU and distance of outlines of every classical method on every source."""
    lines = []
    for outcome in outcomes:
        if not outcome.job.name.startswith("classical-"):
            continue
        pair = measured_pair(outcome.job.data, None, outcome.run, rounds, seed, outcome.why_not)
        label = f"{outcome.job.data}: {outcome.job.name.removeprefix('classical-')}"
        parts = outcome.run.parts if isinstance(outcome.run, SegmentationScores) else ("nucleus", "cell")
        lines += [_line(label, f"{part}_{name}", pair) for part in parts for name in ("dice", "iou", "boundary_px")]
    if not lines:
        return []
    return [
        ComparedTable(
            "", "masks", "Classical segmentation against drawn masks", "nucleus_dice", tuple(lines), (_MASKS,)
        )
    ]


def _line(label: str, metric: str, pair: Pair) -> Line:
    return Line(label, metric, None, "", pair.by_picture, pair.by_subject, pair.data, pair.why_not)

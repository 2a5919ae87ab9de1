"""What is in a data set, and what is wrong with it: counts, subjects, pictures that are there twice, missing files."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from allviewer.errors import DatasetError
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.doubles import Look, find_doubles, look_of
from training.datasets.files import check_same_size, read_rgb
from training.datasets.listing import DataSet, Picture
from training.tasks import Tell

TELL_EVERY = 200


class ClassCount(msgspec.Struct, frozen=True):
    """One class: its pictures (or cells), and the groups behind them."""

    name: str
    pictures: int
    groups: int


class Double(msgspec.Struct, frozen=True):
    """One picture that is there several times.

    Attributes:
        exactly: the same pixels; else only the same look.
        groups: more than one means that a split by group alone would have it on both sides.
        classes: more than one means that one of its labels is wrong.
    """

    names: tuple[str, ...]
    exactly: bool
    groups: tuple[str, ...]
    classes: tuple[str, ...]


class DataReport(msgspec.Struct, frozen=True):
    """What was found; `problems` are sentences."""

    name: str
    folder: str
    layout: str
    group_kind: str
    pictures: int
    cells: int
    groups: int
    largest_groups: dict[str, int]
    classes: tuple[ClassCount, ...]
    parts: dict[str, int]
    objects: dict[str, int]
    masks: int
    doubles: tuple[Double, ...]
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]
    problems: tuple[str, ...]


def report_on(data: DataSet, cancel: CancelToken, tell: Tell) -> DataReport:
    """Read every picture (and mask) once and count. Nothing is written."""
    readable, looks, unreadable = _look_at_all(data, cancel, tell)
    doubles = _doubles(readable, looks)
    listed = data.cells or data.pictures
    sizes = Counter(picture.group for picture in listed)
    objects: Counter[str] = Counter()
    for picture in data.pictures:
        objects.update(picture.objects)
    return DataReport(
        name=data.name,
        folder=str(data.folder),
        layout=data.layout,
        group_kind=str(data.grouping),
        pictures=len(data.pictures),
        cells=len(data.cells),
        groups=len(sizes),
        largest_groups=dict(sizes.most_common(5)),
        classes=_classes(listed),
        parts=dict(Counter(picture.part for picture in data.pictures if picture.part)),
        objects=dict(objects),
        masks=sum(picture.mask is not None for picture in data.pictures),
        doubles=doubles,
        missing=data.missing,
        unreadable=tuple(unreadable),
        problems=tuple(_problems(_classes(listed), doubles)),
    )


def _look_at_all(data: DataSet, cancel: CancelToken, tell: Tell) -> tuple[list[Picture], list[Look], list[str]]:
    readable, looks, unreadable = [], [], []
    for number, picture in enumerate(data.pictures, 1):
        cancel.check()
        try:
            image = read_rgb(picture.file)
            if data.read_parts is not None:
                check_same_size(image, data.read_parts(picture, image), picture.name)
        except DatasetError as error:
            unreadable.append(error.sentence)
            continue
        readable.append(picture)
        looks.append(look_of(image))
        if number % TELL_EVERY == 0:
            tell(Progress(number / len(data.pictures), f"{data.name}: {number} of {len(data.pictures)} pictures"))
    return readable, looks, unreadable


def _doubles(pictures: Sequence[Picture], looks: Sequence[Look]) -> tuple[Double, ...]:
    members: dict[int, list[int]] = defaultdict(list)
    for index, first in enumerate(find_doubles(looks).tolist()):
        members[first].append(index)
    return tuple(
        Double(
            names=tuple(pictures[i].name for i in own),
            exactly=len({looks[i].digest for i in own}) == 1,
            groups=tuple(sorted({pictures[i].group for i in own})),
            classes=tuple(sorted({pictures[i].label for i in own if pictures[i].label})),
        )
        for own in members.values()
        if len(own) > 1
    )


def _classes(pictures: Sequence[Picture]) -> tuple[ClassCount, ...]:
    groups: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for picture in pictures:
        counts[picture.label] += 1
        groups[picture.label].add(picture.group)
    return tuple(ClassCount(name, counts[name], len(groups[name])) for name in sorted(counts))


def _problems(classes: Sequence[ClassCount], doubles: Sequence[Double]) -> list[str]:
    told = [
        f"All of class {one.name} comes from one group: by group it cannot be learnt and tested."
        for one in classes
        if one.name and one.groups < 2
    ]
    if across := sum(len(double.groups) > 1 for double in doubles):
        told.append(f"{across} pictures are in several groups; such groups are kept together in every split.")
    if torn := [double.names[0] for double in doubles if len(double.classes) > 1]:
        told.append(f"{len(torn)} pictures have two classes, such as {torn[0]}.")
    return told


def in_words(report: DataReport) -> str:
    """The report for people."""
    lines = [f"{report.name}: {report.layout}, in {report.folder}"]
    cells = f", {report.cells} labelled cells in them" if report.cells else ""
    masks = f", {report.masks} with masks" if report.masks else ""
    lines.append(f"  {report.pictures} pictures{masks}{cells}; {report.groups} groups (each a {report.group_kind})")
    lines += [f"  {c.name or '(no class)':<14}{c.pictures:>7} of {c.groups} groups" for c in report.classes]
    largest = ", ".join(f"{name} ({count})" for name, count in report.largest_groups.items())
    lines.append(f"  largest groups: {largest}")
    for what, counts in (("parts", report.parts), ("marked", report.objects)):
        if counts:
            lines.append(f"  {what}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    surplus = sum(len(double.names) - 1 for double in report.doubles)
    exact = sum(len(double.names) - 1 for double in report.doubles if double.exactly)
    lines.append(f"  there more than once: {surplus} ({exact} by every pixel, {surplus - exact} by look)")
    lines += [f"    {' = '.join(double.names)}" for double in report.doubles[:SHOWN]]
    if len(report.doubles) > SHOWN:
        lines.append(f"    and {len(report.doubles) - SHOWN} more (all with --json)")
    for what, found in (("missing", report.missing), ("unreadable", report.unreadable)):
        lines.append(f"  {what}: {len(found)}")
        lines += [f"    {name}" for name in found]
    return "\n".join([*lines, *(f"  Mind: {problem}" for problem in report.problems)])


SHOWN = 12

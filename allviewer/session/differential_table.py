"""The differential of images as a table: a row for each class, group and tag, with its share. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from allviewer.domain.annotations import Tally
from allviewer.domain.cell import Cell, CellState
from allviewer.domain.labels import ClassSet
from allviewer.session.differential import differential

HEADER = ("image", "what", "name", "cells", "percent_of_counted", "per_100_counted", "low_95", "high_95")
ALL_IMAGES = "(all)"

Counted = tuple[str, Tally, Counter[str]]
"""Name of an image, its cells by class and state, its cells by tag."""


def tags_of(cells: Iterable[Cell]) -> Counter[str]:
    return Counter(tag for cell in cells for tag in cell.tags)


def differential_rows(images: Sequence[Counted], class_set: ClassSet) -> list[tuple[object, ...]]:
    """Rows after `HEADER`, image by image, then those of all images together.

    `what` is "class", "group" (counted classes summed up), "tag", or "total" (names: cells, reviewed, counted).
    Classes that do not enter the count are told per 100 counted cells; the share of blasts has its exact 95 % interval.
    """
    tallies: Counter[tuple[str, CellState]] = Counter()
    tags: Counter[str] = Counter()
    for _, tally, own in images:
        tallies.update(tally)
        tags.update(own)
    everything = [*images, (ALL_IMAGES, tallies, tags)] if len(images) > 1 else images
    return [row for image in everything for row in _rows(*image, class_set)]


def _rows(name: str, tally: Tally, tags: Counter[str], class_set: ClassSet) -> list[tuple[object, ...]]:
    counts = differential(tally, class_set)
    rows: list[tuple[object, ...]] = [
        (name, "total", key, number, "", "", "", "")
        for key, number in (("cells", counts.cells), ("reviewed", counts.reviewed), ("counted", counts.counted))
    ]
    for count in counts.counts:
        low, high = counts.interval if counts.interval and count.key == "blast" else (None, None)
        shares = (count.percent, count.per_100, *(100 * b if b is not None else None for b in (low, high)))
        rows.append((name, "class", count.key, count.cells, *map(_figure, shares)))
    for group, number in counts.groups:
        share = 100 * number / counts.counted if counts.counted else None
        rows.append((name, "group", group, number, _figure(share), "", "", ""))
    return rows + [(name, "tag", tag, number, "", "", "", "") for tag, number in sorted(tags.items())]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"

"""From scores of pictures to the figures of a card, with intervals over groups."""

import math
from collections.abc import Callable, Sequence

from allviewer.exchange.model_card import Figure
from training.segmentation.scoring import CellScore, PictureScore
from training.statistics import bootstrap_over_groups

SINGLE_CELL_SOURCES = ("ds1", "ds2")
"""Sources that show one cell a picture: Dice is of the picture, misses and false finds included."""

Statistic = Callable[[list[PictureScore]], float]


def figures_of(scores: Sequence[PictureScore], protocol: str) -> tuple[Figure, ...]:
    """Dice of cell, nucleus and cytoplasm, and detection, of each source; what cannot be measured is left out."""
    figures: list[Figure] = []
    for source in dict.fromkeys(score.source for score in scores):
        own = [score for score in scores if score.source == source]
        if any(score.cells for score in own):
            figures += _dice_figures(own, source, protocol)
        figures += [
            _figure(own, f"detection {name}", source, protocol, statistic, sum(s.drawn for s in own))
            for name, statistic in (("F1", f1), ("precision", precision), ("recall", recall))
        ]
    return tuple(figure for figure in figures if not math.isnan(figure.value))


def f1(scores: list[PictureScore]) -> float:
    return _ratio(2 * sum(s.hits for s in scores), sum(s.drawn + s.found for s in scores))


def precision(scores: list[PictureScore]) -> float:
    return _ratio(sum(s.hits for s in scores), sum(s.found for s in scores))


def recall(scores: list[PictureScore]) -> float:
    return _ratio(sum(s.hits for s in scores), sum(s.drawn for s in scores))


def mean_dice(part: str, of_pictures: bool) -> Statistic:
    """Mean Dice of "cell", "nucleus" or "cytoplasm", over pictures or over the cells found."""

    def mean(scores: list[PictureScore]) -> float:
        dices = [getattr(cell, part) for score in scores for cell in _scored(score, of_pictures)]
        values = [value for value in dices if value is not None]
        return math.fsum(values) / len(values) if values else math.nan

    return mean


def _scored(score: PictureScore, of_pictures: bool) -> tuple[CellScore, ...]:
    if of_pictures:
        return (score.whole,) if score.whole else ()
    return score.cells


def _dice_figures(scores: list[PictureScore], source: str, protocol: str) -> list[Figure]:
    of_pictures = source in SINGLE_CELL_SOURCES
    name = "Dice a picture" if of_pictures else "Dice a cell found"
    items = sum(len(_scored(score, of_pictures)) for score in scores)
    return [
        _figure(scores, f"{part} {name}", source, protocol, mean_dice(part, of_pictures), items)
        for part in ("cell", "nucleus", "cytoplasm")
    ]


def _figure(
    scores: list[PictureScore], metric: str, source: str, protocol: str, statistic: Statistic, items: int
) -> Figure:
    groups = [score.group for score in scores]
    value, low, high = bootstrap_over_groups(scores, groups, statistic)
    return Figure(
        metric=metric,
        source=source,
        value=round(value, 4),
        low=None if math.isnan(low) else round(low, 4),
        high=None if math.isnan(high) else round(high, 4),
        groups=len(set(groups)),
        items=items,
        protocol=protocol,
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else math.nan

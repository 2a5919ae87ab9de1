"""The guard: whether a new network may take the place of another, and why not. Pure.

After Feng, Emerson and Simon 2021 (Biometrics 77:31) a row of updates that are each "not worse" can still make a
network worse, so the new one is held against the one in use and against the one that ships.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allviewer.inference.trials.figures import PairedFigure

MARGINS = {"segmentation": 0.02, "classification": 0.05}
"""How much worse a new network may be, as a part of 1, by the lower end of the interval of each figure of all cells."""
FEWEST_CELLS = 10


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the guard says: `objections` are sentences; with none the network may be adopted.

    Attributes:
        figures: of each comparison, by the name of the pack it was held against.
    """

    margin: float
    figures: Mapping[str, tuple[PairedFigure, ...]]
    objections: tuple[str, ...]

    @property
    def passes(self) -> bool:
        return not self.objections

    @property
    def lines(self) -> tuple[str, ...]:
        """For the record: the outcome, why, and the figures of all cells."""
        verdict = f"The guard {'lets it pass' if self.passes else 'refuses it'} (margin {self.margin:g})."
        shown = [f"Against {name}: {f.text}" for name, figures in self.figures.items() for f in figures if not f.label]
        return (verdict, *self.objections, *shown)


def judge(figures: Mapping[str, Sequence[PairedFigure]], margin: float, broken: str = "") -> Judgement:
    """Weigh the figures of a new network against those of others.

    Args:
        figures: by the name of the pack that it was held against.
        broken: what is wrong with the pack itself, such as golden outputs that differ; empty if it is sound.
    """
    objections = [broken] if broken else []
    for name, given in figures.items():
        overall = [figure for figure in given if not figure.label]
        if max((figure.cells for figure in overall), default=0) < FEWEST_CELLS:
            objections.append(
                f"There are fewer than {FEWEST_CELLS} locked cells to judge it on: lock more patients or slides."
            )
        objections += [_worse(figure, name, margin) for figure in overall if not figure.low >= -margin]
        objections += [
            f"{figure.label} is surely worse than with {name}. {figure.text}."
            for figure in given
            if figure.label and figure.high < -margin
        ]
    if not figures:
        objections.append("There is no locked test set to judge it on: lock some patients or slides first.")
    kept = {name: tuple(given) for name, given in figures.items()}
    return Judgement(margin, kept, tuple(dict.fromkeys(objections)))


def _worse(figure: PairedFigure, name: str, margin: float) -> str:
    sure = "is worse" if figure.high < 0 else "may be worse"
    return f"It {sure} than {name} by more than {margin:g}. {figure.text}."

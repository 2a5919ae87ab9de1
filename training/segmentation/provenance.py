"""What the card says of the data behind a network: where they come from, on which terms, and what they lack."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from training.datasets.sample import Sample

_ABOUT = {
    "bccd": (
        "BCCD: fields of Shenggan/BCCD_Dataset (MIT) with masks of Banik, Saha, Kim 2020, Expert Systems with "
        "Applications 149:113211 (MIT)"
    ),
    "ds1": "segmentation_WBC dataset 1: Zheng, Wang, Wang, Liu 2018, Micron 107:55-71 (repository GPL-3.0)",
    "ds2": (
        "segmentation_WBC dataset 2: Zheng et al. 2018 (repository GPL-3.0; the photographs come from the "
        "CellaVision blog)"
    ),
    "cnmc2019": "C-NMC 2019: Gupta, Gupta, doi:10.7937/tcia.2019.dc64i46r (CC BY 3.0), outlines only",
    "pbc": "TXL-PBC, part PBC: Gan, Li, Wang 2025, Scientific Data 12:1694; Acevedo et al. 2020 (MIT), boxes only",
    "raabin": "TXL-PBC, part Raabin-WBC: Gan et al. 2025; Kouzehkanan et al. 2022 (MIT), boxes only",
    "synthetic": "synthetic smears of training.synthetic",
    "distilled": "pictures without labels, as the parent pack saw them",
    "exported": "cells corrected in the viewer by its user",
}


class Taken(Protocol):
    """Anything that was taken from a source, in a group."""

    @property
    def source(self) -> str: ...

    @property
    def group(self) -> str: ...


def data_lines(samples: Sequence[Taken]) -> tuple[str, ...]:
    """One line a source: what it is, how many pictures and groups."""
    pictures = Counter(sample.source for sample in samples)
    groups = {source: len({s.group for s in samples if s.source == source}) for source in pictures}
    return tuple(
        f"{_ABOUT.get(source, source)}; {_count(number, 'picture')} in {_count(groups[source], 'group')}"
        for source, number in pictures.items()
    )


def terms_text(samples: Sequence[Sample]) -> str:
    sources = {sample.source for sample in samples}
    parts = ["No photograph is in this pack, only numbers learnt from them."]
    if sources & {"ds1", "ds2"}:
        parts.append(
            "It was trained on segmentation_WBC, a repository under the GNU GPL v3, whose second data set shows "
            "photographs of the CellaVision blog, to which CellaVision holds the first rights: whether and how these "
            "terms bind the numbers of a network is not settled; for research."
        )
    if "cnmc2019" in sources:
        parts.append("C-NMC 2019 asks to be named (CC BY 3.0).")
    if "exported" in sources:
        parts.append("The corrected cells belong to whoever exported them.")
    return " ".join(parts)


def limits_text(samples: Sequence[Sample]) -> str:
    sources = {sample.source for sample in samples}
    parts = [
        "Romanowsky-stained smears only.",
        "Groups are runs of neighbouring picture numbers, not known patients.",
        "Another laboratory, stain or camera may give worse results: look at them before you count.",
    ]
    if not sources & {"exported"}:
        parts.append(
            "No masks of blasts were at hand: of blasts only outlines of cells cut out on black (C-NMC) were learnt. "
            "Touching cells were mostly learnt from cells laid against each other."
        )
    parts.append("White cells that seem less than half or more than twice the usual size are missed: set the scale.")
    return " ".join(parts)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"

"""What the card says of the data behind a classifier: where they come from, on which terms, and what they lack."""

from training.classification.cells import CellTable
from training.classification.classes import UNKNOWN
from training.classification.corrected import SOURCE as CORRECTED

_ABOUT = {
    "cnmc2019": (
        "C-NMC 2019, a part of it: Gupta, Gupta, The Cancer Imaging Archive 2019, doi:10.7937/tcia.2019.dc64i46r "
        "(CC BY 3.0); the only source of blast and not blast"
    ),
    "segmentation_wbc_ds1": "segmentation_WBC dataset 1: Zheng et al. 2018, Micron 107:55-71 (repository GPL-3.0)",
    "segmentation_wbc_ds2": (
        "segmentation_WBC dataset 2: Zheng et al. 2018 (repository GPL-3.0; photographs of the CellaVision blog)"
    ),
    "bccd": "BCCD: Shenggan/BCCD_Dataset (MIT), masks of Banik et al. 2020 (MIT), classes of dhruvp/wbc-classification",
    "txl_pbc": "TXL-PBC, part PBC: Gan et al. 2025, Sci Data 12:1694; Acevedo et al. 2020 (MIT); masks by GrabCut",
    CORRECTED: "cells whose class a person confirmed or corrected in the viewer",
}

TERMS = (
    "No photograph is in this pack, only numbers learnt from them. C-NMC 2019 asks to be named (CC BY 3.0). "
    "segmentation_WBC is a repository under the GNU GPL v3, part of whose photographs belong to CellaVision: whether "
    "and how these terms bind the numbers of a network is not settled; for research."
)

LIMITS = (
    "Research use only. Blast against normal lymphoid cell was learnt from cells of few people (the figures name the "
    "number; only two people without leukaemia gave more than three cells), stain-normalised and cut out by the "
    "authors of that set. By subject it has not been shown to tell blasts better than the size of the cell alone does, "
    "and it leans on that size: the scale (micrometres per pixel) must be right. "
    "Haematogones, activated lymphocytes and other large lymphoid cells resemble blasts and may be called so; blasts "
    "of myeloid leukaemias were never shown. p(blast) of cells from whole fields has not been measured against a "
    "truth. The normal types come from other laboratories and mostly from healthy blood; basophils and monocytes were "
    "few. Smudge cells, red cells and platelets are not known to the network: it will give them one of its classes."
)


def data_lines(table: CellTable) -> tuple[str, ...]:
    """One line a source: what it is, how many cells and groups of which kind."""
    lines = []
    for source in dict.fromkeys(table.source.tolist()):
        here = table.take(table.source == source)
        counts = f"{len(here)} cells of {len(set(here.group.tolist()))} groups"
        if (here.blast != UNKNOWN).any():
            counts += f", {int((here.blast == 1).sum())} blasts and {int((here.blast == 0).sum())} others"
        lines.append(f"{_ABOUT.get(source, source)}; {counts}")
    return tuple(lines)

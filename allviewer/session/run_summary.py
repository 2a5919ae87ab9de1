"""What a run of the networks came to, in one sentence."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Edit
from allviewer.domain.scale import Scale

if TYPE_CHECKING:
    from allviewer.inference.detect import Detection

ESTIMATED = ("cell size",)
"""Sources of a scale that take it for granted that cells are of the usual size."""
LESS_SURE = "Areas in µm² and p(blast), which goes by size, are less sure: set the scale if you know it (Cells menu)."


class RunOnAll:
    """How a run on all images is going."""

    def __init__(self, images: int, generation: int) -> None:
        self.images = images
        self.generation = generation
        self.done = 0
        self.cells = 0
        self.blasts = 0
        self.waiting = 0
        self.failures: list[str] = []
        self.cancelled = False

    def count(self, edit: Edit) -> None:
        """One image is done."""
        self.done += 1
        self.cells += len(edit.after)
        self.blasts += sum(cell.label == "blast" for cell in edit.after.values())

    def waits(self) -> None:
        """One image is done; it had cells before, so that people decide on what was found."""
        self.done += 1
        self.waiting += 1

    @property
    def sentence(self) -> str:
        text = f"{self.done} of {self.images} images: {self.cells:,} cells found, {self.blasts:,} labelled blast."
        if self.waiting:
            text += f" {self.waiting:,} had cells before: what the run would change waits there for you."
        if self.cancelled:
            text = "Cancelled. " + text
        if self.failures:
            text += f" Not done: {'; '.join(self.failures[:3])}"
            text += f" and {len(self.failures) - 3} more." if len(self.failures) > 3 else ""
        return text


def run_summary(new: Collection[Cell], found: "Detection", known: Scale) -> str:
    """One sentence on a run: "Found 23 cells, 9 labelled blast; on CPU in 0.8 s, scale …"."""
    blasts = sum(cell.label == "blast" for cell in new)
    text = f"Found {len(new):,} cell{'s' * (len(new) != 1)}"
    if blasts:
        text += f", {blasts:,} labelled blast"
    text += f"; on {found.device.upper()} in {_seconds(found.seconds.get('total', 0))}"
    scale = known if known.um_per_px == found.mpp else found.scale
    if scale.um_per_px is not None:
        text += f"; scale {scale.words}"
    text += "."
    if new and scale.source in ESTIMATED:
        text += f" {LESS_SURE}"
    return text


def _seconds(seconds: float) -> str:
    """A duration for people; what rounds to nothing is not called nothing."""
    return f"{seconds:.1f} s" if seconds >= 0.05 else "less than 0.1 s"

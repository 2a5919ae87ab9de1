"""Red cells and platelets for each field and for 100 white cells, in words: a network's count, not a person's."""

from dataclasses import dataclass

from allviewer.domain.annotations import Annotations
from allviewer.domain.boxes import PLATELET, RED_CELL, BoxCount
from allviewer.domain.geometry import Region
from allviewer.domain.labels import ClassSet


@dataclass(frozen=True, slots=True)
class BoxFigures:
    """What is told of a count.

    Attributes:
        fields: how many fields were counted; white_cells: counted white cells of the document in these fields.
    """

    red_cells: int
    platelets: int
    white_cells: int
    fields: int
    whole: bool

    def per_100_white(self, number: int) -> float | None:
        """For 100 white cells; None where there is none."""
        return 100 * number / self.white_cells if self.white_cells else None

    @property
    def sentence(self) -> str:
        """For people: "Network count, not reviewed: 204 red cells, 35 platelets; 2,408 and 70 for 100 white cells"."""
        text = f"Network count, not reviewed: {self.red_cells:,} red cells, {self.platelets:,} platelets"
        if not self.whole:
            text += f" in {self.fields} sampled fields ({self.red_cells / self.fields:,.0f} a field)"
        red, platelets = self.per_100_white(self.red_cells), self.per_100_white(self.platelets)
        if red is not None and platelets is not None:
            text += f"; {red:,.0f} and {platelets:,.0f} for 100 white cells"
        return text + "."


def box_figures(count: BoxCount, cells: Annotations, class_set: ClassSet, bounds: Region) -> BoxFigures:
    """The count beside the white cells of the same fields, as they are labelled now; `bounds` are the image's."""
    if count.fields == (bounds,):
        white = sum(number for (label, _), number in cells.tally.items() if class_set.is_white(label))
    else:
        white = sum(_white_in(field, cells, class_set) for field in count.fields)
    boxes = count.boxes
    return BoxFigures(boxes.count(RED_CELL), boxes.count(PLATELET), white, len(count.fields), count.whole)


def _white_in(field: Region, cells: Annotations, class_set: ClassSet) -> int:
    inside = (cell for cell in cells.in_region(field) if field.contains_point(*cell.mask.centroid))
    return sum(class_set.is_white(cell.label) for cell in inside)

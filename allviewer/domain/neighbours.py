"""What a shape does to the cells around it: it spares their pixels or, if that is wanted, takes them."""

from collections.abc import Iterable

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Change, Edit
from allviewer.domain.mask import Mask


def spared(shape: Mask, own: Mask, around: Iterable[Cell], cell_id: int = 0) -> Mask:
    """The shape without the pixels of other cells; those that the cell shares with them already (`own`) stay."""
    for other in around:
        if other.id != cell_id and other.mask.region.intersects(shape.region):
            shape -= other.mask - own
    return shape


def taking(edit: Edit, around: Iterable[Cell], person: str) -> Edit:
    """The same edit, and other cells lose the pixels that its cells gain. One left without a pixel is deleted."""
    gained = Mask.union_of(
        change.after.mask - (change.before.mask if change.before is not None else Mask.empty())
        for change in edit.changes
        if change.after is not None
    )
    changes = list(edit.changes)
    for other in around:
        if other.id in edit.cell_ids or not other.mask.region.intersects(gained.region):
            continue
        left = other.mask - gained
        if left == other.mask:
            continue
        kept = None if left.is_empty else other.corrected(person, mask=left, nucleus=other.nucleus & left)
        changes.append(Change(other, kept))
    return Edit(edit.text, tuple(changes))

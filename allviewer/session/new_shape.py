"""What a shape that somebody drew, traced or clicked becomes: a part of the cell it belongs to, or a new cell."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from allviewer.domain import edits
from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.edits import Edit
from allviewer.domain.mask import Mask
from allviewer.domain.neighbours import spared, taking
from allviewer.session.document import Document
from allviewer.session.tool_state import Part, ToolState

Point = tuple[float, float]

ALL_TAKEN = "All of this shape belongs to other cells already, and these are protected."
_TOUCH_PX = 2
"""A shape this near to a cell belongs to it."""


@dataclass(frozen=True, slots=True)
class ShapeEdit:
    """The step that a shape makes of an image's cells, and the cell it is about."""

    edit: Edit
    cell_id: int


def cell_for_shape(document: Document, current: int, shape: Mask, at: Point) -> Cell | None:
    """The current cell if the shape touches it, else the one at a point; None: the shape is a cell of its own."""
    selected = document.annotations.get(current) if current else None
    if selected is not None and _touches(shape, selected.mask):
        return selected
    return document.annotations.at(*at)


def shape_edit(document: Document, cell: Cell | None, shape: Mask, tools: ToolState, verb: str) -> ShapeEdit | None:
    """Give a cell's part in work this shape, or make a new cell of it; None if other cells hold all of it already.

    Other cells keep their pixels unless `tools.protects` says otherwise.
    """
    part, person = tools.part, document.person
    around = document.annotations.in_region(shape.region)
    if tools.protects:
        own, cell_id = (cell.mask, cell.id) if cell is not None else (Mask.empty(), 0)
        shape = spared(shape, own, around, cell_id)
    if shape.is_empty:
        return None
    if cell is None:
        cell = new_cell(document, shape, shape if part is Part.NUCLEUS else Mask.empty(), tools.label)
        edit = Edit(f"{verb} cell {cell.id}", edits.add(cell).changes)
    else:
        edit = Edit(f"{verb} {part}, cell {cell.id}", edits.replace_part(cell, shape, part, person).changes)
    return ShapeEdit(edit if tools.protects else taking(edit, around, person), cell.id)


def stroke_edit(
    cell: Cell, stroke: Mask, part: str, erases: bool, person: str, around: Iterable[Cell], protects: bool
) -> Edit:
    """What a stroke of brush or eraser does to a cell and, where they are not protected, to those around it."""
    if erases:
        return edits.erase(cell, stroke, part, person)
    if protects:
        return edits.paint(cell, stroke, part, person, around)
    return taking(edits.paint(cell, stroke, part, person), around, person)


def new_cell(document: Document, mask: Mask, nucleus: Mask, label: str) -> Cell:
    """A cell that a person drew; its nucleus may be empty."""
    person = document.person
    origin = Origin.person(person)
    return Cell(document.annotations.next_id, mask, nucleus, label, origin, CellState.CORRECTED, edited_by=person)


def _touches(shape: Mask, cell: Mask) -> bool:
    box = cell.region.expanded(_TOUCH_PX)
    seen = shape.within(box)
    if not seen.any():
        return False
    import cv2

    side = 2 * _TOUCH_PX + 1
    near = cv2.dilate(cell.within(box).astype(np.uint8), np.ones((side, side), np.uint8))
    return bool((seen & (near > 0)).any())

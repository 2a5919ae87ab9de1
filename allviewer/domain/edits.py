"""Edits: small before/after values. Every change of an image's cells is one, so undo is the same in reverse."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from allviewer.domain.cell import Cell
from allviewer.domain.footprint import Footprint
from allviewer.domain.geometry import Region
from allviewer.domain.grid import RegionGrid
from allviewer.domain.mask import Mask


@dataclass(frozen=True, slots=True)
class Change:
    """One cell before and after: None before means added, None after means deleted."""

    before: Cell | None
    after: Cell | None

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            raise ValueError("a change has a before or an after")
        if self.before is not None and self.after is not None and self.before.id != self.after.id:
            raise ValueError("a change keeps the cell's id")

    @property
    def cell_id(self) -> int:
        cell = self.after or self.before
        assert cell is not None
        return cell.id

    @property
    def region(self) -> Region:
        """Everything that has to be painted again."""
        regions = [cell.mask.region for cell in (self.before, self.after) if cell is not None]
        return regions[0] if len(regions) == 1 else regions[0].union(regions[1])


class Edit:
    """One step of the history: a name for people ("Erase cytoplasm, cell 312") and its changes.

    The cells before and after are held as two tables by id, so that taking back a step of a hundred thousand cells
    exchanges two tables and visits none of them.

    Attributes:
        before: the cells that were there and are another, or none, after it.
        after: the cells that are there after it and were another, or none, before.
    """

    __slots__ = ("_changes", "_footprint", "after", "before", "text")

    def __init__(self, text: str, changes: Iterable[Change] = ()) -> None:
        self.text = text
        self._changes: tuple[Change, ...] | None = tuple(changes)
        self.before: Mapping[int, Cell] = {c.before.id: c.before for c in self._changes if c.before is not None}
        self.after: Mapping[int, Cell] = {c.after.id: c.after for c in self._changes if c.after is not None}
        self._footprint: Footprint | None = None
        if len(self._changes) != len(self.before.keys() | self.after.keys()):
            raise ValueError("an edit changes each cell once")

    @classmethod
    def of_tables(
        cls, text: str, before: Mapping[int, Cell], after: Mapping[int, Cell], footprint: Footprint | None = None
    ) -> "Edit":
        """The edit that puts the cells of one table in place of those of another, each under its id."""
        edit = cls(text)
        edit.before, edit.after, edit._changes, edit._footprint = before, after, None, footprint
        return edit

    @property
    def changes(self) -> tuple[Change, ...]:
        """Cell by cell."""
        if self._changes is None:
            ids = dict.fromkeys((*self.before, *self.after))
            self._changes = tuple([Change(self.before.get(i), self.after.get(i)) for i in ids])
        return self._changes

    @property
    def footprint(self) -> Footprint:
        """What the edit does to counts and places; worked out once, also for the inverse."""
        if self._footprint is None:
            self._footprint = Footprint.of(self.before, self.after)
        return self._footprint

    def inverse(self) -> "Edit":
        return Edit.of_tables(self.text, self.after, self.before, self.footprint.inverse())

    def renamed(self, text: str) -> "Edit":
        return Edit.of_tables(text, self.before, self.after, self._footprint)

    @property
    def is_empty(self) -> bool:
        return self.before == self.after

    @property
    def cell_ids(self) -> frozenset[int]:
        return self.footprint.cell_ids

    @property
    def region(self) -> Region:
        """Everything that has to be painted again."""
        return self.footprint.region

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Edit):
            return NotImplemented
        return (self.text, self.before, self.after) == (other.text, other.before, other.after)

    def __hash__(self) -> int:
        return hash((self.text, self.cell_ids))

    def __repr__(self) -> str:
        return f"Edit({self.text!r}, {len(self.cell_ids)} cells)"


PARTS = ("cytoplasm", "nucleus")
"""What the brush, the eraser and the polygon act on."""


def add(cell: Cell) -> Edit:
    return Edit(f"Add cell {cell.id}", (Change(None, cell),))


def delete(cells: Iterable[Cell]) -> Edit:
    removed = tuple(Change(cell, None) for cell in cells)
    return Edit(_named("Delete", removed), removed)


def relabel(cells: Iterable[Cell], label: str, person: str) -> Edit:
    """Give cells a class. Cells that have it already are taken as accepted."""
    changes = tuple(
        Change(c, c.accepted(person) if c.label == label else c.corrected(person, label=label)) for c in cells
    )
    return Edit(_named(f"Label as {label}", changes), changes)


def tag(cells: Iterable[Cell], name: str, put_on: bool, person: str, instead_of: Iterable[str] = ()) -> Edit:
    """Put a tag on cells, in place of those of `instead_of` that they have, or take it off.

    A person looked at a cell that he tags, so it counts as accepted; one that stays as it was is not touched.
    """
    gone = {name, *instead_of} if put_on else {name}

    def tagged(cell: Cell) -> Cell:
        tags = tuple(sorted((set(cell.tags) - gone) | ({name} if put_on else set())))
        return cell if tags == cell.tags else cell.accepted(person).tagged(tags, person)

    changes = tuple(Change(cell, tagged(cell)) for cell in cells)
    return Edit(_named(f"Tag as {name}" if put_on else f"Take tag {name} off", changes), changes)


def accept(cells: Iterable[Cell], person: str) -> Edit:
    changes = tuple(Change(c, c.accepted(person)) for c in cells)
    return Edit(_named("Accept", changes), changes)


def paint(cell: Cell, stroke: Mask, part: str, person: str, neighbours: Iterable[Cell] = ()) -> Edit:
    """Add a stroke to the cytoplasm or the nucleus of a cell.

    Painting nucleus grows the cell where needed. Painting cytoplasm leaves the nucleus as it is, so that a broad brush
    cannot cut into it; the eraser on the nucleus is what makes cytoplasm of nucleus. Pixels of `neighbours` are
    protected: the stroke leaves them alone (`neighbours.taking` is for the other case).
    """
    for other in neighbours:
        if other.id != cell.id and other.mask.region.intersects(stroke.region):
            stroke = stroke - other.mask
    nucleus = cell.nucleus | stroke if part == "nucleus" else cell.nucleus
    return Edit(f"Paint {part}, cell {cell.id}", (Change(cell, _redrawn(cell, cell.mask | stroke, nucleus, person)),))


def erase(cell: Cell, stroke: Mask, part: str, person: str) -> Edit:
    """Take a stroke away. Erasing nucleus leaves cytoplasm; erasing cytoplasm takes the pixels off the cell.

    With `part` "cytoplasm" only the cytoplasm ring is erased: the nucleus under the stroke stays.
    A cell that loses its last pixel is deleted.
    """
    text = f"Erase {part}, cell {cell.id}"
    if part == "nucleus":
        return Edit(text, (Change(cell, _redrawn(cell, cell.mask, cell.nucleus - stroke, person)),))
    mask = cell.mask - (stroke - cell.nucleus)
    if mask.is_empty:
        return Edit(text, (Change(cell, None),))
    return Edit(text, (Change(cell, _redrawn(cell, mask, cell.nucleus, person)),))


def replace_part(cell: Cell, shape: Mask, part: str, person: str) -> Edit:
    """Draw the nucleus or the whole cell anew, as a polygon does. A shape without a pixel changes nothing."""
    text = f"Redraw {part}, cell {cell.id}"
    if shape.is_empty:
        return Edit(text, ())
    if part == "nucleus":
        return Edit(text, (Change(cell, _redrawn(cell, cell.mask | shape, shape, person)),))
    return Edit(text, (Change(cell, _redrawn(cell, shape | cell.nucleus, cell.nucleus, person)),))


def take_model_run(
    present: Sequence[Cell], found: Iterable[Cell], first_free_id: int, model: str, overlap_iou: float = 0.3
) -> Edit:
    """Put a model run's cells in place of its earlier proposals, leaving everything a person touched.

    A found cell that covers a touched one (IoU above `overlap_iou`, or its centre inside) is dropped. Found
    cells get new ids from `first_free_id` on. `present` must hold the cells of the analysed region only.
    """
    touched = {cell.id: cell for cell in present if cell.is_touched}
    grid = RegionGrid()
    for cell in touched.values():
        grid.put(cell.id, cell.mask.region)
    dropped = [Change(cell, None) for cell in present if not cell.is_touched]
    added: list[Change] = []
    for cell in found:
        if touched and any(_same_cell(cell, touched[i], overlap_iou) for i in grid.near(cell.mask.region)):
            continue
        added.append(Change(None, cell.numbered(first_free_id + len(added))))
    return Edit(f"Run {model}: {len(added)} cells", (*dropped, *added))


def _redrawn(cell: Cell, mask: Mask, nucleus: Mask, person: str) -> Cell:
    """The cell with new masks; the very cell if they are the old ones, so that a missed stroke corrects nothing."""
    if mask == cell.mask and nucleus == cell.nucleus:
        return cell
    return cell.corrected(person, mask=mask, nucleus=nucleus)


def _same_cell(found: Cell, other: Cell, overlap_iou: float) -> bool:
    if not found.mask.region.intersects(other.mask.region):
        return False
    return other.mask.contains_point(*found.mask.centroid) or found.mask.iou(other.mask) > overlap_iou


def _named(verb: str, changes: tuple[Change, ...]) -> str:
    return f"{verb}, cell {changes[0].cell_id}" if len(changes) == 1 else f"{verb}, {len(changes)} cells"

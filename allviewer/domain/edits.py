"""Edits: small before/after values. Every change of an image's cells is one, so undo is the same in reverse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from allviewer.domain.cell import Cell
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


@dataclass(frozen=True, slots=True)
class Edit:
    """One step of the history: a name for people ("Erase cytoplasm, cell 312") and its changes."""

    text: str
    changes: tuple[Change, ...]
    _cell_ids: frozenset[int] | None = field(default=None, init=False, repr=False, compare=False)

    def inverse(self) -> "Edit":
        return Edit(self.text, tuple(Change(c.after, c.before) for c in reversed(self.changes)))

    @property
    def is_empty(self) -> bool:
        return all(c.before == c.after for c in self.changes)

    @property
    def cell_ids(self) -> frozenset[int]:
        if self._cell_ids is None:  # there may be a hundred thousand of them
            object.__setattr__(self, "_cell_ids", frozenset([c.cell_id for c in self.changes]))
        assert self._cell_ids is not None
        return self._cell_ids

    @property
    def region(self) -> Region:
        """Everything that has to be painted again."""
        boxes = [cell.mask.region for c in self.changes for cell in (c.before, c.after) if cell is not None]
        if not boxes:
            return Region(0, 0, 0, 0)
        return Region.from_edges(
            min([box.x for box in boxes]),
            min([box.y for box in boxes]),
            max([box.x + box.width for box in boxes]),
            max([box.y + box.height for box in boxes]),
        )


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

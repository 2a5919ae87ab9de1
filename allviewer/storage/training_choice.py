"""Which of the cells of a case are exported to be learnt from, and which never may be."""

from dataclasses import dataclass, field

from allviewer.domain.cell import Cell, CellState
from allviewer.storage.case_records import ImageRecord

VOUCHED = frozenset({CellState.ACCEPTED, CellState.CORRECTED})


@dataclass(frozen=True, slots=True)
class Locked:
    """What belongs to the locked test set: images by their checksum, and all else of the same patients or slides."""

    images: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def holds(self, record: ImageRecord) -> bool:
        return record.sha256 in self.images or group_of(record) in self.groups


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What to export.

    Attributes:
        states: of cells; in images marked as reviewed all cells count.
        groups: only these patients or slides; None: all.
        locked: is left out.
        as_locked: the export is itself a part of the locked test set.
    """

    states: frozenset[CellState] = VOUCHED
    groups: frozenset[str] | None = None
    locked: Locked = field(default_factory=Locked)
    as_locked: bool = False

    def takes_image(self, record: ImageRecord) -> bool:
        wanted = self.groups is None or group_of(record) in self.groups
        return wanted and not self.locked.holds(record)

    def takes_cell(self, cell: Cell) -> bool:
        return cell.state in self.states


def group_of(record: ImageRecord) -> str:
    """What must stay on one side of a split: the patient where it is known, else the image."""
    return record.group or record.sha256

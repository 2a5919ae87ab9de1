"""What a run of the networks changes in an image: worked out where the run is, put into the document afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.edits import Edit, take_model_run
from allviewer.domain.geometry import Region


@dataclass(frozen=True, slots=True)
class RunEdit:
    """The edit of a run, the number of cells of people that it left alone, and the cells that it was made for."""

    edit: Edit
    kept: int
    version: int


def edit_of_run(annotations: Annotations, region: Region | None, found: Sequence[Cell], what: str) -> RunEdit:
    """Put found cells in place of earlier proposals, in a region or everywhere. May be called on any thread."""
    version, cells = annotations.version, annotations.by_id().values()
    present = [cell for cell in cells if region is None or _is_centred_in(cell, region)]
    model = found[0].origin.name if found else "the networks"
    edit = take_model_run(present, found, annotations.next_id, model)
    added = len(edit.after)
    edit = edit.renamed(f"Run {what}: {added} cell{'s' * (added != 1)}")
    _ = edit.footprint  # its sums take as long as the edit itself
    return RunEdit(edit, sum(cell.is_touched for cell in present), version)


def _is_centred_in(cell: Cell, region: Region) -> bool:
    return cell.mask.region.intersects(region) and region.contains_point(*cell.mask.centroid)

"""What there is to learn from: patients or slides with their cells by state and class, and what is missing."""

from collections import Counter
from collections.abc import Sequence

from allviewer.domain.labels import ALL_CLASSES, UNCLASSIFIED
from allviewer.domain.training_survey import GroupRow, Survey
from allviewer.storage.case_file import CaseFile
from allviewer.storage.training_choice import Locked, group_of

FEW_CELLS, FEW_GROUPS = 10, 3


def survey(cases: Sequence[CaseFile], locked: Locked) -> Survey:
    """Count without reading a pixel. Raises `CaseError`."""
    rows: dict[str, GroupRow] = {}
    gone = []
    for case in cases:
        for record in case.images():
            key = group_of(record)
            row = rows.setdefault(key, GroupRow(key, record.group or record.path.name, locked.holds(record)))
            row.images += 1
            if not record.path.exists():
                gone.append(f"{record.path.name} is not at its place: relink it to learn from it.")
            for cell in case.load(record.id).cells:
                row.states[cell.state] += 1
                if cell.is_touched:
                    row.labels[cell.label] += 1
    return Survey(tuple(sorted(rows.values(), key=lambda row: row.title)), (*gone, *_missing(list(rows.values()))))


def _missing(rows: Sequence[GroupRow]) -> list[str]:
    free = [row for row in rows if not row.is_locked and row.vouched]
    told = []
    if not any(row.is_locked for row in rows):
        told.append("No patient or slide of these cases is in the locked test set: the guard could not judge on them.")
    if len(free) < FEW_GROUPS:
        told.append(f"Only {len(free)} patients or slides to learn from: what is learnt may not hold for others.")
    labels: Counter[str] = sum((row.labels for row in free), Counter())
    known = [c for c in ALL_CLASSES.classes if c.counted and c.key != UNCLASSIFIED]
    few = [f"{c.title} {labels[c.key]}" for c in known if labels[c.key] < FEW_CELLS]
    if few:
        told.append(f"Fewer than {FEW_CELLS} cells of: {', '.join(few)}. The classifier learns little about them.")
    return told

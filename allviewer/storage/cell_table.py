"""Tables of cells as CSV: plain UTF-8, a header, points as decimal signs, so that every script reads them."""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from allviewer.domain.boxes import KINDS, BoxCount
from allviewer.domain.cell import Cell
from allviewer.storage import atomic

_PLACE_AND_SIZE = (
    "cell_id",
    "x_px",
    "y_px",
    "bbox_x",
    "bbox_y",
    "bbox_w",
    "bbox_h",
    "area_px",
    "nucleus_area_px",
    "cytoplasm_area_px",
    "nc_ratio",
    "class",
)
_MICROMETRES = ("area_um2", "nucleus_area_um2", "cytoplasm_area_um2", "x_um", "y_um", "diameter_um")

_NO_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def class_columns(cells: Iterable[Cell], classes: Sequence[str] = ()) -> tuple[str, ...]:
    """Keys of the p_ columns: blast first, then those of the classifier, then any others that occur."""
    keys = dict.fromkeys(("blast", *classes))
    for cell in cells:
        keys.update(dict.fromkeys(key for key, _ in cell.probabilities))
    return tuple(keys)


def write_cell_table(path: Path, cells: Sequence[Cell], mpp: float | None, classes: Sequence[str] = ()) -> None:
    """One row a cell, by id. Raises `OutputError`.

    Columns: cell_id, x_px, y_px (centre of mass), bbox_x, bbox_y, bbox_w, bbox_h, area_px (nucleus included),
    nucleus_area_px, cytoplasm_area_px, nc_ratio, class, p_<class>..., uncertainty and, where `mpp` (micrometres per
    pixel) is known, the same sizes in micrometres and the diameter of the circle of the same area. At the end tags,
    with "; " between them.
    Probabilities are empty for a cell that no classifier has seen.
    """
    keys = class_columns(cells, classes)
    header = [*_PLACE_AND_SIZE, *(f"p_{key}" for key in keys), "uncertainty", *(_MICROMETRES if mpp else ()), "tags"]
    write_table(path, header, [_row(cell, keys, mpp) for cell in sorted(cells, key=lambda cell: cell.id)])


def write_box_table(path: Path, counted: BoxCount) -> None:
    """One row for each red cell, white cell and platelet that a network counted. Raises `OutputError`.

    Columns: kind, left, top, right, bottom (pixels of level 0), score, and number of the field it was counted in.
    """
    boxes = counted.boxes
    rows = []
    for edges, kind, score in zip(boxes.edges.tolist(), boxes.kinds.tolist(), boxes.scores.tolist(), strict=True):
        x, y = (edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2
        field = next((n for n, f in enumerate(counted.fields, start=1) if f.contains_point(x, y)), "")
        rows.append([KINDS[kind], *(f"{edge:.1f}" for edge in edges), f"{score:.3f}", field])
    write_table(path, ["kind", "left", "top", "right", "bottom", "score", "field"], rows)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV at once. Text that a spreadsheet would run as a formula gets an apostrophe. Raises `OutputError`."""
    with atomic.replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_harmless(value) for value in row] for row in rows)


def _row(cell: Cell, keys: Sequence[str], mpp: float | None) -> list[object]:
    x, y = cell.mask.centroid
    box = cell.mask.region
    probabilities = dict(cell.probabilities)
    row: list[object] = [cell.id, f"{x:.2f}", f"{y:.2f}", box.x, box.y, box.width, box.height]
    row += [cell.area_px, cell.nucleus_area_px, cell.cytoplasm_area_px, f"{cell.nc_ratio:.4f}", cell.label]
    row += [f"{probabilities[key]:.6f}" if key in probabilities else "" for key in keys]
    row.append(f"{cell.uncertainty:.6f}")
    if mpp:
        areas = (cell.area_px, cell.nucleus_area_px, cell.cytoplasm_area_px)
        row += [f"{area * mpp**2:.3f}" for area in areas]
        row += [f"{value:.3f}" for value in (x * mpp, y * mpp, 2 * math.sqrt(cell.area_px / math.pi) * mpp)]
    row.append("; ".join(cell.tags))
    return row


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_NO_FORMULA) and not _is_number(value) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

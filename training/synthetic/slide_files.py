"""Writes a slide with its truth: STEM.tif, STEM.cells.csv (white cells) and STEM.truth.json (the spec)."""

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from allviewer.domain.geometry import Region
from allviewer.errors import OutputError
from allviewer.progress import CancelToken, Report, part_of
from training.synthetic.pyramid import write_pyramid
from training.synthetic.smear import SmearRenderer
from training.synthetic.spec import SmearSpec
from training.synthetic.truth_files import TruthCell, TruthFile, truth_cell

COLUMNS = ("cell_id", "class", "bbox_x", "bbox_y", "bbox_w", "bbox_h", "area_px", "nucleus_area_px")


def write_slide(spec: SmearSpec, folder: Path, stem: str, cancel: CancelToken, report: Report) -> list[Path]:
    """Write slide and truth; returns the files. The truth file has no cells: they are in the table.

    Raises OutputError, Cancelled.
    """
    slide, table, truth = folder / f"{stem}.tif", folder / f"{stem}.cells.csv", folder / f"{stem}.truth.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        content = TruthFile(spec, 0, 0, spec.width, spec.height, ())
        truth.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
        _write_table(table, _white_cells(spec, cancel, part_of(report, 0, 0.2)))
        write_pyramid(spec, slide, cancel, part_of(report, 0.2, 1))
    except OSError as error:
        raise OutputError(f"{stem} cannot be written to {folder}: {error.strerror}.") from error
    return [slide, table, truth]


def _white_cells(spec: SmearSpec, cancel: CancelToken, report: Report) -> Iterator[TruthCell]:
    renderer = SmearRenderer(spec)
    for cell in renderer.white_cells(Region(0, 0, spec.width, spec.height)):
        cancel.check()
        if cell.id % 200 == 1:
            report(min(cell.box.y / spec.height, 1.0), f"{cell.id} white cells in the table")
        yield truth_cell(cell)


def _write_table(path: Path, cells: Iterator[TruthCell]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for cell in cells:
            box = (cell.bbox_x, cell.bbox_y, cell.bbox_w, cell.bbox_h)
            writer.writerow((cell.id, cell.label, *box, cell.area_px, cell.nucleus_area_px))

"""What a cross-validation found: figures for the card, temperatures for the network, and every cell's probability."""

import csv
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.errors import DatasetError
from allviewer.exchange.model_card import Figure, Positive
from training.classification.cells import CellTable
from training.classification.classes import CLASSES
from training.classification.doubt import Reference

REPORT_FILE = "crossval.json"
CELLS_FILE = "crossval_cells.csv"


class FoldRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one fold was tested on: groups and cells of blasts, of normal precursors, and of the type sources."""

    blast_groups: int
    blast_cells: int
    normal_groups: int
    normal_cells: int
    type_cells: int
    auc: float | None


class CrossvalReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Temperatures and reference are those for the final network, from all out-of-fold cells."""

    command: str
    seed: int
    steps: int
    minutes: float
    blast_temperature: Positive
    type_temperature: Positive
    figures: tuple[Figure, ...]
    folds: tuple[FoldRecord, ...]
    reference: Reference | None = None


def write_report(folder: Path, report: CrossvalReport) -> Path:
    path = folder / REPORT_FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    return path


def read_report(folder: Path) -> CrossvalReport | None:
    """The report of an earlier cross-validation in this folder, or None. Raises `DatasetError` for a damaged one."""
    path = folder / REPORT_FILE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=CrossvalReport)
    except (OSError, msgspec.DecodeError) as error:
        raise DatasetError(f"{path} is not the report of a cross-validation: {error}.", "Remove it.") from error


def write_cells(path: Path, table: CellTable, probabilities: NDArray[np.float32], fold: NDArray[np.int64]) -> None:
    """One row a cell, so that the figures can be checked by others."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["source", "group", "name", "fold", "type_index", "blast", *(f"p_{name}" for name in CLASSES)])
        for index, row in enumerate(probabilities):
            told = (table.source[index], table.group[index], table.name[index], fold[index])
            truth = (table.type_index[index], table.blast[index])
            writer.writerow([*told, *truth, *(f"{p:.5f}" for p in row)])

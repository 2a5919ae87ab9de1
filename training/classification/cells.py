"""Cells ready for training: crops with their surroundings, distance to the border, targets and groups."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Mask
from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.inference.crops import cut_cell, frame_around, pixels_of, resize_to
from training.classification.classes import LYMPHOID, UNKNOWN

MAX_DISTANCE_PX = 100


@dataclass(frozen=True)
class FoundCell:
    """One cell of a source, before it is cut out.

    Attributes:
        mask: the whole cell in the pixels of `image`.
        type_index: index in `TYPES`, or UNKNOWN.
        blast: 1, 0, or UNKNOWN.
        group: what must stay on one side of a split, unique over sources.
        cut_out: the surroundings are black already, so they teach nothing.
    """

    image: RgbArray
    mask: Mask
    mpp: float
    type_index: int
    blast: int
    source: str
    group: str
    name: str
    cut_out: bool = False


@dataclass(frozen=True)
class CellTable:
    """n cells as arrays of the same length.

    Attributes:
        rgb: (n, side, side, 3) uint8; inside the cell exactly the viewer's crop, outside it the surroundings.
        distance: (n, side, side) int8, pixels to the cell's border: positive inside, negative outside.
        type_index, blast: int64, UNKNOWN where not known.
        cut_out: bool, surroundings are black.
        source, group, name: str.
    """

    rgb: NDArray[np.uint8]
    distance: NDArray[np.int8]
    type_index: NDArray[np.int64]
    blast: NDArray[np.int64]
    cut_out: NDArray[np.bool_]
    source: NDArray[np.str_]
    group: NDArray[np.str_]
    name: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.rgb)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> "CellTable":
        """The rows of an index or a bool selection."""
        return CellTable(*(getattr(self, field.name)[index] for field in fields(self)))

    def crops(self) -> NDArray[np.uint8]:
        """(n, side, side, 3) uint8 on black: what `cut_cell` gives."""
        return np.where(self.distance[..., None] > 0, self.rgb, 0).astype(np.uint8)

    def save(self, path: Path) -> None:
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> "CellTable":
        with np.load(path, allow_pickle=False) as stored:
            return cls(*(stored[field.name] for field in fields(cls)))

    @classmethod
    def join(cls, tables: Iterable["CellTable"]) -> "CellTable":
        kept = list(tables)
        return cls(*(np.concatenate([getattr(table, field.name) for table in kept]) for field in fields(cls)))


def types_of(table: CellTable) -> NDArray[np.int64]:
    """(n,) index in `TYPES`: blasts and normal precursors are lymphoid, whatever else is known of them."""
    return np.where(table.blast != UNKNOWN, LYMPHOID, table.type_index).astype(np.int64)


def cut_all(cells: Iterable[FoundCell], spec: ClassificationSpec) -> CellTable:
    """Cut every cell out. Raises `DatasetError` when there is none."""
    found, crops, distances = [], [], []
    for cell in cells:
        crop, distance = _with_surroundings(cell, spec)
        crops.append(crop)
        distances.append(distance)
        found.append((cell.type_index, cell.blast, cell.cut_out, cell.source, cell.group, cell.name))
    if not found:
        raise DatasetError("There is no cell to learn from.", "Label some cells, or name another data folder.")
    types, blasts, cut_out, sources, groups, names = zip(*found, strict=True)
    return CellTable(
        np.stack(crops),
        np.stack(distances),
        np.array(types, dtype=np.int64),
        np.array(blasts, dtype=np.int64),
        np.array(cut_out, dtype=bool),
        np.array(sources),
        np.array(groups),
        np.array(names),
    )


def _with_surroundings(cell: FoundCell, spec: ClassificationSpec) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """The viewer's crop with the surroundings put back, and the signed distance to its border."""
    from scipy.ndimage import distance_transform_edt

    crop = cut_cell(cell.image, (0, 0), cell.mask, cell.mpp, spec)
    frame = frame_around(cell.mask, cell.mpp, spec)
    around = resize_to(pixels_of(cell.image, (0, 0), frame).astype(np.float32), spec.crop_px)
    inside = resize_to(cell.mask.within(frame).astype(np.float32), spec.crop_px) >= 0.5
    rgb = np.where(inside[..., None], crop, np.clip(np.rint(around), 0, 255)).astype(np.uint8)
    distance = np.where(inside, distance_transform_edt(inside), -distance_transform_edt(~inside))
    return rgb, np.clip(np.rint(distance), -MAX_DISTANCE_PX, MAX_DISTANCE_PX).astype(np.int8)

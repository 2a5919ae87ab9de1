"""Label images: each cell's number at its pixels, 0 elsewhere, the same number in its nucleus."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.storage import atomic

TILE_PX = 512
Part = Literal["cells", "nuclei"]
LabelArray = NDArray[np.unsignedinteger[Any]]


def label_arrays(
    numbered: Iterable[tuple[int, Cell]], box: Region, dtype: type[np.unsignedinteger[Any]]
) -> tuple[LabelArray, LabelArray]:
    """The label images of cells and of nuclei of one box, each of shape (box.height, box.width).

    Where cells overlap the later one has the pixel in both images, so a nucleus never lies in another cell.
    """
    cells = np.zeros((box.height, box.width), dtype=dtype)
    nuclei = np.zeros_like(cells)
    for number, cell in numbered:
        cell.mask.paint_into(cells, box, number)
        cell.mask.paint_into(nuclei, box, 0)
        cell.nucleus.paint_into(nuclei, box, number)
    return cells, nuclei


def write_label_image(path: Path, annotations: Annotations, width: int, height: int, part: Part) -> None:
    """Write a tiled, compressed TIFF of the size of the image: uint16, or uint32 where ids pass 65535.

    Made tile by tile, so a slide needs no more memory than its cells. Raises `OutputError`.
    """
    import tifffile

    highest = max((cell.id for cell in annotations), default=0)
    dtype = np.uint16 if highest <= np.iinfo(np.uint16).max else np.uint32
    tiles = _encoded_tiles(annotations, width, height, part, dtype)
    with atomic.replacing(path) as file:
        tifffile.imwrite(
            file,
            tiles,
            shape=(height, width),
            dtype=dtype,
            tile=(TILE_PX, TILE_PX),
            compression="zlib",
            photometric="minisblack",
            metadata=None,
            software="allviewer",
        )


def _encoded_tiles(
    annotations: Annotations, width: int, height: int, part: Part, dtype: type[np.unsignedinteger[Any]]
) -> Iterator[bytes]:
    empty = zlib.compress(np.zeros((TILE_PX, TILE_PX), dtype=dtype).tobytes())
    for y in range(0, height, TILE_PX):
        for x in range(0, width, TILE_PX):
            box = Region(x, y, TILE_PX, TILE_PX)
            inside = annotations.in_region(box.intersection(Region(0, 0, width, height)))
            if not inside:
                yield empty
                continue
            cells, nuclei = label_arrays(((cell.id, cell) for cell in inside), box, dtype)
            tile = cells if part == "cells" else nuclei
            tile[height - y :], tile[:, width - x :] = 0, 0  # a cell may reach over the edge of the image
            yield zlib.compress(tile.astype(np.dtype(dtype).newbyteorder("<"), copy=False).tobytes())

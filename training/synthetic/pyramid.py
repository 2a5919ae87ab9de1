"""Writes whole slides: tiled pyramidal BigTIFF, tile by tile, in memory that does not grow with the slide's area.

Level 0 goes straight into the file. Each finished tile is halved into a row of tiles of the next level; finished
tiles of lower levels wait, compressed, in temporary files beside the slide until level 0 is complete. Every level
is a page of its own marked as reduced, which OpenSlide ("generic tiled TIFF") and tifffile both read as a pyramid.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.errors import OutputError
from allviewer.progress import CancelToken, Report
from training.synthetic.filters import jpeg_bytes
from training.synthetic.smear import TILE_PX, SmearRenderer
from training.synthetic.spec import SmearSpec

_SMALLEST_SIDE_PX = 512
_CENTIMETRE_UM = 10_000


class _Level:
    """One lower level while it grows: a row of tiles in the making and the finished tiles in a temporary file."""

    def __init__(self, width: int, height: int, spool: IO[bytes], quality: int, below: "_Level | None") -> None:
        self.width, self.height = width, height
        self.columns, self.rows = -(-width // TILE_PX), -(-height // TILE_PX)
        self._row = np.full((TILE_PX, self.columns * TILE_PX, 3), 255, np.uint8)
        self._spool = spool
        self._sizes: list[int] = []
        self._quality = quality
        self._below = below

    def take(self, column: int, row: int, tile: NDArray[np.uint8]) -> None:
        """Take a tile of the level above; tiles come row by row."""
        half = TILE_PX // 2
        x, y = column * half, (row % 2) * half
        self._row[y : y + half, x : x + half] = cv2.resize(tile, (half, half), interpolation=cv2.INTER_AREA)

    def end_row(self, row: int, is_last: bool) -> None:
        """Called when a row of tiles of the level above is complete."""
        if row % 2 == 0 and not is_last:
            return
        own_row = row // 2
        for column in range(self.columns):
            tile = self._row[:, column * TILE_PX : (column + 1) * TILE_PX]
            data = jpeg_bytes(tile, self._quality)
            self._spool.write(data)
            self._sizes.append(len(data))
            if self._below:
                self._below.take(column, own_row, tile)
        if self._below:
            self._below.end_row(own_row, own_row == self.rows - 1)

    def tiles(self) -> Iterator[bytes]:
        self._spool.seek(0)
        for size in self._sizes:
            yield self._spool.read(size)


def write_pyramid(spec: SmearSpec, path: Path, cancel: CancelToken, report: Report, quality: int = 85) -> None:
    """Write the whole smear of a spec as a slide. Nothing is left at `path` if it fails or is cancelled.

    Raises:
        OutputError: if the file cannot be written.
        Cancelled: if cancelled; looked at before every tile.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        try:
            _write(spec, partial, cancel, report, quality)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
    report(1.0, "slide complete")


def _write(spec: SmearSpec, path: Path, cancel: CancelToken, report: Report, quality: int) -> None:
    import tifffile

    # the file is compressed below: no JPEG artefacts twice
    renderer = SmearRenderer(replace(spec, optics=replace(spec.optics, jpeg_quality=0)))
    per_centimetre = _CENTIMETRE_UM / spec.mpp
    with ExitStack() as stack:
        levels = _lower_levels(spec, path.parent, quality, stack)
        first = levels[0] if levels else None
        file = stack.enter_context(tifffile.TiffWriter(path, bigtiff=True))

        def page(tiles: Iterator[bytes], width: int, height: int, number: int) -> None:
            density = per_centimetre / 2**number
            file.write(
                tiles,
                shape=(height, width, 3),
                dtype=np.uint8,
                tile=(TILE_PX, TILE_PX),
                compression="jpeg",
                photometric="ycbcr",
                subsampling=(2, 2),
                subfiletype=1 if number else 0,
                resolution=(density, density),
                resolutionunit="CENTIMETER",
                description="" if number else f"allviewer synthetic smear, seed {spec.seed}, {spec.mpp} um per px",
                metadata=None,
                software=False,
            )

        page(_first_level(renderer, first, quality, cancel, report), spec.width, spec.height, 0)
        for number, level in enumerate(levels, start=1):
            cancel.check()
            page(level.tiles(), level.width, level.height, number)


def _lower_levels(spec: SmearSpec, folder: Path, quality: int, stack: ExitStack) -> list[_Level]:
    sizes = []
    width, height = spec.width, spec.height
    while max(width, height) > _SMALLEST_SIDE_PX:
        width, height = -(-width // 2), -(-height // 2)
        sizes.append((width, height))
    levels: list[_Level] = []
    for width, height in reversed(sizes):
        spool: IO[bytes] = stack.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 - the stack closes it
        levels.insert(0, _Level(width, height, spool, quality, levels[0] if levels else None))
    return levels


def _first_level(
    renderer: SmearRenderer, below: _Level | None, quality: int, cancel: CancelToken, report: Report
) -> Iterator[bytes]:
    spec = renderer.spec
    columns, rows = -(-spec.width // TILE_PX), -(-spec.height // TILE_PX)
    for row in range(rows):
        report(row / rows * 0.98, f"row {row + 1} of {rows}")
        for column in range(columns):
            cancel.check()
            tile = renderer.snapshot(Region(column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX))
            if below:
                below.take(column, row, tile)
                if column == columns - 1:
                    below.end_row(row, row == rows - 1)
            # last, as nobody asks for more after the last tile
            yield jpeg_bytes(tile, quality)

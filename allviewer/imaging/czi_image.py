"""Zeiss CZI of every kind (mosaics, channels, focal stacks) through Zeiss's own library.

OpenSlide opens what Zeiss slide scanners write and is asked first; this is for what it leaves: fluorescence, focal
stacks and what other programs write.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.colouring import Colouring, Samples
from allviewer.imaging.czi_attachments import find_attachments, read_attachment
from allviewer.imaging.czi_blocks import CziBlocks
from allviewer.imaging.czi_metadata import read_czi_xml
from allviewer.imaging.failures import naming
from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.in_use import InUse
from allviewer.imaging.intensity import camera_range
from allviewer.imaging.limits import check_size
from allviewer.imaging.rectangles import paste
from allviewer.imaging.tile_cache import TileCache

if TYPE_CHECKING:
    from pylibCZIrw.czi import CziReader

MAGIC = b"ZISRAWFILE"
_CACHE_BYTES = 64 << 20
_CACHED_BLOCKS = 10_000
_SAMPLED_SIDE_PX = 1024
_WHITE, _BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


def open_czi(path: Path) -> PixelSource:
    """Open a CZI: all scenes in one picture, of channels a composite, of focal planes the middle one.

    Raises:
        ImageError: damaged, cut off, or of a kind that the library does not read.
    """
    with naming(path):
        from pylibCZIrw import czi

        kept = czi.CacheOptions(czi.CacheType.Standard, _CACHE_BYTES, _CACHED_BLOCKS)
        reader = czi.CziReader(str(path), czi.ReaderFileInputTypes.Standard, kept)
        try:
            source = CziSource(path, reader)
            coarsest = source.info.levels[-1]
            source.read(len(source.info.levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)
        except BaseException:
            reader.close()
            raise
    return source


class CziSource(ImageSource):
    """A `PixelSource` over one CZI; the library composes the tiles of the mosaic and is safe between threads."""

    def __init__(self, path: Path, reader: "CziReader") -> None:
        self._path = path
        self._reader = reader
        self._in_use = InUse(path.name)
        sizes: dict[str, tuple[int, int]] = reader.total_bounding_box_no_pyramid
        bounds = reader.total_bounding_rectangle_no_pyramid
        check_size(path.name, bounds.w, bounds.h)
        self._corner = (bounds.x, bounds.y)
        self._first = {axis: sizes[axis][0] for axis in "CZT" if axis in sizes}
        planes = _length(sizes, "Z")
        self._is_colour = reader.get_channel_pixel_type(self._first.get("C", 0)).startswith("Bgr")
        self._channel_count = 1 if self._is_colour else _length(sizes, "C")
        self._blocks = CziBlocks(reader, self._corner, min(bounds.w, bounds.h))
        self._pieces: TileCache[Samples] = TileCache(_CACHE_BYTES)
        self._attachments = {one.name: one for one in find_attachments(path)}
        description = read_czi_xml(reader.raw_metadata)
        self._colouring = self._judge_colours(bounds.w, bounds.h, planes // 2, description)
        super().__init__(
            SlideInfo(
                levels=tuple(
                    Level(bounds.w // factor, bounds.h // factor, float(factor)) for factor in self._blocks.factors
                ),
                mpp=description.mpp,
                objective=description.objective,
                reader="libCZI (Zeiss)",
                properties=description.properties,
                plane_count=planes,
                plane=planes // 2,
                plane_spacing_um=description.plane_spacing_um if planes > 1 else None,
                channels=self._colouring.channel_names(description.channel_names),
                associated=tuple(sorted(self._attachments)),
            )
        )

    def close(self) -> None:
        """Close the file once the reads under way have ended."""
        self._in_use.end()
        self._reader.close()

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        plane, channel = self._look.plane, self._look.channel
        with self._in_use, naming(self._path):
            if channel is None:
                return self._colouring.to_rgb(self._stored(level, inside, plane), None)
            return self._colouring.channel_in_grey(self._one(level, inside, plane, channel)[:, :, 0], channel)

    def _read_associated(self, name: str) -> RgbArray:
        with naming(self._path):
            return read_attachment(self._path, self._attachments[name], open_czi)

    def _stored(self, level: int, inside: Region, plane: int) -> Samples:
        """Values (height, width, samples) of all channels."""
        channels = [self._one(level, inside, plane, number) for number in range(self._channel_count)]
        return channels[0] if len(channels) == 1 else np.concatenate(channels, axis=2)

    def _one(self, level: int, inside: Region, plane: int, channel: int) -> Samples:
        """One channel's values (height, width, samples)."""
        factor = self._blocks.factors[level]
        x, y = self._corner[0] + inside.x * factor, self._corner[1] + inside.y * factor
        values = self._library_read((x, y, inside.width * factor, inside.height * factor), factor, plane, channel)
        if values.shape[:2] != (inside.height, inside.width):
            raise ImageError(f"{self._path.name} is damaged: a part of it has another size than it says.")
        if level == 0:
            return values
        # where blocks of the pyramid meet the library mixes in a finer level; block by block it is exact
        out = values.copy()
        for block in self._blocks.within(level, inside):
            key = (level, plane, channel, block.stored)
            piece = self._pieces.get(key)
            if piece is None:
                piece = self._library_read(block.stored, factor, plane, channel)
                self._pieces.put(key, piece, piece.nbytes)
            if piece.shape[:2] == (block.seen.height, block.seen.width):
                paste(piece, block.seen, out, inside)
        return out

    def _library_read(self, roi: tuple[int, int, int, int], factor: int, plane: int, channel: int) -> Samples:
        at = dict(self._first)
        at["Z"] = at.get("Z", 0) + plane
        at["C"] = at.get("C", 0) + channel
        background = _WHITE if self._is_colour else _BLACK
        values: Samples = self._reader.read(roi=roi, plane=at, zoom=1 / factor, background_pixel=background)
        return values[:, :, ::-1] if self._is_colour else values

    def _judge_colours(self, width: int, height: int, plane: int, description: FileDescription) -> Colouring:
        sampled = self._sampled_values(width, height, plane)
        if self._is_colour:
            return colouring.rgb(camera_range(sampled))
        if self._channel_count == 1:
            return colouring.grey(camera_range(sampled))
        return colouring.channels(sampled, description.colours)

    def _sampled_values(self, width: int, height: int, plane: int) -> Samples:
        """Values (n, m, samples) from the middle of the coarsest level."""
        level = len(self._blocks.factors) - 1
        wide, tall = width // self._blocks.factors[level], height // self._blocks.factors[level]
        side_px = _SAMPLED_SIDE_PX
        one = self._stored(level, Region(wide // 2, tall // 2, 1, 1), plane)
        if one.dtype == np.uint8:  # their range is known
            return one
        middle = Region((wide - side_px) // 2, (tall - side_px) // 2, side_px, side_px)
        return self._stored(level, middle.intersection(Region(0, 0, wide, tall)), plane)


def _length(sizes: dict[str, tuple[int, int]], axis: str) -> int:
    first, end = sizes.get(axis, (0, 1))
    return max(1, end - first)

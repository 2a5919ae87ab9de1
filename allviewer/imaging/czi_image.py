"""Zeiss CZI of every kind (mosaics, channels, focal stacks) through Zeiss's own library.

OpenSlide opens what Zeiss slide scanners write and is asked first; this is for what it leaves: fluorescence, focal
stacks and what other programs write.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.colouring import Colouring, Samples
from allviewer.imaging.czi_attachments import find_attachments, read_attachment
from allviewer.imaging.czi_metadata import read_czi_xml
from allviewer.imaging.failures import naming
from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.in_use import InUse
from allviewer.imaging.intensity import camera_range
from allviewer.imaging.limits import check_size

if TYPE_CHECKING:
    from pylibCZIrw.czi import CziReader

MAGIC = b"ZISRAWFILE"
_CACHE_BYTES = 96 << 20
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

        kept = czi.CacheOptions(czi.CacheType.Standard, _CACHE_BYTES >> 20, _CACHED_BLOCKS)
        reader = czi.CziReader(str(path), czi.ReaderFileInputTypes.Standard, kept)
        source = CziSource(path, reader)
        coarsest = source.info.levels[-1]
        source.read(len(source.info.levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)
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
        self._factors = [1, *_reductions(reader, min(bounds.w, bounds.h))]
        self._attachments = {one.name: one for one in find_attachments(path)}
        description = read_czi_xml(reader.raw_metadata)
        self._colouring = self._judge_colours(bounds.w, bounds.h, planes // 2, description)
        super().__init__(
            SlideInfo(
                levels=tuple(Level(bounds.w // factor, bounds.h // factor, float(factor)) for factor in self._factors),
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
        factor = self._factors[level]
        x, y = self._corner[0] + inside.x * factor, self._corner[1] + inside.y * factor
        at = dict(self._first)
        at["Z"] = at.get("Z", 0) + plane
        at["C"] = at.get("C", 0) + channel
        values: Samples = self._reader.read(
            roi=(x, y, inside.width * factor, inside.height * factor),
            plane=at,
            zoom=1 / factor,
            background_pixel=_WHITE if self._is_colour else _BLACK,
        )
        if values.shape[:2] != (inside.height, inside.width):
            raise ImageError(f"{self._path.name} is damaged: a part of it has another size than it says.")
        return values[:, :, ::-1] if self._is_colour else values

    def _judge_colours(self, width: int, height: int, plane: int, description: FileDescription) -> Colouring:
        side_px = _SAMPLED_SIDE_PX * self._factors[-1]
        middle = Region((width - side_px) // 2, (height - side_px) // 2, side_px, side_px)
        coarse = middle.intersection(Region(0, 0, width, height))
        factor = self._factors[-1]
        box = Region(coarse.x // factor, coarse.y // factor, coarse.width // factor, coarse.height // factor)
        sampled = self._stored(len(self._factors) - 1, box, plane)
        if self._is_colour:
            return colouring.rgb(camera_range(sampled))
        if self._channel_count == 1:
            return colouring.grey(camera_range(sampled))
        return colouring.channels(sampled, description.colours)


def _length(sizes: dict[str, tuple[int, int]], axis: str) -> int:
    first, end = sizes.get(axis, (0, 1))
    return max(1, end - first)


def _reductions(reader: "CziReader", side_px: int) -> list[int]:
    """By how much the pictures in the file's pyramid are smaller, finest first."""
    found: set[int] = set()

    def note(_: int, block: Any) -> bool:
        found.add(round(1 / block.get_zoom()))
        return True

    reader.enumerate_subblocks(note)
    return sorted(factor for factor in found if 1 < factor <= side_px)

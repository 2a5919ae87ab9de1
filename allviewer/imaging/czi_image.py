"""Zeiss CZI of every kind: mosaics with pyramids, channels, focal stacks."""

import threading
from collections import defaultdict
from pathlib import Path

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.colouring import Colouring, Samples
from allviewer.imaging.czi_attachments import find_attachments, read_attachment
from allviewer.imaging.czi_file import Block, CziFile
from allviewer.imaging.czi_metadata import read_czi_xml
from allviewer.imaging.failures import naming
from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.in_use import InUse
from allviewer.imaging.intensity import camera_range
from allviewer.imaging.limits import check_size
from allviewer.imaging.rectangles import paste
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache

_CACHE_BYTES = 96 << 20
_SAMPLED_SIDE_PX = 1024
_LARGE_PX, _LEAST_SHARE = 1 << 26, 0.001
_LOCKS = 8


def open_czi(path: Path, budget: ByteBudget | None = None) -> PixelSource:
    """Open a CZI: all scenes in one picture, of channels a composite, of focal planes the middle one.

    Raises:
        ImageError: damaged, cut off, or of a kind that is not supported.
    """
    with naming(path):
        file = CziFile(path)
        try:
            source = CziSource(path, file, budget or ByteBudget())
            coarsest = source.info.levels[-1]
            source.read(len(source.info.levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)
        except BaseException:
            file.close()
            raise
    return source


class CziSource(ImageSource):
    """A `PixelSource` that puts the blocks of the mosaic together; of time points and angles the first."""

    def __init__(self, path: Path, file: CziFile, budget: ByteBudget) -> None:
        self._path = path
        self._file = file
        self._in_use = InUse(path.name)
        self._kept: TileCache[Samples] = TileCache(budget, _CACHE_BYTES)
        # several threads that want one block wait for the first to decode it
        self._decoding = [threading.Lock() for _ in range(_LOCKS)]
        shown = _first_of_all_but(file.blocks, "CZSM")
        finest = [block for block in shown if block.factor == 1] or shown
        self._bounds = _bounds(path.name, finest)
        self._channels = sorted({block.start.get("C", 0) for block in finest})
        self._planes = sorted({block.start.get("Z", 0) for block in finest})
        self._dtype, self._samples = finest[0].dtype, finest[0].samples
        self._blocks: dict[tuple[int, int, int], list[Block]] = defaultdict(list)
        for block in sorted(shown, key=lambda block: block.start.get("M", 0)):
            self._blocks[block.factor, block.start.get("C", 0), block.start.get("Z", 0)].append(block)
        if self._samples > 1:
            self._channels = self._channels[:1]
        smallest_px = min(self._bounds.width, self._bounds.height)
        self._factors = sorted({block.factor for block in shown if block.factor <= smallest_px} | {1})
        self._attachments = {one.name: one for one in find_attachments(path)}
        description = read_czi_xml(file.xml)
        plane = len(self._planes) // 2
        self._colouring = self._judge_colours(plane, description)
        super().__init__(
            SlideInfo(
                levels=tuple(
                    Level(self._bounds.width // factor, self._bounds.height // factor, float(factor))
                    for factor in self._factors
                ),
                mpp=description.mpp,
                objective=description.objective,
                reader="imagecodecs (Zeiss CZI)",
                properties=description.properties,
                plane_count=len(self._planes),
                plane=plane,
                plane_spacing_um=description.plane_spacing_um if len(self._planes) > 1 else None,
                channels=self._colouring.channel_names(description.channel_names),
                associated=tuple(sorted(self._attachments)),
            )
        )

    def close(self) -> None:
        """Close the file once the reads under way have ended."""
        self._in_use.end()
        self._file.close()
        self._kept.drop(())

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
        return np.concatenate([self._one(level, inside, plane, n) for n in range(len(self._channels))], axis=2)

    def _one(self, level: int, inside: Region, plane: int, channel: int) -> Samples:
        """One channel's values (height, width, samples); where nothing was scanned white, in grey images black."""
        factor = self._factors[level]
        is_white = self._samples > 1 and self._dtype.kind == "u"
        blank = np.iinfo(self._dtype).max if is_white else 0
        out = np.full((inside.height, inside.width, self._samples), blank, dtype=self._dtype)
        for block in self._blocks.get((factor, self._channels[channel], self._planes[plane]), ()):
            x = round((block.place.x - self._bounds.x) / factor)
            y = round((block.place.y - self._bounds.y) / factor)
            box = Region(x, y, block.width, block.height)
            if not box.intersection(inside).is_empty:
                paste(self._pixels(block), box, out, inside)
        return out

    def _pixels(self, block: Block) -> Samples:
        with self._decoding[block.position // 32 % _LOCKS]:
            values = self._kept.get((block.position,))
            if values is None:
                values = self._file.pixels(block)
                if values.dtype != self._dtype or values.shape[2] != self._samples:
                    raise ImageError(f"{self._path.name} cannot be shown: its blocks hold different kinds of values.")
                self._kept.put((block.position,), values, values.nbytes)
            return values

    def _judge_colours(self, plane: int, description: FileDescription) -> Colouring:
        sampled = self._sampled_values(plane)
        if self._samples > 1:
            return colouring.rgb(camera_range(sampled))
        if len(self._channels) == 1:
            return colouring.grey(camera_range(sampled))
        return colouring.channels(sampled, description.colours)

    def _sampled_values(self, plane: int) -> Samples:
        """Values (n, m, samples) from the middle of the coarsest level."""
        if self._dtype == np.uint8:  # their range is known
            return np.zeros((1, 1, self._samples * len(self._channels)), dtype=np.uint8)
        factor, side_px = self._factors[-1], _SAMPLED_SIDE_PX
        wide, tall = self._bounds.width // factor, self._bounds.height // factor
        middle = Region((wide - side_px) // 2, (tall - side_px) // 2, side_px, side_px)
        return self._stored(len(self._factors) - 1, middle.intersection(Region(0, 0, wide, tall)), plane)


def _first_of_all_but(blocks: list[Block], axes: str) -> list[Block]:
    """The blocks that stand at the first position along all axes but these."""
    firsts: dict[str, int] = {}
    for block in blocks:
        for axis, start in block.start.items():
            firsts[axis] = min(start, firsts.get(axis, start))
    return [
        block
        for block in blocks
        if all(start == firsts[axis] for axis, start in block.start.items() if axis not in axes)
    ]


def _bounds(name: str, blocks: list[Block]) -> Region:
    left, top = min(block.place.x for block in blocks), min(block.place.y for block in blocks)
    right, bottom = max(block.place.right for block in blocks), max(block.place.bottom for block in blocks)
    bounds = Region(left, top, right - left, bottom - top)
    check_size(name, bounds.width, bounds.height)
    scanned_px = sum(block.width * block.height for block in blocks)
    # one changed number puts a block far away from all others, and nothing would ever be found in between
    if bounds.width * bounds.height > max(_LARGE_PX, scanned_px / _LEAST_SHARE):
        raise ImageError(f"{name} is damaged: its blocks lie {bounds.width} x {bounds.height} pixels apart.")
    return bounds

"""OME-Zarr: a folder of chunks, through zarr (format 2 and 3)."""

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.colouring import Colouring, Samples
from allviewer.imaging.failures import naming
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.in_use import InUse
from allviewer.imaging.intensity import camera_range
from allviewer.imaging.pyramid_levels import coarser_levels, level
from allviewer.imaging.zarr_chunks import ChunkReader
from allviewer.imaging.zarr_metadata import Multiscale, read_multiscale
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache

_CACHE_BYTES = 96 << 20
_SAMPLED_CHUNKS = 32
_FIRST_SERIES = "0"
"""Where converters put the first image of a file that may hold several."""
_MANY_CHUNKS, _LEAST_SHARE = 2048, 0.01
_PRIMARIES = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


def open_zarr(path: Path, budget: ByteBudget | None = None) -> PixelSource:
    """Open the first image of an OME-Zarr: of channels a composite, of focal planes the middle one.

    Raises:
        ImageError: damaged, no image, or of a kind that is not supported.
    """
    with naming(path):
        import zarr

        root = zarr.open_group(path, mode="r")
        image = read_multiscale(dict(root.attrs), path.name)
        first = root.get(_FIRST_SERIES)
        if image is None and isinstance(first, zarr.Group):
            root = first
            image = read_multiscale(dict(root.attrs), path.name)
        if image is None:
            raise ImageError(f"{path.name} is no image: it is a Zarr folder without OME's description of one.")
        arrays = [root[level_path] for level_path in image.paths]
        source = ZarrSource(path, arrays, image, budget or ByteBudget(), f"zarr {zarr.__version__}")
        source.probe()
    return source


class ZarrSource(ImageSource):
    """A `PixelSource` over the arrays of one image."""

    def __init__(self, path: Path, arrays: Sequence[Any], image: Multiscale, budget: ByteBudget, library: str) -> None:
        self._path = path
        self._in_use = InUse(path.name)
        cache: TileCache[Samples] = TileCache(budget, _CACHE_BYTES)
        alike = [array for array in arrays if array.ndim == len(image.axes) and array.dtype == arrays[0].dtype]
        if not alike or alike[0] is not arrays[0]:
            raise ImageError(f"{path.name} is damaged: its arrays do not have the axes {image.axes}.")
        readers = [ChunkReader(array, image.axes, path.name, cache, number) for number, array in enumerate(alike)]
        kept = coarser_levels([reader.extent for reader in readers])
        self._readers = [readers[index] for index in kept]
        _refuse_empty_giant(path, image.paths[kept[-1]], alike[kept[-1]])
        finest = self._readers[0]
        plane = finest.plane_count // 2
        self._finest_planes = finest.plane_count
        self._colouring = _colouring(image, self._sampled_values(plane))
        description = image.description
        super().__init__(
            SlideInfo(
                levels=tuple(level(finest.extent, reader.extent) for reader in self._readers),
                mpp=description.mpp,
                reader=f"{library} (OME-Zarr)",
                properties=description.properties,
                plane_count=finest.plane_count,
                plane=plane,
                plane_spacing_um=description.plane_spacing_um if finest.plane_count > 1 else None,
                channels=self._colouring.channel_names(description.channel_names),
            )
        )

    def probe(self) -> None:
        """Read one pixel of the coarsest level: what does not decode is refused at once."""
        coarsest = self._info.levels[-1]
        self.read(len(self._info.levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)

    def close(self) -> None:
        """No file stays open between reads; those under way are waited for."""
        self._in_use.end()

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        reader = self._readers[level]
        # a few writers halve the focal stack as well
        plane = self._look.plane * reader.plane_count // self._finest_planes
        channel = self._look.channel
        with self._in_use, naming(self._path):
            if channel is None:
                return self._colouring.to_rgb(reader.read(inside, plane, range(reader.channel_count)), None)
            return self._colouring.channel_in_grey(reader.read(inside, plane, [channel])[:, :, 0], channel)

    def _sampled_values(self, plane: int) -> Samples:
        """Values (n, 1, channels) spread evenly over the coarsest level."""
        reader = self._readers[-1]
        channels = range(reader.channel_count)
        if reader.dtype == np.uint8:  # their range is known
            return np.zeros((1, 1, len(channels)), dtype=np.uint8)
        own_plane = plane * reader.plane_count // self._finest_planes
        boxes = reader.chunk_boxes
        chosen = np.linspace(0, len(boxes) - 1, min(_SAMPLED_CHUNKS, len(boxes))).astype(int)
        found = [reader.read(boxes[index], own_plane, channels) for index in chosen]
        return np.concatenate([values.reshape(-1, 1, len(channels)) for values in found])


def _refuse_empty_giant(path: Path, level_path: str, array: Any) -> None:
    """A changed number in the header makes millions of chunks of which none is there, and nothing would ever be shown.

    Raises:
        ImageError: the coarsest level claims very many chunks and holds less than a hundredth of them.
    """
    claimed = math.prod(-(-size // part) for size, part in zip(array.shape, array.shards or array.chunks, strict=True))
    if claimed <= _MANY_CHUNKS:
        return
    found = 0
    for _, _, files in os.walk(path / level_path):
        found += len(files)
        if found >= claimed * _LEAST_SHARE:
            return
    raise ImageError(
        f"{path.name} is damaged: it claims {array.shape[-1]} x {array.shape[-2]} pixels, of which there are few."
    )


def _colouring(image: Multiscale, sampled: Samples) -> Colouring:
    count = sampled.shape[2]
    colours = image.description.colours
    if count == 1:
        return colouring.grey(camera_range(sampled))
    if count == len(_PRIMARIES) and sampled.dtype in (np.uint8, np.uint16) and colours in ((), _PRIMARIES):
        return colouring.rgb(camera_range(sampled))
    return colouring.channels(sampled, colours, image.windows)

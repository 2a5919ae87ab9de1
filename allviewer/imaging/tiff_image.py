"""TIFF in all its kinds (tiles, strips, pyramids, OME, ImageJ, BigTIFF) through tifffile."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging.array_source import ArraySource
from allviewer.imaging.failures import naming
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.intensity import Colour
from allviewer.imaging.limits import MAX_DECODED_BYTES, check_size
from allviewer.imaging.ome import ome_scale_and_colours
from allviewer.imaging.orientation import UPRIGHT, turned_upright
from allviewer.imaging.pixel_size import credible_mpp, micrometres, mpp_from_density
from allviewer.imaging.tiff_colour import ToRgb, colouring
from allviewer.imaging.tiff_pages import PageReader, Samples
from allviewer.imaging.tile_cache import TileCache

if TYPE_CHECKING:
    from tifffile import TiffFile

_CACHE_BYTES = 96 << 20
_SAMPLED_SEGMENTS = 32
_BAND_PX = 1 << 22
_ORIENTATION_TAG = 274
_CENTIMETRE, _INCH = 3, 2


def open_tiff(path: Path) -> PixelSource:
    """Open a TIFF: of several images the largest, of several channels a composite, of focal planes the middle one.

    Strips are decoded whole as far as memory allows, tiles only where they are looked at.

    Raises:
        ImageError: damaged, cut off, too large, or of a kind that is not supported.
    """
    source = open_tiff_levels(path)
    orientation = source.orientation
    whole = source.decoded_whole() if source.is_small_enough_to_hold else source
    return turned_upright(whole, orientation)


def open_tiff_levels(path: Path) -> "TiffSource":
    """The levels of a TIFF as stored, whatever its orientation, after one pixel of it has been read.

    Raises:
        ImageError: as `open_tiff`.
    """
    with naming(path):
        import tifffile

        tif = tifffile.TiffFile(path, _multifile=False)
        try:
            source = TiffSource(path, tif, f"tifffile {tifffile.__version__}")
            source.probe()
        except BaseException:
            tif.close()
            raise
    return source


class TiffSource(ImageSource):
    """A `PixelSource` that decodes tiles or strips as they are asked for."""

    def __init__(self, path: Path, tif: "TiffFile", library: str) -> None:
        series = max(tif.series, key=lambda one: math.prod(_extent(one)))
        self._path = path
        self._tif = tif
        tif.filehandle.set_lock(True)  # without it a seek of one thread moves the reads of another
        cache: TileCache[Samples] = TileCache(_CACHE_BYTES)
        self._levels: list[list[PageReader]] = []
        for level in _consistent_levels(series):
            pages = _channel_pages(level, path.name)
            fill = _blank_value(pages[0].keyframe, len(pages))
            first = sum(len(readers) for readers in self._levels)
            readers = [PageReader(page, path.name, cache, first + at, fill) for at, page in enumerate(pages)]
            check_size(path.name, readers[0].width, readers[0].height)
            self._levels.append(readers)
        mpp, colours = _scale_and_colours(tif, series.keyframe)
        self._frame = series.keyframe
        self._to_rgb: ToRgb = colouring(self._frame, path.name, self._sampled_values(), colours)
        super().__init__(
            SlideInfo(
                levels=tuple(self._level(readers[0]) for readers in self._levels),
                mpp=mpp,
                reader=f"{library} ({series.kind})",
            )
        )

    @property
    def orientation(self) -> int:
        """How the image was stored: 1 upright, 2 to 8 turned or mirrored."""
        tag = self._frame.tags.get(_ORIENTATION_TAG)
        return tag.value if tag is not None and isinstance(tag.value, int) else UPRIGHT

    @property
    def is_small_enough_to_hold(self) -> bool:
        """Whether the image comes in strips of one resolution and fits into memory."""
        values = len(self._levels[0]) * self._levels[0][0].samples * self._levels[0][0].dtype.itemsize
        size = self._info.width * self._info.height * (3 + values)
        return len(self._levels) == 1 and not self._frame.is_tiled and size <= MAX_DECODED_BYTES

    def decoded_whole(self) -> PixelSource:
        """The same image held in memory; the file is closed."""
        width, height = self._info.width, self._info.height
        pixels = np.empty((height, width, 3), dtype=np.uint8)
        band_px = self._levels[0][0].segment_height * max(1, _BAND_PX // self._levels[0][0].segment_height // width)
        for top in range(0, height, band_px):
            pixels[top : top + band_px] = self.read(0, 0, top, width, min(band_px, height - top))
        self.close()
        return ArraySource(pixels, self._info)

    def probe(self) -> None:
        """Read one pixel of the coarsest level: a file whose tiles do not decode is refused at once."""
        coarsest = self._info.levels[-1]
        self.read(len(self._levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)

    def close(self) -> None:
        self._tif.close()

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        with naming(self._path):
            stored = [reader.read(inside) for reader in self._levels[level]]
            return self._to_rgb(stored[0] if len(stored) == 1 else np.concatenate(stored, axis=2))

    def _level(self, reader: PageReader) -> Level:
        finest = self._levels[0][0]
        return Level(reader.width, reader.height, (finest.width / reader.width + finest.height / reader.height) / 2)

    def _sampled_values(self) -> Samples:
        """Values (n, 1, samples) from tiles or strips spread evenly over the coarsest level."""
        if self._levels[0][0].dtype == np.uint8:  # their range is known
            samples = sum(reader.samples for reader in self._levels[0])
            return np.zeros((1, 1, samples), dtype=np.uint8)
        readers = self._levels[-1]
        tall, wide = readers[0].segment_height, readers[0].segment_width
        rows, columns = -(-readers[0].height // tall), -(-readers[0].width // wide)
        count = min(_SAMPLED_SEGMENTS, rows * columns)
        bounds = Region(0, 0, readers[0].width, readers[0].height)
        found = []
        for number in np.linspace(0, rows * columns - 1, count).astype(int):
            box = Region(int(number) % columns * wide, int(number) // columns * tall, wide, tall).intersection(bounds)
            values = np.concatenate([reader.read(box) for reader in readers], axis=2)
            found.append(values.reshape(-1, 1, values.shape[2]))
        return np.concatenate(found)


def _extent(level: Any) -> tuple[int, int]:
    """(width, height) of a tifffile series or level."""
    return level.shape[level.axes.index("X")], level.shape[level.axes.index("Y")]


def _consistent_levels(series: Any) -> list[Any]:
    """The levels that are smaller pictures of the first: same kind of values, same proportions, ever coarser."""
    levels = list(series.levels)
    kept = levels[:1]
    width, height = _extent(levels[0])
    for level in levels[1:]:
        own_width, own_height = _extent(level)
        tolerance_px = max(2.0, 0.02 * max(own_width, own_height))
        proportional = abs(own_width * height / width - own_height) <= tolerance_px
        alike = level.axes == series.axes and level.dtype == series.dtype
        if proportional and alike and own_width < _extent(kept[-1])[0]:
            kept.append(level)
    return kept


def _channel_pages(level: Any, name: str) -> list[Any]:
    """The pages that make up the picture: one, or one a channel; of other dimensions the first, of depth the middle."""
    leading = [(axis, size) for axis, size in zip(level.axes, level.shape, strict=True) if axis not in "YXS"]
    sizes = tuple(size for _, size in leading)
    if not leading or math.prod(sizes) != len(level.pages):
        return [level.pages[0]]
    chosen = []
    for channel in range(dict(leading).get("C", 1)):
        position = tuple({"C": channel, "Z": size // 2}.get(axis, 0) for axis, size in leading)
        page = level.pages[int(np.ravel_multi_index(position, sizes))]
        if page is not None:
            chosen.append(page)
    if not chosen:
        raise ImageError(f"{name} cannot be opened: its pixels lie in other files.")
    return chosen


def _blank_value(frame: Any, channels: int) -> float:
    """What stands where a file leaves a tile out: white in a colour image, no light elsewhere."""
    white = channels == 1 and frame.dtype == np.uint8 and frame.samplesperpixel >= 3
    return 255.0 if white else 0.0


def _scale_and_colours(tif: "TiffFile", frame: Any) -> tuple[float | None, Sequence[Colour | None]]:
    if tif.is_ome and tif.ome_metadata:
        mpp, colours = ome_scale_and_colours(tif.ome_metadata)
        if mpp is not None or colours:
            return mpp, colours
    x_per_unit, y_per_unit = frame.resolution
    if tif.is_imagej and tif.imagej_metadata:
        unit = str(tif.imagej_metadata.get("unit", "")).replace("\\u00B5", "µ").replace("micron", "µm")
        if x_per_unit > 0 and y_per_unit > 0:
            return credible_mpp(micrometres(1 / x_per_unit, unit), micrometres(1 / y_per_unit, unit)), ()
    unit_um = {_CENTIMETRE: 10_000.0, _INCH: 25_400.0}.get(int(frame.resolutionunit))
    return (mpp_from_density(x_per_unit, y_per_unit, unit_um) if unit_um else None), ()

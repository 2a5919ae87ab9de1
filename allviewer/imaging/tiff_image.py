"""TIFF in all its kinds (tiles, strips, pyramids, OME, ImageJ, BigTIFF) through tifffile."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray, SlideInfo
from allviewer.imaging.colour_profile import ColourProfile, load_profile
from allviewer.imaging.colouring import Samples
from allviewer.imaging.failures import naming
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.limits import MAX_DECODED_BYTES, check_size
from allviewer.imaging.orientation import UPRIGHT, turned_upright
from allviewer.imaging.pyramid_levels import level
from allviewer.imaging.tiff_colour import tiff_colouring
from allviewer.imaging.tiff_metadata import describe, profile_bytes
from allviewer.imaging.tiff_pages import PageReader, SegmentStore
from allviewer.imaging.tiff_series import TiffSeries
from allviewer.memory.byte_budget import ByteBudget

if TYPE_CHECKING:
    from tifffile import TiffFile

_TILES_BYTES, _STRIPS_BYTES = 32 << 20, 96 << 20
"""Decoded tiles or strips that are kept. What is on the screen is kept elsewhere: these serve neighbours only."""
_SAMPLED_SEGMENTS = 32
_ORIENTATION_TAG = 274


def open_tiff(path: Path, budget: ByteBudget | None = None) -> PixelSource:
    """Open a TIFF: of several images the largest, of several channels a composite, of focal planes the middle one.

    Raises:
        ImageError: damaged, cut off, too large, or of a kind that is not supported.
    """
    source = open_tiff_levels(path, budget)
    return turned_upright(source, source.orientation)


def open_tiff_levels(path: Path, budget: ByteBudget | None = None) -> "TiffSource":
    """The levels of a TIFF as stored, whatever its orientation, after one pixel of it has been read.

    Raises:
        ImageError: as `open_tiff`.
    """
    with naming(path):
        import tifffile

        tif = tifffile.TiffFile(path, _multifile=False)
        try:
            # without it a seek of one thread moves the reads of another
            tif.filehandle.set_lock(True)
            source = TiffSource(path, tif, budget or ByteBudget(), f"tifffile {tifffile.__version__}")
            source.probe()
        except BaseException:
            tif.close()
            raise
    return source


class TiffSource(ImageSource):
    """A `PixelSource` that decodes tiles or strips as they are asked for."""

    def __init__(self, path: Path, tif: "TiffFile", budget: ByteBudget, library: str) -> None:
        self._path = path
        self._tif = tif
        self._series = series = TiffSeries(tif, path.name)
        self._frame = series.keyframe
        self._store = SegmentStore(path.name, tif.filehandle, budget)
        self.hold_little()
        self._readers = _Readers(series, self._store, _blank_value(series))
        finest = self._readers.of(0, series.opening_plane)
        extents = [self._readers.of(index, series.opening_plane)[0].extent for index in range(series.level_count)]
        description = describe(tif, series)
        self._colouring = tiff_colouring(self._frame, path.name, self._sampled_values(), description.colours)
        self._profile = load_profile(profile_bytes(self._frame), self._colouring.mode)
        super().__init__(
            SlideInfo(
                levels=tuple(level(extents[0], extent) for extent in extents),
                mpp=description.mpp,
                objective=description.objective,
                reader=f"{library} ({series.kind})",
                properties=description.properties,
                plane_count=series.plane_count,
                plane=series.opening_plane,
                plane_spacing_um=description.plane_spacing_um if series.plane_count > 1 else None,
                profile=self._profile.name if self._profile else "",
                channels=self._colouring.channel_names(description.channel_names),
            )
        )
        whole_bytes = sum(reader.decoded_bytes for reader in finest)
        if series.level_count == 1 and not self._frame.is_tiled and whole_bytes <= MAX_DECODED_BYTES:
            # strips run across the whole image: a column of screen tiles would decode each of them again and again
            self._store.cache.set_most(max(_STRIPS_BYTES, whole_bytes))

    @property
    def orientation(self) -> int:
        """How the image was stored: 1 upright, 2 to 8 turned or mirrored."""
        tag = self._frame.tags.get(_ORIENTATION_TAG)
        return tag.value if tag is not None and isinstance(tag.value, int) else UPRIGHT

    @property
    def profile(self) -> ColourProfile | None:
        """For what `read` gives without it; None too for inks, whose profile does not apply to what they become."""
        return None if self._colouring.mode == "CMYK" else self._profile

    @property
    def is_tiled(self) -> bool:
        """Whether it lies in tiles rather than strips."""
        return bool(self._frame.is_tiled)

    @property
    def segment_px(self) -> tuple[int, int]:
        """Width and height of the tiles or strips of the coarsest level."""
        reader = self._readers.of(self._series.level_count - 1, self._series.opening_plane)[0]
        return reader.segment_width, reader.segment_height

    @property
    def largest_segment_bytes(self) -> int:
        """Of all levels, what a tile or strip takes when it is decoded."""
        levels = range(self._series.level_count)
        readers = [self._readers.of(index, self._series.opening_plane)[0] for index in levels]
        return max(int(reader.segment_bytes) for reader in readers)

    def hold_little(self) -> None:
        """Keep few decoded strips, however many there are: the image gets a pyramid."""
        self._store.cache.set_most(_TILES_BYTES if self.is_tiled else _STRIPS_BYTES)

    def probe(self) -> None:
        """Read one pixel of the coarsest level: a file whose tiles do not decode is refused at once."""
        coarsest = self._info.levels[-1]
        self.read(len(self._info.levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)

    def close(self) -> None:
        """See `PixelSource.close`."""
        self._tif.close()
        self._store.cache.drop(())

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        with naming(self._path):
            readers = self._readers.of(level, self._look.plane)
            channel = self._look.channel
            if channel is None:
                return self._colouring.to_rgb(_joined(readers, inside), self._profile if self._look.managed else None)
            per_page = readers[0].samples
            values = readers[channel // per_page].read(inside)[:, :, channel % per_page]
            return self._colouring.channel_in_grey(values, channel)

    def _sampled_values(self) -> Samples:
        """Values (n, 1, samples) from tiles or strips spread evenly over the coarsest level."""
        readers = self._readers.of(self._series.level_count - 1, self._series.opening_plane)
        if readers[0].dtype == np.uint8:  # their range is known
            return np.zeros((1, 1, sum(reader.samples for reader in readers)), dtype=np.uint8)
        tall, wide = readers[0].segment_height, readers[0].segment_width
        rows, columns = -(-readers[0].height // tall), -(-readers[0].width // wide)
        count = min(_SAMPLED_SEGMENTS, rows * columns)
        bounds = Region(0, 0, readers[0].width, readers[0].height)
        found = []
        for number in np.linspace(0, rows * columns - 1, count).astype(int):
            box = Region(int(number) % columns * wide, int(number) // columns * tall, wide, tall).intersection(bounds)
            values = _joined(readers, box)
            found.append(values.reshape(-1, 1, values.shape[2]))
        return np.concatenate(found)


class _Readers:
    """The readers of a file's pages, each made when its level and plane are first looked at."""

    def __init__(self, series: TiffSeries, store: SegmentStore, fill: float) -> None:
        self._series = series
        self._store = store
        self._fill = fill
        self._made: dict[tuple[int, int], list[PageReader]] = {}
        self._lock = threading.Lock()

    def of(self, level: int, plane: int) -> list[PageReader]:
        """One reader for each channel."""
        with self._lock:
            readers = self._made.get((level, plane))
            if readers is None:
                channels = range(self._series.channel_count)
                with self._store.file.lock:  # the page's header may have to be read
                    pages = [self._series.page(level, plane, channel) for channel in channels]
                readers = [
                    PageReader(page, self._store, (level, plane, channel), self._fill)
                    for channel, page in zip(channels, pages, strict=True)
                ]
                check_size(self._store.name, readers[0].width, readers[0].height)
                self._made[level, plane] = readers
            return readers


def _joined(readers: list[PageReader], inside: Region) -> Samples:
    """The values of all channels, (height, width, samples)."""
    stored = [reader.read(inside) for reader in readers]
    return stored[0] if len(stored) == 1 else np.concatenate(stored, axis=2)


def _blank_value(series: TiffSeries) -> float:
    """What stands where a file leaves a tile out: white in a colour image, no light elsewhere."""
    frame = series.keyframe
    white = series.channel_count == 1 and frame.dtype == np.uint8 and frame.samplesperpixel >= 3
    return 255.0 if white else 0.0

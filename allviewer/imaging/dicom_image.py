"""DICOM whole slides with their focal planes and optical paths, every level as its tiles lie in the files."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.colour_profile import load_profile
from allviewer.imaging.colouring import Colouring, Samples
from allviewer.imaging.dicom_file import DicomFile, TileAt
from allviewer.imaging.dicom_pixels import decoded, is_supported
from allviewer.imaging.failures import naming
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.in_use import InUse
from allviewer.imaging.intensity import ValueRange
from allviewer.imaging.limits import check_decoded
from allviewer.imaging.pixel_size import credible_mpp
from allviewer.imaging.pyramid_levels import coarser_levels, level
from allviewer.imaging.rectangles import paste
from allviewer.imaging.slide_parts import files_of_series
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache

_CACHE_BYTES = 32 << 20
_PICTURES = {"LABEL": "label", "OVERVIEW": "macro", "THUMBNAIL": "thumbnail"}
_SHOWN = (
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "AcquisitionDateTime", "ContainerIdentifier",
    "LossyImageCompressionRatio", "FocusMethod", "ExtendedDepthOfField",
)  # fmt: skip
"""Nothing of the patient, whose name belongs on no screenshot."""
_LONGEST_TEXT = 500


def open_dicom(path: Path, budget: ByteBudget | None = None) -> PixelSource:
    """Open a slide by any of its files; those of the same series in the folder belong to it.

    Raises:
        ImageError: damaged, no whole slide, or of a kind that is not supported.
    """
    with naming(path):
        files = [DicomFile(path, path.name)]
        try:
            for part in files_of_series(path):
                with contextlib.suppress(ImageError):  # another one that is damaged hides no sound one
                    files.append(_opened(part, path))
            source = DicomSource(path, files, budget or ByteBudget())
            coarsest = source.info.levels[-1]
            source.read(len(source.info.levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)
        except BaseException:
            for file in files:
                file.close()
            raise
    return source


def _opened(part: Path, path: Path) -> DicomFile:
    with naming(part):
        return DicomFile(part, f"{part.name}, a part of {path.name},")


class DicomSource(ImageSource):
    """A `PixelSource` over the files of one slide."""

    def __init__(self, path: Path, files: Sequence[DicomFile], budget: ByteBudget) -> None:
        self._path, self._files = path, files
        self._in_use = InUse(path.name)
        self._kept: TileCache[Samples] = TileCache(budget, _CACHE_BYTES)
        own = [file for file in files if file.series == files[0].series]
        self._levels = _levels(path.name, own)
        self._pictures = {_PICTURES[file.kind]: file for file in own if file.kind in _PICTURES}
        finest = self._levels[0][0]
        if not is_supported(colours := str(finest.head.PhotometricInterpretation)):
            raise ImageError(f"{path.name} cannot be shown: its kind of colour ({colours}) is not supported.")
        self._paths = range(finest.paths if finest.samples == 1 else 1)
        self._profile = load_profile(_profile_bytes(finest.head), "RGB" if finest.samples == 3 else "L")
        plane = finest.planes // 2
        self._colouring = self._judge_colours(colours, plane)
        measures = _measures(finest.head)
        names = [str(one.get("OpticalPathDescription", "")) for one in finest.head.get("OpticalPathSequence") or ()]
        spacing_mm = _number(measures.get("SpacingBetweenSlices")) if measures is not None else None
        super().__init__(
            SlideInfo(
                levels=tuple(
                    level((finest.width, finest.height), (parts[0].width, parts[0].height)) for parts in self._levels
                ),
                mpp=_mpp(measures),
                objective=_objective(finest.head),
                reader=f"pydicom {_version()} (dicom)",
                properties=tuple(_properties(finest.head)),
                plane_count=finest.planes,
                plane=plane,
                plane_spacing_um=1000 * spacing_mm if spacing_mm and finest.planes > 1 else None,
                profile=self._profile.name if self._profile else "",
                channels=self._colouring.channel_names(names),
                associated=tuple(sorted(self._pictures)),
            )
        )

    def close(self) -> None:
        """Close the files once the reads under way have ended."""
        self._in_use.end()
        for file in self._files:
            file.close()
        self._kept.drop(())

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        plane, channel = self._look.plane, self._look.channel
        with self._in_use, naming(self._path):
            if channel is not None:
                return self._colouring.channel_in_grey(self._stored(level, inside, plane, channel)[:, :, 0], channel)
            values = [self._stored(level, inside, plane, path) for path in self._paths]
            joined = values[0] if len(values) == 1 else np.concatenate(values, axis=2)
            return self._colouring.to_rgb(joined, self._profile if self._look.managed else None)

    def _read_associated(self, name: str) -> RgbArray:
        file = self._pictures[name]
        check_decoded(f"The {name} of {self._path.name}", file.width, file.height)
        with self._in_use, naming(self._path):
            whole = Region(0, 0, file.width, file.height)
            values = _joined(whole, file, lambda row, column: self._tile((file,), -1, (0, 0, row, column)))
            return (colouring.rgb() if file.samples == 3 else colouring.grey()).to_rgb(values, None)

    def _stored(self, level: int, inside: Region, plane: int, path: int) -> Samples:
        parts = self._levels[level]
        # a few writers keep fewer planes of coarser levels
        own_plane = plane * parts[0].planes // self._levels[0][0].planes
        return _joined(inside, parts[0], lambda row, column: self._tile(parts, level, (own_plane, path, row, column)))

    def _tile(self, parts: Sequence[DicomFile], level: int, tile: TileAt) -> Samples | None:
        key = (id(parts[0]), level, *tile)
        values = self._kept.get(key)
        if values is None:
            file, number = next(((file, n) for file in parts if (n := file.frame_of(tile)) is not None), (None, 0))
            if file is None:
                return None
            values = decoded(file, number, self._path.name)
            self._kept.put(key, values, values.nbytes)
        return values

    def _judge_colours(self, colours: str, plane: int) -> Colouring:
        finest = self._levels[0][0]
        span = ValueRange(0, (1 << int(finest.head.get("BitsStored", finest.bits))) - 1)
        if finest.samples == 3:
            return colouring.rgb(span)
        if len(self._paths) == 1:
            return colouring.grey(span, inverted=colours == "MONOCHROME1")
        coarsest = self._levels[-1][0]
        middle = Region(0, 0, coarsest.width, coarsest.height).intersection(
            Region(coarsest.width // 2, coarsest.height // 2, coarsest.columns, coarsest.rows)
        )
        values = [self._stored(len(self._levels) - 1, middle, plane, path) for path in self._paths]
        return colouring.channels(np.concatenate(values, axis=2).reshape(-1, 1, len(values)), ())


def _levels(name: str, files: Sequence[DicomFile]) -> list[list[DicomFile]]:
    """Finest first the files of each level: one, or the parts of one that was cut into several."""
    by_size: dict[tuple[int, int], list[DicomFile]] = {}
    for file in files:
        if file.kind == "VOLUME":
            by_size.setdefault((file.width, file.height), []).append(file)
    if not by_size:
        raise ImageError(f"{name} holds no picture of a slide, only its label or an overview.")
    sizes = sorted(by_size, reverse=True)
    finest = by_size[sizes[0]][0]
    alike = [
        size
        for size in sizes
        if (by_size[size][0].samples, by_size[size][0].bits) == (finest.samples, finest.bits)
        and by_size[size][0].paths == finest.paths
    ]
    return [by_size[alike[index]] for index in coarser_levels(alike)]


def _joined(inside: Region, file: DicomFile, tile: Any) -> Samples:
    """A rectangle put together from tiles; where there is none white, in grey images black."""
    blank = (1 << file.bits) - 1 if file.samples == 3 else 0
    out = np.full((inside.height, inside.width, file.samples), blank, dtype=f"u{file.bits // 8}")
    for row in range(inside.y // file.rows, (inside.bottom - 1) // file.rows + 1):
        for column in range(inside.x // file.columns, (inside.right - 1) // file.columns + 1):
            values = tile(row, column)
            if values is not None:
                paste(values, Region(column * file.columns, row * file.rows, file.columns, file.rows), out, inside)
    return out


def _measures(head: Any) -> Any:
    shared = head.get("SharedFunctionalGroupsSequence")
    found = shared[0].get("PixelMeasuresSequence") if shared else None
    return found[0] if found else None


def _mpp(measures: Any) -> float | None:
    spacing = measures.get("PixelSpacing") if measures is not None else None
    return credible_mpp(*(1000 * float(mm) for mm in spacing)) if spacing is not None and len(spacing) == 2 else None


def _objective(head: Any) -> float | None:
    optics = head.get("OpticalPathSequence")
    return _number(optics[0].get("ObjectiveLensPower")) if optics else None


def _profile_bytes(head: Any) -> bytes | None:
    optics = head.get("OpticalPathSequence")
    profile = optics[0].get("ICCProfile") if optics else None
    return profile if isinstance(profile, bytes) else None


def _properties(head: Any) -> Iterator[tuple[str, str]]:
    for name in _SHOWN:
        text = str(head.get(name, "") or "").strip()[:_LONGEST_TEXT]
        if text:
            yield f"dicom.{name}", text


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _version() -> str:
    import pydicom

    return pydicom.__version__

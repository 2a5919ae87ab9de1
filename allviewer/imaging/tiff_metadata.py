"""What a TIFF says of itself: scale, focal planes, channels, and what is shown to people."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.ome import read_ome
from allviewer.imaging.pixel_size import credible_mpp, micrometres, mpp_from_density
from allviewer.imaging.tiff_series import TiffSeries

if TYPE_CHECKING:
    from tifffile import TiffFile

_CENTIMETRE, _INCH = 3, 2
_PROFILE_TAG = 34675
_NDPI_OFFSET_TAG = 65424
_TEXT_TAGS = ("Make", "Model", "Software", "DateTime", "Artist", "HostComputer", "Copyright", "ImageDescription")
_LONGEST_TEXT = 2000


def describe(tif: "TiffFile", series: TiffSeries) -> FileDescription:
    """What the file says of the image in `series`, from OME-XML, ImageJ's text or the tags."""
    frame = series.keyframe
    properties = tuple(_properties(tif, frame))
    if tif.is_ome and tif.ome_metadata:
        ome = read_ome(tif.ome_metadata)
        if ome.mpp is None and not ome.colours:
            ome = replace(ome, mpp=_mpp_of_tags(frame))
        return replace(ome, properties=ome.properties + properties)
    if tif.is_imagej and tif.imagej_metadata:
        return replace(_of_imagej(tif.imagej_metadata, frame), properties=properties)
    spacing_um = _spacing_of_ndpi(series) if tif.is_ndpi else None
    return FileDescription(mpp=_mpp_of_tags(frame), plane_spacing_um=spacing_um, properties=properties)


def profile_bytes(frame: Any) -> bytes | None:
    """The ICC profile of a page."""
    tag = frame.tags.get(_PROFILE_TAG)
    return bytes(tag.value) if tag is not None and isinstance(tag.value, bytes) else None


def _of_imagej(metadata: dict[str, Any], frame: Any) -> FileDescription:
    unit = str(metadata.get("unit", "")).replace("\\u00B5", "µ").replace("micron", "µm")
    x_per_unit, y_per_unit = frame.resolution
    mpp = None
    if x_per_unit > 0 and y_per_unit > 0:
        mpp = credible_mpp(micrometres(1 / x_per_unit, unit), micrometres(1 / y_per_unit, unit))
    spacing = metadata.get("spacing")
    spacing_um = micrometres(float(spacing), unit) if isinstance(spacing, int | float) and spacing > 0 else None
    names = metadata.get("Labels") if metadata.get("channels", 1) == metadata.get("images") else None
    return FileDescription(
        mpp=mpp,
        plane_spacing_um=spacing_um,
        channel_names=tuple(str(name) for name in names) if isinstance(names, list) else (),
    )


def _spacing_of_ndpi(series: TiffSeries) -> float | None:
    """Hamamatsu keeps with each page how far it lies from the middle of the slide, in nanometres."""
    if series.plane_count < 2:
        return None
    offsets_nm = [series.page(0, plane, 0).tags.valueof(_NDPI_OFFSET_TAG) for plane in (0, series.plane_count - 1)]
    if not all(isinstance(offset, int) for offset in offsets_nm):
        return None
    return abs(offsets_nm[1] - offsets_nm[0]) / 1000 / (series.plane_count - 1) or None


def _mpp_of_tags(frame: Any) -> float | None:
    x_per_unit, y_per_unit = frame.resolution
    unit_um = {_CENTIMETRE: 10_000.0, _INCH: 25_400.0}.get(int(frame.resolutionunit))
    return mpp_from_density(x_per_unit, y_per_unit, unit_um) if unit_um else None


def _properties(tif: "TiffFile", frame: Any) -> Iterator[tuple[str, str]]:
    yield "tiff.Kind", "BigTIFF" if tif.is_bigtiff else "TIFF"
    yield "tiff.Values", f"{frame.samplesperpixel} x {frame.bitspersample} bit ({frame.dtype})"
    yield "tiff.Compression", _word(frame.compression)
    yield "tiff.Photometric", _word(frame.photometric)
    yield (
        "tiff.Layout",
        f"tiles {frame.tilewidth} x {frame.tilelength}" if frame.is_tiled else f"strips of {frame.rowsperstrip}",
    )
    for name in _TEXT_TAGS:
        value = frame.tags.valueof(name)
        if isinstance(value, str) and value.strip() and not value.lstrip().startswith("<?xml"):
            yield f"tiff.{name}", value.strip()[:_LONGEST_TEXT]


def _word(code: Any) -> str:
    return str(getattr(code, "name", code)).replace("_", " ").lower()

"""Whole slides of scanner makers through OpenSlide."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, PixelSource, RgbArray, SlideInfo
from allviewer.imaging.colour_profile import load_profile
from allviewer.imaging.colouring import rgb_over_white
from allviewer.imaging.failures import naming
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.in_use import InUse
from allviewer.imaging.limits import check_decoded, check_size
from allviewer.imaging.pixel_size import credible_mpp
from allviewer.imaging.trial import try_slide

if TYPE_CHECKING:
    from openslide import OpenSlide

_COLOURS = rgb_over_white()
_RGBA_AND_ITS_COPIES = 12
_GENERIC = "generic-tiff"
_LONGEST_TEXT = 500
_UNREADABLE = ("openslide.level", "openslide.region[", "openslide.quickhash", "openslide.icc-size")


def is_vendor_slide(path: Path) -> bool:
    """Whether OpenSlide knows the file as a slide of a scanner maker (a plain tiled TIFF is not one)."""
    with naming(path):
        import openslide

        vendor = openslide.OpenSlide.detect_format(path)
    return vendor is not None and vendor != _GENERIC


def open_slide(path: Path) -> PixelSource:
    """Open a vendor's slide and read one pixel of it, so that one whose tiles are broken is refused here.

    Raises:
        ImageError: damaged, incomplete, or not a slide.
    """
    try_slide(path)
    with naming(path):
        import openslide

        slide = openslide.OpenSlide(path)
        source = _OpenSlideSource(path, slide, f"OpenSlide {openslide.__library_version__}")
    coarsest = source.info.levels[-1]
    source.read(len(source.info.levels) - 1, coarsest.width // 2, coarsest.height // 2, 1, 1)
    return source


class _OpenSlideSource(ImageSource):
    """A `PixelSource` over one slide; OpenSlide itself is safe between threads."""

    def __init__(self, path: Path, slide: "OpenSlide", library: str) -> None:
        check_size(path.name, *slide.dimensions)
        self._profile = load_profile(_profile_bytes(slide), "RGB")
        super().__init__(_info(slide, library, self._profile.name if self._profile else ""))
        self._path = path
        self._slide = slide
        self._in_use = InUse(path.name)

    def close(self) -> None:
        """Close the slide once the reads under way have ended: OpenSlide would use freed memory."""
        self._in_use.end()
        self._slide.close()

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        scale = self._info.levels[level].downsample
        corner = (round(inside.x * scale), round(inside.y * scale))
        with self._in_use, naming(self._path):
            image = self._slide.read_region(corner, level, (inside.width, inside.height))
            return _COLOURS.to_rgb(np.asarray(image), self._profile if self._look.managed else None)

    def _read_associated(self, name: str) -> RgbArray:
        said = dict(self._info.properties)
        width, height = (said.get(f"openslide.associated.{name}.{side}", "") for side in ("width", "height"))
        if width.isdecimal() and height.isdecimal():
            check_decoded(f"The {name} of {self._path.name}", int(width), int(height), _RGBA_AND_ITS_COPIES)
        with self._in_use, naming(self._path):
            image = self._slide.associated_images[name]
            profile = load_profile(image.info.get("icc_profile"), "RGB")  # of its own: often another camera took it
            return _COLOURS.to_rgb(np.asarray(image), profile if self._look.managed else None)


def _profile_bytes(slide: "OpenSlide") -> bytes | None:
    """As they stand in the file: OpenSlide's own property fails on a damaged profile, beside sound pixels."""
    pixel = slide.read_region((0, 0), slide.level_count - 1, (1, 1))
    profile = pixel.info.get("icc_profile")
    return profile if isinstance(profile, bytes) else None


def _info(slide: "OpenSlide", library: str, profile: str) -> SlideInfo:
    properties = dict(slide.properties)
    levels = tuple(
        Level(width, height, float(downsample))
        for (width, height), downsample in zip(slide.level_dimensions, slide.level_downsamples, strict=True)
    )
    return SlideInfo(
        levels=levels,
        mpp=credible_mpp(_number(properties.get("openslide.mpp-x")), _number(properties.get("openslide.mpp-y"))),
        objective=_number(properties.get("openslide.objective-power")),
        reader=f"{library} ({properties.get('openslide.vendor', 'unknown maker')})",
        properties=tuple(_shown(properties)),
        profile=profile,
        associated=tuple(sorted(slide.associated_images)),
    )


def _shown(properties: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What people can read: no tables of levels, and of descriptions that hold whole pictures only the beginning."""
    for key, value in sorted(properties.items()):
        if value.strip() and not key.startswith(_UNREADABLE):
            yield key, value if len(value) <= _LONGEST_TEXT else f"{value[:_LONGEST_TEXT]} …"


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None

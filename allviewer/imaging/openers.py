"""Which reader opens which file: an ordered table, decided by what the file holds rather than by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.domain.slide import PixelSource
from allviewer.errors import ImageError
from allviewer.imaging.coarser_levels import with_coarser_levels
from allviewer.imaging.find_images import SLIDE_SUFFIXES
from allviewer.imaging.plain_image import MAGIC as PLAIN_MAGIC
from allviewer.imaging.plain_image import open_plain, open_stored_plain
from allviewer.imaging.zarr_heads import is_zarr
from allviewer.memory.byte_budget import ByteBudget

if TYPE_CHECKING:
    from allviewer.imaging.pyramids.store import PyramidStore

_HEADER_BYTES = 132
_CZI_MAGIC = b"ZISRAWFILE"
_DICOM_MAGIC_AT, _DICOM_MAGIC = 128, b"DICM"
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

Open = Callable[[Path, ByteBudget | None], PixelSource]


@dataclass(frozen=True, slots=True)
class Opener:
    """One reader: whether it is the one for a file (from its path and first bytes), and what opens it.

    Readers are imported when the first file of their kind is opened: no start of the program waits for all of them.
    """

    name: str
    fits: Callable[[Path, bytes], bool]
    load: Callable[[], Open]


def _fits_czi(path: Path, header: bytes) -> bool:
    return header.startswith(_CZI_MAGIC)


def _fits_dicom(path: Path, header: bytes) -> bool:
    return header[_DICOM_MAGIC_AT:] == _DICOM_MAGIC


def _fits_slide(path: Path, header: bytes) -> bool:
    # MIRAX and Hamamatsu VMS begin with a text or a photograph that other readers would take for the image
    by_name = path.suffix.lower() in SLIDE_SUFFIXES
    by_content = header.startswith(_TIFF_MAGIC)
    if not by_name and not by_content:
        return False
    from allviewer.imaging.openslide_image import is_vendor_slide

    return is_vendor_slide(path)


def _fits_tiff(path: Path, header: bytes) -> bool:
    return header.startswith(_TIFF_MAGIC)


def _fits_plain(path: Path, header: bytes) -> bool:
    return header.startswith(PLAIN_MAGIC)


def _czi() -> Open:
    from allviewer.imaging.czi_image import open_czi

    return open_czi


def _dicom() -> Open:
    from allviewer.imaging.dicom_image import open_dicom

    return open_dicom


def _slide() -> Open:
    from allviewer.imaging.vendor_slide import open_vendor_slide

    return open_vendor_slide


def _tiff() -> Open:
    from allviewer.imaging.tiff_image import open_tiff

    return open_tiff


def _zarr() -> Open:
    from allviewer.imaging.zarr_image import open_zarr

    return open_zarr


OPENERS = (
    Opener("Zeiss", _fits_czi, _czi),
    Opener("pydicom", _fits_dicom, _dicom),
    Opener("OpenSlide", _fits_slide, _slide),
    Opener("tifffile", _fits_tiff, _tiff),
    Opener("Pillow", _fits_plain, lambda: open_plain),
)
_ZARR = Opener("zarr", lambda path, header: is_zarr(path), _zarr)
"""The one format that is a folder, whose first bytes cannot be looked at."""


def open_image(path: Path, pyramids: "PyramidStore | None" = None, budget: ByteBudget | None = None) -> PixelSource:
    """Open an image or slide for reading.

    Args:
        path: the file.
        pyramids: where large images without coarser levels get theirs; None: they are decoded whole, or refused.
        budget: where memory for what is decoded comes from; None: of its own.

    Raises:
        ImageError: missing, a folder, empty, damaged, too large, or of no known kind; the sentence names the file.
    """
    opener = _opener_of(path)
    if pyramids is None:
        return with_coarser_levels(opener.load()(path, budget), budget or ByteBudget())
    from allviewer.imaging.pyramids.opening import open_growing

    return open_growing(path, opener.load(), pyramids, budget or ByteBudget())


def open_stored(path: Path) -> PixelSource:
    """The image as it is stored, with the levels that the file has, a TIFF not turned upright. For the child process.

    Raises:
        ImageError: as `open_image`.
    """
    opener = _opener_of(path)
    if opener.load() is open_plain:
        return open_stored_plain(path)
    if opener.load is not _tiff:
        return opener.load()(path, None)
    from allviewer.imaging.tiff_image import open_tiff_levels

    return open_tiff_levels(path)


def _opener_of(path: Path) -> Opener:
    if path.is_dir() and is_zarr(path):
        return _ZARR
    header = _first_bytes(path)
    for opener in OPENERS:
        if opener.fits(path, header):
            return opener
    raise ImageError(
        f"{path.name} is not an image that can be opened, or it is damaged at its beginning.",
        "Known are PNG, JPEG, BMP, WebP, GIF, JPEG 2000, TIFF, OME-Zarr, CZI, DICOM and what OpenSlide reads.",
    )


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ImageError(f"{path.name or path} is a folder, not an image.")
    if path.exists() and not path.is_file():
        raise ImageError(f"{path.name} is no file, but a device or a pipe, which might never end.")
    try:
        with path.open("rb") as stream:
            header = stream.read(_HEADER_BYTES)
    except FileNotFoundError as error:
        raise ImageError(f"{path} does not exist.", "It may have been moved or renamed.") from error
    except (OSError, ValueError) as error:
        raise ImageError(f"{path.name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if not header:
        raise ImageError(f"{path.name} is empty.")
    return header

"""Which reader opens which file: an ordered table, decided by what the file holds rather than by its name."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from allviewer.domain.slide import PixelSource
from allviewer.errors import ImageError
from allviewer.imaging.coarser_levels import with_coarser_levels
from allviewer.imaging.czi_image import MAGIC as CZI_MAGIC
from allviewer.imaging.openslide_image import is_vendor_slide
from allviewer.imaging.plain_image import open_plain
from allviewer.imaging.tiff_image import open_tiff
from allviewer.imaging.vendor_slide import open_vendor_slide, open_zeiss
from allviewer.imaging.zarr_image import is_zarr, open_zarr

PLAIN_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".dib", ".webp", ".gif", ".jp2", ".j2k", ".jpf", ".jpx")
TIFF_SUFFIXES = (".tif", ".tiff", ".btf", ".tf8")
SLIDE_SUFFIXES = (".svs", ".ndpi", ".mrxs", ".scn", ".bif", ".vms", ".vmu", ".svslide", ".dcm", ".czi")
SUFFIXES = PLAIN_SUFFIXES + TIFF_SUFFIXES + SLIDE_SUFFIXES
"""Names that folders are searched for and file dialogs offer; opening itself looks into the file."""

ZARR_SUFFIX = ".zarr"
"""A folder of this name that holds an OME-Zarr counts as one image."""

_OWN_OUTPUTS = (".cells.tif", ".nuclei.tif", ".overlay.png")
_HEADER_BYTES = 132
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PLAIN_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"BM",
    b"GIF8",
    b"RIFF",
    b"\0\0\0\x0cjP",
    b"\xff\x4f\xff\x51",
    b"P5",
    b"P6",
)


@dataclass(frozen=True, slots=True)
class Opener:
    """One reader: whether it is the one for a file (from its path and first bytes), and how it opens it."""

    name: str
    fits: Callable[[Path, bytes], bool]
    open: Callable[[Path], PixelSource]


def _fits_czi(path: Path, header: bytes) -> bool:
    return header.startswith(CZI_MAGIC)


def _fits_slide(path: Path, header: bytes) -> bool:
    # MIRAX and Hamamatsu VMS begin with a text or a photograph that other readers would take for the image
    by_name = path.suffix.lower() in SLIDE_SUFFIXES
    by_content = header.startswith(_TIFF_MAGIC) or header[128:132] == b"DICM"
    return (by_name or by_content) and is_vendor_slide(path)


def _fits_tiff(path: Path, header: bytes) -> bool:
    return header.startswith(_TIFF_MAGIC)


def _fits_plain(path: Path, header: bytes) -> bool:
    return header.startswith(_PLAIN_MAGIC)


OPENERS = (
    Opener("Zeiss", _fits_czi, open_zeiss),
    Opener("OpenSlide", _fits_slide, open_vendor_slide),
    Opener("tifffile", _fits_tiff, open_tiff),
    Opener("Pillow", _fits_plain, open_plain),
)


def open_image(path: Path) -> PixelSource:
    """Open an image or slide for reading.

    Raises:
        ImageError: missing, a folder, empty, damaged, too large, or of no known kind; the sentence names the file.
    """
    if path.is_dir() and is_zarr(path):
        return with_coarser_levels(open_zarr(path))
    header = _first_bytes(path)
    for opener in OPENERS:
        if opener.fits(path, header):
            return with_coarser_levels(opener.open(path))
    raise ImageError(
        f"{path.name} is not an image that can be opened, or it is damaged at its beginning.",
        "Known are PNG, JPEG, BMP, WebP, GIF, JPEG 2000, TIFF, OME-Zarr, CZI and the slides that OpenSlide reads.",
    )


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ImageError(f"{path.name or path} is a folder, not an image.")
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


def find_images(paths: Iterable[Path]) -> list[Path]:
    """The files given and the images in the folders given, each once; a folder's in natural order (9 before 10).

    Hidden files and what `analyze` writes beside images are left out of folders; a file named outright is kept.

    Raises:
        ImageError: a path does not exist, or a folder holds no image.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir() and not is_zarr(path):
            inside = _images_in(path)
            if not inside:
                raise ImageError(f"There is no image in the folder {path}.")
            found.update(dict.fromkeys(inside))
        elif path.exists():
            found[path] = None
        else:
            raise ImageError(f"{path} does not exist.", "It may have been moved or renamed.")
    return list(found)


def _images_in(folder: Path) -> list[Path]:
    found: list[Path] = []
    try:
        for at, folders, files in os.walk(folder, onerror=_raise):
            here = Path(at)
            images = [here / name for name in folders if name.lower().endswith(ZARR_SUFFIX) and is_zarr(here / name)]
            inside = {image.name for image in images}
            folders[:] = [name for name in folders if not name.startswith(".") and name not in inside]
            found += images + [here / name for name in files if _is_wanted(name)]
    except OSError as error:
        raise ImageError(f"The folder {folder} cannot be read: {error.strerror or error}.") from error
    return sorted(found, key=lambda path: natural_key(path.relative_to(folder)))


def _raise(error: OSError) -> None:
    raise error


def _is_wanted(name: str) -> bool:
    lower = name.lower()
    return not name.startswith(".") and lower.endswith(SUFFIXES) and not lower.endswith(_OWN_OUTPUTS)


def natural_key(path: Path) -> list[tuple[int, int, str]]:
    """A sort key by which `cell9` comes before `cell10`, whatever the case."""
    pieces = re.split(r"([0-9]+)", str(path).lower())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]

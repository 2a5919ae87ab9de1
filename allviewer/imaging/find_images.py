"""Which images there are in what a person chose: a slide is one image, however many files it is made of."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from allviewer.errors import ImageError
from allviewer.imaging.slide_parts import parts_of_slides
from allviewer.imaging.zarr_heads import is_zarr

PLAIN_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".dib", ".webp", ".gif", ".jp2", ".j2k", ".jpf", ".jpx")
TIFF_SUFFIXES = (".tif", ".tiff", ".btf", ".tf8")
SLIDE_SUFFIXES = (".svs", ".ndpi", ".mrxs", ".scn", ".bif", ".vms", ".vmu", ".svslide", ".dcm", ".czi")
SUFFIXES = PLAIN_SUFFIXES + TIFF_SUFFIXES + SLIDE_SUFFIXES
"""Names that folders are searched for and file dialogs offer; opening itself looks into the file."""

ZARR_SUFFIX = ".zarr"
"""A folder of this name that holds an OME-Zarr counts as one image."""

_OWN_OUTPUTS = (".cells.tif", ".nuclei.tif", ".overlay.png")


def find_images(paths: Iterable[Path]) -> list[Path]:
    """The files given and the images in the folders given, each once; a folder's in natural order (9 before 10).

    Hidden files, what `analyze` writes beside images, and files that are parts of a slide are left out of folders; a
    file named outright is kept.

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
    try:
        found = [image for here, folders, files in _walk(folder) for image in _images_of(here, folders, files)]
    except OSError as error:
        raise ImageError(f"The folder {folder} cannot be read: {error.strerror or error}.") from error
    return sorted(found, key=lambda path: natural_key(path.relative_to(folder)))


def _walk(folder: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """The folders within; what is taken out of the list of folders is not entered."""

    def fail(error: OSError) -> None:
        raise error

    for at, folders, files in os.walk(folder, onerror=fail):
        yield Path(at), folders, files


def _images_of(here: Path, folders: list[str], files: list[str]) -> list[Path]:
    wanted = [name for name in files if _is_wanted(name)]
    parts = parts_of_slides(here, wanted)
    zarrs = [name for name in folders if name.lower().endswith(ZARR_SUFFIX) and is_zarr(here / name)]
    folders[:] = [name for name in folders if not name.startswith(".") and name not in zarrs and name not in parts]
    return [here / name for name in [*zarrs, *wanted] if name not in parts]


def _is_wanted(name: str) -> bool:
    lower = name.lower()
    return not name.startswith(".") and lower.endswith(SUFFIXES) and not lower.endswith(_OWN_OUTPUTS)


def natural_key(path: Path) -> list[tuple[int, int, str]]:
    """A sort key by which `cell9` comes before `cell10`, whatever the case."""
    pieces = re.split(r"([0-9]+)", str(path).lower())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]

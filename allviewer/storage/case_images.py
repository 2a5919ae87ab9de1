"""Image records of a case as rows, and where their files are found again."""

import os
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import RowMapping

from allviewer.domain.last_look import LastLook
from allviewer.errors import CaseError, ImageError
from allviewer.exchange import content_hash
from allviewer.storage.case_records import ImageRecord

_view_decoder = msgspec.json.Decoder(LastLook)


def row_of(record: ImageRecord, case_folder: Path) -> dict[str, Any]:
    """The columns that describe an image; the rest belongs to its cells."""
    return {
        **place_of(record.path, case_folder),
        "sha256": record.sha256,
        "size_bytes": record.size_bytes,
        "width": record.width,
        "height": record.height,
        "mpp": record.mpp,
        "mpp_source": record.mpp_source,
        "patient_or_slide": record.group,
        "reviewed": record.reviewed,
        "view": encode_view(record.view),
    }


def record_of(row: RowMapping, case_folder: Path) -> ImageRecord:
    """Raises ValueError for a row that no program wrote."""
    try:
        view = _view_decoder.decode(row["view"]) if row["view"] else None
    except msgspec.DecodeError as error:
        raise ValueError(f"image {row['id']} has an unreadable view") from error
    return ImageRecord(
        id=row["id"],
        path=_find(row, case_folder),
        sha256=row["sha256"],
        size_bytes=row["size_bytes"],
        width=row["width"],
        height=row["height"],
        mpp=row["mpp"],
        mpp_source=row["mpp_source"],
        group=row["patient_or_slide"],
        reviewed=row["reviewed"],
        view=view,
    )


def place_of(path: Path, case_folder: Path) -> dict[str, str]:
    """The two columns that say where an image lies; no relative path between two Windows drives. Raises `CaseError`."""
    path = path.absolute()
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise CaseError(f"The name of {str(path)!a} is no valid text.", "Rename the file or its folder.") from error
    try:
        relative = Path(os.path.relpath(path, case_folder)).as_posix()
    except ValueError:
        relative = ""
    return {"path": str(path), "relative_path": relative}


def encode_view(view: LastLook | None) -> str | None:
    return None if view is None else msgspec.json.encode(tuple(view)).decode()


def refuse_other_image(path: Path, sha256: str, size_bytes: int) -> None:
    """Raises `CaseError` unless the file at `path` has this content."""
    try:
        is_same = content_hash.size_bytes(path) == size_bytes and content_hash.is_known_as(path, sha256)
    except ImageError as error:
        raise CaseError(error.sentence, "Choose another file.") from error
    if not is_same:
        raise CaseError(
            f"{path} is not the image that these cells were marked on.",
            "Choose the original file. Its content counts, not its name.",
        )


def measure(path: Path) -> tuple[int, str]:
    """Size and identity of an image. Raises `CaseError`."""
    try:
        return content_hash.size_bytes(path), content_hash.identity(path)
    except ImageError as error:
        raise CaseError(error.sentence, "Choose another file.") from error


def _find(row: RowMapping, case_folder: Path) -> Path:
    """The known place if the file is there, else beside the case as before, else the known place."""
    known = Path(row["path"])
    if row["relative_path"] and not known.exists():
        moved_along = Path(os.path.normpath(case_folder / row["relative_path"]))
        if moved_along.exists():
            return moved_along
    return known

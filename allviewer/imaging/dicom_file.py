"""One file of a DICOM whole slide: a level, label or macro. What its header says, and the bytes of its frames."""

import struct
import threading
from pathlib import Path
from typing import Any

from allviewer.errors import ImageError
from allviewer.imaging.limits import MAX_SEGMENT_BYTES, check_size

_WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_EXPLICIT_HEAD_BYTES, _IMPLICIT_HEAD_BYTES, _ITEM_HEAD_BYTES = 12, 8, 8
_MOST_FRAMES = 20_000_000

TileAt = tuple[int, int, int, int]
"""Focal plane, optical path, row and column of a tile."""


class DicomFile:
    """An open file. Reading is safe between threads.

    Attributes:
        head: the `pydicom.Dataset` without its pixels.
        kind: "VOLUME", "LABEL", "OVERVIEW" or "THUMBNAIL".
        syntax: how frames are encoded, a UID.
        width, height: of the whole picture.
        columns, rows: width and height of a tile.
        planes, paths: how many focal planes and optical paths there are.
        samples: values a pixel has; 3 or 1.

    Args:
        path: the file.
        name: what errors call it.

    Raises:
        ImageError: no whole slide, damaged, or of a kind that is not supported; other errors of the library pass.
    """

    def __init__(self, path: Path, name: str) -> None:
        import pydicom

        self._name = name
        self._lock = threading.Lock()
        self._file = path.open("rb")
        try:
            self.head: Any = pydicom.dcmread(self._file, stop_before_pixels=True)
            if self.head.get("SOPClassUID") != _WHOLE_SLIDE:
                raise ImageError(f"{name} is a DICOM file, but no picture of a whole slide.")
            self._read_sizes()
            self._find_pixels()
            self._sparse = self._sparse_tiles() if self.head.get("DimensionOrganizationType") != "TILED_FULL" else None
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    @property
    def series(self) -> str:
        """What all files of one slide have in common."""
        return str(self.head.get("SeriesInstanceUID", ""))

    def frame_of(self, tile: TileAt) -> int | None:
        """The number of the frame that holds a tile; None where the file leaves it out."""
        if self._sparse is not None:
            return self._sparse.get(tile)
        plane, path, row, column = tile
        across, down = -(-self.width // self.columns), -(-self.height // self.rows)
        frame = ((path * self.planes + plane) * down + row) * across + column - self._first_frame
        return frame if 0 <= frame < self._frame_count else None

    def frame(self, number: int) -> bytes:
        """A frame as it is encoded.

        Raises:
            ImageError: it is cut off.
        """
        if self._places is None:
            size = self.rows * self.columns * self.samples * self.bits // 8
            return self._exactly(self._pixels_at + number * size, size)
        position, end = self._places[number], self._places[number + 1]
        parts, taken = [], 0
        while position < end:
            tag, count = struct.unpack("<4sI", self._exactly(position, _ITEM_HEAD_BYTES))
            taken += count
            if tag != _ITEM or taken > MAX_SEGMENT_BYTES:
                break
            parts.append(self._exactly(position + _ITEM_HEAD_BYTES, count))
            position += _ITEM_HEAD_BYTES + count
        if not parts:
            raise ImageError(f"{self._name} is damaged: one of its tiles is not where it should be.")
        return b"".join(parts)

    def _read_sizes(self) -> None:
        head = self.head
        self.kind = str(head.ImageType[2])
        self.syntax = str(head.file_meta.TransferSyntaxUID)
        self.columns, self.rows = int(head.Columns), int(head.Rows)
        self.width = int(head.get("TotalPixelMatrixColumns", self.columns))
        self.height = int(head.get("TotalPixelMatrixRows", self.rows))
        self.samples, self.bits = int(head.SamplesPerPixel), int(head.BitsAllocated)
        self.planes = int(head.get("TotalPixelMatrixFocalPlanes", 1) or 1)
        self.paths = int(head.get("NumberOfOpticalPaths", 1) or 1)
        self._frame_count = int(head.get("NumberOfFrames", 1) or 1)
        self._first_frame = int(head.get("ConcatenationFrameOffsetNumber", 0) or 0)
        check_size(self._name, self.width, self.height)
        check_size(self._name, self.columns, self.rows)
        if self.samples not in (1, 3) or self.bits not in (8, 16):
            raise ImageError(
                f"{self._name} cannot be shown: {self.samples} values of {self.bits} bits a pixel are not supported."
            )
        if self.columns * self.rows * self.samples * self.bits // 8 > MAX_SEGMENT_BYTES:
            raise ImageError(f"{self._name} cannot be opened: one of its tiles holds {self.columns} x {self.rows} px.")
        if min(self.planes, self.paths, self._frame_count) < 1 or self._frame_count > _MOST_FRAMES:
            raise ImageError(f"{self._name} is damaged: it claims {self._frame_count} tiles.")

    def _find_pixels(self) -> None:
        """Where frames begin: in a file of encoded ones by its table, or by going through all."""
        start = self._file.tell()
        is_implicit = self.head.file_meta.TransferSyntaxUID.is_implicit_VR
        self._pixels_at = start + (_IMPLICIT_HEAD_BYTES if is_implicit else _EXPLICIT_HEAD_BYTES)
        self._places: list[int] | None = None
        if not self.head.file_meta.TransferSyntaxUID.is_encapsulated:
            return
        from pydicom.encaps import parse_basic_offsets, parse_fragments

        self._file.seek(self._pixels_at)
        offsets = parse_basic_offsets(self._file)
        first = self._file.tell()
        extended = self.head.get("ExtendedOffsetTable")
        if isinstance(extended, bytes):
            offsets = [int(one) for (one,) in struct.iter_unpack("<Q", extended[: len(extended) // 8 * 8])]
        places = [first + offset for offset in offsets]
        if not places:
            _, places = parse_fragments(self._file)
        if len(places) != self._frame_count:
            raise ImageError(f"{self._name} is damaged: it holds {len(places)} of {self._frame_count} tiles.")
        self._file.seek(0, 2)
        self._places = [*places, self._file.tell()]

    def _sparse_tiles(self) -> dict[TileAt, int]:
        """By place the frames that are there, each of which says where it lies."""
        groups = self.head.get("PerFrameFunctionalGroupsSequence") or ()
        if not groups:
            return {(0, 0, 0, 0): 0}
        found = []
        for group in groups:
            at = group.PlanePositionSlideSequence[0]
            x, y = int(at.ColumnPositionInTotalImagePixelMatrix) - 1, int(at.RowPositionInTotalImagePixelMatrix) - 1
            if x % self.columns or y % self.rows:
                raise ImageError(f"{self._name} cannot be shown: its tiles overlap.")
            optics = group.get("OpticalPathIdentificationSequence")
            path = str(optics[0].OpticalPathIdentifier) if optics else ""
            depth = float(at.get("ZOffsetInSlideCoordinateSystem", 0) or 0)
            found.append((depth, path, y // self.rows, x // self.columns))
        depths, paths = sorted({one[0] for one in found}), sorted({one[1] for one in found})
        self.planes, self.paths = len(depths), len(paths)
        return {
            (depths.index(depth), paths.index(path), row, column): number
            for number, (depth, path, row, column) in enumerate(found)
        }

    def _exactly(self, position: int, count: int) -> bytes:
        with self._lock:
            self._file.seek(position)
            found = self._file.read(count)
        if len(found) != count:
            raise ImageError(f"{self._name} is cut off: a part of its pixels is missing.")
        return found

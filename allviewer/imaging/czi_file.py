"""The blocks of a Zeiss CZI: where they lie, and their pixels, decoded by imagecodecs.

Laid out as Zeiss describes the format. Zeiss's own library (pylibCZIrw) and OpenSlide read more of it, but both crash
on damaged files; they are the judges in the tests.
"""

import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.errors import ImageError
from allviewer.imaging.limits import MAX_SEGMENT_BYTES

MAGIC = b"ZISRAWFILE"
_SEGMENT_HEAD = struct.Struct("<16sqq")
_POINTERS_AT, _POINTERS = 32 + 52, struct.Struct("<qq")
_DIRECTORY_HEAD_BYTES, _METADATA_HEAD_BYTES, _BLOCK_HEAD_BYTES = 128, 256, 16
_ENTRY = struct.Struct("<2siqiiB5xi")
_DIMENSION = struct.Struct("<4siifi")
_LEAST_BLOCK_HEAD_BYTES = 256
_MOST_XML_BYTES, _MOST_DIRECTORY_BYTES, _MOST_DIMENSIONS = 64 << 20, 512 << 20, 32

_PLAIN, _JPEG, _JPEG_XR, _ZSTD, _ZSTD_WITH_HEAD = 0, 1, 4, 5, 6
_PIXEL_TYPES = {0: ("u1", 1), 1: ("<u2", 1), 2: ("<f4", 1), 3: ("u1", 3), 4: ("<u2", 3), 8: ("<f4", 3)}
"""By Zeiss's number: type of a value, and how many make a pixel."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the mosaic or of its pyramid.

    Attributes:
        place: in level-0 pixels of the file's own coordinates.
        width, height: as stored.
        start: its position along the other axes (C, Z, T, S, M ...).
        position: of its segment in the file.
        samples: 1 for grey, 3 for colour.
    """

    place: Region
    width: int
    height: int
    start: dict[str, int]
    position: int
    compression: int
    dtype: np.dtype[Any]
    samples: int

    @property
    def factor(self) -> int:
        """How many times smaller than level 0 it is stored."""
        return max(1, round(self.place.width / self.width))

    @property
    def decoded_bytes(self) -> int:
        return self.width * self.height * self.samples * self.dtype.itemsize


class CziFile:
    """An open CZI. Reading is safe between threads.

    Attributes:
        blocks: all that can be read, in the order of the file.
        xml: the metadata; empty where there are none.

    Raises:
        ImageError: it holds no block.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._file = path.open("rb")
        self._lock = threading.Lock()
        try:
            directory, metadata = _POINTERS.unpack(self._exactly(_POINTERS_AT, _POINTERS.size))
            self.blocks = list(self._read_directory(directory))
            self.xml = self._read_xml(metadata)
            if not self.blocks:
                raise ImageError(f"{path.name} holds no image.")
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    def pixels(self, block: Block) -> NDArray[Any]:
        """Values (height, width, samples), colours in the order red, green, blue.

        Raises:
            ImageError: cut off, or of a compression that is not supported; other errors of the decoders pass.
        """
        head = self._exactly(block.position, _SEGMENT_HEAD.size + _BLOCK_HEAD_BYTES + _ENTRY.size)
        metadata_bytes, _, data_bytes = struct.unpack_from("<iiq", head, _SEGMENT_HEAD.size)
        dimensions = struct.unpack_from("<i", head, len(head) - 4)[0]
        if not head.startswith(b"ZISRAWSUBBLOCK") or min(metadata_bytes, data_bytes) < 0:
            raise ImageError(f"{self._name} is damaged: one of its blocks is not where it should be.")
        entry_bytes = _ENTRY.size + _DIMENSION.size * min(max(dimensions, 0), _MOST_DIMENSIONS)
        start = max(_LEAST_BLOCK_HEAD_BYTES, _BLOCK_HEAD_BYTES + entry_bytes) + metadata_bytes
        if data_bytes > 2 * MAX_SEGMENT_BYTES:
            raise ImageError(f"{self._name} is damaged: one of its blocks claims {data_bytes} bytes.")
        return self._decoded(self._exactly(block.position + _SEGMENT_HEAD.size + start, data_bytes), block)

    def _decoded(self, data: bytes, block: Block) -> NDArray[Any]:
        import imagecodecs

        shape = (block.height, block.width, block.samples)
        if block.compression in (_JPEG, _JPEG_XR):
            decode = imagecodecs.jpeg8_decode if block.compression == _JPEG else imagecodecs.jpegxr_decode
            values = np.asarray(decode(data))
            if values.dtype != block.dtype or values.size != block.width * block.height * block.samples:
                raise ImageError(f"{self._name} is damaged: one of its blocks has another size than it says.")
            return values.reshape(shape)
        if block.compression == _ZSTD:
            data = bytes(imagecodecs.zstd_decode(data, out=block.decoded_bytes))
        elif block.compression == _ZSTD_WITH_HEAD:
            data = _unpacked(data, block)
        elif block.compression != _PLAIN:
            raise ImageError(f"{self._name} cannot be shown: CZI compression {block.compression} is not supported.")
        if len(data) < block.decoded_bytes:
            raise ImageError(f"{self._name} is cut off: a part of its pixels is missing.")
        count = block.width * block.height * block.samples
        return np.frombuffer(data, block.dtype, count).reshape(shape)[:, :, ::-1]

    def _read_directory(self, position: int) -> Iterator[Block]:
        name, _, used = _SEGMENT_HEAD.unpack(self._exactly(position, _SEGMENT_HEAD.size))
        if not name.startswith(b"ZISRAWDIRECTORY") or not 0 <= used <= _MOST_DIRECTORY_BYTES:
            raise ImageError(f"{self._name} is damaged: the list of its blocks is missing.")
        content = self._exactly(position + _SEGMENT_HEAD.size, used)
        at = _DIRECTORY_HEAD_BYTES
        for _ in range(struct.unpack_from("<i", content)[0]):
            _, pixel_type, place, _, compression, _, count = _ENTRY.unpack_from(content, at)
            if not 0 <= count <= _MOST_DIMENSIONS:
                raise ImageError(f"{self._name} is damaged: the list of its blocks is broken.")
            axes = [_DIMENSION.unpack_from(content, at + _ENTRY.size + n * _DIMENSION.size) for n in range(count)]
            at += _ENTRY.size + count * _DIMENSION.size
            yield self._block(pixel_type, place, compression, axes)

    def _block(self, pixel_type: int, position: int, compression: int, axes: list[tuple[Any, ...]]) -> Block:
        by_name = {axis[0].rstrip(b"\0").decode("ascii", "replace"): axis for axis in axes}
        if pixel_type not in _PIXEL_TYPES:
            raise ImageError(f"{self._name} cannot be shown: CZI pixel type {pixel_type} is not supported.")
        dtype, samples = _PIXEL_TYPES[pixel_type]
        (_, x, wide, _, width), (_, y, tall, _, height) = by_name["X"], by_name["Y"]
        place = Region(x, y, wide, tall)
        start = {name: axis[1] for name, axis in by_name.items() if name not in ("X", "Y")}
        block = Block(place, width, height, start, position, compression, np.dtype(dtype), samples)
        if min(wide, tall, width, height) < 1 or block.decoded_bytes > MAX_SEGMENT_BYTES:
            raise ImageError(f"{self._name} is damaged: one of its blocks has {width} x {height} pixels.")
        return block

    def _read_xml(self, position: int) -> str:
        if position <= 0:
            return ""
        head = self._exactly(position, _SEGMENT_HEAD.size + 4)
        size = struct.unpack_from("<i", head, _SEGMENT_HEAD.size)[0]
        if not head.startswith(b"ZISRAWMETADATA") or not 0 <= size <= _MOST_XML_BYTES:
            return ""
        return self._exactly(position + _SEGMENT_HEAD.size + _METADATA_HEAD_BYTES, size).decode("utf-8", "replace")

    def _exactly(self, position: int, count: int) -> bytes:
        with self._lock:
            self._file.seek(position)
            found = self._file.read(count)
        if len(found) != count:
            raise ImageError(f"{self._name} is cut off: a part of it is missing.")
        return found


def _unpacked(data: bytes, block: Block) -> bytes:
    """zstd behind a head of one or three bytes, which says whether low and high bytes of the values were parted."""
    import imagecodecs

    head_bytes = data[0] if data else 0
    decoded = bytes(imagecodecs.zstd_decode(data[head_bytes:], out=block.decoded_bytes))
    parted = head_bytes >= 3 and data[1] == 1 and data[2] & 1
    if parted and block.dtype.itemsize == 2 and len(decoded) == block.decoded_bytes:
        return np.frombuffer(decoded, np.uint8).reshape(2, -1).T.tobytes()
    return decoded

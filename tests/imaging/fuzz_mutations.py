"""Damage of many kinds, the same for the same number: bytes flipped, files cut, headers changed, sizes raised."""

import re
import struct
import zlib

import numpy as np

_EXTREMES = (
    b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\x00\x00\x00",
    b"\x00\x00\x00\x80", b"\x00\x00\x00\x01", b"\x01\x00\x00\x00", b"\x00\x10\x00\x00",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 3, 7, 255, 256, 65535, 65536, 1 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 63) - 1)
_WORDS = (b"-1", b"0", b"99999999", b"4294967296", b"1e308", b"nan", b"", b"'", b"<", b"\xff\xfe", b"../../../x")
_SIZES = (0, 1, 30_000, 65_535, 100_000, 1 << 20, 3_000_000, (1 << 31) - 1)
_HEAD = 600


def mutated(data, number, size):
    """The bytes of a sound file, damaged; `size` is the width and height of its picture."""
    rng = np.random.default_rng(number)
    out = bytearray(data)
    if len(out) < 4:
        return bytes(out)
    return bytes(_KINDS[number % len(_KINDS)](out, rng, size))


def _flip(out, rng, _size):
    for at in rng.integers(0, len(out), int(rng.integers(1, 20))):
        out[at] = int(rng.integers(0, 256))
    return out


def _flip_head(out, rng, _size):
    for at in rng.integers(0, min(len(out), _HEAD), int(rng.integers(1, 6))):
        out[at] ^= 1 << int(rng.integers(0, 8))
    return out


def _cut(out, rng, _size):
    del out[int(rng.integers(1, len(out))) :]
    return out


def _cut_out(out, rng, _size):
    at = int(rng.integers(0, len(out)))
    del out[at : at + int(rng.integers(1, 300))]
    return out


def _repeat(out, rng, _size):
    at, length = int(rng.integers(0, len(out))), int(rng.integers(1, 3000))
    out[at:at] = out[at : at + length]
    return out


def _blank(out, rng, _size):
    at, length = int(rng.integers(0, len(out))), int(rng.integers(1, 2000))
    out[at : at + length] = bytes([int(rng.choice([0, 255]))]) * len(out[at : at + length])
    return out


def _extremes(out, rng, _size):
    for at in rng.integers(0, min(len(out), _HEAD), 3):
        out[at : at + 4] = rng.choice(np.array(_EXTREMES, dtype="S4")).ljust(4, b"\0")
    return out


def _words(out, rng, size):
    """Another number, or none, in a text: XML, JSON, INI, DICOM's and Aperio's descriptions."""
    found = list(re.finditer(rb"\d+(\.\d+)?", bytes(out[: 1 << 20])))
    if not found:
        return _flip(out, rng, size)
    for match in sorted((found[int(n)] for n in rng.integers(0, len(found), 2)), key=lambda m: -m.start()):
        out[match.start() : match.end()] = _WORDS[int(rng.integers(0, len(_WORDS)))]
    return out


def _tiff_tags(out, rng, size):
    """Type, count or value of some tags of some directories."""
    entries = _tiff_entries(bytes(out))
    if not entries:
        return _extremes(out, rng, size)
    for _ in range(int(rng.integers(1, 4))):
        at, layout, is_big = entries[int(rng.integers(0, len(entries)))]
        field, value = int(rng.integers(0, 3)), int(rng.choice(np.array(_NUMBERS, dtype=np.uint64)))
        if field == 0:
            struct.pack_into(layout + "H", out, at + 2, value % 20)
        else:
            offset = 4 if field == 1 else (12 if is_big else 8)
            kind, bits = ("Q", 64) if is_big else ("I", 32)
            struct.pack_into(layout + kind, out, at + offset, value % (1 << bits))
    return out


def _tiff_entries(data):
    """(offset, byte order, whether 64 bit) of every tag that can be found."""
    layout = {b"II": "<", b"MM": ">"}.get(data[:2])
    if layout is None or len(data) < 16:
        return []
    is_big = data[2:4] in (b"+\0", b"\0+")
    link, entry = ("Q", 20) if is_big else ("I", 12)
    (at,) = struct.unpack_from(layout + link, data, 8 if is_big else 4)
    found = []
    while 0 < at < len(data) - 16 and len(found) < 500:
        (count,) = struct.unpack_from(layout + ("Q" if is_big else "H"), data, at)
        first = at + (8 if is_big else 2)
        end = first + count * entry
        if count > 200 or end + 8 > len(data):
            break
        found += [(first + number * entry, layout, is_big) for number in range(count)]
        (at,) = struct.unpack_from(layout + link, data, end)
    return found


def _sizes(out, rng, size):
    """The picture's width or height where the file says it, raised or brought to nothing."""
    places = []
    for side in size:
        for layout in ("<H", ">H", "<I", ">I"):
            places += [
                (m.start(), layout) for m in re.finditer(re.escape(struct.pack(layout, side)), bytes(out[:20_000]))
            ]
        places += [(m.start(), str(side)) for m in re.finditer(rb"\b%d\b" % side, bytes(out[:20_000]))]
    if not places:
        return _tiff_tags(out, rng, size)
    for number in rng.integers(0, len(places), 2):
        at, layout = places[int(number)]
        value = int(rng.choice(_SIZES))
        if layout[0] in "<>":
            struct.pack_into(layout, out, at, min(value, 65_535 if layout[1] == "H" else (1 << 32) - 1))
        elif bytes(out[at : at + len(layout)]) == layout.encode():
            out[at : at + len(layout)] = str(value).encode()
    return out


def with_sound_checksums(data):
    """A PNG whose chunks have the checksums of what they hold now, so that decoders look further."""
    if not data.startswith(b"\x89PNG"):
        return data
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        (length,) = struct.unpack_from(">I", out, at)
        if at + 12 + length > len(out):
            break
        struct.pack_into(">I", out, at + 8 + length, zlib.crc32(out[at + 4 : at + 8 + length]))
        at += 12 + length
    return bytes(out)


def _sizes_checked(out, rng, size):
    return with_sound_checksums(bytes(_sizes(out, rng, size)))


def _head_checked(out, rng, size):
    return with_sound_checksums(bytes(_flip_head(out, rng, size)))


_KINDS = (
    _flip,
    _flip_head,
    _cut,
    _cut_out,
    _repeat,
    _blank,
    _extremes,
    _words,
    _tiff_tags,
    _sizes_checked,
    _head_checked,
)

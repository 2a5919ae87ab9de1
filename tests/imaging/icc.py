"""ICC profiles made by hand, with known effect."""

import struct

D50 = (0.9642, 1.0, 0.8249)
SRGB_PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


def rgb_profile(name="Test scanner", primaries=SRGB_PRIMARIES, gamma=1.0):
    """A display profile of three primaries (XYZ under D50) and one gamma."""
    tags = {
        b"desc": _text(name),
        b"wtpt": _xyz(D50),
        b"rXYZ": _xyz(primaries[0]),
        b"gXYZ": _xyz(primaries[1]),
        b"bXYZ": _xyz(primaries[2]),
        b"rTRC": _gamma(gamma),
        b"gTRC": _gamma(gamma),
        b"bTRC": _gamma(gamma),
    }
    return _profile(b"RGB ", tags)


def grey_profile(name="Test grey", gamma=1.0):
    return _profile(b"GRAY", {b"desc": _text(name), b"wtpt": _xyz(D50), b"kTRC": _gamma(gamma)})


def _profile(space, tags):
    table, data = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for signature, value in tags.items():
        table += signature + struct.pack(">II", start + len(data), len(value))
        data += value + b"\0" * (-len(value) % 4)
    head = bytearray(128)
    head[8:12] = b"\x02\x10\0\0"
    head[12:24] = b"mntr" + space + b"XYZ "
    head[36:40] = b"acsp"
    head[68:80] = b"".join(_fixed(value) for value in D50)
    body = bytes(head) + struct.pack(">I", len(tags)) + table + data
    return struct.pack(">I", len(body)) + body[4:]


def _fixed(value):
    return struct.pack(">i", round(value * 65536))


def _xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in values)


def _gamma(gamma):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _text(text):
    raw = text.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + b"\0" * 78

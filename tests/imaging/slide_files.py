"""Minimal slides of makers who use formats of their own: MIRAX, Hamamatsu, DICOM, as OpenSlide documents them."""

import io
import struct

import numpy as np
from PIL import Image

PLANE_NM = 2000


def _png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _jpeg(pixels, **options):
    """Encoded, and what a decoder makes of it."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=92, subsampling=0, **options)
    return buffer.getvalue(), np.asarray(Image.open(buffer))


def write_mirax(path, levels, label, image=(128, 112)):
    """Levels of whole images of width x height `image`, kept as PNG; the label as JPEG; 0.25 um a pixel."""
    wide, tall = image
    across, down = levels[0].shape[1] // wide, levels[0].shape[0] // tall
    folder = path.with_suffix("")
    folder.mkdir()
    data, pages = bytearray(b"data"), []
    for number, level in enumerate(levels):
        entries = []
        for row in range(level.shape[0] // tall):
            for column in range(level.shape[1] // wide):
                encoded = _png(level[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide])
                index = (row << number) * across + (column << number)
                entries.append(struct.pack("<iiii", index, len(data), len(encoded), 0))
                data += encoded
        pages.append(struct.pack("<ii", len(entries), 0) + b"".join(entries))
    label_at, encoded = len(data), _jpeg(label)[0]
    data += encoded
    pages.append(struct.pack("<iiiiiii", 1, 0, 0, 0, label_at, len(encoded), 0))
    (folder / "Data0000.dat").write_bytes(data)
    (folder / "Index.dat").write_bytes(_mirax_index("01234567", pages))
    (folder / "Slidedat.ini").write_text(_mirax_ini(across, down, len(levels), image), encoding="utf-8")
    Image.fromarray(label).save(path, "JPEG")
    return path


def _mirax_index(slide_id, pages):
    """Version and name; pointers to the tables of levels and of other records; each entry points to a page."""
    head = b"01.02" + slide_id.encode()
    tables = len(head) + 8
    levels = len(pages) - 1
    heads = tables + 4 * len(pages)
    bodies = heads + 8 * len(pages)
    out = bytearray(head + struct.pack("<ii", tables, tables + 4 * levels))
    out += b"".join(struct.pack("<i", heads + 8 * number) for number in range(len(pages)))
    at = bodies
    for page in pages:
        out += struct.pack("<ii", 0, at)
        at += len(page)
    return bytes(out) + b"".join(pages)


def _mirax_ini(across, down, levels, image):
    sections = "".join(
        f"[LAYER_0_LEVEL_{number}_SECTION]\nOVERLAP_X=0\nOVERLAP_Y=0\nMICROMETER_PER_PIXEL_X={0.25 * 2**number}\n"
        f"MICROMETER_PER_PIXEL_Y={0.25 * 2**number}\nIMAGE_FORMAT=PNG\nIMAGE_FILL_COLOR_BGR=16777215\n"
        f"DIGITIZER_WIDTH={image[0]}\nDIGITIZER_HEIGHT={image[1]}\nIMAGE_CONCAT_FACTOR={min(1, number)}\n"
        for number in range(levels)
    )
    names = "".join(f"HIER_0_VAL_{number}_SECTION=LAYER_0_LEVEL_{number}_SECTION\n" for number in range(levels))
    return (
        f"[GENERAL]\nSLIDE_VERSION=01.02\nSLIDE_ID=01234567\nIMAGENUMBER_X={across}\nIMAGENUMBER_Y={down}\n"
        "OBJECTIVE_MAGNIFICATION=40\nCameraImageDivisionsPerSide=1\n"
        f"[HIERARCHICAL]\nHIER_COUNT=1\nNONHIER_COUNT=1\nINDEXFILE=Index.dat\nHIER_0_NAME=Slide zoom level\n"
        f"HIER_0_COUNT={levels}\n{names}NONHIER_0_NAME=Scan data layer\nNONHIER_0_COUNT=1\n"
        "NONHIER_0_VAL_0=ScanDataLayer_SlideBarcode\nNONHIER_0_VAL_0_SECTION=NONHIERLAYER_0_SECTION\n"
        "[NONHIERLAYER_0_SECTION]\nBARCODE_IMAGE_TYPE=JPEG\n"
        f"[DATAFILE]\nFILE_COUNT=1\nFILE_0=Data0000.dat\n{sections}"
    )


def write_vms(path, pixels, macro):
    """Two photographs side by side and a map at an eighth; 0.25 um a pixel. Returns the decoded levels."""
    height, width = pixels.shape[:2]
    half = width // 2 // 64 * 64
    folder = path.parent
    decoded = []
    for name, part in {"(0,0)": pixels[:, :half], "(1,0)": pixels[:, half:]}.items():
        encoded, seen = _jpeg(part, restart_marker_blocks=8)
        (folder / f"{path.stem}{name}.jpg").write_bytes(encoded)
        decoded.append(seen)
    encoded, small = _jpeg(np.ascontiguousarray(pixels[4::8, 4::8]), restart_marker_blocks=4)
    (folder / f"{path.stem}_map.jpg").write_bytes(encoded)
    (folder / f"{path.stem}_macro.jpg").write_bytes(_jpeg(macro)[0])
    (folder / f"{path.stem}.opt").write_bytes(b"")
    path.write_text(
        "[Virtual Microscope Specimen]\nNoLayers=1\nNoJpegColumns=2\nNoJpegRows=1\n"
        f"ImageFile={path.stem}(0,0).jpg\nImageFile(1,0)={path.stem}(1,0).jpg\nMapFile={path.stem}_map.jpg\n"
        f"OptimisationFile={path.stem}.opt\nMacroImage={path.stem}_macro.jpg\n"
        f"PhysicalWidth={width * 250}\nPhysicalHeight={height * 250}\nSourceLens=40\n",
        encoding="utf-8",
    )
    return [np.concatenate(decoded, axis=1), small]


def write_vmu(path, pixels, macro, column_px=64):
    """The same, uncompressed: 12 bits a value, in columns; 0.25 um a pixel. Returns the levels."""
    folder, small = path.parent, np.ascontiguousarray(pixels[4::8, 4::8])
    _write_ngr(folder / f"{path.stem}.ngr", pixels, column_px)
    _write_ngr(folder / f"{path.stem}_map.ngr", small, small.shape[1])
    (folder / f"{path.stem}_macro.jpg").write_bytes(_jpeg(macro)[0])
    height, width = pixels.shape[:2]
    path.write_text(
        "[Uncompressed Virtual Microscope Specimen]\nNoLayers=1\nBitsPerPixel=36\nPixelOrder=RGB\n"
        f"ImageFile={path.stem}.ngr\nMapFile={path.stem}_map.ngr\nMacroImage={path.stem}_macro.jpg\n"
        f"PhysicalWidth={width * 250}\nPhysicalHeight={height * 250}\nSourceLens=40\n",
        encoding="utf-8",
    )
    return [pixels, small]


def _write_ngr(path, pixels, column_px):
    height, width = pixels.shape[:2]
    head = bytearray(28)
    head[:2] = b"GN"
    struct.pack_into("<iii", head, 4, width, height, column_px)
    struct.pack_into("<i", head, 24, len(head))
    values = pixels.astype("<u2") << 4
    columns = [np.ascontiguousarray(values[:, x : x + column_px]).tobytes() for x in range(0, width, column_px)]
    path.write_bytes(bytes(head) + b"".join(columns))


def write_ndpi(path, levels, macro, planes=1, profile=None):
    """Each level one JPEG in one strip with restart markers; of several planes each is inverted a little more.

    Laid out as Hamamatsu does it: offsets of 8 bytes, and after each directory the upper halves of its values.
    Returns the decoded levels of each plane.
    """
    decoded, pages = [], []
    for plane in range(planes):
        decoded.append([])
        for number, level in enumerate(levels):
            encoded, seen = _jpeg(level ^ np.uint8(40 * plane), restart_marker_blocks=8)
            decoded[-1].append(seen)
            pages.append((encoded, seen.shape, 40 / 2**number, PLANE_NM * (plane - planes // 2)))
    pages.append((_jpeg(macro)[0], macro.shape, -1.0, 0))
    out, pointer = bytearray(b"II*\0" + bytes(12)), 4
    for encoded, shape, lens, offset_nm in pages:
        struct.pack_into("<Q", out, pointer, 0)
        pixels_at = len(out)
        out += encoded + b"\0" * (-len(encoded) % 8)
        tags = {
            256: (4, [shape[1]]), 257: (4, [shape[0]]), 258: (3, [8, 8, 8]), 259: (3, [7]), 262: (3, [6]),
            271: (2, b"Hamamatsu\0"), 273: (4, [pixels_at]), 277: (3, [3]), 278: (4, [shape[0]]),
            279: (4, [len(encoded)]), 282: (5, _ratio(lens)), 283: (5, _ratio(lens)), 296: (3, [3]), 530: (3, [1, 1]),
            65420: (4, [1]), 65421: (11, struct.pack("<f", lens)), 65424: (9, struct.pack("<i", offset_nm)),
        }  # fmt: skip
        if lens > 0:
            tags[65426] = (4, _restart_positions(encoded))
        if profile and lens > 0:
            tags[34675] = (7, profile)
        pointer = _directory(out, tags, pointer)
    path.write_bytes(out)
    return decoded


def _ratio(lens):
    return struct.pack("<II", int(1000 * abs(lens)), 1)


def _restart_positions(encoded):
    """Where each piece of the scan begins: behind its head, and behind every restart marker."""
    start = encoded.index(b"\xff\xda")
    first = start + 2 + int.from_bytes(encoded[start + 2 : start + 4], "big")
    found = [at + 2 for at in range(first, len(encoded) - 1) if encoded[at] == 0xFF and 0xD0 <= encoded[at + 1] <= 0xD7]
    return [first, *found]


def _directory(out, tags, pointer):
    """Appends one and hangs it onto the chain; returns where the pointer to the next one stands."""
    letters = {2: (1, "s"), 3: (2, "H"), 4: (4, "I"), 5: (8, "8s"), 7: (1, "s"), 9: (4, "4s"), 11: (4, "4s")}
    entries = bytearray()
    for tag, (kind, values) in sorted(tags.items()):
        size, letter = letters[kind]
        raw = values if isinstance(values, bytes) else struct.pack(f"<{len(values)}{letter}", *values)
        value = raw.ljust(4, b"\0")
        if len(raw) > 4:
            value = struct.pack("<I", len(out))
            out += raw + b"\0" * (-len(raw) % 8)
        entries += struct.pack("<HHI", tag, kind, len(raw) // size) + value
    struct.pack_into("<Q", out, pointer, len(out))
    out += struct.pack("<H", len(tags)) + entries
    following = len(out)
    out += bytes(8 + 4 * len(tags))
    return following

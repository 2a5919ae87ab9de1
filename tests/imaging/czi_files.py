"""A minimal CZI writer after Zeiss's description of the format: a mosaic of blocks with a pyramid, and a label.

Zeiss's own library writes CZI too, but neither pyramids nor what OpenSlide asks of a slide.
"""

import io
import struct

import imagecodecs
import numpy as np
from PIL import Image

BGR24 = 3
UNCOMPRESSED, JPEG_XR, ZSTD_0 = 0, 4, 5
_ENCODERS = {
    UNCOMPRESSED: lambda block: block.tobytes(),
    ZSTD_0: lambda block: imagecodecs.zstd_encode(block.tobytes()),
    JPEG_XR: lambda block: _as_bgr(imagecodecs.jpegxr_encode(np.ascontiguousarray(block[:, :, ::-1]), level=1.0)),
}
_RGB_24 = bytes.fromhex("24c3dd6f034efe4bb1853d77768dc90d")


def _as_bgr(encoded):
    """The name of the pixel format in the header changed to the one that CZI asks for."""
    return encoded.replace(_RGB_24, _RGB_24[:-1] + b"\x0c", 1)


_SINGLE, _PYRAMID = 0, 2


def write_czi(path, levels, factors, block=200, compression=UNCOMPRESSED, mpp=0.25, corner=(0, 0), label=None):
    """RGB levels, finest first, each `factors` times smaller than the first, as blocks of one scene.

    Args:
        corner: where the mosaic begins; scanners count from the corner of the stage.
        label: a small RGB picture, kept as an attachment.
    """
    out = bytearray(32 + 512)
    entries = []
    for level, factor in zip(levels, factors, strict=True):
        for y in range(0, level.shape[0], block):
            for x in range(0, level.shape[1], block):
                pixels = np.ascontiguousarray(level[y : y + block, x : x + block, ::-1])
                at = (corner[0] + x * factor, corner[1] + y * factor)
                entry = _entry(at, pixels.shape[1::-1], factor, compression, len(out), len(entries))
                data = _ENCODERS[compression](pixels)
                head = struct.pack("<iiq", 0, 0, len(data)) + entry
                _segment(out, b"ZISRAWSUBBLOCK", head.ljust(256, b"\0") + data)
                entries.append(entry)
    directory = len(out)
    _segment(out, b"ZISRAWDIRECTORY", struct.pack("<i", len(entries)).ljust(128, b"\0") + b"".join(entries))
    metadata = len(out)
    xml = _xml(levels[0].shape[1], levels[0].shape[0], mpp).encode()
    _segment(out, b"ZISRAWMETADATA", struct.pack("<ii", len(xml), 0).ljust(256, b"\0") + xml)
    attachments = _attach(out, label) if label is not None else 0
    guid = bytes(range(16))
    header = struct.pack("<iiii", 1, 0, 0, 0) + guid + guid
    header += struct.pack("<iqqiq", 0, directory, metadata, 0, attachments)
    out[: 32 + 512] = struct.pack("<16sqq", b"ZISRAWFILE", 512, 512) + header.ljust(512, b"\0")
    path.write_bytes(out)
    return path


def _entry(at, size, factor, compression, position, number):
    dimensions = [("X", at[0], size[0] * factor, size[0]), ("Y", at[1], size[1] * factor, size[1])]
    dimensions += [("C", 0, 1, 1), ("M", number, 1, 1), ("S", 0, 1, 1)]
    pyramid = _PYRAMID if factor > 1 else _SINGLE
    head = struct.pack("<2siqiiB5xi", b"DV", BGR24, position, 0, compression, pyramid, len(dimensions))
    return head + b"".join(
        struct.pack("<4siifi", name.encode(), start, length, float(start), stored)
        for name, start, length, stored in dimensions
    )


def _attach(out, label):
    buffer = io.BytesIO()
    Image.fromarray(label).save(buffer, "JPEG", quality=95)
    position = len(out)
    entry = struct.pack("<2s10xqi16s8s80s", b"A1", position, 0, bytes(16), b"JPG", b"Label")
    data = buffer.getvalue()
    _segment(out, b"ZISRAWATTACH", struct.pack("<i12x", len(data)) + entry + bytes(112) + data)
    directory = len(out)
    _segment(out, b"ZISRAWATTDIR", struct.pack("<i", 1).ljust(256, b"\0") + entry)
    return directory


def _segment(out, name, content):
    allocated = -(-len(content) // 32) * 32
    out += struct.pack("<16sqq", name, allocated, len(content)) + content.ljust(allocated, b"\0")


def _xml(width, height, mpp):
    return f"""<ImageDocument><Metadata>
<Information>
<Image><SizeX>{width}</SizeX><SizeY>{height}</SizeY><SizeC>1</SizeC><SizeS>1</SizeS><PixelType>Bgr24</PixelType>
<ObjectiveSettings><ObjectiveRef Id="Objective:1"/></ObjectiveSettings>
<Dimensions><Channels><Channel Id="Channel:0"><PixelType>Bgr24</PixelType></Channel></Channels></Dimensions></Image>
<Instrument><Objectives><Objective Id="Objective:1"><NominalMagnification>40</NominalMagnification></Objective></Objectives>
</Instrument></Information>
<Scaling><Items><Distance Id="X"><Value>{mpp * 1e-6}</Value></Distance>
<Distance Id="Y"><Value>{mpp * 1e-6}</Value></Distance></Items></Scaling>
</Metadata></ImageDocument>"""

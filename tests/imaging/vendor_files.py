"""Minimal slides in the makers' TIFF dialects, as OpenSlide documents what it asks of each. Levels are kept exactly."""

import base64
import io

import numpy as np
import tifffile
from PIL import Image

TILE = (240, 256)


def jpeg(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def write_aperio(path, levels, label, compression="deflate", profile=None):
    """Level 0, thumbnail, further levels, label and macro; magnification 40, 0.25 um a pixel."""
    height, width = levels[0].shape[:2]
    head = f"Aperio Image Library v11.2.1 \r\n{width}x{height} [0,0 {width}x{height}] (240x256)"
    with tifffile.TiffWriter(path) as writer:
        about = {"metadata": None, "software": False, "photometric": "rgb"}
        tiled = {**about, "tile": TILE, "compression": compression, "iccprofile": profile}
        writer.write(levels[0], description=f"{head}|AppMag = 40|MPP = 0.25|ScanScope ID = T1", **tiled)
        writer.write(levels[-1], description=head, **about)
        for level in levels[1:]:
            writer.write(level, description=f"{head} -> {level.shape[1]}x{level.shape[0]}|AppMag = 40", **tiled)
        writer.write(
            label, description="Aperio Image Library\r\nlabel 120x90", subfiletype=1, compression="lzw", **about
        )
        writer.write(label, description="Aperio Image Library\r\nmacro 120x90", subfiletype=9, **about)
    return path


def write_philips(path, levels, label, profile=None):
    """Every level is as wide as whole tiles; label and macro in XML; 0.25 um a pixel."""
    picture = base64.b64encode(jpeg(label)).decode()
    others = "".join(
        f'<DataObject ObjectType="DPScannedImage"><Attribute Name="PIM_DP_IMAGE_TYPE" Group="0x301D" Element="0x1004" '
        f'PMSVR="IString">{kind}</Attribute><Attribute Name="PIM_DP_IMAGE_DATA" Group="0x301D" Element="0x1005" '
        f'PMSVR="IString">{picture}</Attribute></DataObject>'
        for kind in ("LABELIMAGE", "MACROIMAGE")
    )
    spacings = "".join(
        f'<DataObject ObjectType="PixelDataRepresentation"><Attribute Name="DICOM_PIXEL_SPACING" Group="0x0028" '
        f'Element="0x0030" PMSVR="IDoubleArray">&quot;{0.00025 * 2**number}&quot; &quot;{0.00025 * 2**number}&quot;'
        f'</Attribute><Attribute Name="PIIM_PIXEL_DATA_REPRESENTATION_NUMBER" Group="0x1001" Element="0x8B02" '
        f'PMSVR="IUInt16">{number}</Attribute></DataObject>'
        for number in range(len(levels))
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8" ?><DataObject ObjectType="DPUfsImport">'
        '<Attribute Name="DICOM_MANUFACTURER" Group="0x0008" Element="0x0070" PMSVR="IString">Hamamatsu</Attribute>'
        '<Attribute Name="PIM_DP_SCANNED_IMAGES" Group="0x301D" Element="0x1003" PMSVR="IDataObjectArray"><Array>'
        '<DataObject ObjectType="DPScannedImage"><Attribute Name="PIM_DP_IMAGE_TYPE" Group="0x301D" Element="0x1004" '
        'PMSVR="IString">WSI</Attribute><Attribute Name="DICOM_PIXEL_SPACING" Group="0x0028" Element="0x0030" '
        'PMSVR="IDoubleArray">&quot;0.00025&quot; &quot;0.00025&quot;</Attribute>'
        '<Attribute Name="PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE" Group="0x1001" Element="0x8B01" '
        f'PMSVR="IDataObjectArray"><Array>{spacings}</Array></Attribute></DataObject>{others}</Array></Attribute>'
        "</DataObject>"
    )
    with tifffile.TiffWriter(path) as writer:
        for number, level in enumerate(levels):
            about = {"description": xml, "software": "Philips DP v1.0"} if number == 0 else {"software": False}
            kind = 0 if number == 0 else 1
            padded = _to_whole_tiles(level, 256)
            writer.write(
                padded,
                tile=(256, 256),
                compression="deflate",
                photometric="rgb",
                metadata=None,
                subfiletype=kind,
                iccprofile=profile,
                **about,
            )
    return path


def write_ventana(path, levels, label, profile=None):
    """One area of tiles that touch without overlap; magnification 40, 0.25 um a pixel."""
    tile = 256
    down, across = -(-levels[0].shape[0] // tile), -(-levels[0].shape[1] // tile)
    iscan = '<iScan Magnification="40" ScanRes="0.25" Z-layers="1" UnitNumber="1"></iScan>'
    joints = _joints(across, down)
    encode = (
        '<EncodeInfo Ver="2"><SlideInfo><AoiInfo XIMAGESIZE="256" YIMAGESIZE="256"/></SlideInfo><SlideStitchInfo>'
        f'<ImageInfo AOIScanned="1" AOIIndex="0" Width="{tile}" Height="{tile}" NumRows="{down}" NumCols="{across}" '
        f'Pos-X="0" Pos-Y="0">{joints}</ImageInfo></SlideStitchInfo>'
        '<AoiOrigin><AOI0 OriginX="0" OriginY="0"/></AoiOrigin></EncodeInfo>'
    )
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        about = {"photometric": "rgb", "metadata": None, "software": False}
        writer.write(label, description="Label Image", extratags=[(700, 1, None, iscan.encode(), False)], **about)
        for number, level in enumerate(levels):
            writer.write(
                _to_whole_tiles(level, tile),
                description=f"level={number} mag={40 / 2**number:g} quality=90",
                tile=(tile, tile),
                compression="deflate",
                iccprofile=profile,
                extratags=[(700, 1, None, encode.encode(), False)] if number == 0 else [],
                **about,
            )
    return path


def _joints(across, down):
    """Neighbours in Ventana's numbering: rows from the bottom, every other one from the right."""

    def number(column, row):
        from_bottom = down - 1 - row
        return from_bottom * across + (column if from_bottom % 2 == 0 else across - 1 - column) + 1

    found = []
    for row in range(down):
        for column in range(across):
            if column:
                found.append(("RIGHT", number(column - 1, row), number(column, row)))
            if row:
                found.append(("UP", number(column, row), number(column, row - 1)))
    return "".join(
        f'<TileJointInfo FlagJoined="1" Confidence="100" Direction="{direction}" Tile1="{one}" Tile2="{two}" '
        'OverlapX="0" OverlapY="0"/>'
        for direction, one, two in found
    )


def write_leica(path, levels, label, profile=None):
    """A macro of the whole slide, and one scanned area at 0.25 um a pixel, 250 clicks (nm) a pixel."""
    height, width = levels[0].shape[:2]
    size = (250 * width, 250 * height)
    slide = (size[0] + 1_000_000, size[1] + 2_000_000)
    dimensions = "".join(
        f'<dimension sizeX="{level.shape[1]}" sizeY="{level.shape[0]}" r="{number}" ifd="{number + 1}"/>'
        for number, level in enumerate(levels)
    )
    scan = (
        "<scanSettings><objectiveSettings><objective>40</objective></objectiveSettings><illuminationSettings>"
        "<numericalAperture>0.65</numericalAperture><illuminationSource>brightfield</illuminationSource>"
        "</illuminationSettings></scanSettings>"
    )
    about = f'<creationDate>2020-01-01T00:00:00Z</creationDate><device model="SCN400" version="1"/>{scan}'
    xml = (
        '<?xml version="1.0"?><scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01">'
        f'<collection name="x" sizeX="{slide[0]}" sizeY="{slide[1]}"><barcode>QQ==</barcode>'
        f'<image name="macro"><pixels sizeX="{label.shape[1]}" sizeY="{label.shape[0]}">'
        f'<dimension sizeX="{label.shape[1]}" sizeY="{label.shape[0]}" r="0" ifd="0"/></pixels>'
        f'<view sizeX="{slide[0]}" sizeY="{slide[1]}" offsetX="0" offsetY="0"/>{about}</image>'
        f'<image name="area"><pixels sizeX="{width}" sizeY="{height}">{dimensions}</pixels>'
        f'<view sizeX="{size[0]}" sizeY="{size[1]}" offsetX="500000" offsetY="700000"/>{about}</image>'
        "</collection></scn>"
    )
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        options = {"photometric": "rgb", "metadata": None, "software": False, "compression": "deflate"}
        writer.write(label, description=xml, tile=(64, 64), **options)
        for number, level in enumerate(levels):
            per_cm = 40_000 / 2**number
            writer.write(
                level,
                tile=TILE,
                resolution=(per_cm, per_cm),
                resolutionunit="CENTIMETER",
                iccprofile=profile,
                **options,
            )
    return path


def write_trestle(path, levels, label, profile=None):
    """Levels one after another; 0.25 um a pixel in the resolution tags; the macro in a file beside it."""
    with tifffile.TiffWriter(path) as writer:
        for number, level in enumerate(levels):
            writer.write(
                level,
                tile=TILE,
                compression="deflate",
                photometric="rgb",
                metadata=None,
                software="MedScan 2.0",
                iccprofile=profile,
                description="Objective Power=40;Background Color=ffffff;OverlapsXY= 0 0 0 0 0 0"
                if number == 0
                else None,
                resolution=(0.25 * 2**number, 0.25 * 2**number),
            )
    path.with_suffix(".Full").write_bytes(jpeg(label))
    return path


def _to_whole_tiles(level, tile):
    down, right = -level.shape[0] % tile, -level.shape[1] % tile
    return np.pad(level, ((0, down), (0, right), (0, 0)), constant_values=255)

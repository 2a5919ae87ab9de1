"""Minimal DICOM whole slides: one file a level, tiled, plain or encoded; a label in a file of its own."""

import io

import imagecodecs
import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

WHOLE_SLIDE = UID("1.2.840.10008.5.1.4.1.1.77.1.6")
TILE = 128
PLANE_MM = 0.0015
ENCODINGS = {
    "plain": (ExplicitVRLittleEndian, "RGB"),
    "implicit": (ImplicitVRLittleEndian, "RGB"),
    "planar": (ExplicitVRLittleEndian, "RGB"),
    "jpeg": (JPEGBaseline8Bit, "YBR_FULL_422"),
    "jpeg rgb": (JPEGBaseline8Bit, "RGB"),
    "jpeg 2000": (JPEG2000Lossless, "YBR_RCT"),
    "jpeg ls": (JPEGLSLossless, "RGB"),
    "runs": (RLELossless, "RGB"),
}
""" "planar": all red values of a tile first. """


def write_dicom(folder, levels, label, encoding="plain", profile=None, planes=1, sparse=False, without=()):
    """Magnification 40, 0.25 um a pixel; of several planes each is inverted a little more.

    `sparse` files say of each tile where it lies, and leave out those `without` (row, column).
    Returns of each plane the decoded levels; `level0.dcm` is the finest.
    """
    series = generate_uid()
    seen = [[] for _ in range(planes)]
    for number, level in enumerate(levels):
        kind = ["ORIGINAL" if number == 0 else "DERIVED", "PRIMARY", "VOLUME", "NONE" if number == 0 else "RESAMPLED"]
        stack = [level ^ np.uint8(40 * plane) for plane in range(planes)]
        tiles = [_frames(one, TILE, TILE, encoding) for one in stack]
        for plane, (_, decoded) in enumerate(tiles):
            seen[plane].append(decoded)
        frames = [frame for encoded, _ in tiles for frame in encoded]
        image = _head(level.shape, series, kind, 0.00025 * 2**number, encoding, profile, planes)
        image.Rows = image.Columns = TILE
        if sparse:
            frames = _say_where(image, frames, level.shape, planes, without)
        _save(image, frames, encoding, folder / f"level{number}.dcm")
    image = _head(label.shape, series, ["ORIGINAL", "PRIMARY", "LABEL", "NONE"], 0.02, "plain", None, 1)
    _save(image, [label.tobytes()], "plain", folder / "label.dcm")
    return seen


def _head(shape, series, kind, step_mm, encoding, profile, planes):
    height, width = shape[:2]
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = WHOLE_SLIDE, generate_uid()
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), series
    image.FrameOfReferenceUID = generate_uid()
    image.Modality, image.ImageType, image.Manufacturer = "SM", kind, "Nobody"
    image.PatientName = "Somebody"
    image.Rows, image.Columns = height, width
    image.TotalPixelMatrixRows, image.TotalPixelMatrixColumns = height, width
    image.TotalPixelMatrixFocalPlanes = planes
    image.SamplesPerPixel, image.PlanarConfiguration = 3, int(encoding == "planar")
    image.PhotometricInterpretation = ENCODINGS[encoding][1]
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 8, 8, 7, 0
    image.DimensionOrganizationType = "TILED_FULL"
    image.NumberOfOpticalPaths = 1
    measures, shared, optics = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SpacingBetweenSlices = [step_mm, step_mm], PLANE_MM
    shared.PixelMeasuresSequence = Sequence([measures])
    image.SharedFunctionalGroupsSequence = Sequence([shared])
    optics.OpticalPathIdentifier, optics.ObjectiveLensPower = "1", 40
    if profile:
        optics.ICCProfile = profile
    image.OpticalPathSequence = Sequence([optics])
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ENCODINGS[encoding][0]
    return image


def _say_where(image, frames, shape, planes, without):
    image.DimensionOrganizationType = "TILED_SPARSE"
    places, kept = [], []
    across, down = -(-shape[1] // TILE), -(-shape[0] // TILE)
    for number, frame in enumerate(frames):
        plane, row, column = number // (down * across), number // across % down, number % across
        if (row, column) in without:
            continue
        at, group = Dataset(), Dataset()
        at.ColumnPositionInTotalImagePixelMatrix, at.RowPositionInTotalImagePixelMatrix = (
            1 + TILE * column,
            1 + TILE * row,
        )
        at.ZOffsetInSlideCoordinateSystem = PLANE_MM * plane * 1000
        group.PlanePositionSlideSequence = Sequence([at])
        places.append(group)
        kept.append(frame)
    image.PerFrameFunctionalGroupsSequence = Sequence(places)
    return kept


def _save(image, frames, encoding, path):
    image.NumberOfFrames = len(frames)
    is_plain = encoding in ("plain", "implicit", "planar")
    image.PixelData = b"".join(frames) if is_plain else encapsulate(frames, has_bot=encoding != "jpeg ls")
    image["PixelData"].VR = "OB" if encoding != "implicit" else "OW"
    image.save_as(path, enforce_file_format=True)


def _frames(pixels, tall, wide, encoding):
    """Encoded tiles row by row, and the picture that decoders make of them."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((0, -height % tall), (0, -width % wide), (0, 0)), mode="edge")
    frames, seen = [], np.empty_like(padded)
    for y in range(0, height, tall):
        for x in range(0, width, wide):
            encoded, decoded = _encoded(np.ascontiguousarray(padded[y : y + tall, x : x + wide]), encoding)
            frames.append(encoded)
            seen[y : y + tall, x : x + wide] = decoded
    return frames, seen[:height, :width]


def _encoded(tile, encoding):
    if encoding == "jpeg":
        buffer = io.BytesIO()
        Image.fromarray(tile).save(buffer, "JPEG", quality=92)
        return buffer.getvalue(), np.asarray(Image.open(buffer))
    if encoding == "jpeg rgb":
        encoded = imagecodecs.jpeg8_encode(tile, level=92, colorspace="RGB", outcolorspace="RGB")
        return encoded, imagecodecs.jpeg8_decode(encoded, colorspace="RGB", outcolorspace="RGB")
    encode = {
        "planar": lambda: np.ascontiguousarray(tile.transpose(2, 0, 1)).tobytes(),
        "jpeg 2000": lambda: imagecodecs.jpeg2k_encode(tile, level=0, codecformat="j2k", mct=True, reversible=True),
        "jpeg ls": lambda: imagecodecs.jpegls_encode(tile),
        "runs": lambda: _runs(tile),
    }.get(encoding, tile.tobytes)
    return encode(), tile


def _runs(tile):
    from pydicom.pixels.encoders.base import EncodeRunner
    from pydicom.pixels.encoders.native import _encode_frame

    runner = EncodeRunner(RLELossless)
    runner.set_options(
        rows=tile.shape[0], columns=tile.shape[1], samples_per_pixel=3, bits_allocated=8, bits_stored=8,
        photometric_interpretation="RGB", pixel_representation=0, planar_configuration=0, number_of_frames=1,
    )  # fmt: skip
    runner.set_source(tile)
    return bytes(_encode_frame(tile.tobytes(), runner))

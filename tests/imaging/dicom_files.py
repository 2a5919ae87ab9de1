"""Minimal DICOM whole slides: one file a level, tiled, uncompressed or as JPEG; a label in a file of its own."""

import io

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid

WHOLE_SLIDE = UID("1.2.840.10008.5.1.4.1.1.77.1.6")
TILE = 128


def write_dicom(folder, levels, label, compressed=False, profile=None, planes=1):
    """Magnification 40, 0.25 um a pixel. Returns the decoded levels; `level0.dcm` is the finest."""
    series = generate_uid()
    decoded = []
    for number, level in enumerate(levels):
        kind = ["ORIGINAL" if number == 0 else "DERIVED", "PRIMARY", "VOLUME", "NONE" if number == 0 else "RESAMPLED"]
        step_mm = 0.00025 * 2**number
        decoded.append(_write(folder / f"level{number}.dcm", level, series, kind, step_mm, compressed, profile, planes))
    _write(folder / "label.dcm", label, series, ["ORIGINAL", "PRIMARY", "LABEL", "NONE"], 0.02, False, None, 1)
    return decoded


def _write(path, pixels, series, kind, step_mm, compressed, profile, planes):
    height, width = pixels.shape[:2]
    tall, wide = (TILE, TILE) if kind[2] == "VOLUME" else (height, width)
    frames, seen = _frames(pixels, tall, wide, compressed)
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = WHOLE_SLIDE, generate_uid()
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), series
    image.FrameOfReferenceUID = generate_uid()
    image.Modality, image.ImageType, image.Manufacturer = "SM", kind, "Nobody"
    image.Rows, image.Columns, image.NumberOfFrames = tall, wide, len(frames) * planes
    image.TotalPixelMatrixRows, image.TotalPixelMatrixColumns = height, width
    image.TotalPixelMatrixFocalPlanes = planes
    image.SamplesPerPixel, image.PlanarConfiguration = 3, 0
    image.PhotometricInterpretation = "YBR_FULL_422" if compressed else "RGB"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 8, 8, 7, 0
    image.DimensionOrganizationType = "TILED_FULL"
    image.NumberOfOpticalPaths = 1
    measures, shared, optics = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = [step_mm, step_mm]
    shared.PixelMeasuresSequence = Sequence([measures])
    image.SharedFunctionalGroupsSequence = Sequence([shared])
    optics.OpticalPathIdentifier, optics.ObjectiveLensPower = "1", 40
    if profile:
        optics.ICCProfile = profile
    image.OpticalPathSequence = Sequence([optics])
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = JPEGBaseline8Bit if compressed else ExplicitVRLittleEndian
    image.PixelData = encapsulate(frames * planes) if compressed else b"".join(frames * planes)
    image["PixelData"].VR = "OB"
    image.save_as(path, enforce_file_format=True)
    return seen


def _frames(pixels, tall, wide, compressed):
    """Encoded tiles row by row, and the picture that decoders make of them."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((0, -height % tall), (0, -width % wide), (0, 0)), mode="edge")
    frames, seen = [], np.empty_like(padded)
    for y in range(0, height, tall):
        for x in range(0, width, wide):
            tile = np.ascontiguousarray(padded[y : y + tall, x : x + wide])
            buffer = io.BytesIO()
            Image.fromarray(tile).save(buffer, "JPEG", quality=92)
            frames.append(buffer.getvalue() if compressed else tile.tobytes())
            seen[y : y + tall, x : x + wide] = np.asarray(Image.open(buffer)) if compressed else tile
    return frames, seen[:height, :width]

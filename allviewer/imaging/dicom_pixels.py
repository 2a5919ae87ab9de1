"""The frames of DICOM files decoded, by imagecodecs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from allviewer.errors import ImageError
from allviewer.imaging.colouring import Samples
from allviewer.imaging.dicom_file import DicomFile
from allviewer.imaging.intensity import ycbcr_to_rgb

_JPEG = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")
_JPEG_LOSSLESS = ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")
_JPEG_LS = ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81")
_JPEG_2000 = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
_RUNS = "1.2.840.10008.1.2.5"
_PLAIN = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
_DECODED_COLOURS = ("RGB", "YBR_ICT", "YBR_RCT")


def decoded(file: DicomFile, number: int, name: str) -> Samples:
    """Values (rows, columns, samples) of a frame, colours as RGB.

    Raises:
        ImageError: damaged, or encoded in a way that is not supported; other errors of the decoders pass.
    """
    encoded = file.frame(number)
    colours = str(file.head.PhotometricInterpretation)
    dtype = f"<u{file.bits // 8}"
    if file.syntax in _PLAIN:
        values = np.frombuffer(encoded, dtype)
    else:
        values = np.asarray(_decoder(file.syntax, colours, dtype, name)(encoded))
    if values.size != file.rows * file.columns * file.samples or values.dtype.itemsize * 8 != file.bits:
        raise ImageError(f"{name} is damaged: one of its tiles has another size than it says.")
    values = _laid_out(values, file)
    is_left_to_us = colours.startswith("YBR_FULL") and file.syntax not in _JPEG
    return ycbcr_to_rgb(values) if is_left_to_us and file.samples == 3 and file.bits == 8 else values


def is_supported(colours: str) -> bool:
    """Whether a photometric interpretation is one of those that can be shown."""
    return colours in (*_DECODED_COLOURS, "YBR_FULL", "YBR_FULL_422", "MONOCHROME1", "MONOCHROME2")


def _laid_out(values: Samples, file: DicomFile) -> Samples:
    """(rows, columns, samples); run lengths, and plain values if the header says so, come colour by colour."""
    is_planar = file.syntax in _PLAIN and int(file.head.get("PlanarConfiguration", 0) or 0) == 1
    if file.samples > 1 and (is_planar or file.syntax == _RUNS):
        return np.ascontiguousarray(values.reshape(file.samples, file.rows, file.columns).transpose(1, 2, 0))
    return values.reshape(file.rows, file.columns, file.samples)


def _decoder(syntax: str, colours: str, dtype: str, name: str) -> Callable[[bytes], Any]:
    import imagecodecs

    if syntax in _JPEG:
        # which colours are stored is said by the header; most writers leave the JPEG's own marker out
        if colours.startswith("MONOCHROME"):
            return imagecodecs.jpeg8_decode
        stored = "RGB" if colours == "RGB" else "YCBCR"
        return lambda encoded: imagecodecs.jpeg8_decode(encoded, colorspace=stored, outcolorspace="RGB")
    if syntax in _JPEG_LOSSLESS:
        return imagecodecs.ljpeg_decode
    if syntax in _JPEG_LS:
        return imagecodecs.jpegls_decode
    if syntax in _JPEG_2000:
        return imagecodecs.jpeg2k_decode
    if syntax == _RUNS:
        return lambda encoded: np.frombuffer(imagecodecs.dicomrle_decode(encoded, dtype), dtype)
    raise ImageError(f"{name} cannot be shown: DICOM transfer syntax {syntax} is not supported.")

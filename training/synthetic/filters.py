"""The few OpenCV operations that are needed, on float32 arrays."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def blurred(array: Floats, sigma_px: float) -> Floats:
    """Gaussian blur; the border is mirrored."""
    return np.asarray(cv2.GaussianBlur(array, (0, 0), sigma_px), np.float32)


def reduced(array: Floats, side_px: int) -> Floats:
    """A square array averaged down to a smaller side (a divisor of its own)."""
    if array.shape[0] == side_px:
        return array
    return np.asarray(cv2.resize(array, (side_px, side_px), interpolation=cv2.INTER_AREA), np.float32)


def enlarged(array: Floats, height_px: int, width_px: int) -> Floats:
    """Smoothly interpolated to a larger size."""
    return np.asarray(cv2.resize(array, (width_px, height_px), interpolation=cv2.INTER_CUBIC), np.float32)


def shifted(channel: Floats, dx_px: float, dy_px: float) -> Floats:
    """Moved by parts of a pixel; the border is repeated."""
    move = np.array([[1, 0, dx_px], [0, 1, dy_px]], np.float32)
    size = (channel.shape[1], channel.shape[0])
    moved = cv2.warpAffine(np.ascontiguousarray(channel), move, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def polar(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Distance from the origin, and angle from 0 to 2 pi."""
    distance, angle = cv2.cartToPolar(x, y)
    return np.asarray(distance, np.float32), np.asarray(angle, np.float32)


def jpeg_bytes(image: NDArray[np.uint8], quality: int) -> bytes:
    """RGB as JPEG, colour at half resolution."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def through_jpeg(image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """RGB with the artefacts of JPEG."""
    decoded = cv2.imdecode(np.frombuffer(jpeg_bytes(image, quality), np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise ValueError("OpenCV cannot read its own JPEG")
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)

"""Opening images and reading tiles, against the bare decoder."""

import random
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import tifffile

from allviewer.imaging.openers import open_image
from allviewer.session.tile_grid import TILE_PX
from tests.benchmarks.measure import Figure, median_ms

TILES = 40


def figures(folder: Path) -> list[Figure]:
    return [*_photograph(folder), *_slide(folder), _zoomed_out(folder)]


def _photograph(folder: Path) -> list[Figure]:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    path = folder / "photo.jpg"
    cv2.imwrite(
        str(path), cv2.resize(small, (4000, 3000), interpolation=cv2.INTER_CUBIC), [cv2.IMWRITE_JPEG_QUALITY, 90]
    )

    def opened() -> None:
        source = open_image(path)
        last = source.info.levels[-2]
        source.read(len(source.info.levels) - 2, 0, 0, last.width, last.height)

    floor_ms = median_ms(lambda: imagecodecs.jpeg_decode(path.read_bytes()))
    return [
        Figure("open a 4000x3000 JPEG", median_ms(lambda: open_image(path)), floor_ms, "decoding it"),
        Figure("open it and read it whole at 1:8", median_ms(opened), floor_ms, "decoding it"),
    ]


def _slide(folder: Path) -> list[Figure]:
    """A 100 000 x 100 000 px tiled TIFF of which every tile is the same picture."""
    side, tile_px = 100_000, 512
    rng = np.random.default_rng(1)
    tile = cv2.resize(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8), (tile_px, tile_px))
    encoded = imagecodecs.jpeg_encode(tile, level=85)
    path = folder / "slide.tif"
    first = {0, 1, 2}
    count = (-(-side // tile_px)) ** 2
    filled = 64 * (-(-side // tile_px))
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        writer.write(
            (tile if index in first or index < filled else None for index in range(count)),
            shape=(side, side, 3),
            dtype=np.uint8,
            tile=(tile_px, tile_px),
            photometric="rgb",
            compression="jpeg",
        )
    source = open_image(path)
    rng_tiles = random.Random(2)

    def read_tiles() -> None:
        for _ in range(TILES):
            x = rng_tiles.randrange(0, side // TILE_PX) * TILE_PX
            y = rng_tiles.randrange(0, 64 * tile_px // TILE_PX) * TILE_PX
            source.read(0, x, y, TILE_PX, TILE_PX)

    def decode_tiles() -> None:
        for _ in range(TILES):
            imagecodecs.jpeg_decode(encoded)

    tile_floor_ms = median_ms(decode_tiles)
    open_floor_ms = median_ms(lambda: tifffile.TiffFile(path).close())
    return [
        Figure("open a 100 000 px tiled TIFF", median_ms(lambda: open_image(path).close()), open_floor_ms, "tifffile"),
        Figure(f"read {TILES} scattered tiles of it", median_ms(read_tiles), tile_floor_ms, "decoding as many tiles"),
    ]


def _zoomed_out(folder: Path) -> Figure:
    path = folder / "flat.tif"
    tile = np.full((512, 512, 3), 200, dtype=np.uint8)
    encoded = imagecodecs.jpeg_encode(tile, level=85)
    with tifffile.TiffWriter(path) as writer:
        writer.write(
            (tile for _ in range(64)),
            shape=(4096, 4096, 3),
            dtype=np.uint8,
            tile=(512, 512),
            photometric="rgb",
            compression="jpeg",
        )

    def overview() -> None:
        source = open_image(path)
        last = source.info.levels[-1]
        source.read(len(source.info.levels) - 1, 0, 0, last.width, last.height)
        source.close()

    floor_ms = median_ms(lambda: [imagecodecs.jpeg_decode(encoded) for _ in range(64)])
    return Figure("overview of 4096 px without levels", median_ms(overview), floor_ms, "decoding its tiles")

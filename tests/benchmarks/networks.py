"""From image to cells with classes, against the bare calls of the networks that it takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import tifffile

from allviewer.domain.geometry import Region
from tests.benchmarks.measure import Figure
from training.synthetic.smear import SmearRenderer
from training.synthetic.spec import SmearSpec

SIDE, TILE_PX, PART_PX = 20_000, 512, 2048
UM_PER_PX = 0.25
WHITE_CELLS_PER_MM2 = 230.0
"""White cells of about 130 square micrometres, so that they cover 3 % of the slide."""
REDUCED = (1, 4, 16)


def figures(folder: Path) -> list[Figure]:
    field, slide = _field(folder), _slide(folder)
    field_found, slide_found = (_probe(path, repeats) for path, repeats in ((field, 15), (slide, 1)))
    print(
        f"slide of {SIDE} x {SIDE} px: {slide_found['cells']} cells in {slide_found['ours_ms'] / 1000:.1f} s (90 allowed), "
        f"{slide_found['peak_mb']:.0f} MB at most (1500 allowed); by stage, seconds over all threads: {slide_found['stages']}"
    )
    for name, found in (("field", field_found), ("slide", slide_found)):
        ratio = found["cpu_s"] / found["bare_cpu_s"]
        print(f"{name}: {found['cpu_s']:.3f} s of processor time, {ratio:.2f} times that of its network calls alone")
    return [
        Figure(name, found["ours_ms"], found["bare_ms"], "its network calls alone, same threads")
        for name, found in (
            ("640x480 field, image to cells with classes", field_found),
            (f"slide of {SIDE} px, 3 % cells", slide_found),
        )
    ]


def _probe(path: Path, repeats: int) -> dict:
    """In a process of its own, so that its memory is its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.networks_probe", str(path), str(repeats)],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    return json.loads(answer.stdout.splitlines()[-1])


def _part(side: int, mpp: float, white: float) -> np.ndarray:
    spec = SmearSpec(width=side, height=side, mpp=mpp, seed=5, white_cells_per_mm2=white)
    return SmearRenderer(spec).render(Region(0, 0, side, side)).image


def _field(folder: Path) -> Path:
    """One field as a camera gives it: its scale has to be found."""
    path = folder / "field.jpg"
    cv2.imwrite(str(path), _part(640, 0.07, 1500.0)[:480, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return path


def _slide(folder: Path) -> Path:
    """A tiled pyramid in which one smear of 0.5 mm stands again and again."""
    part = _part(PART_PX, UM_PER_PX, WHITE_CELLS_PER_MM2)
    path = folder / "slide.tif"
    per_cm = 10_000 / UM_PER_PX
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        for reduced in REDUCED:
            side = SIDE // reduced
            writer.write(
                _tiles(part, reduced, -(-side // TILE_PX)),
                shape=(side, side, 3),
                dtype=np.uint8,
                tile=(TILE_PX, TILE_PX),
                photometric="rgb",
                compression="jpeg",
                resolution=(per_cm / reduced, per_cm / reduced),
                resolutionunit="CENTIMETER",
                subifds=len(REDUCED) - 1 if reduced == 1 else None,
                subfiletype=0 if reduced == 1 else 1,
            )
    return path


def _tiles(part: np.ndarray, reduced: int, across: int):
    """Encoded tiles, row by row; each different one is encoded once."""
    side = PART_PX // reduced
    small = cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA)
    copies = max(1, TILE_PX // side)
    small = np.tile(small, (copies, copies, 1))
    period = small.shape[0] // TILE_PX
    encoded = {
        (row, column): imagecodecs.jpeg_encode(
            np.ascontiguousarray(small[row * TILE_PX :, column * TILE_PX :][:TILE_PX, :TILE_PX]), level=85
        )
        for row in range(period)
        for column in range(period)
    }
    for row in range(across):
        for column in range(across):
            yield encoded[row % period, column % period]

"""What the first look at a coarse scale passes by: of the cells that are found when everything is segmented.

python -m training.detection.look_loss --data ../shared/data --segmentation PACK --detection PACK
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, RgbArray, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.clock import Clock
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.look_over import likely_places, look_over
from allviewer.inference.onnx_session import OnnxSession
from allviewer.progress import CancelToken, no_report
from training.datasets import bccd, taleqani, txl_pbc
from training.datasets.catalogue import find_named
from training.datasets.files import read_rgb
from training.packs import read_card

ACROSS = 10
UM_PER_PX = {bccd.NAME: bccd.UM_PER_PX, **txl_pbc.UM_PER_PX, taleqani.NAME: 0.39}
"""That of Taleqani is not published: the median of what its red cells say of twenty of its fields."""


@dataclass(frozen=True)
class Mosaic:
    """Fields of one source side by side, as on a slide; um_per_px None where the program has to find it."""

    source: str
    image: RgbArray
    um_per_px: float | None


def mosaics(folders: Sequence[Path], most: int) -> Iterator[Mosaic]:
    """At most so many fields of each source."""
    for name in (bccd.NAME, txl_pbc.NAME, taleqani.NAME):
        data = find_named(folders, name)
        if data is None:
            continue
        for part in sorted({picture.part for picture in data.pictures} if name == txl_pbc.NAME else {""}):
            own = [picture for picture in data.pictures if not part or picture.part == part]
            chosen = own[:: max(1, len(own) // most)][:most]
            images = [read_rgb(picture.file) for picture in chosen]
            um_per_px = UM_PER_PX.get(part or name)
            yield Mosaic(part or name, _side_by_side(images), um_per_px)


def _side_by_side(images: Sequence[RgbArray]) -> RgbArray:
    height, width = (min(image.shape[axis] for image in images) for axis in (0, 1))
    images = [image[:height, :width] for image in images[: len(images) // ACROSS * ACROSS]]
    rows = [np.concatenate(images[start : start + ACROSS], axis=1) for start in range(0, len(images), ACROSS)]
    return np.concatenate(rows)


def looked_at(mosaic: Mosaic, request: DetectRequest, detection: InstalledPack) -> str:
    """One line: cells that are found when everything is segmented, and how many of them the look would pass by."""
    height, width = mosaic.image.shape[:2]
    source = ArraySource(mosaic.image, SlideInfo((Level(width, height, 1.0),), reader="memory"))
    found = detect_cells(source, replace(request, mpp=mosaic.um_per_px), CancelToken(), no_report)
    assert found.mpp is not None
    finder = BoxFinder(OnnxSession(detection, "cpu", request.threads), CancelToken(), Clock())
    seen = look_over(source, source.info.bounds, finder, found.mpp, 1, CancelToken(), no_report)
    margin_px = round(finder.spec.halo_px * finder.spec.mpp / found.mpp)
    windows = [where.expanded(margin_px) for where in likely_places(seen, source.info.bounds, 0)]
    lost = sum(not any(_holds(window, cell.mask.region) for window in windows) for cell in found.cells)
    kept = 1 - lost / max(1, len(found.cells))
    return f"| {mosaic.source} | {found.mpp:.3f} | {len(found.cells)} | {len(seen)} | {lost} | {kept:.4f} |"


def _holds(window: Region, cell: Region) -> bool:
    return window.intersection(cell) == cell


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.detection.look_loss", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--segmentation", type=Path, required=True)
    parser.add_argument("--detection", type=Path, required=True)
    parser.add_argument("--fields", type=int, default=200, help="at most so many of each source (default: 200)")
    options = parser.parse_args(arguments)
    segmentation, detection = (
        InstalledPack(read_card(folder), folder, shipped=False) for folder in (options.segmentation, options.detection)
    )
    request = DetectRequest(segmentation, device="cpu", threads=1)
    _say("| mosaic of | um per px | cells | places looked at | cells passed by | kept |\n" + "| --- " * 6 + "|")
    for mosaic in mosaics(options.data, options.fields):
        _say(looked_at(mosaic, request, detection))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

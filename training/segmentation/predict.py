"""Label images of picture files, as the viewer would find the cells."""

from collections import Counter
from pathlib import Path

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.exchange.training_events import Progress
from allviewer.imaging.openers import open_image
from allviewer.inference.detect import Detection, DetectRequest, detect_cells
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import SessionCache
from allviewer.progress import CancelToken, no_report
from training.errors import TrainingError
from training.packs import read_card
from training.tasks import Tell


def predict_files(pack: Path, images: tuple[Path, ...], out: Path, cancel: CancelToken, tell: Tell) -> None:
    """Write STEM.cells.tif and STEM.nuclei.tif for each picture: 0 background, the same number for cell and nucleus.

    Raises `TrainingError` if two pictures share a stem: one would overwrite the other.
    """
    import tifffile

    shared = [stem for stem, count in Counter(path.stem for path in images).items() if count > 1]
    if shared:
        raise TrainingError(f"Several pictures are called '{shared[0]}'.", "Give each run an --out of its own.")
    installed, sessions = InstalledPack(read_card(pack), pack, shipped=False), SessionCache()
    out.mkdir(parents=True, exist_ok=True)
    for index, path in enumerate(images):
        source = open_image(path)
        try:
            detection = detect_cells(source, DetectRequest(installed), cancel, no_report, sessions=sessions)
            cells, nuclei = label_images(detection, source.info.bounds)
        finally:
            source.close()
        tifffile.imwrite(out / f"{path.stem}.cells.tif", cells, compression="zlib")
        tifffile.imwrite(out / f"{path.stem}.nuclei.tif", nuclei, compression="zlib")
        tell(Progress((index + 1) / len(images), f"{path.name}: {len(detection.cells)} cells"))


def label_images(
    detection: Detection, bounds: Region
) -> tuple["np.ndarray[tuple[int, ...], np.dtype[np.uint16]]", "np.ndarray[tuple[int, ...], np.dtype[np.uint16]]"]:
    """(cells, nuclei), uint16 of the picture's size."""
    cells = np.zeros((bounds.height, bounds.width), np.uint16)
    nuclei = np.zeros_like(cells)
    for cell in detection.cells:
        cell.mask.paint_into(cells, bounds, cell.id)
        cell.nucleus.paint_into(nuclei, bounds, cell.id)
    return cells, nuclei

"""Tables of boxes of picture files, as the viewer would find them."""

import csv
from pathlib import Path

from allviewer.domain.boxes import KINDS
from allviewer.exchange.training_events import Progress
from allviewer.imaging.openers import open_image
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.box_scale import scale_from_boxes
from allviewer.inference.clock import Clock
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import OnnxSession
from allviewer.progress import CancelToken
from training.packs import read_card
from training.tasks import Tell


def predict_files(pack: Path, images: tuple[Path, ...], out: Path, cancel: CancelToken, tell: Tell) -> None:
    """Write STEM.boxes.csv for each picture: kind, left, top, right, bottom in its pixels, score."""
    session = OnnxSession(InstalledPack(read_card(pack), pack, shipped=False))
    finder = BoxFinder(session, cancel, Clock())
    out.mkdir(parents=True, exist_ok=True)
    for index, path in enumerate(images):
        source = open_image(path)
        try:
            mpp = source.info.mpp or scale_from_boxes(source, finder).um_per_px
            found = finder.find(source, source.info.bounds, finder.spec.mpp / mpp) if mpp else None
        finally:
            source.close()
        with (out / f"{path.stem}.boxes.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("kind", "left", "top", "right", "bottom", "score"))
            for edges, kind, score in zip(found.edges, found.kinds, found.scores, strict=True) if found else ():
                writer.writerow((KINDS[kind], *(f"{edge:.1f}" for edge in edges), f"{score:.3f}"))
        tell(Progress((index + 1) / len(images), f"{path.name}: {len(found) if found else 0} boxes"))

"""The segmentation task: what the command line calls."""

import time
from pathlib import Path

import msgspec

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training import packs
from training.config import load_config
from training.datasets.collect import collect_samples
from training.errors import TrainingError
from training.segmentation.config import SegmentationConfig
from training.segmentation.fit import Lesson, fit_network, save_pack
from training.tasks import Request, Tell

PACK_FOLDER = "pack"
SETTINGS_FILE = "settings.json"


def fit(request: Request, cancel: CancelToken, tell: Tell) -> Path:
    """Train; the pack is OUT/pack."""
    started = time.monotonic()
    config = _config(request)
    tell(Progress(0.0, "Reading the data"))
    lesson = Lesson(
        samples=collect_samples(request.data, config.mpp, cancel),
        replay=collect_samples(request.replay, config.mpp, cancel),
        parent=request.pack,
    )
    request.out.mkdir(parents=True, exist_ok=True)
    (request.out / SETTINGS_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(config)))
    network = fit_network(lesson, config, request.out, cancel, tell, request.resume)
    tell(Progress(1.0, "Writing the pack"))
    save_pack(request.out / PACK_FOLDER, network, lesson, config, request.command, started)
    return request.out / PACK_FOLDER


def _config(request: Request) -> SegmentationConfig:
    """The settings; a network that is gone on from keeps its scale, and its name unless another is given."""
    overrides = dict(request.overrides)
    if request.pack:
        card = packs.read_card(request.pack)
        if card.task != "segmentation":
            raise TrainingError(f"The pack {card.name} is for {card.task}, not for segmentation.", "Give --task.")
        inherited = {"name": card.name, "version": _next_version(card.version), "title": card.title}
        overrides = {**inherited, **overrides, "mpp": card.spec.mpp}
    return load_config(request.config, SegmentationConfig, overrides)


def _next_version(version: str) -> str:
    major, minor, *_ = version.split("+", maxsplit=1)[0].split("-", maxsplit=1)[0].split(".")
    return f"{major}.{int(minor) + 1}.0"

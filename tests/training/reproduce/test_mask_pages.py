"""Pages of segmentation show drawn and found masks, the worst pictures first."""

from pathlib import Path

import cv2
import msgspec
import numpy as np

from allviewer.classical.methods import find_method
from allviewer.progress import CancelToken
from training.datasets.listing import Grouping
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS
from training.evaluation.plots import png_of
from training.experiments import engine
from training.experiments.catalogue import find_experiment
from training.experiments.experiment import Model
from training.experiments.machine import Machine
from training.experiments.protocols import find_protocol
from training.experiments.samples import Samples
from training.experiments.scale import Scale
from training.reproduce.classical_masks import score_masks
from training.reproduce.mask_pages import network_masks, worst_and_middling, write_classical_page


def _smears(count: int) -> Samples:
    """Fields with one cell each, of six slides."""
    images = []
    for number in range(count):
        image = np.full((40, 40, 3), (235, 205, 210), np.uint8)
        cv2.circle(image, (20, 20), 8 + number % 7, (185, 160, 215), -1)
        cv2.circle(image, (20, 20), 5, (90, 40, 140), -1)
        images.append(image)

    def parts(row: int, image: np.ndarray) -> np.ndarray:
        return np.select([image[..., 0] < 120, image[..., 0] < 200], [NUCLEUS, CYTOPLASM], BACKGROUND).astype(np.uint8)

    return Samples(
        source="toy",
        names=tuple(f"field-{number}" for number in range(count)),
        labels=("",) * count,
        classes=(),
        groups=tuple(f"slide-{number % 6}" for number in range(count)),
        group_kind=Grouping.SLIDE,
        same=np.arange(count),
        read=lambda row: images[row],
        read_parts=parts,
        rows=tuple(range(count)),
    )


def test_the_masks_of_a_trained_network_are_drawn_on_what_it_had_not_learnt(tmp_path: Path) -> None:
    samples = _smears(24)
    experiment = msgspec.structs.replace(find_experiment("002-unet"), model=Model(name="unet-plr"))
    scale = Scale(name="tiny", size_px=32, epochs=1, tested_by_picture=1)
    machine = Machine(device="cpu", tensorboard=False)
    run = engine.run(
        experiment, samples, find_protocol("by_picture"), scale, tmp_path, CancelToken(), lambda _: None, machine
    )
    assert run.measure(np.arange(len(run.names)))["cell_pixel_accuracy"] >= 0
    assert png_of(network_masks(tmp_path, samples, CancelToken())).startswith(b"\x89PNG")


def test_the_worst_pictures_come_first(toy_sample, tmp_path: Path) -> None:
    samples = [toy_sample(seed) for seed in range(12)]
    bad = {3, 7}

    def segment(sample: object) -> np.ndarray:
        number = next(place for place, known in enumerate(samples) if known is sample)
        answer = np.zeros(samples[number].parts.shape, np.uint8)
        if number not in bad:
            answer[samples[number].parts == 1], answer[samples[number].parts == 2] = 128, 255
        return answer

    scores = score_masks(samples, segment, CancelToken(), lambda _: None)
    chosen = worst_and_middling(scores)
    assert set(chosen[:2]) == bad
    assert len(chosen) == len(set(chosen)) == 8

    method = find_method("grey-clusters")
    page = write_classical_page(method, method.settings(), samples, scores, tmp_path / "page.html")
    text = page.read_text(encoding="utf-8")
    assert "Three grey clusters on exported" in text
    assert "toy-3" not in text, "titles stand in the picture"
    assert "data:image/png" in text

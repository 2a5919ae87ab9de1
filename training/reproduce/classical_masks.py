"""The classical segmentation methods against drawn masks: nothing is learnt, so nothing can leak."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from allviewer.classical.methods import VERSION, Method
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.sample import BACKGROUND, NUCLEUS, UNKNOWN, Sample
from training.evaluation.mask_scores import SegmentationScores, compare_masks
from training.reproduce.jobs import Job
from training.tasks import Tell

PARTS = ("nucleus", "cell")
NEIGHBOURS = "run of neighbouring pictures"
_NUCLEUS_GREY = 255
_EVERY = 25

Load = Callable[[], Sequence[Sample]]


def classical_job(method: Method, given: Mapping[str, object], data: str, load: Load) -> Job:
    """A job that scores one method, with some settings other than its defaults, on one data set.

    Raises:
        UserError: a setting that the method does not have.
    """
    settings = method.settings(given)
    name = "-".join((method.name, *(f"{key}-{value}" for key, value in given.items())))
    described = msgspec.json.encode((method.identity(settings), VERSION, PARTS, data))

    def make(_: Path, cancel: CancelToken, tell: Tell) -> SegmentationScores:
        segment = partial(method.segment, settings=settings, cancel=cancel)
        return score_masks(load(), lambda sample: segment(sample.image, um_per_px=sample.mpp), cancel, tell)

    return Job(f"classical-{name}", data, "by_subject", described, SegmentationScores, make)


def score_masks(
    samples: Sequence[Sample], segment: Callable[[Sample], np.ndarray], cancel: CancelToken, tell: Tell
) -> SegmentationScores:
    """Scores of every sample; pixels of which nothing is known count neither way.

    Args:
        segment: gives uint8 (H, W) of 0, 128 (cytoplasm) and 255 (nucleus).
    """
    pixels, distances, seconds = [], [], 0.0
    for number, sample in enumerate(samples):
        cancel.check()
        started = time.process_time()
        found = segment(sample)
        seconds += time.process_time() - started
        known = sample.parts != UNKNOWN
        drawn = [sample.parts == NUCLEUS, (sample.parts != BACKGROUND) & known]
        counts, boundary = compare_masks(drawn, [(found == _NUCLEUS_GREY) & known, (found > 0) & known])
        counts[:, 3] -= np.count_nonzero(~known)
        pixels.append(counts)
        distances.append(boundary)
        if number % _EVERY == 0:
            tell(Progress(number / len(samples), f"{number} of {len(samples)} pictures"))
    return SegmentationScores(
        names=tuple(sample.name for sample in samples),
        groups=tuple(sample.group for sample in samples),
        folds=np.zeros(len(samples), np.int64),
        protocol="by_subject",
        group_kind=NEIGHBOURS,
        seconds_per_picture=seconds / max(1, len(samples)),
        parts=PARTS,
        pixels=np.stack(pixels) if pixels else np.zeros((0, len(PARTS), 4), np.int64),
        boundary_px=np.stack(distances) if distances else np.zeros((0, len(PARTS)), np.float32),
    )

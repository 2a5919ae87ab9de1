"""Masks on pictures, drawn and found, worst ones first. They show photographs: for the user's own folder only."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from allviewer.classical.methods import Method
from allviewer.exchange.parameters import Settings
from allviewer.progress import CancelToken
from training.datasets.sample import BACKGROUND, UNKNOWN, Sample
from training.evaluation.explain import trained_network
from training.evaluation.intervals import measure
from training.evaluation.mask_panels import Panel, mask_panels
from training.evaluation.mask_scores import SegmentationScores
from training.evaluation.report import Report, write_report
from training.experiments.building import classes_of
from training.experiments.engine import RESULT
from training.experiments.record import read_record
from training.experiments.samples import Samples
from training.preprocessing.targets import IGNORED

MASKS = "Drawn (green) and found (pink) outlines: the four worst pictures, then four middling ones"
_OF_EACH = 4
_ROUNDS = 100


def worst_and_middling(scores: SegmentationScores) -> list[int]:
    """Rows of the pictures with the lowest mean Dice over the parts, and of those around the median."""
    dice = np.nanmean(np.where(np.isnan(scores.dice), 0.0, scores.dice), axis=1)
    order = np.argsort(dice, kind="stable").tolist()
    middle = max(_OF_EACH, len(order) // 2 - _OF_EACH // 2)
    return [*order[:_OF_EACH], *order[middle : middle + _OF_EACH]]


def network_masks(run: Path, samples: Samples, cancel: CancelToken) -> Figure:
    """What the network of the first fold found in pictures that it had not learnt."""
    experiment = read_record(run).experiment
    scores = SegmentationScores.load(run / "fold_0" / RESULT)
    network = trained_network(run, experiment, len(classes_of(experiment, ())))
    place = {name: index for index, name in enumerate(samples.names)}
    rows = worst_and_middling(scores)
    shown = samples.take(np.array([place[scores.names[row]] for row in rows], np.intp))
    pictures = shown.pictures(experiment.preparation, cancel, lambda _: None)
    drawn = shown.maps(experiment.preparation, experiment.target, cancel, lambda _: None)
    with torch.inference_mode():
        batch = torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float().div(255)
        found = network(batch).argmax(dim=1).numpy()
    panels = [
        _panel(pictures[i], (drawn[i] > 0) & (drawn[i] != IGNORED), _same_size(found[i] > 0, drawn[i].shape), name)
        for i, name in enumerate(f"{shown.names[i]}: {scores.dice[row].mean():.2f}" for i, row in enumerate(rows))
    ]
    return mask_panels(panels)


def write_classical_page(
    method: Method, settings: Settings, samples: Sequence[Sample], scores: SegmentationScores, path: Path
) -> Path:
    """A page about a classical method on one source."""
    chosen = [(samples[row], scores.dice[row]) for row in worst_and_middling(scores)]
    panels = []
    for sample, dice in chosen:
        found = method.segment(sample.image, settings, sample.mpp)
        drawn = (sample.parts != BACKGROUND) & (sample.parts != UNKNOWN)
        panels.append(_panel(sample.image, drawn, found > 0, f"{sample.name}: {np.nanmean(dice):.2f}"))
    about = (
        ("Method", f"{method.title}. {method.summary}"),
        ("Paper", f"{method.paper}; {method.section}"),
        ("Settings", method.identity(settings)),
    )
    title = f"{method.title} on {samples[0].source}"
    return write_report(
        Report(title, about, (), (measure(scores, rounds=_ROUNDS),), more_plots=((MASKS, mask_panels(panels)),)), path
    )


def _panel(image: NDArray[np.uint8], drawn: NDArray[np.bool_], found: NDArray[np.bool_], title: str) -> Panel:
    return Panel(np.ascontiguousarray(np.broadcast_to(image, (*image.shape[:2], 3))), drawn, found, title)


def _same_size(found: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """A network without padding says less than it sees: what it does not say is empty."""
    top, left = (shape[0] - found.shape[0]) // 2, (shape[1] - found.shape[1]) // 2
    whole = np.zeros(shape, bool)
    whole[top : top + found.shape[0], left : left + found.shape[1]] = found
    return whole

"""The experiment: a base that never saw a source, N of its cells corrected, fine-tuned, measured here and elsewhere."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from allviewer.errors import DatasetError
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training import packs
from training.adaptation.choosing import by_chance, by_gain, corrected
from training.datasets.collect import collect_samples
from training.datasets.sample import Sample
from training.datasets.synthetic import make_samples
from training.loop import Company
from training.segmentation.config import SegmentationConfig, synthetic_fields_of
from training.segmentation.finder import Finder, masks_of
from training.segmentation.fit import Lesson, fit_network, save_pack
from training.segmentation.measure import measurable, score_pack
from training.segmentation.scoring import PictureScore
from training.splits import group_folds
from training.tasks import Tell

HELD_OUT = 0.5
"""Of the groups of the new source; of every other source a fifth is kept to measure what is forgotten."""
MOST_ELSEWHERE = 60


@dataclass(frozen=True)
class Adaptation:
    """What is tried; see the arguments of `python -m training adapt`."""

    source: str
    counts: tuple[int, ...]
    ways: tuple[str, ...]
    base: Path | None
    base_steps: int
    steps: int | None
    layers: str
    distil: bool
    seed: int


class Point(msgspec.Struct, frozen=True):
    """One fine-tuning, or the base (`cells` 0).

    Attributes:
        here: mean Dice of whole cells on held-out groups of the new source, a picture each, misses included;
            elsewhere: the same on held-out groups of the others.
        minutes: of the fine-tuning, by the clock; cpu_minutes: of processor time.
    """

    way: str
    cells: int
    here: float
    elsewhere: float
    minutes: float
    cpu_minutes: float


class Result(msgspec.Struct, frozen=True):
    """All points, and what they were measured on."""

    source: str
    pool_cells: int
    here_pictures: int
    here_groups: int
    elsewhere_pictures: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class _Parts:
    """The data of the experiment, at their own scales."""

    pool: list[Sample]
    here: list[Sample]
    others: list[Sample]
    elsewhere: list[Sample]


def run(plan: Adaptation, data: Sequence[Path], out: Path, cancel: CancelToken, tell: Tell) -> Result:
    """Run it all.

    Raises:
        DatasetError: the source is not among the data, or is of one group.
        TrainingError, PackError, Cancelled.
    """
    out.mkdir(parents=True, exist_ok=True)
    tell(Progress(0.0, "Reading the data"))
    parts = _split(collect_samples(data, None, cancel), plan)
    config = SegmentationConfig(seed=plan.seed)
    base = plan.base or _train_base(plan, parts.others, config, out / "base", cancel, tell)
    jobs = [(way, count) for way in plan.ways for count in plan.counts]
    points = [_measured("", 0, base, parts, (0.0, 0.0), cancel, tell)]
    orders = {way: _order(way, parts.pool, base, plan.seed, cancel) for way in plan.ways}
    for number, (way, count) in enumerate(jobs):
        tell(Progress(number / len(jobs), f"{count} cells, chosen by {way}"))
        lesson = corrected(parts.pool, orders[way][:count], config.mpp)
        folder = out / f"{way}-{count}"
        spent = _fine_tune(plan, lesson, parts.pool, base, folder, cancel, tell)
        points.append(_measured(way, count, folder / "pack", parts, spent, cancel, tell))
    return Result(
        plan.source,
        len(orders[plan.ways[0]]),
        len(parts.here),
        len({s.group for s in parts.here}),
        len(parts.elsewhere),
        tuple(points),
    )


def _split(samples: list[Sample], plan: Adaptation) -> _Parts:
    drawn = measurable([s for s in samples if s.cells.any() and not (s.parts == 3).any()])
    new = [s for s in drawn if s.source == plan.source]
    if len({s.group for s in new}) < 2:
        raise DatasetError(
            f"There are no two groups of {plan.source} with drawn cells.", "See `python -m training data`."
        )
    learn, test = group_folds([s.group for s in new], round(1 / HELD_OUT), plan.seed)[0]
    others = [s for s in samples if s.source != plan.source]
    kept = [s for s in drawn if s.source != plan.source]
    _, aside = group_folds([s.group for s in kept], 5, plan.seed, [s.source for s in kept])[0]
    elsewhere = [kept[i] for i in aside]
    groups = {(s.source, s.group) for s in elsewhere}
    thinned = [elsewhere[i] for i in np.unique(np.linspace(0, len(elsewhere) - 1, MOST_ELSEWHERE).astype(int))]
    free = [s for s in others if (s.source, s.group) not in groups]
    return _Parts([new[i] for i in learn], [new[i] for i in test], free, thinned)


def _train_base(
    plan: Adaptation, others: list[Sample], config: SegmentationConfig, folder: Path, cancel: CancelToken, tell: Tell
) -> Path:
    """A pack that has seen all but the new source and what is kept aside."""
    settings = msgspec.structs.replace(config, steps=plan.base_steps)
    synthetic = make_samples(synthetic_fields_of(settings, False), config.mpp, plan.seed)
    lesson = Lesson([*(s.at_scale(config.mpp) for s in others), *synthetic])
    network = fit_network(lesson, settings, folder, cancel, tell, resume=True)
    save_pack(folder / "pack", network, lesson, settings, "python -m training adapt")
    return folder / "pack"


def _order(way: str, pool: Sequence[Sample], base: Path, seed: int, cancel: CancelToken) -> list:
    return by_chance(pool, seed) if way == "random" else by_gain(pool, Finder(base, cancel), seed)


def _fine_tune(
    plan: Adaptation,
    lesson: list[Sample],
    pool: Sequence[Sample],
    base: Path,
    folder: Path,
    cancel: CancelToken,
    tell: Tell,
) -> tuple[float, float]:
    """(minutes, processor minutes) of what a laboratory would wait for."""
    clock, cpu = time.monotonic(), time.process_time()
    settings = SegmentationConfig(seed=plan.seed, steps=plan.steps, version="1.1.0")
    settings = msgspec.structs.replace(settings, mpp=packs.read_card(base).spec.mpp)
    replay = make_samples(synthetic_fields_of(settings, True), settings.mpp, plan.seed)
    if plan.distil:
        replay = [*replay, *_as_the_base_sees(pool[:20], base, settings.mpp, cancel)]
    taught = Lesson(lesson, replay, base)
    company = Company(layers=plan.layers)
    network = fit_network(taught, settings, folder, cancel, tell, resume=False, company=company)
    save_pack(folder / "pack", network, taught, settings, "python -m training adapt")
    return (time.monotonic() - clock) / 60, (time.process_time() - cpu) / 60


def _as_the_base_sees(pool: Sequence[Sample], base: Path, mpp: float, cancel: CancelToken) -> list[Sample]:
    """Unlabelled pictures of the new laboratory, as the base pack sees them."""
    from training.segmentation.distil import sample_of

    finder = Finder(base, cancel)
    return [sample_of(s.image, masks_of(finder.find(s.image, s.mpp).cells), s.name, s.mpp).at_scale(mpp) for s in pool]


def _measured(
    way: str,
    count: int,
    pack: Path,
    parts: _Parts,
    spent: tuple[float, float],
    cancel: CancelToken,
    tell: Tell,
) -> Point:
    here, elsewhere = (
        _mean_dice(score_pack(pack, samples, True, cancel, tell, (0.0, 1.0)))
        for samples in (parts.here, parts.elsewhere)
    )
    return Point(way, count, round(here, 4), round(elsewhere, 4), round(spent[0], 2), round(spent[1], 2))


def _mean_dice(scores: Sequence[PictureScore]) -> float:
    values = [score.whole.cell for score in scores if score.whole is not None and score.whole.cell is not None]
    return float(np.mean(values)) if values else float("nan")

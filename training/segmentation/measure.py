"""Measuring packs: one pack on data, or the packs of a cross-validation, each on what it never saw."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from allviewer.exchange.model_card import Figure
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.sample import Sample
from training.errors import TrainingError
from training.segmentation.figures import figures_of
from training.segmentation.finder import Finder, masks_of
from training.segmentation.scoring import PictureScore, score_picture
from training.tasks import Tell

SCALE_KNOWN = "scale known"
SCALE_UNKNOWN = "scale found by the program"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `evaluate` and `crossval` write as JSON."""

    command: str
    seed: int | None
    figures: tuple[Figure, ...]
    pictures: dict[str, tuple[PictureScore, ...]]


def score_pack(
    pack: Path, samples: Sequence[Sample], with_scale: bool, cancel: CancelToken, tell: Tell, part: tuple[float, float]
) -> list[PictureScore]:
    """Scores of each sample (at its own scale) through the viewer's code; `part` is the share of the whole job."""
    finder = Finder(pack, cancel)
    scores = []
    for index, sample in enumerate(samples):
        cancel.check()
        detection = finder.find(sample.image, sample.mpp if with_scale else None)
        scores.append(score_picture(sample, masks_of(detection.cells), detection.mpp))
        if index % 25 == 0:
            done = part[0] + (part[1] - part[0]) * index / len(samples)
            tell(Progress(done, f"Measured {index} of {len(samples)} pictures"))
    return scores


def measurable(samples: Sequence[Sample]) -> list[Sample]:
    """Samples that the viewer can be measured on: not those that are cut out on black already."""
    return [sample for sample in samples if sample.image[0, 0].any()]


def write_report(path: Path, report: Report) -> None:
    """JSON, and of the same name the figures as Markdown and one line a picture as CSV."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    path.with_suffix(".md").write_text(figures_table(report.figures), encoding="utf-8")
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        write_pictures(file, report)


def write_pictures(file: TextIO, report: Report) -> None:
    """One line a picture; Dice of its finds together, empty where there is none."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("scale", "source", "group", "name", "drawn", "found", "hits", "cell", "nucleus", "cytoplasm"))
    for scale, scores in report.pictures.items():
        for s in scores:
            dices = (s.whole.cell, s.whole.nucleus, s.whole.cytoplasm) if s.whole else ()
            cells = ["" if value is None else f"{value:.4f}" for value in dices]
            writer.writerow((scale, s.source, s.group, s.name, s.drawn, s.found, s.hits, *cells))


def read_report(path: Path) -> Report:
    """Raises `TrainingError` if it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError) as error:
        raise TrainingError(f"{path} is no report of crossval or evaluate: {error}.") from error


def figures_table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| protocol | data | figure | value | 95 % interval | groups | items |", "| --- " * 7 + "|"]
    for f in figures:
        interval = "" if f.low is None else f"{f.low:.3f} to {f.high:.3f}"
        lines.append(
            f"| {f.protocol} | {f.source} | {f.metric} | {f.value:.3f} | {interval} | {f.groups} | {f.items} |"
        )
    return "\n".join(lines) + "\n"


def all_figures(known: Sequence[PictureScore], guessed: Sequence[PictureScore], how: str) -> tuple[Figure, ...]:
    return figures_of(known, f"{how}, {SCALE_KNOWN}") + figures_of(guessed, f"{how}, {SCALE_UNKNOWN}")

"""Cross-validation by subject, with temperatures that never see the fold they are used on."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.classification.cells import CellTable, types_of
from training.classification.classes import CLASSES, TYPES, UNKNOWN
from training.classification.config import ClassificationSettings
from training.classification.doubt import (
    Reference,
    distances_of,
    learnt,
    p_values,
    reference_of,
    true_classes,
)
from training.classification.doubt_figures import doubt_figures
from training.classification.fit import SCRATCH_STEPS, fit_network
from training.classification.measures import BLAST, area_under_curve, figures_of
from training.classification.report import CELLS_FILE, CrossvalReport, FoldRecord, write_cells
from training.classification.scoring import Logits, logits_of
from training.classification.temperature import fit_blast_temperature, fit_type_temperature
from training.splits import group_folds
from training.tasks import Tell

Whole = NDArray[np.int64]

BY_GROUP = "all cells of a subject (or run of neighbouring pictures) on one side"
BY_PICTURE = "cells split at random: leaks subjects, for comparison only"


@dataclass(frozen=True)
class OutOfFold:
    """What networks that never saw its group make of every tested cell; `fold` is -1 where not tested.

    `distances` (n,) are those of `training.classification.doubt`.
    """

    logits: Logits
    distances: NDArray[np.float32]
    fold: Whole

    @property
    def tested(self) -> NDArray[np.bool_]:
        return self.fold >= 0


def folds_of(table: CellTable, groups: list[str], folds: int, seed: int) -> list[tuple[Whole, Whole]]:
    """(train, test) rows of each fold; the cells of one group stay together.

    Cells that teach blast are split so that each fold gets its share of blasts and of normal cells as far as the
    groups allow, and the cells that teach types so that each fold gets its share of each type.
    """
    with_blast = table.blast != UNKNOWN
    names = np.array(groups)
    parts = [(with_blast, table.blast), (~with_blast, table.type_index)]
    if np.isin(names[with_blast], names[~with_blast]).any():  # a smear that teaches both stays in one fold
        parts = [(np.ones(len(table), bool), np.where(with_blast, table.blast, 2 + table.type_index))]
    tests: list[list[Whole]] = [[] for _ in range(folds)]
    for rows, targets in parts:
        index = np.flatnonzero(rows)
        if not len(index):
            continue
        strata = [str(target) for target in targets[index]]
        for test, (_, part) in zip(tests, group_folds([groups[i] for i in index], folds, seed, strata), strict=True):
            test.append(index[part])
    joined = [np.sort(np.concatenate(test)) for test in tests]
    return [(np.setdiff1d(np.arange(len(table)), test), test) for test in joined]


def out_of_fold(
    table: CellTable,
    groups: list[str],
    folds: int,
    settings: ClassificationSettings,
    folder: Path,
    cancel: CancelToken,
    tell: Tell,
    only_first: int | None = None,
) -> OutOfFold:
    """Train once a fold without the groups of that fold and say what it makes of them.

    Args:
        groups: of each cell; those of one name stay together.
        only_first: number of folds to run, for a comparison that needs no more; None for all.
    """
    splits = folds_of(table, groups, folds, settings.seed)[:only_first]
    types = np.zeros((len(table), len(TYPES)), dtype=np.float32)
    blast = np.zeros(len(table), dtype=np.float32)
    distances = np.zeros(len(table), dtype=np.float32)
    fold = np.full(len(table), -1, dtype=np.int64)
    for number, (train, test) in enumerate(splits):
        told = _within(tell, number, len(splits))
        learnt_from, asked = table.take(train), table.take(test).crops()
        net = fit_network(learnt_from, settings, folder / f"fold{number}", cancel, told)
        logits = logits_of(net, asked, cancel)
        types[test], blast[test], fold[test] = logits.types, logits.blast, number
        known = learnt(net, learnt_from.crops(), types_of(learnt_from), cancel)
        distances[test] = distances_of(known, net, asked, cancel)
    return OutOfFold(Logits(types, blast), distances, fold)


def temperatures(table: CellTable, found: OutOfFold, rows: NDArray[np.bool_]) -> tuple[float, float]:
    """(blast, type) temperatures from the out-of-fold logits of some rows."""
    with_blast = rows & (table.blast != UNKNOWN)
    with_type = rows & (table.blast == UNKNOWN) & (table.type_index != UNKNOWN)
    return (
        fit_blast_temperature(found.logits.blast[with_blast], table.blast[with_blast]),
        fit_type_temperature(found.logits.types[with_type], table.type_index[with_type]),
    )


def calibrated(table: CellTable, found: OutOfFold) -> NDArray[np.float32]:
    """(n, classes) probabilities, each fold with the temperatures of the other folds' logits; nan where not tested."""
    result = np.full((len(table), len(CLASSES)), np.nan, dtype=np.float32)
    for number in range(int(found.fold.max()) + 1):
        here = found.fold == number
        others = found.tested & ~here
        blast, kind = temperatures(table, found, others if others.any() else here)
        result[here] = found.logits.probabilities(blast, kind)[here]
    return result


def plausible(table: CellTable, probabilities: NDArray[np.float32], found: OutOfFold) -> NDArray[np.float32]:
    """(n, classes) p-values of each tested cell by references of the other folds; nan where not tested."""
    result = np.full((len(table), len(CLASSES)), np.nan, dtype=np.float32)
    for number in range(int(found.fold.max()) + 1):
        here = found.fold == number
        others = found.tested & ~here
        likely = torch.tensor(_reference(table, probabilities, found, others if others.any() else here).likely)
        result[here] = p_values(torch.from_numpy(probabilities[here]), likely).numpy()
    return result


def _reference(
    table: CellTable, probabilities: NDArray[np.float32], found: OutOfFold, rows: NDArray[np.bool_]
) -> Reference:
    truth = true_classes(table.blast, table.type_index)
    return reference_of(probabilities[rows], found.distances[rows], truth[rows], table.group[rows])


def _within(tell: Tell, number: int, count: int) -> Tell:
    def told(event: Progress) -> None:
        message = f"Fold {number + 1} of {count}: {event.message}"
        tell(Progress((number + event.fraction) / count, message, event.step, event.steps, event.loss))

    return told


def cross_validate(
    table: CellTable,
    settings: ClassificationSettings,
    folds: int,
    command: str,
    folder: Path,
    cancel: CancelToken,
    tell: Tell,
) -> CrossvalReport:
    """Train and measure by groups, then once by picture for comparison; every cell's probability goes to `folder`."""
    started = time.monotonic()
    by_group = out_of_fold(table, table.group.tolist(), folds, settings, folder / "by_group", cancel, _part(tell, 0))
    pictures = [str(number) for number in range(len(table))]
    leaking = out_of_fold(table, pictures, folds, settings, folder / "by_picture", cancel, _part(tell, 1), only_first=1)
    minutes = round((time.monotonic() - started) / 60, 1)
    return report_of(table, by_group, leaking, settings, command, folder, minutes)


def report_of(
    table: CellTable,
    by_group: OutOfFold,
    leaking: OutOfFold,
    settings: ClassificationSettings,
    command: str,
    folder: Path,
    minutes: float,
) -> CrossvalReport:
    """What the tested cells say: figures, and temperatures and reference for the final network."""
    folds = int(by_group.fold.max()) + 1
    honest = calibrated(table, by_group)
    write_cells(folder / CELLS_FILE, table, honest, by_group.fold)
    protocol = f"{folds}-fold cross-validation, {BY_GROUP}"
    figures = figures_of(table, honest, protocol, settings.seed)
    figures += doubt_figures(table, honest, plausible(table, honest, by_group), protocol, settings.seed)

    tested = table.take(leaking.tested)
    optimistic = calibrated(table, leaking)[leaking.tested]
    figures += figures_of(tested, optimistic, f"one of {folds} folds, {BY_PICTURE}", settings.seed)[:1]

    blast_temperature, type_temperature = temperatures(table, by_group, by_group.tested)
    return CrossvalReport(
        command=command,
        seed=settings.seed,
        steps=settings.steps or SCRATCH_STEPS,
        minutes=minutes,
        blast_temperature=round(blast_temperature, 4),
        type_temperature=round(type_temperature, 4),
        figures=figures,
        reference=_reference(table, honest, by_group, by_group.tested),
        folds=tuple(_record(table, honest, by_group.fold == number) for number in range(folds)),
    )


def _record(table: CellTable, probabilities: NDArray[np.float32], here: NDArray[np.bool_]) -> FoldRecord:
    blast, normal = here & (table.blast == 1), here & (table.blast == 0)
    known = blast | normal
    auc = area_under_curve(probabilities[known, BLAST], table.blast[known])
    return FoldRecord(
        blast_groups=len(set(table.group[blast].tolist())),
        blast_cells=int(blast.sum()),
        normal_groups=len(set(table.group[normal].tolist())),
        normal_cells=int(normal.sum()),
        type_cells=int((here & ~known).sum()),
        auc=None if np.isnan(auc) else round(auc, 4),
    )


def _part(tell: Tell, number: int) -> Tell:
    """The first or the last part of the whole job."""
    start, share = ((0.0, 0.8), (0.8, 0.2))[number]
    return lambda event: tell(
        Progress(start + share * event.fraction, event.message, event.step, event.steps, event.loss)
    )

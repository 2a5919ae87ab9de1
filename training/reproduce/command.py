"""`python -m training reproduce`: runs what the tables need, writes tables, plots and a page for each experiment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.catalogue import find_all
from training.errors import TrainingError
from training.evaluation.mask_scores import SegmentationScores
from training.experiments.catalogue import EXPERIMENTS
from training.experiments.experiment import Experiment
from training.experiments.record import RUN_FILE, read_record
from training.experiments.scale import Scale
from training.reproduce.ablation import changes, write_changes
from training.reproduce.arguments import ALL
from training.reproduce.classifier_table import PAPER as TABLE_5_PAPER
from training.reproduce.classifier_table import classifier_tables, plan_classifiers
from training.reproduce.jobs import Budget, Job, Outcome, kept_runs, run_jobs
from training.reproduce.mask_pages import write_classical_page
from training.reproduce.own_tables import mask_tables, protocol_tables, shortcut_tables
from training.reproduce.pages import write_page
from training.reproduce.papers import PAPERS
from training.reproduce.plan import Planned, PlannedMasks, plan_experiments, plan_masks, plan_shortcuts
from training.reproduce.shelf import Shelf
from training.reproduce.summary import write_summary
from training.reproduce.tables import Pair, experiment_lines, measured_pair, paper_tables
from training.reproduce.writing import write_table
from training.tasks import Tell

ORDER = ("003", "001", "002", "004", "000")
"""Of the papers: what tells most comes first, should the time be up."""
ROUNDS = 300


@dataclass(frozen=True)
class Wanted:
    """What was asked for.

    Attributes:
        paper: its number, or "all".
        scale: how much of each experiment is run.
        only: names of experiments; empty for all of the paper.
        minutes: after which nothing more is begun; None for no end.
        just_tables: begin nothing, write the tables of what is done.
        rounds: draws of groups behind an interval.
    """

    paper: str
    data: Path
    out: Path
    scale: Scale
    only: tuple[str, ...] = ()
    minutes: float | None = None
    seed: int = 1
    just_tables: bool = False
    rounds: int = ROUNDS
    command: str = ""


def reproduce(wanted: Wanted, cancel: CancelToken, tell: Tell) -> Path:
    """Run what is not yet run, and write `out`/tables and `out`/pages; the path of the summary.

    Papers can be run one by one into the same `out`, each at a scale of its own.

    Raises:
        TrainingError: unknown paper or experiment, no data, or `out` holds runs of other settings.
        Cancelled: stopped; the same command goes on.
    """
    experiments = chosen_experiments(wanted.paper, wanted.only)
    shelf = Shelf(wanted.data, find_all, cancel, tell)
    planned = plan_experiments(experiments, shelf, wanted.scale, wanted.seed)
    masks = [] if wanted.only else plan_masks(shelf)
    simple = [] if wanted.only else [*plan_shortcuts(shelf), *(plan.job for plan in masks)]
    if not wanted.only and wanted.paper in (ALL, TABLE_5_PAPER):
        simple += plan_classifiers(shelf, wanted.scale, wanted.seed)
    jobs = [*simple, *(job for plan in planned for job in plan.jobs)]
    if wanted.just_tables:
        outcomes = kept_runs(jobs, wanted.out)
    else:
        outcomes = run_jobs(jobs, wanted.out, Budget(wanted.minutes), cancel, _part(tell, 0.0, 0.9))
    by_job = {outcome.job: outcome for outcome in outcomes}
    for plan in masks:
        _write_mask_page(plan, by_job[plan.job], wanted.out, cancel)
    return _write(wanted, planned, outcomes, shelf, cancel, _part(tell, 0.9, 1.0))


def chosen_experiments(paper: str, only: Sequence[str] = ()) -> list[Experiment]:
    """The experiments of a paper or of all, in the order in which they are run. Raises `TrainingError`."""
    if paper != ALL and paper not in PAPERS:
        raise TrainingError(f"There is no paper '{paper}'.", f"There are: {', '.join(PAPERS)}, or {ALL}.")
    papers = ORDER if paper == ALL else (paper,)
    found = [e for number in papers for e in EXPERIMENTS.values() if e.paper == number]
    unknown = [name for name in only if name not in {e.name for e in found}]
    if unknown:
        names = ", ".join(e.name for e in found)
        raise TrainingError(f"There is no experiment '{unknown[0]}' here.", f"There are: {names}.")
    return [e for e in found if e.name in only] if only else found


def _write(
    wanted: Wanted,
    planned: Sequence[Planned],
    outcomes: Sequence[Outcome],
    shelf: Shelf,
    cancel: CancelToken,
    tell: Tell,
) -> Path:
    by_job = {outcome.job: outcome for outcome in outcomes}
    pairs: dict[str, Pair] = {}
    for number, plan in enumerate(planned):
        cancel.check()
        tell(Progress(0.6 * number / len(planned), f"Intervals of {plan.experiment.name}"))
        pairs[plan.experiment.name] = _pair(plan, by_job, wanted)
    experiments, note = [plan.experiment for plan in planned], wanted.scale.note
    tables = [table for paper in PAPERS for table in paper_tables(paper, experiments, pairs, note)]
    leaky = [(plan, by_job[plan.leaky].run) for plan in planned if plan.leaky is not None]
    tables += protocol_tables(leaky, pairs, wanted.rounds, wanted.seed)
    tables += classifier_tables(outcomes, wanted.rounds, wanted.seed)
    tables += shortcut_tables(outcomes, wanted.rounds, wanted.seed) + mask_tables(outcomes, wanted.rounds, wanted.seed)
    for table in tables:
        write_table(table, wanted.out / "tables" / table.paper)
    for paper in PAPERS:
        write_changes(paper, changes(paper, experiments, pairs), wanted.out / "tables" / paper)
    for number, plan in enumerate(planned):
        tell(Progress(0.6 + 0.4 * number / len(planned), f"Page of {plan.experiment.name}"))
        lines = experiment_lines(plan.experiment, pairs[plan.experiment.name])
        write_page(plan, pairs[plan.experiment.name], lines, wanted.command, wanted.out, shelf, cancel)
    folder, paper = wanted.out / "tables", "" if wanted.paper == ALL else wanted.paper
    return write_summary(tables, outcomes, wanted.scale, wanted.command, wanted.seed, folder, paper)


def _write_mask_page(plan: PlannedMasks, outcome: Outcome, out: Path, cancel: CancelToken) -> None:
    """Once: a method without a network says the same every time."""
    path = out / "pages" / f"{plan.job.name}-{plan.job.data}.html"
    if path.is_file() or not isinstance(outcome.run, SegmentationScores):
        return
    cancel.check()
    write_classical_page(plan.method, plan.settings, plan.load(), outcome.run, path)


def _pair(plan: Planned, by_job: dict[Job, Outcome], wanted: Wanted) -> Pair:
    outcomes = [by_job[job] if job is not None else None for job in (plan.by_picture, plan.by_subject)]
    runs = [outcome.run if outcome else None for outcome in outcomes]
    why_not = plan.why_not or " ".join(dict.fromkeys(o.why_not for o in outcomes if o is not None and o.run is None))
    pair = measured_pair(plan.data, runs[0], runs[1], wanted.rounds, wanted.seed, why_not)
    return replace(pair, size=_size_of(plan, wanted.out))


def _size_of(plan: Planned, out: Path) -> str:
    """Of the pictures and the training, as they were; empty if nothing was run."""
    for job in plan.jobs:
        if (job.folder(out) / RUN_FILE).is_file():
            ran = read_record(job.folder(out)).experiment
            return f"{ran.preparation.size_px} px, {ran.epochs} epochs"
    return ""


def _part(tell: Tell, start: float, end: float) -> Tell:
    def told(event: Progress) -> None:
        fraction = start + (end - start) * event.fraction
        tell(Progress(fraction, event.message, event.step, event.steps, event.loss))

    return told

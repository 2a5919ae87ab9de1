"""A page for each experiment that was run: what, how, figures, plots and, of classifiers, where they look."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from allviewer.progress import CancelToken
from training.evaluation.explain import Explainer, panels_of
from training.evaluation.report import Report, write_report
from training.evaluation.wording import titled
from training.experiments.record import RUN_FILE, RunRecord, read_record
from training.experiments.samples import Samples
from training.reproduce.comparison import Line
from training.reproduce.mask_pages import MASKS, network_masks
from training.reproduce.papers import PAPERS
from training.reproduce.plan import Planned
from training.reproduce.shelf import Shelf
from training.reproduce.tables import Pair

HEAT_MAPS = 12


def write_page(
    plan: Planned, pair: Pair, lines: Sequence[Line], command: str, out: Path, shelf: Shelf, cancel: CancelToken
) -> Path | None:
    """Write OUT/pages/NAME.html; None where nothing of the experiment was run. The page shows photographs.

    Args:
        lines: of the tables, those about this experiment.
    """
    measured = tuple(m for m in (pair.by_picture, pair.by_subject) if m is not None)
    if not measured:
        return None
    own = [line for line in lines if line.metric in measured[0].values]
    folders = [job.folder(out) for job in plan.jobs]
    runs = [folder for folder in folders if (folder / RUN_FILE).is_file()]
    report = Report(
        title=f"{plan.experiment.name}: {plan.experiment.title}",
        about=tuple(_about(plan, [read_record(run) for run in runs], command)),
        verdicts=tuple(dict.fromkeys(f"{titled(line.metric)}: {line.verdict}" for line in own)),
        measured=measured,
        published={line.metric: line.published for line in own if line.published is not None},
        more_plots=(_pictures(plan, runs[0], shelf, cancel),) if runs else (),
    )
    return write_report(report, out / "pages" / f"{plan.experiment.name}.html")


def _about(plan: Planned, records: Sequence[RunRecord], command: str) -> Iterable[tuple[str, str]]:
    experiment = plan.experiment
    yield "Paper", f"{experiment.paper}: {PAPERS.get(experiment.paper, '')}"
    yield "Network", experiment.model.title
    if experiment.reading:
        yield "Reading", experiment.reading
    paper_data = "" if plan.data == experiment.data[0] else f" (the paper's own, {experiment.data[0]}, is not here)"
    yield "Data", plan.data + paper_data
    for record in records:
        ran = record.experiment
        yield (
            record.protocol.name.replace("_", " "),
            (
                f"{record.pictures} pictures in {record.groups} groups, {record.doubles} doubles kept together; "
                f"{record.protocol.folds} folds, {record.protocol.tested or record.protocol.folds} tested; "
                f"{ran.preparation.size_px} px, {ran.epochs} epochs, batches of {ran.batch}, {ran.optimiser.name} at "
                f"{ran.optimiser.learning_rate:g}, seed {ran.seed}. {record.scale_note}"
            ),
        )
    yield "Command", command


def _pictures(plan: Planned, run: Path, shelf: Shelf, cancel: CancelToken) -> tuple[str, Figure]:
    """Tested pictures of the first fold: where the network looked, or its masks beside the drawn ones."""
    if plan.experiment.task == "segmentation":
        return MASKS, network_masks(run, shelf.samples(plan.data, need_labels=False), cancel)
    explainer = Explainer(run)
    samples = shelf.samples(plan.data, need_labels=True)
    chosen = _some_tested(explainer, samples)
    images = [samples.read(samples.rows[row]) for row in chosen]
    titles = [f"true: {samples.labels[row]}" for row in chosen]
    caption = "Grad-CAM of the first fold on pictures it had not learnt: what spoke for the answer given (bright)"
    return caption, panels_of(images, titles, explainer, "", cancel)


def _some_tested(explainer: Explainer, samples: Samples) -> list[int]:
    """Rows of up to `HEAT_MAPS` tested pictures, half of them wrong if so many are, spread over the list."""
    tested = explainer.tested
    wrong = tested.given != tested.truth
    half = [_spread(np.flatnonzero(kind), HEAT_MAPS // 2) for kind in (wrong, ~wrong)]
    row_of = {name: row for row, name in enumerate(samples.names)}
    return [row_of[tested.names[index]] for part in half for index in part if tested.names[index] in row_of]


def _spread(indices: np.ndarray, count: int) -> list[int]:
    places = np.linspace(0, len(indices) - 1, min(count, len(indices))).round().astype(int)
    return [int(indices[place]) for place in places]

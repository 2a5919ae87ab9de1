"""One self-contained HTML page about an experiment: figures with intervals, plots, what leaks, what it comes to."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib.figure import Figure

from training.evaluation.intervals import Measured
from training.evaluation.plots import (
    confusion_matrix,
    png_of,
    precision_recall_curves,
    reliability,
    roc_curves,
    training_curves,
)
from training.evaluation.predictions import Predictions
from training.evaluation.wording import (
    behind,
    cost_rows,
    counted,
    counted_groups,
    label_of,
    shown,
    shown_interval,
    titled,
)

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Report:
    """What a page says.

    Attributes:
        about: (name, text) lines on method, data, protocol, settings.
        verdicts: what it comes to, in words.
        measured: the runs.
        published: the paper's figures by metric.
        more_plots: further figures with captions, such as panels of pictures (then the page shows photographs).
    """

    title: str
    about: tuple[tuple[str, str], ...]
    verdicts: tuple[str, ...]
    measured: tuple[Measured, ...]
    published: Mapping[str, float] = field(default_factory=dict)
    more_plots: tuple[tuple[str, Figure], ...] = ()


def write_report(report: Report, path: Path) -> Path:
    """Write the page; it loads nothing from elsewhere."""
    from jinja2 import Environment, FileSystemLoader

    page = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True).get_template("report.html.j2")
    runs = [measured.run for measured in report.measured]
    html = page.render(
        report=report,
        leaks=list(dict.fromkeys(run.leak for run in runs if run.leak)),
        behind=[(label_of(run), behind(run)) for run in runs],
        rounds=len(next(iter(report.measured[0].draws.values()))),
        runs=[{"label": label_of(m.run), "leak": m.run.leak, "counts": _counts(m)} for m in report.measured],
        rows=[_row(metric, report) for metric in report.measured[0].values],
        plots=[{"caption": text, "data": base64.b64encode(png_of(plot)).decode()} for text, plot in _plots(report)],
        costs=cost_rows(runs),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")
    return path


def _counts(measured: Measured) -> str:
    return f"{counted(len(set(measured.run.names)), 'picture')}, {counted_groups(measured.run)}"


def _row(metric: str, report: Report) -> dict[str, object]:
    printed = report.published.get(metric)
    cells = [shown_interval(metric, m) if metric in m.values else "" for m in report.measured]
    return {"metric": titled(metric), "published": "" if printed is None else shown(metric, printed), "cells": cells}


def _plots(report: Report) -> list[tuple[str, Figure]]:
    runs = [measured.run for measured in report.measured]
    plots: list[tuple[str, Figure]] = []
    classifiers = {label_of(run): run for run in runs if isinstance(run, Predictions)}
    if classifiers:
        plots += [
            ("Every threshold at once", roc_curves(classifiers)),
            ("Precision at every recall", precision_recall_curves(classifiers)),
            ("Whether a probability means what it says", reliability(classifiers)),
        ]
        plots += [(f"Confusion, {label}", confusion_matrix(run)) for label, run in classifiers.items()]
    curves = ((f"Training, {label_of(run)}", training_curves(run)) for run in runs)
    plots += [(caption, curve) for caption, curve in curves if curve is not None]
    return [*plots, *report.more_plots]

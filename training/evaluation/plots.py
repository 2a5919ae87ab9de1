"""Plots of kept runs. None of them shows a photograph. matplotlib without pyplot: no window, no global state."""

import io
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.evaluation.metrics import CALIBRATION_BINS, area_under_roc
from training.evaluation.predictions import Predictions
from training.evaluation.run import Run
from training.evaluation.wording import label_of

COLOURS = {"by_picture": "#d1690e", "by_subject": "#1f5f9e"}
PUBLISHED_COLOUR = "#222222"
GRID = "#dddddd"


def new_plot(width: float, height: float, title: str) -> tuple[Figure, Axes]:
    """A figure of a size in inches, and its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, fontsize=10)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def png_of(figure: Figure) -> bytes:
    """The same input gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def save_plot(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png_of(figure))
    return path


def training_curves(run: Run) -> Figure | None:
    """Loss of each fold over the epochs, in training and validation; None where nothing was learnt in epochs."""
    histories = [fold for fold in run.history if fold]
    if not histories:
        return None
    figure, axes = new_plot(4.6, 3.2, f"Loss, {label_of(run)}")
    for number, fold in enumerate(histories):
        epochs = range(1, len(fold) + 1)
        label = ("training", "validation") if number == 0 else (None, None)
        axes.plot(epochs, [e.loss for e in fold], color="#777777", marker=".", linewidth=1, label=label[0])
        checked = [np.nan if e.validation_loss is None else e.validation_loss for e in fold]
        if not np.isnan(checked).all():
            axes.plot(epochs, checked, color=COLOURS[run.protocol], marker=".", linewidth=1, label=label[1])
    axes.set_xlabel("epoch (one line a fold)")
    axes.set_ylabel("loss")
    axes.legend(fontsize=8, frameon=False)
    return figure


def roc_curves(runs: Mapping[str, Predictions]) -> Figure:
    """One curve a run: the mean over its folds, weighted by pairs of pictures, and over classes if more than two."""
    from sklearn.metrics import roc_curve

    figure, axes = new_plot(3.8, 3.6, "ROC")
    axes.plot([0, 1], [0, 1], color="#aaaaaa", linewidth=0.8, linestyle=":")
    points = np.linspace(0, 1, 501)
    for name, run in runs.items():
        curves, pairs = [], []
        for fold, column in product(np.unique(run.folds), _columns(run)):
            here = run.folds == fold
            positive = run.truth[here] == column
            weight = int(positive.sum()) * int((~positive).sum())
            if weight:
                curves.append(np.interp(points, *roc_curve(positive, run.probabilities[here, column])[:2]))
                pairs.append(weight)
        if curves:
            area = area_under_roc(run.truth, run.probabilities, run.folds)
            mean = np.average(curves, axis=0, weights=pairs)
            axes.plot(points, mean, color=COLOURS[run.protocol], label=f"{name}: AUC {area:.3f}")
    axes.set_xlabel("1 - specificity")
    axes.set_ylabel("sensitivity")
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    return figure


def precision_recall_curves(runs: Mapping[str, Predictions]) -> Figure:
    """One curve a run: of the last class of two, of every class of more."""
    from sklearn.metrics import precision_recall_curve

    figure, axes = new_plot(3.8, 3.6, "Precision over recall")
    for name, run in runs.items():
        for number, column in enumerate(_columns(run)):
            if not (run.truth == column).any():
                continue
            precision, recall, _ = precision_recall_curve(run.truth == column, run.probabilities[:, column])
            label = name if number == 0 else None
            axes.plot(recall, precision, color=COLOURS[run.protocol], linewidth=1.2, label=label)
    axes.set_xlabel("recall")
    axes.set_ylabel("precision")
    axes.set_ylim(0, 1.02)
    axes.legend(fontsize=8, frameon=False, loc="lower left")
    return figure


def confusion_matrix(run: Predictions) -> Figure:
    """Numbers of pictures, true class down, given class across; shaded by share of the true class."""
    from sklearn.metrics import confusion_matrix as count

    counts = count(run.truth, run.given, labels=np.arange(len(run.classes)))
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    side = 1.9 + 0.55 * len(run.classes)
    figure, axes = new_plot(side + 0.5, side, f"Confusion, {label_of(run)}")
    axes.grid(visible=False)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(run.classes))
    axes.set_xticks(ticks, run.classes, fontsize=8, rotation=30 if len(run.classes) > 2 else 0)
    axes.set_yticks(ticks, run.classes, fontsize=8)
    axes.set_xlabel("given")
    axes.set_ylabel("true")
    for (row, column), number in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.55 else "black"
        text = f"{number}\n{shares[row, column]:.0%}"
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color=colour)
    return figure


def reliability(runs: Mapping[str, Predictions]) -> Figure:
    """How often the given class is right over how sure the run was of it, in the bins of the calibration error."""
    figure, axes = new_plot(3.8, 3.6, "Reliability")
    axes.plot([0, 1], [0, 1], color="#aaaaaa", linewidth=0.8, linestyle=":")
    for name, run in runs.items():
        sure = run.probabilities.max(axis=1)
        bins = np.minimum((sure * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
        shown = np.unique(bins)
        right = run.given == run.truth
        means = [(sure[bins == b].mean(), right[bins == b].mean()) for b in shown]
        axes.plot(*zip(*means, strict=True), color=COLOURS[run.protocol], marker="o", markersize=4, label=name)
    axes.set_xlabel("probability of the given class")
    axes.set_ylabel("share that is right")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    return figure


def _columns(run: Predictions) -> range:
    return range(1, 2) if len(run.classes) == 2 else range(len(run.classes))

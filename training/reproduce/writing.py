"""A compared table as CSV, Markdown and a plot. No photographs, no paths of a machine."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from training.evaluation.intervals import Gap, Measured
from training.evaluation.plots import COLOURS, PUBLISHED_COLOUR, new_plot, save_plot
from training.evaluation.wording import counted_groups, label_of, shown, shown_interval, titled
from training.reproduce.comparison import ComparedTable, Line

_COLUMNS = (
    *("row", "data", "metric", "published", "by_picture", "by_picture_low", "by_picture_high"),
    *("by_subject", "by_subject_low", "by_subject_high", "gap", "gap_low", "gap_high"),
    *("pictures", "groups", "group_is", "by_picture_leaks", "verdict"),
)


def write_table(table: ComparedTable, folder: Path) -> Path:
    """Write NAME.csv, NAME.md and NAME.png; the path of the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"table-{table.number}"
    with stem.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(_cells(line) for line in table.lines)
    plot = comparison_plot(table)
    if plot is not None:
        save_plot(plot, stem.with_suffix(".png"))
    path = stem.with_suffix(".md")
    path.write_text(markdown(table, plot is not None), encoding="utf-8")
    return path


def markdown(table: ComparedTable, has_plot: bool) -> str:
    """The headline figures with their verdicts, then the other printed figures."""
    parts = [f"# {table.heading}\n"]
    parts += [f"{remark}\n" for remark in table.remarks]
    parts += [f"**Leaks.** {leak}\n" for leak in table.leaks]
    parts.append(_markdown_table(table.of(table.headline), with_verdict=True))
    if has_plot:
        parts.append(f"![{titled(table.headline)}, published and ours](table-{table.number}.png)\n")
    others = [line for line in table.lines if line.metric != table.headline]
    if others:
        bare = not any(line.by_picture or line.published is not None for line in others)
        listed = _one_column_a_metric(others) if bare else _markdown_table(others, with_verdict=False)
        parts += ["## The other figures\n", listed]
        doubts = [f"- {line.label}, {titled(line.metric)}: {line.doubt}" for line in others if line.doubt]
        parts += ["## Doubts about them\n", "\n".join(doubts) + "\n"] if doubts else []
    return "\n".join(parts)


def comparison_plot(table: ComparedTable) -> Figure | None:
    """Published (diamond), by picture and by subject (points with 95 % intervals); None where nothing was run."""
    lines = [line for line in table.of(table.headline) if line.measured]
    if not lines:
        return None
    figure, axes = new_plot(7.2, 1.3 + 0.34 * len(lines), f"{table.heading}: {titled(table.headline)}")
    places = np.arange(len(lines), 0, -1)
    for protocol, shift in (("by_picture", 0.14), ("by_subject", -0.14)):
        found = [(y, getattr(line, protocol)) for y, line in zip(places, lines, strict=True)]
        known = [(y + shift, m) for y, m in found if m is not None and table.headline in m.values]
        if not known:
            continue
        heights, values = [y for y, _ in known], [m.values[table.headline] for _, m in known]
        bounds = np.array([m.interval(table.headline) for _, m in known]).T
        label = "ours by picture (leaks)" if protocol == "by_picture" else f"ours {_by(lines)}"
        axes.hlines(heights, *bounds, color=COLOURS[protocol], linewidth=1.6)
        axes.plot(values, heights, "o", color=COLOURS[protocol], markersize=4.5, label=label)
    printed = [(y, line.published) for y, line in zip(places, lines, strict=True) if line.published is not None]
    if printed:
        axes.plot([v for _, v in printed], [y for y, _ in printed], "D", color=PUBLISHED_COLOUR, markersize=4.5,
                  label="published")  # fmt: skip
    axes.set_yticks(places, [line.label for line in lines], fontsize=8)
    axes.set_ylim(0.4, len(lines) + 0.6)
    figure.legend(fontsize=8, frameon=False, loc="outside lower center", ncols=3)
    return figure


def _markdown_table(lines: Sequence[Line], with_verdict: bool) -> str:
    """A row a line; columns that would be empty in all rows are left out."""
    columns = [
        ("row", [line.label for line in lines]),
        ("figure", [titled(line.metric) for line in lines]),
        ("published", ["" if line.published is None else shown(line.metric, line.published) for line in lines]),
        ("ours by picture (leaks)", [_measured_cell(line.metric, line.by_picture) for line in lines]),
        (f"ours {_by(lines)}", [_measured_cell(line.metric, line.by_subject) for line in lines]),
        ("difference", [_difference(line.between) for line in lines]),
    ]
    if with_verdict and any(line.published is not None or line.by_picture or line.why_not for line in lines):
        columns.append(("verdict", [line.verdict for line in lines]))
    return _as_markdown([column for column in columns if any(column[1])])


def _one_column_a_metric(lines: Sequence[Line]) -> str:
    """A row a label: for tables of our own, where nothing is printed beside and nothing leaks."""
    labels, metrics = (
        list(dict.fromkeys(values)) for values in zip(*((x.label, x.metric) for x in lines), strict=True)
    )
    cells = {(line.label, line.metric): line for line in lines}
    columns = [("row", labels)]
    for metric in metrics:
        found = [cells[label, metric].by_subject for label in labels]
        columns.append((titled(metric), ["" if m is None else shown_interval(metric, m) for m in found]))
    return _as_markdown(columns)


def _as_markdown(columns: Sequence[tuple[str, Sequence[str]]]) -> str:
    rows = [[name for name, _ in columns], ["---"] * len(columns), *zip(*(cells for _, cells in columns), strict=True)]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows) + "\n"


def _by(lines: Sequence[Line]) -> str:
    """What the honest split keeps whole: "by subject", or "by group" where nobody knows the subjects."""
    kept_whole = {label_of(line.by_subject.run) for line in lines if line.by_subject is not None}
    return "by subject or group" if len(kept_whole) > 1 else next(iter(kept_whole), "by subject")


def _difference(between: Gap | None) -> str:
    if between is None or np.isnan(between.low):
        return ""
    return f"{100 * between.value:+.1f} points ({100 * between.low:+.1f} to {100 * between.high:+.1f})"


def _measured_cell(metric: str, measured: Measured | None) -> str:
    if measured is None or metric not in measured.values:
        return ""
    return (
        f"{shown_interval(metric, measured)}; {len(set(measured.run.names))} pictures, {counted_groups(measured.run)}"
    )


def _cells(line: Line) -> list[str]:
    between = line.between
    numbers: list[float | None] = [line.published]
    for measured in (line.by_picture, line.by_subject):
        known = measured is not None and line.metric in measured.values
        numbers += [measured.values[line.metric], *measured.interval(line.metric)] if known and measured else [None] * 3
    numbers += [between.value, between.low, between.high] if between else [None] * 3
    runs = [measured.run for measured in line.measured]
    counted = [str(len(set(runs[0].names))), str(len(set(runs[0].groups))), runs[0].group_kind] if runs else [""] * 3
    texts = ["" if number is None or np.isnan(number) else f"{number:.4f}" for number in numbers]
    leaks = line.by_picture.run.leak if line.by_picture is not None else ""
    return [line.label, line.data, line.metric, *texts, *counted, leaks, line.verdict]

"""The tables of an adaptation: the curve, what was forgotten, what it cost, and how far choosing cells well helps."""

import csv
from pathlib import Path

import msgspec
import numpy as np

from training.adaptation.experiment import Point, Result


def write(folder: Path, result: Result, command: str) -> Path:
    """OUT/adaptation.md, .csv and .json; gives the first."""
    (folder / "adaptation.json").write_bytes(msgspec.json.format(msgspec.json.encode(result)) + b"\n")
    with (folder / "adaptation.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Point.__struct_fields__)
        writer.writerows([getattr(point, name) for name in Point.__struct_fields__] for point in result.points)
    path = folder / "adaptation.md"
    path.write_text(as_markdown(result, command), encoding="utf-8")
    return path


def as_markdown(result: Result, command: str) -> str:
    """The curve as a table, and in words what it comes to."""
    base = result.points[0]
    measured_on = (
        f"Dice of whole cells, mean of pictures, misses included: on {result.here_pictures} pictures of "
        f"{result.here_groups} groups of {result.source} that nobody corrected, and on {result.elsewhere_pictures} "
        "pictures of other sources. Corrections are simulated by the truth."
    )
    columns = ("cells corrected", "chosen by", result.source, "of the remaining error gone", "elsewhere")
    more = ("change elsewhere", "minutes", "processor minutes")
    lines = [f"# {result.source}: what correcting cells brings", "", f"`{command}`", "", measured_on, ""]
    lines += [f"| {' | '.join((*columns, *more))} |", "| --- " * 8 + "|"]
    for p in result.points:
        gone = (p.here - base.here) / (1 - base.here) if base.here < 1 else 0.0
        lines.append(
            f"| {p.cells} | {p.way or 'none: the base'} | {p.here:.3f} | {gone:.0%} | {p.elsewhere:.3f} "
            f"| {p.elsewhere - base.elsewhere:+.4f} | {p.minutes:.1f} | {p.cpu_minutes:.1f} |"
        )
    share = cells_needed(result)
    if share is not None:
        lines += ["", f'Chosen by "What next", {share:.0%} of the cells bring what all of the random ones bring.']
    return "\n".join(lines) + "\n"


def cells_needed(result: Result) -> float | None:
    """Cells that "What next" needs for the best figure of random choice, as a part of those; None if never."""
    curves = {}
    for way in ("random", "next"):
        points = [result.points[0], *(p for p in result.points if p.way == way)]
        best = np.maximum.accumulate([p.here for p in points])
        curves[way] = ([p.cells for p in points], best)
    if any(len(cells) < 2 for cells, _ in curves.values()):
        return None
    cells, dice = curves["random"]
    wanted, used = float(dice[-1]), cells[int(np.argmax(dice >= dice[-1]))]
    there, reached = curves["next"]
    if not used or reached[-1] < wanted:
        return None
    return float(np.interp(wanted, reached, there)) / used

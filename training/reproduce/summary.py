"""What a comparison comes to: one page of Markdown over all tables, computed from them."""

from collections.abc import Sequence
from pathlib import Path

from training.evaluation.wording import behind, counted, seconds_in_words, shown_interval, titled
from training.experiments.scale import Scale
from training.reproduce.ablation import FILE as ABLATION
from training.reproduce.comparison import ComparedTable, Line
from training.reproduce.jobs import Outcome
from training.reproduce.papers import PAPERS

SUMMARY = "README.md"
_HEAD = (
    "Published figures beside ours: by picture, as the papers divide, which leaks; and by subject. Every verdict is "
    "computed from the intervals (95 %, whole groups drawn with replacement). **Research use only.**\n"
)


def write_summary(
    tables: Sequence[ComparedTable],
    outcomes: Sequence[Outcome],
    scale: Scale,
    command: str,
    seed: int,
    all_tables: Path,
    paper: str,
) -> Path:
    """Write README.md in the folder of all tables, or in that of a single paper."""
    folder = all_tables / paper
    ablated = [name for name in PAPERS if (all_tables / name / ABLATION).is_file() and paper in ("", name)]
    parts = [
        "# The papers' tables, run here\n",
        _HEAD,
        f"    {command}\n",
        f"Seed {seed}. {scale.note} {_cost(outcomes)}\n",
        "## The gap\n",
        *_gap_part(tables),
        "## Behind the figures\n",
        *_behind_part(tables),
        "## Tables\n",
        *_list_of_tables(tables, Path(*[".."] * bool(paper)), ablated),
        *_left_out(outcomes),
    ]
    path = folder / SUMMARY
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def _cost(outcomes: Sequence[Outcome]) -> str:
    done = [outcome.run for outcome in outcomes if outcome.run is not None]
    learning = seconds_in_words(sum(run.seconds_training for run in done))
    return f"{len(done)} of {len(outcomes)} runs done, {learning} of training."


def _gap_part(tables: Sequence[ComparedTable]) -> list[str]:
    """One line for every headline figure that was measured both ways where subjects are known."""
    both = _measured_both_ways(tables)
    if not both:
        return ["Nothing was run both ways.\n"]
    sure = [line for line in both if line.between is not None and line.between.low > 0]
    head = (
        f"{len(both)} figures were measured both by picture and by subject on data with known subjects; in {len(sure)} "
        "of them the split by picture gives more than chance allows.\n"
    )
    rows = ["| experiment | figure | by picture (leaks) | by subject | difference |", "| --- " * 5 + "|"]
    for line in both:
        between, by_picture, by_subject = line.between, line.by_picture, line.by_subject
        if between is None or by_picture is None or by_subject is None:
            continue
        rows.append(
            f"| {line.label} | {titled(line.metric)} | {shown_interval(line.metric, by_picture)} | "
            f"{shown_interval(line.metric, by_subject)} | {100 * between.value:+.1f} points "
            f"({100 * between.low:+.1f} to {100 * between.high:+.1f}) |"
        )
    return [head, "\n".join(rows) + "\n"]


def _measured_both_ways(tables: Sequence[ComparedTable]) -> list[Line]:
    """Once each, though several tables may print a run."""
    seen: dict[tuple[int, int], Line] = {}
    for table in tables:
        for line in table.of(table.headline):
            if line.between is not None and line.measured[0].run.group_kind == "subject":
                by_picture, by_subject = (id(measured.run.folds) for measured in line.measured)
                seen.setdefault((by_picture, by_subject), line)
    return list(seen.values())


def _behind_part(tables: Sequence[ComparedTable]) -> list[str]:
    """Pictures and groups of each data set that was tested by subject, and what they do to the intervals."""
    said: dict[str, str] = {}
    for table in tables:
        for line in table.lines:
            if line.by_subject is not None and line.data not in said:
                said[line.data] = behind(line.by_subject.run)
    return [f"- {data}: {sentence}" for data, sentence in said.items()] + [""]


def _list_of_tables(tables: Sequence[ComparedTable], top: Path, ablated: Sequence[str]) -> list[str]:
    lines = []
    for table in tables:
        where = (top / table.paper / f"table-{table.number}.md").as_posix()
        run = sum(1 for line in table.of(table.headline) if line.measured)
        rows = counted(len(table.of(table.headline)), "row")
        paper = f" ({PAPERS[table.paper]})" if table.paper in PAPERS else ""
        lines.append(f"- [{table.heading}]({where}){paper}: {run} of {rows} run")
    for paper in ablated:
        where = (top / paper / ABLATION).as_posix()
        lines.append(f"- [Paper {paper}: what one change is worth]({where})")
    return [*lines, ""]


def _left_out(outcomes: Sequence[Outcome]) -> list[str]:
    """Which jobs gave no run, by the reason."""
    why: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.run is None:
            why.setdefault(outcome.why_not, []).append(outcome.job.title)
    lines = [f"- {'; '.join(titles)}: {reason}" for reason, titles in why.items()]
    return ["## Left out\n", *lines, ""] if lines else []

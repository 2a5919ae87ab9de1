"""What a run of `analyze` says of itself: run.json for machines, summary.csv for people."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from allviewer.domain.boxes import PLATELET, RED_CELL
from allviewer.domain.labels import ClassSet
from allviewer.errors import OutputError
from allviewer.storage import atomic
from allviewer.storage.cell_table import write_table

RUN_FORMAT = 1
RUN_FILE = "run.json"
SUMMARY_FILE = "summary.csv"

DONE, FAILED, CANCELLED = "done", "failed", "cancelled"


class PackRecord(msgspec.Struct, frozen=True):
    """A model pack that was used."""

    task: str
    name: str
    version: str
    sha256: str


class MethodRecord(msgspec.Struct, frozen=True):
    """A method without a network that was used, with all its settings."""

    name: str
    version: str
    paper: str
    section: str
    settings: dict[str, float | str]


class ImageOutcome(msgspec.Struct, frozen=True):
    """What became of one image.

    Attributes:
        name: the stem of its output files; file: the input's path.
        status: "done", "failed" or "cancelled"; error: the sentence for the user when it failed.
        counts: number of cells of each class key, all groups.
        seconds: by stage, such as "reading", "segmentation", "writing"; "total" is all but the writing.
        sha256: of the input file, so that a resumed run knows it again.
        boxes: red cells and others that the detection network counted in `fields` fields (one: all of the image), in
            which so many counted white cells lie.
        unsure: cells among `counts` that a person should decide.
        strangeness: how unlike what the classifier learnt the cells are, 0 to 1 (`Detection.strangeness`).
    """

    name: str
    file: str
    status: str
    error: str = ""
    width: int = 0
    height: int = 0
    counts: dict[str, int] = {}
    mpp: float | None = None
    mpp_source: str = ""
    mpp_interval: tuple[float, float] | None = None
    device: str = ""
    seconds: dict[str, float] = {}
    notes: tuple[str, ...] = ()
    sha256: str = ""
    boxes: dict[str, int] = {}
    fields: int = 0
    white_in_fields: int = 0
    unsure: int = 0
    strangeness: float | None = None


class RunRecord(msgspec.Struct, frozen=True):
    """One run; `seconds` by stage over all images, `versions` of the program and of its libraries.

    `given_mpp` is the scale that the user gave for all images, None where each told its own; `method` stands in the
    place of a segmentation pack where cells were found without a network.
    """

    format: int
    program: str
    versions: dict[str, str]
    started_utc: str
    finished_utc: str
    packs: tuple[PackRecord, ...]
    device: str
    seconds: dict[str, float]
    images: tuple[ImageOutcome, ...]
    given_mpp: float | None = None
    method: MethodRecord | None = None
    research_use_only: bool = True


def as_text(text: str) -> str:
    """The text as UTF-8 can hold it. Names of files need not be text on Linux: a byte 0xff becomes \\udcff."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def write_run(folder: Path, run: RunRecord, classes: ClassSet) -> None:
    """Write run.json and summary.csv; may be called again and again while a run goes on. Raises `OutputError`."""
    atomic.write_bytes(folder / RUN_FILE, msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n")
    _write_summary(folder / SUMMARY_FILE, run.images, classes)


def read_run(folder: Path) -> RunRecord | None:
    """The run in a folder, or None if there is none. Raises `OutputError` if run.json is damaged or newer."""
    path = folder / RUN_FILE
    if not path.exists():
        return None
    try:
        with atomic.output_errors(path):
            run = msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except msgspec.DecodeError as error:
        raise OutputError(f"{path} is damaged: {error}.", "Remove it, or choose a new folder.") from error
    if run.format > RUN_FORMAT:
        raise OutputError(f"{path} was made by a newer version of this program.", "Choose a new folder.")
    return run


def blast_fraction(counts: dict[str, int], classes: ClassSet) -> tuple[float, float, float] | None:
    """Blasts among the counted cells, with the exact 95 % interval (Clopper and Pearson); None without cells."""
    counted = sum(number for key, number in counts.items() if classes.find(key).counted)
    if counted == 0:
        return None
    from scipy.stats import binomtest

    blasts = counts.get("blast", 0)
    interval = binomtest(blasts, counted).proportion_ci(0.95, method="exact")
    return blasts / counted, float(interval.low), float(interval.high)


def _write_summary(path: Path, outcomes: Sequence[ImageOutcome], classes: ClassSet) -> None:
    keys = list(dict.fromkeys([c.key for c in classes.classes] + [key for o in outcomes for key in sorted(o.counts)]))
    header = ["name", "file", "status", "error", "cells", "others", *(f"n_{key}" for key in keys)]
    header += ["blast_fraction", "blast_fraction_low", "blast_fraction_high", "mpp", "mpp_source", "device", "seconds"]
    header += ["red_cells", "platelets", "counted_fields", "red_cells_per_100_white", "platelets_per_100_white"]
    header += ["unsure", "strangeness"]
    write_table(path, header, [_summary_row(outcome, keys, classes) for outcome in outcomes])


def _summary_row(outcome: ImageOutcome, keys: Sequence[str], classes: ClassSet) -> list[object]:
    row: list[object] = [outcome.name, outcome.file, outcome.status, outcome.error]
    if outcome.status == DONE:
        white = sum(number for key, number in outcome.counts.items() if classes.is_white(key))
        row += [white, sum(outcome.counts.values()) - white, *(outcome.counts.get(key, 0) for key in keys)]
        fraction = blast_fraction(outcome.counts, classes)
        row += [f"{value:.4f}" for value in fraction] if fraction else ["", "", ""]
    else:
        row += [""] * (2 + len(keys) + 3)
    mpp = "" if outcome.mpp is None else f"{outcome.mpp:.6g}"
    return [
        *row,
        mpp,
        outcome.mpp_source,
        outcome.device,
        f"{outcome.seconds.get('total', 0.0) + outcome.seconds.get('writing', 0.0):.2f}",
        *_boxes_row(outcome),
        outcome.unsure if outcome.status == DONE else "",
        "" if outcome.strangeness is None else f"{outcome.strangeness:.4f}",
    ]


def _boxes_row(outcome: ImageOutcome) -> list[object]:
    if not outcome.fields:
        return [""] * 5
    counts = [outcome.boxes.get(kind, 0) for kind in (RED_CELL, PLATELET)]
    white = outcome.white_in_fields
    return [*counts, outcome.fields, *(f"{100 * count / white:.0f}" if white else "" for count in counts)]


def output_names(paths: Sequence[Path]) -> list[str]:
    """A name for the outputs of each input, all different even where case does not count.

    The stem; where two inputs share one, the folder they came from is put before it ("monday_field1"), and where they
    share that too, what tells them apart: the suffix, then a number. What is no text in a name becomes "_".
    """
    names = [_writable(path.stem) for path in paths]
    for longer in (_with_folder, _with_folder_and_suffix):
        shared = _shared(names)
        names = [longer(path) if name in shared else name for path, name in zip(paths, names, strict=True)]
    taken: set[str] = set()
    unique = []
    for name in names:
        number, candidate = 2, name
        while candidate.casefold() in taken:
            candidate, number = f"{name}_{number}", number + 1
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


def _shared(names: Sequence[str]) -> set[str]:
    folded = Counter(name.casefold() for name in names)
    return {name for name in names if folded[name.casefold()] > 1}


def _with_folder(path: Path) -> str:
    return _writable(f"{path.absolute().parent.name}_{path.stem}")


def _with_folder_and_suffix(path: Path) -> str:
    return re.sub(r"\.", "_", f"{_with_folder(path)}{_writable(path.suffix)}")


def _writable(name: str) -> str:
    return re.sub(r"[\ud800-\udfff]", "_", name)

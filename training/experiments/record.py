"""run.json: what a folder's run is of, so that it is never gone on from, or read, as another."""

import hashlib
from pathlib import Path

import msgspec

from training.errors import TrainingError
from training.experiments.experiment import Experiment
from training.experiments.protocols import Protocol
from training.experiments.samples import Samples
from training.experiments.scale import Scale
from training.experiments.writing import write_record

RUN_FILE = "run.json"


class RunRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was run.

    Attributes:
        experiment: as it was run, with the bounds of the scale.
        pictures: how many; digest: of their names, classes, groups and doubles.
        scale_note: what is less than the experiment asks for, in a sentence; empty for a full run.
        doubles: pictures that are there more than once, kept on one side of every split.
        seconds_training: None while the run goes on.
    """

    experiment: Experiment
    protocol: Protocol
    scale: str
    scale_note: str
    source: str
    group_kind: str
    pictures: int
    groups: int
    doubles: int
    digest: str
    seconds_training: float | None = None

    @property
    def finished(self) -> bool:
        return self.seconds_training is not None


def begin(
    out: Path, experiment: Experiment, samples: Samples, protocol: Protocol, scale: Scale, writes: bool = True
) -> RunRecord:
    """The record of this run, as found in `out`, or begun there; of several processes only one `writes`.

    Raises:
        TrainingError: `out` holds another run.
        OutputError: `out` cannot be written.
    """
    record = RunRecord(
        experiment=experiment,
        protocol=protocol,
        scale=scale.name,
        scale_note=scale.note,
        source=samples.source,
        group_kind=str(samples.group_kind),
        pictures=len(samples),
        groups=len(set(samples.groups)),
        doubles=len(samples) - len(set(samples.same.tolist())),
        digest=_digest(samples),
    )
    if (out / RUN_FILE).is_file():
        known = read_record(out)
        if msgspec.structs.replace(known, seconds_training=None) != record:
            raise TrainingError(
                f"{out} holds a run with other settings or other pictures.", "Choose another folder, or empty it."
            )
        return known
    if writes:
        write_record(out / RUN_FILE, record)
    return record


def finished(out: Path, record: RunRecord, seconds_training: float) -> None:
    """Note that the run is whole."""
    write_record(out / RUN_FILE, msgspec.structs.replace(record, seconds_training=round(seconds_training, 3)))


def read_record(out: Path) -> RunRecord:
    """Raises `TrainingError` if it is missing or does not fit."""
    try:
        return msgspec.json.decode((out / RUN_FILE).read_bytes(), type=RunRecord)
    except (OSError, msgspec.MsgspecError) as error:
        raise TrainingError(f"{out} holds no run that can be read: {error}.", "Choose another folder.") from error


def _digest(samples: Samples) -> str:
    same = map(str, samples.same.tolist())
    rows = "\n".join("\t".join(row) for row in zip(samples.names, samples.labels, samples.groups, same, strict=True))
    return hashlib.sha256(rows.encode()).hexdigest()

"""What a training job says while it runs: one JSON object a line on its standard output (`--json`)."""

import msgspec


class Progress(msgspec.Struct, frozen=True, omit_defaults=True, tag="progress", tag_field="event"):
    """There is news.

    Attributes:
        fraction: of the whole job that is done, 0 to 1.
        message: for people.
        step, steps: optimiser steps done, and wanted.
        loss: mean training loss of the latest steps.
    """

    fraction: float
    message: str
    step: int | None = None
    steps: int | None = None
    loss: float | None = None


class Done(msgspec.Struct, frozen=True, omit_defaults=True, tag="done", tag_field="event"):
    """The job ended well; `result` is the path of what it made: a pack's folder or a report."""

    result: str
    message: str = ""


class Failed(msgspec.Struct, frozen=True, omit_defaults=True, tag="failed", tag_field="event"):
    """The job could not go on; sentence and hint as in `allviewer.errors.UserError`."""

    sentence: str
    hint: str = ""


class Stopped(msgspec.Struct, frozen=True, omit_defaults=True, tag="stopped", tag_field="event"):
    """Someone stopped the job; it can be resumed where it says so."""

    message: str = ""


TrainingEvent = Progress | Done | Failed | Stopped


def encode_event(event: TrainingEvent) -> str:
    """One line without its end."""
    return msgspec.json.encode(event).decode()


def decode_event(line: str | bytes) -> TrainingEvent:
    """Read one line. Raises `msgspec.DecodeError` (or its subclass `ValidationError`) for anything else."""
    event: TrainingEvent = msgspec.json.decode(line, type=TrainingEvent)
    return event

"""What a training job says while it runs: one JSON object a line on its standard output (`--json`).

With `--control FOLDER` a job also listens: to the word in `FOLDER/control` ("pause", "stop", anything else: go on), and
holds the lock `FOLDER/run.lock` as long as it lives.
"""

import msgspec

CONTROL_FILE, LOCK_FILE = "control", "run.lock"
PAUSE, STOP, GO = "pause", "stop", "go"


class Progress(msgspec.Struct, frozen=True, omit_defaults=True, tag="progress", tag_field="event"):
    """There is news.

    Attributes:
        fraction: of the whole job that is done, 0 to 1.
        message: for people.
        step, steps: optimiser steps done, and wanted.
        loss: mean training loss of the latest steps.
        figures: measured on cells that are watched, such as {"Dice of whole cells": 0.91}.
        pictures: files that show predictions at this step, the same cells each time.
        paused: it waits until it is told to go on.
    """

    fraction: float
    message: str
    step: int | None = None
    steps: int | None = None
    loss: float | None = None
    figures: dict[str, float] = {}
    pictures: tuple[str, ...] = ()
    paused: bool = False


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


class ProbeResult(msgspec.Struct, frozen=True):
    """What `python -m training probe` writes to OUT/probe.json: how this machine would train.

    Attributes:
        batch: pictures at a time that fit; seconds_per_step: with so many.
        memory_mb: what they took; room_mb: what there was for them.
    """

    batch: int
    seconds_per_step: float
    memory_mb: int
    room_mb: int


TrainingEvent = Progress | Done | Failed | Stopped


def encode_event(event: TrainingEvent) -> str:
    """One line without its end."""
    return msgspec.json.encode(event).decode()


def decode_event(line: str | bytes) -> TrainingEvent:
    """Read one line. Raises `msgspec.DecodeError` (or its subclass `ValidationError`) for anything else."""
    event: TrainingEvent = msgspec.json.decode(line, type=TrainingEvent)
    return event

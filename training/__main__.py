"""`python -m training`: fit, evaluate, crossval, export and predict, for both networks; the papers compared."""

import argparse
import os
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from allviewer.errors import UserError
from allviewer.exchange.training_events import Done, Failed, Progress, Stopped, TrainingEvent, encode_event
from allviewer.progress import Cancelled, CancelToken
from training.arguments import build_parser, request_from
from training.control import RunControl
from training.datasets.locked import refuse_locked
from training.experiments.arguments import is_of_registry, train_registry_network
from training.tasks import Answer, Tell, load_task

EXIT_FAILED = 1
EXIT_STOPPED = 130
INSTALL = "Install the extra: pip install 'allviewer[training]'; in a checkout `make test` makes .venv-dev with it."
_GOES_ON = {"fit": "The same command with --resume goes on.", "reproduce": "The same command goes on."}


class Voice:
    """Says events on standard output: for people, or one JSON line each. Of several processes the first speaks."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._speaks = int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0"))) == 0

    def tell(self, event: TrainingEvent) -> None:
        if not self._speaks and not isinstance(event, Failed):
            return
        print(encode_event(event) if self._as_json else _in_words(event), flush=True)


def _in_words(event: TrainingEvent) -> str:
    match event:
        case Progress():
            return f"{event.fraction:4.0%}  {event.message}"
        case Done():
            return f"Done. {event.message} {event.result}".replace("  ", " ")
        case Failed():
            return f"{event.sentence} {event.hint}".strip()
        case Stopped():
            return f"Stopped. {event.message}".strip()


def _stop_on_signals(cancel: CancelToken) -> None:
    """A polite end on SIGTERM and Ctrl-C: the step in work is finished and saved."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: cancel.cancel())


def run(arguments: argparse.Namespace, command: str, cancel: CancelToken) -> int:
    """Do what was asked; the exit code is 0, 1 for a failure in words, or 130 when stopped."""
    voice = Voice(arguments.json)
    control = None
    try:
        if getattr(arguments, "control", None):
            control = RunControl(arguments.control, cancel)
        result = _work(arguments, command, cancel, voice.tell, control)
    except Cancelled:
        voice.tell(Stopped(_GOES_ON.get(arguments.command, "")))
        return EXIT_STOPPED
    except UserError as error:
        voice.tell(Failed(error.sentence, error.hint))
        return EXIT_FAILED
    except OSError as error:  # disk full, folder not writable: the system's own words name the file
        voice.tell(Failed(f"A file could not be read or written: {error}."))
        return EXIT_FAILED
    except ModuleNotFoundError as error:
        voice.tell(_needs(error))
        return EXIT_FAILED
    finally:
        if control is not None:
            control.close()
    if isinstance(result, Answer):
        print(result)
    else:
        voice.tell(Done(str(result)))
    return 0


def _needs(error: ModuleNotFoundError) -> Failed:
    """The sentence for a library that only training needs. A missing part of this program is raised as it is."""
    if (error.name or "").split(".")[0] in ("allviewer", "training"):
        raise error
    return Failed(f"Training needs {error.name}, which is not installed in this environment.", INSTALL)


def _work(
    arguments: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell, control: RunControl | None
) -> Path | Answer:
    """What a command does, and the path of what it made (or an answer): its own work, or that of a task."""
    if hasattr(arguments, "work"):
        own: Path | Answer = arguments.work(arguments, command, cancel, tell)
        return own
    if arguments.command in ("fit", "crossval"):
        refuse_locked((*arguments.data, *getattr(arguments, "replay", ())), arguments.locked)
    if is_of_registry(arguments):
        return train_registry_network(arguments, command, cancel, tell)
    work = getattr(load_task(arguments.task), arguments.command)
    made: Path = work(request_from(arguments, command, control), cancel, tell)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = build_parser().parse_args(given)
    cancel = CancelToken()
    _stop_on_signals(cancel)
    return run(arguments, shlex.join(["python", "-m", "training", *_without_folders(given)]), cancel)


def _without_folders(given: Sequence[str]) -> list[str]:
    """The arguments with only the last part of absolute paths: a card should not tell a person's folders."""
    return [Path(word).name if Path(word).is_absolute() else word for word in given]


if __name__ == "__main__":
    if "--control" in sys.argv and hasattr(os, "nice"):
        os.nice(10)  # somebody looks at pictures meanwhile
    sys.exit(main())

"""Runs the builder in a child process: what it says is passed on, a cancel kills it, its death is an error in words."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from allviewer.errors import ImageError, OutputError, UserError
from allviewer.imaging.children import begin, may_have_children
from allviewer.imaging.pyramids.messages import MORE_ROOM, BuildRequest, Failure, Finished, Message
from allviewer.progress import CancelToken

_LOOK_S = 0.1
"""How often a cancel is looked for."""
_SILENT_S, _SILENT_S_PER_PX = 120.0, 1e-6
"""A decoder that gives no row for so long hangs; one that decodes the whole first may take its time for every pixel."""
_NICER = 5


def build_in_child(request: BuildRequest, cancel: CancelToken, receive: Callable[[Message], None]) -> None:
    """Build; every message but the last is handed to `receive`, in this thread.

    Raises:
        ImageError: the image is damaged, or its decoder crashed or hung.
        OutputError: there is no room for the pyramid.
        Cancelled: `cancel` was set; the process is gone.
    """
    if not may_have_children():
        _build_here(request, cancel, receive)
        return
    process, ours = begin(_serve, request)
    try:
        _listen(request, process, ours, cancel, receive)
    finally:
        process.kill()
        process.join()
        ours.close()


def _build_here(request: BuildRequest, cancel: CancelToken, receive: Callable[[Message], None]) -> None:
    from allviewer.imaging.pyramids.builder import build

    def send(message: Message) -> None:
        cancel.check()
        receive(message)

    try:
        build(request, send)
    except OSError as error:
        raise cache_error(request, error) from error


def cache_error(request: BuildRequest, error: OSError) -> OutputError:
    """The sentence for a disk that refuses."""
    reason = error.strerror or type(error).__name__
    return OutputError(f"The cache for {request.path.name} cannot be written: {reason}.", MORE_ROOM)


def _listen(
    request: BuildRequest,
    process: BaseProcess,
    link: Connection,
    cancel: CancelToken,
    receive: Callable[[Message], None],
) -> None:
    heard_s = time.monotonic()
    most_silent_s = _SILENT_S + request.width * request.height * _SILENT_S_PER_PX
    while True:
        cancel.check()
        if not link.poll(_LOOK_S):
            if time.monotonic() - heard_s > most_silent_s:
                raise ImageError(f"{request.path.name} cannot be read: its decoder gave nothing for minutes.")
            continue
        heard_s = time.monotonic()
        try:
            message = link.recv()
        except (EOFError, ConnectionError) as error:
            process.join()
            raise ImageError(
                f"{request.path.name} cannot be read: its decoder ended with code {process.exitcode}.",
                "The file is damaged, or there is not enough memory.",
            ) from error
        if isinstance(message, Finished):
            return
        if isinstance(message, Failure):
            raise (OutputError if message.is_space else ImageError)(message.sentence, message.hint)
        receive(message)


def _serve(request: BuildRequest, link: Connection) -> None:
    """In the process."""
    from allviewer.imaging.pyramids.builder import build

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends us
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(_NICER)  # looking comes before building
    try:
        build(request, link.send)
        link.send(Finished())
    except (BrokenPipeError, EOFError):
        return  # nobody listens any more
    except UserError as error:
        link.send(Failure(error.sentence, error.hint, isinstance(error, OutputError)))
    except OSError as error:
        told = cache_error(request, error)
        link.send(Failure(told.sentence, told.hint, True))
    except MemoryError:
        link.send(Failure(f"{request.path.name} cannot be read: it needs more memory than there is.", "", False))

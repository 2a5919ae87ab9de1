"""A slide is opened and read a little in another process first: OpenSlide and the libraries below it end the program
that hands them certain damaged files, or keep it busy for ever."""

import contextlib
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from allviewer.errors import ImageError
from allviewer.imaging.children import begin, may_have_children

_CPU_S, _WAIT_S = 5, 40.0
"""Processor time that opening may take, and the wait for it on a busy machine."""
_DATA_BYTES = 3 << 29
_READ_PX = 300


def try_slide(path: Path) -> None:
    """Returns if a slide opens and every level of it can be read somewhere.

    Raises:
        ImageError: not a slide, damaged, or OpenSlide did not survive it.
    """
    if not may_have_children():
        return
    process, link = begin(_try, str(path))
    try:
        if not link.poll(_WAIT_S):
            raise ImageError(f"{path.name} cannot be opened: its reader came to no end with it.", _DAMAGED)
        try:
            problem = link.recv()
        except (EOFError, ConnectionError) as error:
            process.join()
            raise ImageError(
                f"{path.name} cannot be opened: its reader ended with code {process.exitcode}.", _DAMAGED
            ) from error
    finally:
        process.kill()
        process.join()
        link.close()
    if problem:
        raise ImageError(f"{path.name} cannot be read, it is damaged or of an unknown kind: {problem}.")


_DAMAGED = "The file is damaged."


def _try(path: str, link: Connection) -> None:
    """In the process: says what is wrong, or nothing."""
    _limit()
    import openslide

    problem = ""
    try:
        with openslide.OpenSlide(path) as slide:
            for level, (width, height) in enumerate(slide.level_dimensions):
                scale = slide.level_downsamples[level]
                for share in (0.0, 0.5):
                    corner = (int(width * share * scale), int(height * share * scale))
                    slide.read_region(corner, level, (min(_READ_PX, width), min(_READ_PX, height)))
    except (openslide.OpenSlideError, OSError, ValueError, OverflowError, MemoryError, ZeroDivisionError) as error:
        problem = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")
    link.send(problem)


def _limit() -> None:
    """Let the system end this process when it takes too much; its last words are for nobody."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno() if sys.__stderr__ else 2)
    if sys.platform != "win32":
        import resource

        for kind, most in ((resource.RLIMIT_CPU, _CPU_S), (resource.RLIMIT_DATA, _DATA_BYTES)):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))

"""Processes for decoders that may crash, hang or take all memory: what happens there happens to nobody else."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess


def may_have_children() -> bool:
    """False in a process that was itself begun for batch work: it is alone already, and may begin no other."""
    return not multiprocessing.current_process().daemon


def begin(work: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """Call a function of a module in a new process; its last argument is the sending end of the connection returned."""
    import cv2  # noqa: F401 - while another thread imports it, sys.path is not fit to be handed to a process

    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(*arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours

"""Batch work in several processes. A process that dies takes down the one item it was at, not the run."""

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Generic, TypeVar

from allviewer.progress import CancelToken

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Item, CancelToken], Result]
LOOK_S = 0.2
"""How often a cancel is looked for while all processes are busy."""


class WorkerDied(Exception):  # noqa: N818 - it happened to the worker
    """The process that had an item ended without an answer (killed, or out of memory)."""


@dataclass(slots=True)
class _Worker(Generic[Item]):
    process: BaseProcess
    link: Connection
    number: int = -1


def map_in_processes(
    start_work: Callable[[], Work[Item, Result]], items: Sequence[Item], processes: int, cancel: CancelToken
) -> Iterator[tuple[int, Result | WorkerDied]]:
    """Results as they come, each with the index of its item.

    Args:
        start_work: picklable; called once in each process, gives the function that does an item. That function must
            not raise: it puts what went wrong into its result.
        cancel: once set, no further item is begun and the `CancelToken` of every running one is set.
    """
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    todo = deque(range(len(items)))
    workers: list[_Worker[Item]] = []
    try:
        while todo or any(worker.number >= 0 for worker in workers):
            if cancel.cancelled:
                stop.set()
                todo.clear()
            while todo and len(workers) < processes:
                workers.append(_new_worker(context, start_work, stop))
            for worker in workers:
                if worker.number < 0 and todo:
                    worker.number = todo.popleft()
                    worker.link.send(items[worker.number])
            yield from _answers(workers)
    finally:
        stop.set()
        for worker in workers:
            worker.link.close()
            worker.process.join()


def _new_worker(
    context: multiprocessing.context.SpawnContext, start_work: Callable[[], Work[Item, Result]], stop: Event
) -> _Worker[Item]:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(start_work, theirs, stop), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _answers(workers: list[_Worker[Item]]) -> list[tuple[int, Result | WorkerDied]]:
    """What has come within `LOOK_S`; dead workers are taken off the list."""
    answers: list[tuple[int, Result | WorkerDied]] = []
    ready = wait([worker.link for worker in workers if worker.number >= 0], timeout=LOOK_S)
    for worker in [w for w in workers if w.link in ready]:
        try:
            answers.append((worker.number, worker.link.recv()))
            worker.number = -1
        except (EOFError, ConnectionError):
            answers.append((worker.number, WorkerDied()))
            worker.process.join()
            worker.link.close()
            workers.remove(worker)
    return answers


def _serve(start_work: Callable[[], Work[Item, Result]], link: Connection, stop: Event) -> None:
    """In the process: items in, results out, until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which tells us
    cancel = CancelToken()
    threading.Thread(target=_pass_on, args=(stop, cancel), daemon=True).start()
    work = start_work()
    while True:
        try:
            item = link.recv()
        except (EOFError, ConnectionError):
            return
        link.send(work(item, cancel))


def _pass_on(stop: Event, cancel: CancelToken) -> None:
    stop.wait()
    cancel.cancel()

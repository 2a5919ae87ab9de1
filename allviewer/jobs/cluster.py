"""Batch work on a cluster through Dask: the same items, the same results, on any number of machines.

The machines see the same folders under the same names and have this program installed. When a
worker dies the scheduler gives its items to others; one that several die at is given up (Dask's `allowed-failures`).
"""

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from allviewer.errors import UserError
from allviewer.jobs.processes import LOOK_S, Work, WorkerDied
from allviewer.progress import CancelToken

Item = TypeVar("Item")
Result = TypeVar("Result")
CONNECT_S = 30


def map_on_cluster(
    address: str, start_work: Callable[[], Work[Item, Result]], items: Sequence[Item], cancel: CancelToken
) -> Iterator[tuple[int, Result | WorkerDied]]:
    """Results as they come, each with the index of its item; see `processes.map_in_processes`.

    Args:
        address: of the scheduler, such as "tcp://10.0.0.1:8786".

    Raises:
        UserError: Dask is not installed, or nobody answers at the address.
    """
    try:
        import distributed
    except ImportError as error:
        raise UserError(
            "Dask is not installed here.", "Install the extra: pip install 'allviewer[cluster]'."
        ) from error
    try:
        client = distributed.Client(address, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        raise UserError(f"No Dask scheduler answers at {address}.", "Start one: dask scheduler.") from error
    pause = threading.Event()
    with client:
        name = f"allviewer-{uuid.uuid4().hex[:8]}"
        futures = [
            client.submit(_do, _Start(name, start_work), item, key=f"{name}-{index}", pure=False)
            for index, item in enumerate(items)
        ]
        numbers = {future.key: index for index, future in enumerate(futures)}
        done = distributed.as_completed(futures)
        while not done.is_empty():
            if cancel.cancelled:
                client.cancel(futures)
                return
            ready = done.next_batch(block=False)
            for future in ready:
                yield numbers[future.key], _answer(future, distributed.KilledWorker)
                future.release()
            if not ready:
                pause.wait(LOOK_S)


def _answer(future: Any, killed: type[Exception]) -> Any:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, killed):
        return WorkerDied()
    raise error


@dataclass(frozen=True)
class _Start:
    """What a worker begins with; the same for all items of a run, however often it is sent."""

    run: str
    start_work: Callable[[], Work[Any, Any]] = field(compare=False)


@lru_cache(maxsize=1)
def _work_of(start: _Start) -> Work[Any, Any]:
    """On a worker: its networks are loaded once a run."""
    return start.start_work()


def _do(start: _Start, item: Item) -> object:
    return _work_of(start)(item, CancelToken())

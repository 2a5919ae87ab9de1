"""Work on many things at once, its results in the order of the things: the same on any number of threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from allviewer.progress import CancelToken

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 2
"""So many things for each worker are under way or wait for those before them: what is held in memory stays small."""


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int, cancel: CancelToken
) -> Iterator[Result]:
    """`work` of each item, in their order; with one worker on the calling thread.

    While the caller looks at one result the next ones are made, so that reading, networks and what comes after them
    overlap. What `work` raises is raised here, and nothing more is begun.
    """
    if workers <= 1:
        for item in items:
            cancel.check()
            yield work(item)
        return
    waiting = iter(items)
    with ThreadPoolExecutor(workers, thread_name_prefix="finding") as pool:
        under_way: deque[Future[Result]] = deque(pool.submit(work, item) for item in islice(waiting, AHEAD * workers))
        try:
            while under_way:
                cancel.check()
                result = under_way.popleft().result()
                under_way.extend(pool.submit(work, item) for item in islice(waiting, 1))
                yield result
        finally:
            for future in under_way:
                future.cancel()

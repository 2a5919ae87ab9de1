"""A plane cut into square blocks whose contents are made when first asked for."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

BLOCK_UM = 128.0
"""Side of a block; larger than twice the reach of any group of cells, so that 3 x 3 blocks hold all neighbours."""

BlockKey = tuple[int, int]
T = TypeVar("T")


class BlockStep(Generic[T]):
    """One step of the making of blocks, with its last results kept.

    `make` must depend on its key alone. Safe between threads: a block may be made twice, with the same result.
    """

    def __init__(self, make: Callable[[BlockKey], T], kept: int = 1024) -> None:
        self._make = make
        self._kept = kept
        self._made: OrderedDict[BlockKey, T] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, key: BlockKey) -> T:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = self._make(key)
        with self._lock:
            self._made[key] = made
            if len(self._made) > self._kept:
                self._made.popitem(last=False)
        return made

    def around(self, key: BlockKey) -> list[T]:
        """The results of the 3 x 3 blocks about `key`, its own first."""
        column, row = key
        steps = [(0, 0), *((dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy)]
        return [self((column + dx, row + dy)) for dx, dy in steps]

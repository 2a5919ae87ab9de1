"""A cache bounded by bytes, least recently used first out, safe between threads."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from allviewer.memory.byte_budget import ByteBudget

Value = TypeVar("Value")
CacheKey = tuple[Hashable, ...]


class TileCache(Generic[Value]):
    """Values by tuple keys; the first parts of a key say what it belongs to, so that `drop` can forget an image.

    Args:
        budget: shared with other caches; a number: of its own.
        most_bytes: of the budget, what this cache may take; a value that is larger is not kept.
    """

    def __init__(self, budget: ByteBudget | int, most_bytes: int | None = None) -> None:
        self._budget = ByteBudget(budget) if isinstance(budget, int) else budget
        self._own_bytes = most_bytes
        self._held_bytes = 0
        self._entries: OrderedDict[CacheKey, tuple[Value, int, int]] = OrderedDict()
        self._budget.join(self)

    @property
    def held_bytes(self) -> int:
        return self._held_bytes

    @property
    def oldest_use(self) -> int | None:
        """See `byte_budget.Client`."""
        return next(iter(self._entries.values()))[2] if self._entries else None

    def __len__(self) -> int:
        return len(self._entries)

    def values(self) -> list[Value]:
        """All that is here, least recently used first."""
        with self._budget.lock:
            return [entry[0] for entry in self._entries.values()]

    def peek(self, key: CacheKey) -> Value | None:
        """The value or None, without it becoming recently used by that."""
        entry = self._entries.get(key)
        return None if entry is None else entry[0]

    def get(self, key: CacheKey) -> Value | None:
        """The value, now the most recently used one, or None."""
        with self._budget.lock:
            entry = self._entries.pop(key, None)
            if entry is None:
                return None
            self._entries[key] = (*entry[:2], self._budget.now())
            return entry[0]

    def put(self, key: CacheKey, value: Value, nbytes: int) -> None:
        """Keep a value, forgetting the least recently used ones, here or elsewhere, when the budget is spent."""
        with self._budget.lock:
            self._forget(key)
            if nbytes > self._most_bytes:
                return
            self._entries[key] = (value, nbytes, self._budget.now())
            self._held_bytes += nbytes
            self._keep_to_budget()

    def set_most(self, most_bytes: int | None) -> None:
        """From now on this cache may take so much of the budget; what is too much is forgotten at once."""
        with self._budget.lock:
            self._own_bytes = most_bytes
            self._keep_to_budget()

    def forget(self, key: CacheKey) -> None:
        """Keep one value no longer."""
        with self._budget.lock:
            self._forget(key)

    def drop(self, prefix: CacheKey) -> None:
        """Forget every value whose key begins with `prefix`; the empty prefix forgets all."""
        with self._budget.lock:
            for key in [key for key in self._entries if key[: len(prefix)] == prefix]:
                self._forget(key)

    def forget_oldest(self) -> None:
        """See `byte_budget.Client`."""
        self._forget(next(iter(self._entries)))

    @property
    def _most_bytes(self) -> int:
        return min(self._budget.most_bytes, self._own_bytes or self._budget.most_bytes)

    def _keep_to_budget(self) -> None:
        while self._held_bytes > self._most_bytes:
            self.forget_oldest()
        self._budget.keep()

    def _forget(self, key: CacheKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._held_bytes -= entry[1]

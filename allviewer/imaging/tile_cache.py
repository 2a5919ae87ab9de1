"""A cache bounded by bytes, least recently used first out, safe between threads."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")
CacheKey = tuple[Hashable, ...]


class TileCache(Generic[Value]):
    """Values by tuple keys; the first parts of a key say what it belongs to, so that `drop` can forget an image.

    Args:
        budget_bytes: what all values together may take; one that is larger than this is not kept.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._held_bytes = 0
        self._entries: OrderedDict[CacheKey, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        return self._held_bytes

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: CacheKey) -> Value | None:
        """The value, now the most recently used one, or None."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: CacheKey, value: Value, nbytes: int) -> None:
        """Keep a value, forgetting the least recently used ones when the budget is spent."""
        with self._lock:
            self._forget(key)
            if nbytes > self._budget_bytes:
                return
            self._entries[key] = (value, nbytes)
            self._held_bytes += nbytes
            self._keep_to_budget()

    def set_budget(self, budget_bytes: int) -> None:
        """From now on all values together may take so much; what is too much is forgotten at once."""
        with self._lock:
            self._budget_bytes = budget_bytes
            self._keep_to_budget()

    def drop(self, prefix: CacheKey) -> None:
        """Forget every value whose key begins with `prefix`; the empty prefix forgets all."""
        with self._lock:
            for key in [key for key in self._entries if key[: len(prefix)] == prefix]:
                self._forget(key)

    def _keep_to_budget(self) -> None:
        while self._held_bytes > self._budget_bytes:
            self._forget(next(iter(self._entries)))

    def _forget(self, key: CacheKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._held_bytes -= entry[1]

"""One amount of memory for all caches of the program, and how much that is on this machine."""

import itertools
import os
import sys
import threading
import weakref
from typing import Protocol

LEAST_BYTES, _MOST_BYTES = 256 << 20, 1 << 30
"""The least holds what a large screen shows, or the largest image that is decoded whole."""
_SHARE_OF_MEMORY = 128
"""The program is one of many, and networks need most of what it takes."""
_USUAL_MEMORY_BYTES = 8 << 30


class Client(Protocol):
    """A cache that takes its memory from a `ByteBudget`; called only while `ByteBudget.lock` is held."""

    @property
    def held_bytes(self) -> int: ...

    @property
    def oldest_use(self) -> int | None:
        """When its least recently used value was used, as `ByteBudget.now` counts; None if it is empty."""
        ...

    def forget_oldest(self) -> None:
        """Give back its least recently used value."""
        ...


class ByteBudget:
    """What all caches together may take: whoever keeps the value that was not used for longest gives it back first.

    Caches that are no longer used by anybody leave by themselves.

    Args:
        most_bytes: for all of them; None: by the memory of the machine.

    Attributes:
        lock: held by a cache while it changes what it holds.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self.lock = threading.RLock()
        self._most_bytes = default_bytes() if most_bytes is None else most_bytes
        self._clients: weakref.WeakSet[Client] = weakref.WeakSet()
        self._uses = itertools.count()

    @property
    def most_bytes(self) -> int:
        return self._most_bytes

    @property
    def held_bytes(self) -> int:
        """What all caches hold now."""
        with self.lock:
            return sum(client.held_bytes for client in self._clients)

    def join(self, client: Client) -> None:
        """From now on a cache takes its memory from here."""
        with self.lock:
            self._clients.add(client)

    def now(self) -> int:
        """A number that grows with every use of any value."""
        return next(self._uses)

    def set_most(self, most_bytes: int | None) -> None:
        """From now on so much may be held; what is too much is given back at once."""
        with self.lock:
            self._most_bytes = default_bytes() if most_bytes is None else most_bytes
            self.keep()

    def keep(self) -> None:
        """Have the least recently used values given back until all is within the budget."""
        while self.held_bytes > self._most_bytes:
            uses = {client: client.oldest_use for client in self._clients}
            min((use, client) for client, use in uses.items() if use is not None)[1].forget_oldest()


def default_bytes() -> int:
    """A hundred-and-twenty-eighth of the machine's memory, within bounds."""
    return min(_MOST_BYTES, max(LEAST_BYTES, memory_bytes() // _SHARE_OF_MEMORY))


def memory_bytes() -> int:
    """The machine's memory; where it does not say, what is usual."""
    if sys.platform == "win32":
        import ctypes

        kilobytes = ctypes.c_ulonglong()
        known = ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
        return kilobytes.value << 10 if known else _USUAL_MEMORY_BYTES
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return _USUAL_MEMORY_BYTES

"""The lanes that work waits in. Work of one lane never holds up work of another."""

import enum
import os


class Lane(enum.StrEnum):
    """Where a job waits for its turn; jobs of a lane with one thread run in the order of their submission."""

    TILES = "tiles"
    INFERENCE = "inference"
    FILES = "files"
    PYRAMIDS = "pyramids"
    EDITS = "edits"
    """Edits of very many cells on their way into memory."""
    CASE = "case"
    """Every write to the case file. Never cancelled by closing the program: what was handed in is written."""

    @property
    def threads(self) -> int:
        return max(2, min(4, (os.cpu_count() or 2) - 1)) if self is Lane.TILES else 1

    @property
    def is_announced(self) -> bool:
        """Whether its jobs are shown to people; tiles are too many and too short for that."""
        return self is not Lane.TILES

    @property
    def is_bulky(self) -> bool:
        """Whether its jobs make and drop very many objects in a moment."""
        return self in (Lane.CASE, Lane.EDITS)

    @property
    def is_flushed(self) -> bool:
        """Whether jobs still waiting at shutdown are done first."""
        return self is Lane.CASE

"""What a view shows: an image's pixels, what is known of it, and its cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QImage

from allviewer.domain.annotations import Annotations
from allviewer.domain.geometry import Region
from allviewer.domain.slide import SlideInfo
from allviewer.memory.byte_budget import ByteBudget
from allviewer.session.tile_grid import ScreenTile
from allviewer.session.visited import Visited


class TileProvider(Protocol):
    """Where the view gets its pixels; `workflows.show_tiles.ShowTiles` is one."""

    @property
    def arrived(self) -> SignalInstance: ...

    @property
    def bounds(self) -> Region: ...

    def tile(self, tile: ScreenTile) -> QImage | None: ...

    def is_final(self, tile: ScreenTile) -> bool: ...

    def want(self, tiles: Sequence[ScreenTile]) -> None: ...


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """One open image. The view reads `annotations` and never changes them; it marks what it shows as `visited`.

    What it draws and may need again takes its room from `memory`.
    """

    info: SlideInfo
    tiles: TileProvider
    annotations: Annotations
    memory: ByteBudget
    visited: Visited | None = None

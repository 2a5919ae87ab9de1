"""Keeps the canvas true: the image that is shown, where it was looked at, and what a run is finding in it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from allviewer.domain.annotations import Annotations
from allviewer.domain.geometry import Region
from allviewer.domain.last_look import LastLook, Seen
from allviewer.domain.slide import PixelSource
from allviewer.errors import ImageError
from allviewer.session.document import Document
from allviewer.session.pixel_look import PixelLook
from allviewer.session.placement import Placement
from allviewer.session.visited import Visited
from allviewer.ui.canvas.looked_tiles import LookedTiles, TilesOfLook
from allviewer.ui.canvas.scene import Scene
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.ui.view_picture import ViewPicture
from allviewer.workflows.ports import Notices

MakeTiles = Callable[[PixelSource], TilesOfLook]
"""Gives the pixels of an image to the view, in any look."""

_CELL_MARGIN = 1.2
"""Room around a cell that is zoomed to, in cell sizes."""

_REST_MS = 2000
"""A view that rests so long is noted in the case: a program that is killed says nothing at its end."""


class ShownImage(QObject):
    """Puts the shown document on the canvas and remembers, for each image, where people looked last."""

    def __init__(
        self,
        session: Session,
        work: Workflows,
        canvas: SlideView,
        make_tiles: MakeTiles,
        notices: Notices,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._work, self._canvas, self._make_tiles = session, work, canvas, make_tiles
        self._notices = notices
        self._viewed: Document | None = None
        self._tiles: LookedTiles | None = None
        self._glimpsed: PixelSource | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.remember_view)
        for looked in (session.view.changed, session.view.look_changed, session.looks.changed):
            looked.connect(self._rest.start)
        session.looks.changed.connect(self._follow_look)
        work.detect.proposals.changed.connect(self._show_proposals)
        session.view.look_changed.connect(self._show_boxes)

    def follow(self) -> None:
        """Another image is to be shown: put it on the canvas, or have it read."""
        document = self._session.workspace.document
        if document is None and self._viewed is None:
            self._glimpse()
        if document is not self._viewed:
            self.remember_view()
            self._viewed = document
            self._restore_look(document)
            self._put_on_canvas(document)
            if document is not None and document.view is not None and document.view.scale > 0:
                look = document.view
                self._session.view.place(
                    Placement(document.info.bounds, look[:2], look.scale, look.rotation_deg, look.is_mirrored)
                )
        if document is None:
            self._work.show_image.read_shown()
        else:
            self._canvas.setFocus()

    def remember_view(self) -> None:
        """Note where people look, for the next time."""
        view, scene = self._session.view, self._canvas.scene
        if self._viewed is None or self._viewed not in self._session.workspace.documents:
            return
        if self._session.runner.is_shut_down:  # a view that came to rest as the program ended
            return
        visited = scene.visited.to_text() if scene is not None and scene.visited is not None else ""
        scale = 0.0 if view.is_fitted else view.scale
        pixels, tone = self._session.looks.of(self._viewed), view.image_look
        plane, channel = (-1 if number is None else number for number in (pixels.plane, pixels.channel))
        seen = Seen(tone.brightness, tone.contrast, tone.gamma, str(pixels.colours), plane, channel)
        look = LastLook(*view.center, scale, view.rotation_deg, view.is_mirrored, visited, seen)
        if look != (self._viewed.view or LastLook(*view.bounds.center, 0.0, seen=Seen())):
            self._work.mark.remember_view(self._viewed, look)

    def end(self) -> None:
        """The window closes: nothing more is noted, since nothing more is written."""
        self._rest.blockSignals(True)

    def zoom_to_cell(self) -> None:
        """Show the current cell large."""
        document = self._session.workspace.document
        targets = self._session.selection.targets
        cell_id = self._session.selection.current or min(targets, default=0)
        cell = document.annotations.get(cell_id) if document else None
        if cell is not None:
            self._session.view.show_region(cell.mask.region, _CELL_MARGIN)

    def visit_cell(self, cell_id: int) -> None:
        """Bring a cell into view; the picture moves only if it has to."""
        document = self._session.workspace.document
        cell = document.annotations.get(cell_id) if document else None
        if cell is not None:
            self.visit_place(cell.mask.region)

    def visit_place(self, region: Region) -> None:
        """Bring a level-0 rectangle into view; the picture moves only if it has to."""
        view = self._session.view
        if not view.visible_region.contains(region.intersection(view.bounds)):
            view.center_on(region.center)

    def picture(self, with_cells: bool, with_scale_bar: bool) -> ViewPicture | None:
        """What is in view, to be drawn anew; None while there is nothing."""
        document, tiles, view = self._viewed, self._tiles, self._session.view
        if document is None or tiles is None:
            return None
        return ViewPicture(
            source=tiles.look.of(document.source),
            placement=view.placement,
            tone=view.image_look,
            overlay=view.overlay,
            cells=tuple(document.annotations) if with_cells else (),
            class_set=self._session.workspace.class_set,
            background=self._canvas.background,
            has_scale_bar=with_scale_bar,
            um_per_px=document.mpp,
        )

    def _restore_look(self, document: Document | None) -> None:
        """Tones and colours of the last time; an image that is new is seen as the one before."""
        seen = document.view.seen if document is not None and document.view is not None else None
        if document is not None and seen is not None:
            self._session.view.restore_image_look(seen.brightness, seen.contrast, seen.gamma)
            self._session.looks.restore(document, seen.plane, seen.channel, seen.colours)

    def _glimpse(self) -> None:
        """Show pixels alone: the document that they belong to is on its way."""
        source = self._work.glimpse.source
        if source is self._glimpsed:
            return
        self._glimpsed = source
        if source is None:
            self._put_on_canvas(None)
            return
        self._tiles = LookedTiles(self._make_tiles(source), PixelLook())
        self._tiles.arrived.connect(self._glimpse_arrived)
        self._canvas.set_scene(Scene(source.info, self._tiles, Annotations(), self._session.memory))
        self._glimpse_arrived()

    def _glimpse_arrived(self) -> None:
        if self._canvas.is_settled:
            QTimer.singleShot(0, self._work.glimpse.go_on)  # once it has been painted

    def _put_on_canvas(self, document: Document | None) -> None:
        if document is None:
            self._tiles = None
            self._canvas.set_scene(None)
            return
        if self._tiles is not None and document.source is self._glimpsed:
            self._tiles.arrived.disconnect(self._glimpse_arrived)
            self._follow_look()
        else:
            self._tiles = LookedTiles(self._make_tiles(document.source), self._session.looks.of(document))
        self._glimpsed = None
        visited = Visited(document.info.bounds, document.view.visited if document.view is not None else "")
        self._canvas.set_scene(Scene(document.info, self._tiles, document.annotations, self._session.memory, visited))
        self._canvas.set_scale(document.mpp)
        document.cells_changed.connect(self._canvas.refresh_cells)
        document.counted_changed.connect(self._show_boxes)
        self._show_boxes()
        document.scale_changed.connect(lambda: self._canvas.set_scale(document.mpp))
        self._show_proposals()

    def _follow_look(self) -> None:
        if self._viewed is None or self._tiles is None:
            return
        try:
            self._tiles.set_look(self._session.looks.of(self._viewed))
        except ImageError as error:
            self._notices.warn(error)

    def _show_boxes(self) -> None:
        """What the network counted, if people want to see it."""
        counted = self._viewed.counted if self._viewed is not None and self._session.view.overlay.boxes else None
        self._canvas.boxed.set_boxes(counted.boxes if counted is not None else None)
        self._canvas.update()

    def _show_proposals(self) -> None:
        self._canvas.set_proposals(self._work.detect.proposals.of(self._viewed))

"""Keeps the panels true: what has to be shown anew when the session changes."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.session.box_counts import box_figures
from allviewer.session.differential import Differential, differential
from allviewer.session.document import Document
from allviewer.session.run_summary import ESTIMATED
from allviewer.session.tool_state import ToolKind
from allviewer.ui.actions import Actions
from allviewer.ui.panels.cell_panel import CellPanel
from allviewer.ui.panels.classes_panel import ClassesPanel
from allviewer.ui.panels.status_strip import StatusStrip
from allviewer.ui.parts_of_window import Session, Workflows

_COUNT_AFTER_MS = 40
_TOOL_ACTIONS = {
    ToolKind.SELECT: "tool_select",
    ToolKind.BRUSH: "tool_brush",
    ToolKind.ERASER: "tool_eraser",
    ToolKind.POLYGON: "tool_polygon",
    ToolKind.ADD_CELL: "tool_new_cell",
    ToolKind.REGION: "tool_region",
    ToolKind.GROW: "tool_grow",
    ToolKind.RULER: "tool_ruler",
    ToolKind.BOX: "tool_box",
    ToolKind.LASSO: "tool_lasso",
    ToolKind.CLICK: "tool_click",
    ToolKind.SCISSORS: "tool_scissors",
    ToolKind.VERTICES: "tool_vertices",
    ToolKind.CUT: "tool_cut",
    ToolKind.SEEDS: "tool_seeds",
}


class ShowsDocument(Protocol):
    """A panel about the image that is shown."""

    def show_document(self, document: Document | None) -> None: ...


class Followers(QObject):
    """Joins the session's signals to panels and actions. Changes of one moment are shown once."""

    def __init__(
        self,
        session: Session,
        work: Workflows,
        actions: Actions,
        classes: ClassesPanel,
        cell: CellPanel,
        pages: Sequence[ShowsDocument],
        status: StatusStrip,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._work, self._actions = session, work, actions
        self._classes, self._cell, self._pages, self._status = classes, cell, pages, status
        self._document: Document | None = None
        self._roster = 0
        self._counting: Job | None = None
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.timeout.connect(self._show_counts)
        session.workspace.shown_changed.connect(self._show_document)
        session.workspace.case_changed.connect(self._show_abilities)
        session.workspace.classes_changed.connect(self._count_soon)
        session.workspace.entry_changed.connect(lambda _row: self._show_abilities())
        session.selection.changed.connect(self._show_cell)
        session.selection.hovered_changed.connect(lambda _id: self._show_abilities())
        session.view.changed.connect(self._show_zoom)
        session.view.look_changed.connect(self._show_looks)
        session.looks.changed.connect(self._show_looks)
        session.tools.changed.connect(self._show_tool)
        session.tools.stroke.ratio_changed.connect(lambda: cell.show_ratio(session.tools.stroke.ratio))
        work.detect.running_changed.connect(self._show_abilities)
        work.detect.device_changed.connect(status.show_device)
        work.walk.order_changed.connect(self._show_order)
        self._show_looks()
        self._show_tool()
        self._show_order()
        self._show_document()

    def _show_document(self) -> None:
        document = self._session.workspace.document
        if document is not self._document:
            self._let_go()
            self._document = document
            self._roster = document.annotations.roster if document is not None else 0
            self._session.selection.clear()
            for page in self._pages:
                page.show_document(document)
            if document is not None:
                document.cells_changed.connect(self._cells_changed)
                document.history_changed.connect(self._show_abilities)
                document.saved_changed.connect(self._saved_changed)
                document.scale_changed.connect(self._scale_changed)
                document.counted_changed.connect(self._count_soon)
        self._count_soon()
        self._scale_changed()
        self._saved_changed()
        self._show_zoom()
        self._show_special_look()

    def _let_go(self) -> None:
        if self._document is not None:
            self._document.cells_changed.disconnect(self._cells_changed)
            self._document.history_changed.disconnect(self._show_abilities)
            self._document.saved_changed.disconnect(self._saved_changed)
            self._document.scale_changed.disconnect(self._scale_changed)
            self._document.counted_changed.disconnect(self._count_soon)

    def _cells_changed(self, ids: frozenset[int], _region: object) -> None:
        if self._document is None:
            return
        annotations = self._document.annotations
        gone = annotations.missing(ids) if annotations.roster != self._roster else frozenset()
        self._roster = annotations.roster
        if gone:
            selection = self._session.selection
            selection.keep_only(selection.ids - gone)
            if selection.hovered in gone:
                selection.hover(0)
        if self._session.selection.current in ids:
            self._show_cell()
        self._count_soon()

    def _count_soon(self) -> None:
        self._recount.start(_COUNT_AFTER_MS)

    def _saved_changed(self) -> None:
        self._status.show_saved(self._document)
        self._show_abilities()

    def _scale_changed(self) -> None:
        self._status.show_scale(self._document)
        self._show_zoom()
        self._show_cell()

    def _show_counts(self) -> None:
        """On a worker: the first interval that is computed loads SciPy."""
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        if self._document is None:
            self._take_counts(None)
            self._classes.show_boxes(None)
            return
        cells, class_set = self._document.annotations, self._session.workspace.class_set
        counted, bounds = self._document.counted, self._document.info.bounds
        self._classes.show_boxes(box_figures(counted, cells, class_set, bounds) if counted is not None else None)
        tally = dict(cells.tally)
        self._counting = self._session.runner.submit(
            Lane.TILES, "count cells", lambda cancel, report: differential(tally, class_set), self._take_counts
        )

    def _take_counts(self, counts: Differential | None) -> None:
        self._classes.show_counts(counts)
        self._status.show_progress(counts.reviewed if counts else 0, counts.cells if counts else 0)

    def _show_cell(self) -> None:
        document, selection = self._document, self._session.selection
        cell = document.annotations.get(selection.current) if document and selection.current else None
        estimated = document is not None and document.mpp_source in ESTIMATED
        self._cell.show_cell(cell, document.mpp if document else None, len(selection.ids), estimated)
        self._classes.show_current(cell.label if cell else "", cell.tags if cell else ())
        self._show_abilities()

    def _show_zoom(self) -> None:
        document = self._document
        if document is None:
            self._status.show_zoom(None, None, None)
        else:
            self._status.show_zoom(self._session.view.device_scale, document.mpp, document.info.objective)

    def _show_looks(self) -> None:
        look = self._session.view.overlay
        self._actions["show_overlay"].setChecked(look.visible)
        self._actions["show_fill"].setChecked(look.fill_opacity > 0)
        self._actions["show_boxes"].setChecked(look.boxes)
        self._actions["use_profile"].setChecked(self._session.looks.managed)
        self._actions[f"colour_{look.colour_by}"].setChecked(True)
        self._show_special_look()

    def _show_special_look(self) -> None:
        words = self._session.looks.words_of(self._document) if self._document is not None else ""
        if self._document is not None and not self._session.view.image_look.is_plain:
            words = f"{words}, tones changed" if words else "Tones changed"
        self._status.show_look(words)

    def _show_tool(self) -> None:
        self._actions[_TOOL_ACTIONS[self._session.tools.tool]].setChecked(True)
        self._actions["protect"].setChecked(self._session.tools.protects)

    def _show_order(self) -> None:
        self._actions[f"order_{self._work.walk.order}"].setChecked(True)

    def _show_abilities(self) -> None:
        """Enable what can be done now."""
        document, workspace = self._document, self._session.workspace
        facts = {
            "image": document is not None,
            "cell": bool(self._session.selection.targets),
            "undo": document is not None and document.can_undo,
            "redo": document is not None and document.can_redo,
            "case": workspace.case is not None,
            "job": self._work.detect.is_running,
            "planes": document is not None and document.info.plane_count > 1,
            "profile": document is not None and bool(document.info.profile),
        }
        self._actions.enable(frozenset(name for name, holds in facts.items() if holds))
        row = workspace.shown_row
        reviewed = 0 <= row < len(workspace.entries) and workspace.entries[row].reviewed
        self._actions["mark_reviewed"].setChecked(reviewed)
        running = self._work.detect.is_running
        for action_id in ("run", "run_view"):
            self._actions[action_id].setEnabled(not running and document is not None)
        self._actions["run_all"].setEnabled(not running and bool(workspace.entries) and workspace.case is not None)
        if document is not None and document.can_undo and document.position:
            self._actions["undo"].setText(f"&Undo {_lower(document.history[document.position - 1].text)}")
        else:
            self._actions["undo"].setText("&Undo")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]

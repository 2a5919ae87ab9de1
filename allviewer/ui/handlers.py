"""What each action of the table does."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from allviewer.session.looks import ColourBy
from allviewer.session.tool_state import Part, ToolKind
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.workflows.walk_cells import ReviewOrder

if TYPE_CHECKING:
    from allviewer.ui.main_window import MainWindow

Handler = Callable[[], object]
_ZOOM = 1.25
_TURN_DEG = 5.0
_TONE_STEPS = 5
"""Of the hundred between a plain picture and the end of a slider."""


def handlers_of(window: "MainWindow", session: Session, work: Workflows) -> dict[str, Handler]:
    """A callable for every id of `actions.ACTIONS`."""
    return (
        _files(window, work)
        | _views(window, session)
        | _looks(window, session, work)
        | _places(window, work)
        | _tools(session)
        | _cells(window, session, work)
        | _help(window, work)
    )


def _files(window: "MainWindow", work: Workflows) -> dict[str, Handler]:
    return {
        "open": work.open_images.choose_images,
        "open_folder": work.open_images.choose_folder,
        "open_case": work.open_images.choose_case,
        "open_demo": work.open_images.open_demo,
        "check_case": work.care.check,
        "previous_generation": work.care.open_previous_generation,
        "save": work.save_case.save,
        "save_as": work.save_case.save_as,
        "import_cells": work.import_cells.choose,
        "export_training": window.dialogs.show_export,
        "export_results": work.export_results.choose,
        "copy_view": window.dialogs.copy_view,
        "export_view": window.dialogs.show_export_view,
        "properties": window.dialogs.show_properties,
        "quit": window.close,
        "settings": window.dialogs.show_settings,
        "bind_keys": window.dialogs.show_bind_keys,
        "next_image": lambda: work.show_image.step(1),
        "previous_image": lambda: work.show_image.step(-1),
        "next_open_image": lambda: work.show_image.step_to_open(1),
        "previous_open_image": lambda: work.show_image.step_to_open(-1),
        "mark_reviewed": work.mark.toggle_reviewed,
        "set_scale": window.dialogs.show_scale,
        "relink": work.show_image.relink,
    }


def _views(window: "MainWindow", session: Session) -> dict[str, Handler]:
    view = session.view
    return {
        "fit": view.fit,
        "actual": view.to_actual_size,
        "zoom_in": lambda: view.zoom_by(_ZOOM),
        "zoom_out": lambda: view.zoom_by(1 / _ZOOM),
        "zoom_cell": window.shown.zoom_to_cell,
        "rotate_left": lambda: view.rotate_by(-90),
        "rotate_right": lambda: view.rotate_by(90),
        "turn_left": lambda: view.rotate_by(-_TURN_DEG),
        "turn_right": lambda: view.rotate_by(_TURN_DEG),
        "flip": view.flip,
        "upright": view.set_upright,
        "show_overlay": lambda: view.set_overlay(visible=not view.overlay.visible),
        "show_boxes": lambda: view.set_overlay(boxes=not view.overlay.boxes),
        "colour_class": lambda: view.set_overlay(colour_by=ColourBy.CLASS),
        "colour_uncertainty": lambda: view.set_overlay(colour_by=ColourBy.UNCERTAINTY),
        "colour_origin": lambda: view.set_overlay(colour_by=ColourBy.ORIGIN),
        "next_cell_colour": view.next_colouring,
        "show_fill": window.toggle_fill,
        "full_screen": window.full_screen.toggle,
        "show_left": window.toggle_left,
        "show_right": window.toggle_right,
    }


def _looks(window: "MainWindow", session: Session, work: Workflows) -> dict[str, Handler]:
    looks, view, workspace = session.looks, session.view, session.workspace

    def focus(steps: int) -> None:
        if workspace.document is not None:
            looks.step_plane(workspace.document, steps)

    def tone(name: str, steps: int) -> None:
        slider = window.look.tones[name]
        slider.setValue(slider.value() + steps * _TONE_STEPS)

    def reset() -> None:
        looks.reset()
        view.reset_image_look()

    return {
        "show_look": lambda: window.show_page(window.look),
        "next_colours": lambda: looks.step_colours(1),
        "plane_up": lambda: focus(1),
        "plane_down": lambda: focus(-1),
        "use_profile": lambda: looks.set_managed(not looks.managed),
        "look_reset": reset,
        "brighter": lambda: tone("brightness", 1),
        "darker": lambda: tone("brightness", -1),
        "more_contrast": lambda: tone("contrast", 1),
        "less_contrast": lambda: tone("contrast", -1),
        "more_gamma": lambda: tone("gamma", 1),
        "less_gamma": lambda: tone("gamma", -1),
        "compare": window.dialogs.show_compare,
        "link_views": lambda: window.sides.links.set_linked(not window.sides.links.is_linked),
        "next_difference": lambda: window.comparing.panel.step(1),
        "previous_difference": lambda: window.comparing.panel.step(-1),
        "end_comparison": work.compare.end,
    }


def _places(window: "MainWindow", work: Workflows) -> dict[str, Handler]:
    marks = work.bookmarks
    return {
        "add_bookmark": marks.add,
        "next_bookmark": lambda: marks.step(1),
        "previous_bookmark": lambda: marks.step(-1),
        "take_bookmark_away": lambda: marks.delete(window.places.chosen),
        "show_places": lambda: window.show_page(window.places),
    }


def _tools(session: Session) -> dict[str, Handler]:
    tools = session.tools

    def other_part() -> None:
        tools.work_on(Part.NUCLEUS if tools.part is Part.CYTOPLASM else Part.CYTOPLASM)

    return {
        "tool_select": lambda: tools.take(ToolKind.SELECT),
        "tool_brush": lambda: tools.take(ToolKind.BRUSH),
        "tool_eraser": lambda: tools.take(ToolKind.ERASER),
        "tool_polygon": lambda: tools.take(ToolKind.POLYGON),
        "tool_grow": lambda: tools.take(ToolKind.GROW),
        "tool_box": lambda: tools.take(ToolKind.BOX),
        "tool_lasso": lambda: tools.take(ToolKind.LASSO),
        "tool_click": lambda: tools.take(ToolKind.CLICK),
        "tool_scissors": lambda: tools.take(ToolKind.SCISSORS),
        "tool_vertices": lambda: tools.take(ToolKind.VERTICES),
        "tool_cut": lambda: tools.take(ToolKind.CUT),
        "tool_seeds": lambda: tools.take(ToolKind.SEEDS),
        "protect": lambda: tools.protect(not tools.protects),
        "tool_new_cell": lambda: tools.take(ToolKind.ADD_CELL),
        "tool_region": lambda: tools.take(ToolKind.REGION),
        "tool_ruler": lambda: tools.take(ToolKind.RULER),
        "toggle_part": other_part,
        "brush_larger": lambda: tools.scale_radius(1),
        "brush_smaller": lambda: tools.scale_radius(-1),
    }


def _cells(window: "MainWindow", session: Session, work: Workflows) -> dict[str, Handler]:
    def accept_and_go_on() -> None:
        if window.canvas.offer_key(Qt.Key.Key_Return):  # closes a polygon that is being drawn
            return
        if session.selection.ids:  # never the cell that merely lies under the cursor
            work.correct.accept()
        work.walk.go_on()

    def select_none() -> None:
        if not window.canvas.offer_key(Qt.Key.Key_Escape):
            session.selection.clear()

    return {
        "undo": work.correct.undo,
        "redo": work.correct.redo,
        "select_all": work.select.select_all,
        "select_none": select_none,
        "accept": accept_and_go_on,
        "accept_all": work.correct.accept_all,
        "fill_holes": work.reshape.fill_holes,
        "smooth": work.reshape.smooth,
        "grow": work.reshape.grow,
        "shrink": work.reshape.shrink,
        "merge": work.reshape.merge,
        "copy_to_next": work.copy.to_next_image,
        "delete": work.correct.delete,
        "choose_classes": window.dialogs.show_classes,
        "tag_cell": window.dialogs.show_tags,
        "next_cell": lambda: work.walk.step(1),
        "previous_cell": lambda: work.walk.step(-1),
        "next_unreviewed": work.walk.next_to_review,
        "previous_unreviewed": lambda: work.walk.next_to_review(-1),
        "next_unsure": work.walk.most_uncertain,
        "next_disputed": work.walk.next_disputed,
        **{f"order_{order}": partial(work.walk.review_in, order) for order in ReviewOrder},
        "run": work.detect.run_on_image,
        "run_view": lambda: work.detect.run_on_region(session.view.visible_region),
        "run_all": work.detect.run_on_all,
        "cancel": work.detect.cancel,
        "show_run": lambda: window.show_page(window.runs.panel),
        "next_proposal": lambda: work.weigh.step(1),
        "previous_proposal": lambda: work.weigh.step(-1),
        "take_proposal": work.weigh.take_current,
        "leave_proposal": work.weigh.leave_current,
        "take_proposals": work.weigh.take_matching,
        "leave_proposals": work.weigh.leave_matching,
    }


def _help(window: "MainWindow", work: Workflows) -> dict[str, Handler]:
    return {
        "show_heat": window.heat.toggle,
        "method_settings": window.methods.toggle,
        "install_pack": work.packs.choose,
        "manage_packs": window.dialogs.show_packs,
        "what_next": window.dialogs.show_what_next,
        "devices": window.dialogs.show_devices,
        "fine_tune": window.dialogs.show_fine_tune,
        "cheat_sheet": window.dialogs.show_keys,
        "palette": window.dialogs.show_palette,
        "about": window.dialogs.show_about,
    }

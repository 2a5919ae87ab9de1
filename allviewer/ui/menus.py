"""The menus: a tree of action ids; None is a line."""

from PySide6.QtWidgets import QMenu, QMenuBar

from allviewer.ui.actions import Actions

RECENT = "(recent)"
"""Where the list of recent cases and images goes."""

MENUS: tuple[tuple[str, tuple[str | None, ...]], ...] = (
    (
        "&File",
        ("open", "open_folder", "open_case", "open_demo", RECENT, None, "save", "save_as", "check_case",
         "previous_generation", None, "import_cells",
         "export_training", "export_results", None, "copy_view", "export_view", "properties", None, "quit"),
    ),
    ("&Edit", ("undo", "redo", None, "select_all", "select_none", None, "bind_keys", "settings")),
    (
        "&View",
        ("fit", "actual", "zoom_in", "zoom_out", "zoom_cell", None, "rotate_left", "rotate_right",
         "turn_left", "turn_right", "flip", "upright", None, "show_overlay", "show_fill", "show_boxes", "colour_class",
         "colour_uncertainty", "colour_origin", "next_cell_colour", None, "show_left",
         "show_right", "full_screen"),
    ),
    (
        "&Go",
        ("next_image", "previous_image", "next_open_image", "previous_open_image", None,
         "add_bookmark", "next_bookmark", "previous_bookmark",
         "take_bookmark_away", "show_places"),
    ),
    (
        "&Look",
        ("show_look", "next_colours", None, "plane_up", "plane_down", None, "brighter", "darker", "more_contrast",
         "less_contrast", "more_gamma", "less_gamma", None, "use_profile", "look_reset", None,
         "compare", "link_views", "next_difference", "previous_difference", "end_comparison"),
    ),
    (
        "&Cells",
        ("accept", "accept_all", "delete", None, "next_cell", "previous_cell", "next_unreviewed",
         "previous_unreviewed", "next_unsure", "next_disputed", None, "order_reading", "order_unsure",
         "order_disputed", None, "choose_classes", "tag_cell", None, "fill_holes", "smooth", "grow", "shrink", "merge",
         "copy_to_next", None, "mark_reviewed", "set_scale", "relink"),
    ),
    (
        "&Tools",
        ("tool_select", "tool_box", "tool_lasso", None, "tool_brush", "tool_eraser", "tool_polygon", "tool_scissors",
         "tool_vertices", "tool_grow", "tool_click", "tool_new_cell", None, "tool_cut", "tool_seeds", None,
         "tool_ruler", None, "toggle_part", "protect", "brush_larger", "brush_smaller"),
    ),
    (
        "&Models",
        ("run", "run_view", "tool_region", "run_all", "cancel", None,
         "show_run", "next_proposal", "previous_proposal", "take_proposal", "leave_proposal", "take_proposals",
         "leave_proposals", None, "show_heat", "method_settings", "manage_packs",
         "install_pack", None, "what_next", "fine_tune", None, "devices"),
    ),
    ("&Help", ("cheat_sheet", "palette", None, "about")),
)  # fmt: skip


def build_menus(bar: QMenuBar, actions: Actions) -> QMenu:
    """Fill the menu bar; returns the menu for recent files."""
    recent = QMenu("Open &recent", bar)
    for title, ids in MENUS:
        menu = bar.addMenu(title)
        menu.setToolTipsVisible(True)
        for action_id in ids:
            if action_id is None:
                menu.addSeparator()
            elif action_id == RECENT:
                menu.addMenu(recent)
            else:
                menu.addAction(actions[action_id])
    return recent

"""Keys for hands that come from another program. What a program has no key for stays as it is here.

After QuPath 0.8 (its action accelerators and shortcut page), CVAT (its table of shortcuts and its brush tools),
labelme 7.1 and X-AnyLabeling 4.0 (their default configurations), napari (its table of shortcuts) and the GUI of
Cellpose. No preset has a bare key that deletes, whatever the other program does.
"""

from allviewer.ui.keys.key_map import USUAL, Preset

_QUPATH = {
    "tool_select": ("M",),
    "tool_region": ("R",),
    "tool_lasso": ("Shift+S",),
    "tool_box": ("Ctrl+Shift+U",),
    "smooth": ("Ctrl+Shift+H",),
    "merge": ("Shift+M",),
    "show_overlay": ("D", "V"),
    "show_fill": ("F", "Shift+F"),
    "show_left": ("Shift+A", "Ctrl+Alt+1"),
    "fit": ("Ctrl+0",),
    "actual": ("Ctrl+1",),
    "flip": ("Ctrl+Shift+F",),
    "next_image": ("PgDown",),
    "previous_image": ("PgUp",),
    "next_open_image": ("Shift+PgDown",),
    "previous_open_image": ("Shift+PgUp",),
    "palette": ("Ctrl+L", "Ctrl+Shift+P"),
}

_CVAT = {
    "next_image": ("F", "PgDown"),
    "previous_image": ("D", "PgUp"),
    "next_open_image": ("Shift+F",),
    "previous_open_image": ("Shift+D",),
    "fit": ("Ctrl+Shift+0",),
    "actual": ("Ctrl+Alt+0",),
    "flip": ("Ctrl+Shift+H",),
    "tool_brush": ("B", "Shift+1"),
    "tool_eraser": ("E", "Shift+2"),
    "tool_polygon": ("P", "Shift+3"),
    "tool_new_cell": ("N",),
    "merge": ("M", "J"),
    "tool_cut": ("Alt+M", "Alt+J"),
    "hold_overlay": ("Z",),
    "zoom_cell": ("Shift+Z",),
    "show_overlay": ("H", "V"),
    "redo": ("Ctrl+Shift+Z", "Ctrl+Y"),
    "delete": ("Del", "Shift+Del"),
    "cheat_sheet": ("F1",),
    "bind_keys": ("F2",),
}

_LABELME = {
    "next_image": ("D", "PgDown"),
    "previous_image": ("A", "PgUp"),
    "next_open_image": ("Ctrl+Shift+D", "Shift+D"),
    "previous_open_image": ("Ctrl+Shift+A", "Shift+A"),
    "take_bookmark_away": ("Ctrl+Alt+B",),
    "fit": ("Ctrl+F", "F"),
    "actual": ("Ctrl+0", "Ctrl+1"),
    "zoom_in": ("Ctrl++", "Ctrl+=", "+", "="),
    "zoom_out": ("Ctrl+-", "-"),
    "relink": ("Ctrl+Alt+F",),
    "tool_select": ("Ctrl+J", "S"),
    "tool_polygon": ("P", "Ctrl+N"),
    "tool_brush": ("B", "Shift+B"),
    "protect": ("Ctrl+Alt+P",),
    "tool_grow": ("W", "Shift+W"),
    "show_overlay": ("Ctrl+M", "V"),
    "mark_reviewed": ("Ctrl+Alt+K",),
    "check_case": ("Ctrl+Alt+J",),
    "merge": ("Ctrl+Shift+M", "M"),
    "open_demo": ("Ctrl+Alt+D",),
    "tag_cell": ("Ctrl+E", "Ctrl+T"),
    "export_training": ("Ctrl+Alt+E",),
}

_NAPARI = {
    "fit": ("Ctrl+R", "F"),
    "run": ("Ctrl+Alt+A",),
    "tool_select": ("L", "S"),
    "show_look": ("Shift+L",),
    "tool_brush": ("P", "B"),
    "tool_polygon": ("Shift+P",),
    "tool_vertices": ("Ctrl+Alt+W",),
    "tool_new_cell": ("M", "N"),
    "merge": ("Shift+M",),
    "brush_larger": ("]", "."),
    "brush_smaller": ("[", ","),
    "next_difference": ("Ctrl+Alt+Right",),
    "previous_difference": ("Ctrl+Alt+Left",),
    "next_image": ("D", "Right", "PgDown"),
    "previous_image": ("A", "Left", "PgUp"),
    "show_fill": ("X",),
    "show_overlay": ("Z", "V"),
    "zoom_cell": ("Shift+Z",),
    "cheat_sheet": ("F1",),
}

PRESETS: tuple[Preset, ...] = (
    USUAL,
    Preset("qupath", "QuPath", _QUPATH),
    Preset("cvat", "CVAT", _CVAT, ("", "Ctrl+")),
    Preset("labelme", "labelme, X-AnyLabeling", _LABELME),
    Preset("napari", "napari, Cellpose", _NAPARI),
)


def preset(name: str) -> Preset:
    """A preset by its name; the program's own for one that is not known."""
    return next((known for known in PRESETS if known.name == name), PRESETS[0])

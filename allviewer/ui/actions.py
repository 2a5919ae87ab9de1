"""All actions of the window in one table: id, text, keys, tip, group. Menus, tool bars, help and keys follow from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from allviewer.ui.icons import icon


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a person can do.

    Attributes:
        keys: key sequences in Qt's portable spelling; the first is shown in menus.
        needs: what must be there: "", "image", "cell" (selected or under the cursor), "undo", "redo", "case", "job",
            "planes" (more than one), "profile" (of colours).
        toggle: whether it is on or off; `choice` names a set of toggles of which one is on.
        deletes: whether something is gone afterwards; such an action never gets a bare letter or digit.
    """

    id: str
    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    group: str = ""
    icon: str = ""
    needs: str = ""
    toggle: bool = False
    choice: str = ""
    deletes: bool = False

    @property
    def plain_text(self) -> str:
        return self.text.replace("&", "").rstrip("…")


_FILE = "File"
_EDIT = "Edit"
_VIEW = "View"
_LOOK = "Look"
_PLACES = "Places"
_TOOLS = "Tools"
_CELLS = "Cells"
_IMAGES = "Images"
_MODELS = "Models"
_HELP = "Help"

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "&Open images…", ("Ctrl+O",), "Open photographs or whole slides", _FILE, "image"),
    ActionSpec("open_folder", "Open &folder…", ("Ctrl+Shift+O",), "Open every image of a folder", _FILE, "folder"),
    ActionSpec("open_case", "Open &case…", ("Ctrl+Alt+O",), "Open a case file: images with all corrections", _FILE, "case"),
    ActionSpec("open_demo", "Open &demonstration smear", ("Ctrl+Shift+M",), "A synthetic smear to try things on", _FILE),
    ActionSpec("save", "&Save", ("Ctrl+S",), "Every edit is saved by itself; this waits for the last one and says so", _FILE, "save", "case"),
    ActionSpec("save_as", "Save case &as…", ("Ctrl+Shift+S",), "Write the case to a named file and go on there", _FILE, "", "case"),
    ActionSpec("check_case", "Chec&k case", ("Ctrl+Alt+K",), "Prove that no entry of the journal was changed or removed", _FILE, "", "case"),
    ActionSpec("previous_generation", "Open pre&vious generation", ("Ctrl+Alt+V",), "The case as it was earlier, beside the present file, which is left as it is", _FILE, "", "case"),
    ActionSpec("import_cells", "&Import cells…", ("Ctrl+I",), "Cells of a label image, of QuPath, labelme or X-AnyLabeling, in place of the proposals of this image", _FILE, "install", "image"),
    ActionSpec("export_training", "Export &training set…", ("Ctrl+E",), "Corrected cells as files to learn from", _FILE, "export", "case"),
    ActionSpec("export_results", "Export &results…", ("Ctrl+Shift+E",), "Tables, label images and overlays of the open images", _FILE, "table", "case"),
    ActionSpec("copy_view", "&Copy view", ("Ctrl+C",), "The view as a picture on the clipboard", _FILE, "", "image"),
    ActionSpec("export_view", "Export &view as picture…", ("Ctrl+Shift+C",), "The view as a PNG, with or without cells and scale bar, larger if wanted", _FILE, "", "image"),
    ActionSpec("properties", "Image &properties…", ("Alt+Return",), "Size, scale, reader, planes, colour profile, label and macro pictures", _FILE, "info", "image"),
    ActionSpec("quit", "&Quit", ("Ctrl+Q",), "Close the window; everything is kept", _FILE),
    ActionSpec("undo", "&Undo", ("Ctrl+Z",), "Take the last step back", _EDIT, "undo", "undo"),
    ActionSpec("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do the step again", _EDIT, "redo", "redo"),
    ActionSpec("select_all", "Select &all cells", ("Ctrl+A",), "Select all cells of this image", _EDIT, "", "image"),
    ActionSpec("select_none", "Select &none", ("Esc",), "Forget the selection, or the shape being drawn", _EDIT, "", "image"),
    ActionSpec("bind_keys", "&Keys…", ("F2",), "Change the keys, or take those of QuPath, CVAT, labelme or napari", _EDIT, "keyboard"),
    ActionSpec("settings", "S&ettings…", ("Ctrl+,",), "Your name, device, memory, overlay and brush", _EDIT),
    ActionSpec("fit", "&Fit image", ("F",), "Show the whole image", _VIEW, "fit", "image"),
    ActionSpec("actual", "&Actual pixels", ("Ctrl+1", "Ctrl+0"), "One image pixel on one screen pixel", _VIEW, "actual", "image"),
    ActionSpec("zoom_in", "Zoom &in", ("+", "="), "Closer, at the middle of the view", _VIEW, "zoom_in", "image"),
    ActionSpec("zoom_out", "Zoom &out", ("-",), "Further away", _VIEW, "zoom_out", "image"),
    ActionSpec("zoom_cell", "Zoom to &cell", ("Z",), "Show the selected cell large", _VIEW, "", "cell"),
    ActionSpec("rotate_left", "Rotate &left", ("Ctrl+Left",), "Turn the picture by 90 degrees", _VIEW, "", "image"),
    ActionSpec("rotate_right", "Rotate &right", ("Ctrl+Right",), "Turn the picture by 90 degrees", _VIEW, "", "image"),
    ActionSpec("turn_left", "Turn a little left", ("Shift+Left",), "Turn the picture by 5 degrees", _VIEW, "", "image"),
    ActionSpec("turn_right", "Turn a little right", ("Shift+Right",), "Turn the picture by 5 degrees", _VIEW, "", "image"),
    ActionSpec("flip", "&Mirror", ("Shift+F",), "Exchange left and right of what is on the screen", _VIEW, "", "image"),
    ActionSpec("upright", "&Upright", ("Ctrl+Up",), "Neither rotated nor mirrored", _VIEW, "", "image"),
    ActionSpec("show_overlay", "Show &overlay", ("V",), "Show or hide masks and outlines; hold H to hide them for a moment", _VIEW, "eye", "", toggle=True),
    ActionSpec("show_fill", "Fill &masks", ("X",), "Fill masks with colour, or outlines alone", _VIEW, "fill", "", toggle=True),
    ActionSpec("show_boxes", "Show network &counts", ("Shift+X",), "Boxes round the red cells, white cells and platelets that a network counted; nobody has looked at these", _VIEW, "", "image", toggle=True),
    ActionSpec("colour_class", "Colour by &class", ("Alt+Shift+1",), "Colours and lines of cells tell their class", _VIEW, "", "", True, "colour"),
    ActionSpec("colour_uncertainty", "Colour by u&ncertainty", ("Alt+Shift+2",), "Colours tell how unsure the network is of a cell", _VIEW, "", "", True, "colour"),
    ActionSpec("colour_origin", "Colour by &origin", ("Alt+Shift+3",), "Colours tell which network found a cell, or which person corrected it", _VIEW, "", "", True, "colour"),
    ActionSpec("next_cell_colour", "Colour cells by the ne&xt", ("Shift+V",), "Colour cells by class, by uncertainty, by origin, in turn", _VIEW),
    ActionSpec("show_left", "Image &list", ("Ctrl+Alt+1",), "Show or hide the list of images", _VIEW, "sidebar", "", toggle=True),
    ActionSpec("show_right", "&Panels", ("Ctrl+Alt+2",), "Show or hide classes, cell, table and history", _VIEW, "panel", "", toggle=True),
    ActionSpec("full_screen", "F&ull screen", ("F11",), "The picture on the whole screen; F11 again brings everything back", _VIEW, "fullscreen", "", toggle=True),
    ActionSpec("add_bookmark", "&Bookmark this place", ("Ctrl+D",), "Keep the place in view; it has a name in the list of places", _PLACES, "bookmark", "image"),
    ActionSpec("next_bookmark", "Next b&ookmark", ("Ctrl+PgDown",), "Look at the next place that was kept", _PLACES, "next", "image"),
    ActionSpec("previous_bookmark", "Previous boo&kmark", ("Ctrl+PgUp",), "Look at the place that was kept before", _PLACES, "previous", "image"),
    ActionSpec("take_bookmark_away", "Take book&mark away", ("Ctrl+Shift+D",), "The bookmark that is marked in the list of places", _PLACES, "delete", "image", deletes=True),
    ActionSpec("show_places", "&Places…", ("Ctrl+G",), "The list of places that were kept", _PLACES, "", ""),
    ActionSpec("show_look", "&Look…", ("L",), "Focal plane, colours and stains, brightness: the panel", _LOOK, "look", ""),
    ActionSpec("next_colours", "&Next colours", ("C",), "Red, green, blue, grey, one stain alone, all colours again", _LOOK, "", "image"),
    ActionSpec("plane_up", "Focus &higher", ("Shift+Up",), "The next focal plane", _LOOK, "", "planes"),
    ActionSpec("plane_down", "Focus &lower", ("Shift+Down",), "The focal plane before", _LOOK, "", "planes"),
    ActionSpec("brighter", "&Brighter", ("Alt+Up",), "Brightness, for looking only", _LOOK, "", "image"),
    ActionSpec("darker", "&Darker", ("Alt+Down",), "Brightness, for looking only", _LOOK, "", "image"),
    ActionSpec("more_contrast", "&More contrast", ("Alt+Right",), "Contrast, for looking only", _LOOK, "", "image"),
    ActionSpec("less_contrast", "Less c&ontrast", ("Alt+Left",), "Contrast, for looking only", _LOOK, "", "image"),
    ActionSpec("more_gamma", "Li&ghter shadows", ("Alt+PgUp",), "Gamma up, for looking only", _LOOK, "", "image"),
    ActionSpec("less_gamma", "Deeper &shadows", ("Alt+PgDown",), "Gamma down, for looking only", _LOOK, "", "image"),
    ActionSpec("use_profile", "Colour &profile", ("Ctrl+Shift+K",), "Apply the colour profile of the file, or show colours as stored", _LOOK, "", "profile", toggle=True),
    ActionSpec("look_reset", "&Reset look", ("Ctrl+Shift+L",), "All colours, brightness, contrast and gamma as in the file", _LOOK, "", "image"),
    ActionSpec("compare", "&Side by side…", ("Ctrl+B",), "Beside another image, another method, an earlier state or another look", _LOOK, "compare", "image"),
    ActionSpec("link_views", "Move both &together", ("Ctrl+K",), "Two pictures move as one, or each alone; their offset is kept", _LOOK, "link", "", toggle=True),
    ActionSpec("next_difference", "Next &difference", (".",), "The next cell that both sides see differently", _LOOK, "next", ""),
    ActionSpec("previous_difference", "Previous d&ifference", (",",), "The differing cell before", _LOOK, "previous", ""),
    ActionSpec("end_comparison", "&End comparison", ("Ctrl+Shift+B",), "Look at one picture again", _LOOK, "close", ""),
    ActionSpec("tool_select", "&Select", ("S",), "Click a cell to select it; drag to move the picture; Shift+drag adds a box of cells, Alt+drag takes it out", _TOOLS, "select", "", True, "tool"),
    ActionSpec("tool_box", "Select in a bo&x", ("O",), "Drag a box round cells; Shift adds them to the selection, Alt takes them out", _TOOLS, "region_select", "", True, "tool"),
    ActionSpec("tool_lasso", "Select with a &lasso", ("Shift+O",), "Draw round cells; Shift adds them to the selection, Alt takes them out", _TOOLS, "lasso", "", True, "tool"),
    ActionSpec("tool_brush", "&Brush", ("B",), "Paint nucleus or cytoplasm of the selected cell; Alt erases", _TOOLS, "brush", "", True, "tool"),
    ActionSpec("tool_eraser", "&Eraser", ("E",), "Take paint away from the selected cell", _TOOLS, "eraser", "", True, "tool"),
    ActionSpec("tool_polygon", "&Polygon", ("P",), "Draw the selected cell's nucleus or outline anew; Enter closes it", _TOOLS, "polygon", "", True, "tool"),
    ActionSpec("tool_grow", "&Grow from a click", ("W",), "Click in a nucleus or a cell: a region grows there; the wheel changes it, Enter or a second click takes it", _TOOLS, "grow", "", True, "tool"),
    ActionSpec("tool_click", "&One-click cell", ("Q",), "Click a cell that nobody has marked: the network outlines it; left clicks add, right clicks take away, Enter or a click on the next cell takes it", _TOOLS, "click", "", True, "tool"),
    ActionSpec("tool_scissors", "&Trace the edge", ("I",), "Click along an edge: the line follows it by itself; Enter or a click on the start closes it", _TOOLS, "scissors", "", True, "tool"),
    ActionSpec("tool_vertices", "Edit the out&line", ("Shift+P",), "Drag corners of the selected cell's outline; drag the line for a new one, Alt+click or Backspace removes one", _TOOLS, "vertices", "", True, "tool"),
    ActionSpec("tool_cut", "&Cut along a line", ("J",), "Draw a line across touching cells: each gets its part, nucleus too; Shift keeps it straight", _TOOLS, "cut", "", True, "tool"),
    ActionSpec("tool_seeds", "Split by &seeds", ("Shift+J",), "Click once in each cell that one really is; Enter or a double click divides it", _TOOLS, "seeds", "", True, "tool"),
    ActionSpec("tool_new_cell", "&Add cell", ("N",), "Draw a cell that was missed", _TOOLS, "add", "", True, "tool"),
    ActionSpec("tool_region", "&Run on region", ("R",), "Drag a box: the networks run inside it", _TOOLS, "region", "", True, "tool"),
    ActionSpec("tool_ruler", "&Ruler", ("Y",), "Drag a line to measure it; Shift keeps it level or upright, Esc takes it away", _TOOLS, "ruler", "", True, "tool"),
    ActionSpec("protect", "&Protect other cells", ("Shift+B",), "On: paint and outlines leave other cells alone. Off: they take their pixels", _TOOLS, "shield", "", True),
    ActionSpec("toggle_part", "Nucleus or &cytoplasm", ("T",), "Switch the part that brush, eraser and polygon act on", _TOOLS),
    ActionSpec("brush_larger", "&Larger brush", ("]",), "Make the brush larger (Alt+wheel too)", _TOOLS),
    ActionSpec("brush_smaller", "S&maller brush", ("[",), "Make the brush smaller", _TOOLS),
    ActionSpec("accept", "&Accept and go on", ("Return", "Enter"), "The cell is right: accept it and go to the next one nobody has looked at", _CELLS, "accept", "image"),
    ActionSpec("accept_all", "Accept a&ll cells", ("Ctrl+Return",), "Accept every cell of this image as it is", _CELLS, "check_circle", "image"),
    ActionSpec("fill_holes", "&Fill holes", ("Ctrl+H",), "Fill the holes in the nucleus or the outline of the selected cells", _CELLS, "", "cell"),
    ActionSpec("smooth", "&Smooth", ("Shift+S",), "Round off the nucleus or the outline of the selected cells", _CELLS, "", "cell"),
    ActionSpec("grow", "&Grow by a pixel", ("Ctrl+]",), "Move the edge of nucleus or outline outwards, not into other cells", _CELLS, "", "cell"),
    ActionSpec("shrink", "S&hrink by a pixel", ("Ctrl+[",), "Move the edge of nucleus or outline inwards", _CELLS, "", "cell"),
    ActionSpec("merge", "&Merge", ("M",), "Make one cell of the selected ones", _CELLS, "", "cell"),
    ActionSpec("copy_to_next", "Copy to ne&xt image", ("Ctrl+Shift+V",), "The selected cells at the same place of the next image, as of a focal stack in files; planes of one image share their cells", _CELLS, "", "cell"),
    ActionSpec("delete", "&Delete", ("Del",), "Delete the selected cells", _CELLS, "delete", "cell", deletes=True),
    ActionSpec("next_cell", "&Next cell", ("Tab",), "Go to the next cell in reading order", _CELLS, "next_cell", "image"),
    ActionSpec("previous_cell", "&Previous cell", ("Shift+Tab",), "Go to the previous cell", _CELLS, "previous_cell", "image"),
    ActionSpec("next_unreviewed", "Next &unreviewed cell", ("Ctrl+Tab",), "Go to the next cell that nobody has looked at", _CELLS, "", "image"),
    ActionSpec("previous_unreviewed", "Previous unre&viewed cell", ("Ctrl+Shift+Tab",), "Go back to the cell before that nobody has looked at", _CELLS, "", "image"),
    ActionSpec("next_unsure", "Most &uncertain cell", ("U",), "Go to the unreviewed cell the classifier is least sure of", _CELLS, "", "image"),
    ActionSpec("next_disputed", "Next &disagreement", ("Shift+I",), "Go to the next unreviewed cell that the model beside it sees differently (Side by side, another method)", _CELLS, "", "image"),
    ActionSpec("order_reading", "Review in &reading order", ("Ctrl+Shift+1",), "Accept goes on to the next unreviewed cell, line by line", _CELLS, "", "", True, "order"),
    ActionSpec("order_unsure", "Review most uncertain &first", ("Ctrl+Shift+2",), "Accept goes on to the cell the classifier is least sure of", _CELLS, "", "", True, "order"),
    ActionSpec("order_disputed", "Review &disagreements first", ("Ctrl+Shift+3",), "Accept goes on to the next cell that two models see differently", _CELLS, "", "", True, "order"),
    ActionSpec("choose_classes", "Classes and &tags…", ("F3",), "Which classes and tags this case has; import and export of class sets", _CELLS, "tag", "case"),
    ActionSpec("tag_cell", "Ta&g…", ("Ctrl+T",), "Note something beside the class of the selected cells", _CELLS, "", "cell"),
    ActionSpec("next_image", "Ne&xt image", ("D", "PgDown"), "Show the next image of the list", _IMAGES, "next", "case"),
    ActionSpec("previous_image", "P&revious image", ("A", "PgUp"), "Show the previous image of the list", _IMAGES, "previous", "case"),
    ActionSpec("next_open_image", "Next &unreviewed image", ("Shift+D",), "Show the next image that is not marked as reviewed", _IMAGES, "", "case"),
    ActionSpec("previous_open_image", "Previous unre&viewed image", ("Shift+A",), "Show the image before that is not marked as reviewed", _IMAGES, "", "case"),
    ActionSpec("mark_reviewed", "Image &reviewed", ("Ctrl+M",), "Mark the whole image as looked at", _IMAGES, "check_circle", "image", toggle=True),
    ActionSpec("set_scale", "Set s&cale…", ("F4",), "Say how many micrometres a pixel of this image is", _IMAGES, "", "image"),
    ActionSpec("relink", "Find &missing image…", ("Ctrl+F",), "Say where an image lies now that is no longer at its place", _IMAGES, "", "case"),
    ActionSpec("run", "Run on &image", ("Ctrl+R",), "Find and classify the cells of this image", _MODELS, "run", "image"),
    ActionSpec("run_view", "Run on &visible part", ("Ctrl+Shift+R",), "Find and classify the cells that are in view", _MODELS, "region", "image"),
    ActionSpec("run_all", "Run on a&ll open images", ("Ctrl+Alt+R",), "Find and classify the cells of every image in the list", _MODELS, "", "case"),
    ActionSpec("show_run", "Pro&posals of the run…", ("F9",), "What a new run would change of cells that were there before: kept, added, changed, dropped", _MODELS, "", "image"),
    ActionSpec("next_proposal", "Ne&xt proposal", ("Shift+N",), "Look at the next cell that the run sees differently", _MODELS, "next", "image"),
    ActionSpec("previous_proposal", "Pre&vious proposal", ("Ctrl+Shift+N",), "Look at the proposal before", _MODELS, "previous", "image"),
    ActionSpec("take_proposal", "&Take proposal", ("Shift+T",), "Take the proposal that is shown, and go to the next", _MODELS, "accept", "image"),
    ActionSpec("leave_proposal", "Lea&ve proposal", ("Shift+U",), "Leave the cell as it is, and go to the next proposal", _MODELS, "", "image"),
    ActionSpec("take_proposals", "Take pr&oposals listed", ("Ctrl+Shift+Return",), "Take every proposal that the list shows, as one step", _MODELS, "check_circle", "image"),
    ActionSpec("leave_proposals", "Leave proposals &listed", ("Ctrl+Shift+Del",), "Forget every proposal that the list shows; no cell changes", _MODELS, "", "image"),
    ActionSpec("cancel", "&Cancel work", ("Ctrl+.",), "Stop the run that is under way", _MODELS, "stop", "job"),
    ActionSpec("show_heat", "What the classifier loo&ked at", ("K",), "A heat map over the selected cell: the parts that spoke for a class", _MODELS, "look", "image"),
    ActionSpec("method_settings", "Method &settings", ("F6",), "Show or hide the settings of a method that needs no network, with a live preview", _MODELS, "", "image"),
    ActionSpec("install_pack", "&Install model pack…", ("Shift+F7",), "Add a network from a folder or a .zip file", _MODELS, "install"),
    ActionSpec("manage_packs", "&Model packs…", ("F7",), "Installed networks: their cards, figures and limits", _MODELS, "models"),
    ActionSpec("what_next", "What &next…", ("Ctrl+U",), "A queue of the cells whose correction would teach most", _MODELS, "", "case"),
    ActionSpec("devices", "&Devices…", ("Shift+F8",), "What networks can run on here: tried, timed, and which is used", _MODELS),
    ActionSpec("fine_tune", "&Fine-tune…", ("F8",), "Teach a network with the corrected cells of this case", _MODELS, "train", "case"),
    ActionSpec("cheat_sheet", "All &keys", ("F1",), "All keys on one page", _HELP, "keyboard"),
    ActionSpec("palette", "&Find a command…", ("Ctrl+Shift+P", "Ctrl+L"), "Type a few letters of what you want to do", _HELP, "search"),
    ActionSpec("about", "&About allviewer", ("Shift+F1",), "Version, licence, purpose", _HELP, "info"),
)  # fmt: skip

HOLDS: tuple[ActionSpec, ...] = (
    ActionSpec("hold_overlay", "Hold: hide the overlay", ("H",), "Masks and outlines are hidden for as long as the key is down", _VIEW),
    ActionSpec("hold_lens", "Hold: magnifier", ("G",), "A magnifier at the cursor; the wheel makes it stronger", _VIEW),
)  # fmt: skip
"""Keys that act for as long as they are held. They can be bound like actions, but no menu has them."""

GESTURES = (
    ("Space", "Hold and drag: move the picture", _VIEW),
    ("Wheel", "Zoom at the cursor", _VIEW),
    ("Shift+middle drag", "Turn the picture; Shift, Space and a drag do too", _VIEW),
    ("Shift+click", "Add a cell to the selection, or take it out", _CELLS),
    ("Alt+wheel", "Size of the brush", _TOOLS),
    ("Alt+right drag", "Size of the brush: its edge follows the mouse", _TOOLS),
    ("Alt+drag", "With the brush: erase; with the select tool: take cells out of the selection", _TOOLS),
    ("Right click", "With the one-click cell: this does not belong to it", _TOOLS),
    ("Shift+click, Alt+click", "While a region grows: add another, take one away", _TOOLS),
    ("Wheel", "While a region grows: let it grow or shrink", _TOOLS),
)
"""What the mouse does, and the one key that is never bound: for the cheat sheet."""


class Actions(QObject):
    """The table made real: one QAction a row, joined to what it does.

    Raises:
        ValueError: if a row has no handler, or a handler no row.
    """

    def __init__(self, window: QWidget, handlers: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(window)
        ids = {spec.id for spec in ACTIONS}
        if ids != set(handlers):
            raise ValueError(f"actions and handlers differ: {sorted(ids ^ set(handlers))}")
        self._actions: dict[str, QAction] = {}
        self._choices: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            self._actions[spec.id] = self._make(window, spec, handlers[spec.id])

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def set_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Bind actions to other keys; menus and tool tips show them."""
        for spec in ACTIONS:
            action = self._actions[spec.id]
            bound = [QKeySequence(key) for key in keys[spec.id]]
            if bound != action.shortcuts():
                action.setShortcuts(bound)
                action.setToolTip(_tip(spec, bound))

    def enable(self, present: frozenset[str]) -> None:
        """Enable what can be done now; `present` names the `needs` that are met."""
        for spec in ACTIONS:
            if spec.needs:
                self._actions[spec.id].setEnabled(spec.needs in present)

    def _make(self, window: QWidget, spec: ActionSpec, handler: Callable[[], object]) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(spec.id)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip(_tip(spec, action.shortcuts()))
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.toggle)
        if spec.choice:
            if spec.choice not in self._choices:
                self._choices[spec.choice] = QActionGroup(self)
            self._choices[spec.choice].addAction(action)
        if spec.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        elif spec.id == "about":
            action.setMenuRole(QAction.MenuRole.AboutRole)
        action.triggered.connect(lambda _checked=False: handler())
        window.addAction(action)
        return action


def _tip(spec: ActionSpec, bound: Sequence[QKeySequence]) -> str:
    keys = " or ".join(key.toString() for key in bound)
    return f"<b>{spec.plain_text}</b>{f'  ({keys})' if keys else ''}<br>{spec.tip}"

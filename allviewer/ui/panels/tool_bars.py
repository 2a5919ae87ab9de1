"""The strip of tools at the left of the picture, and the bar above it: part, brush, overlay, networks, run."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from allviewer.session.tool_state import Part, ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.actions import Actions
from allviewer.ui.icons import icon
from allviewer.ui.panels.parts import muted, rule

TOOLS = (
    "tool_select",
    "tool_lasso",
    "tool_brush",
    "tool_eraser",
    "tool_polygon",
    "tool_grow",
    "tool_click",
    "tool_scissors",
    "tool_vertices",
    "tool_cut",
    "tool_seeds",
    "tool_new_cell",
    "tool_region",
    "tool_ruler",
)
_ICON = QSize(20, 20)
_STRIP_GAP_PX = 2
_NARROWEST_BOX_PX = 70


def action_button(action: QAction) -> QToolButton:
    """A flat button of an action that never takes the keyboard away from the picture."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(_ICON)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


class ToolStrip(QFrame):
    """One button a tool; what has keys and menus too gives way where the screen is low."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setObjectName("tools")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5, 6, 5, 6)
        layout.setSpacing(_STRIP_GAP_PX)
        for action_id in TOOLS:
            layout.addWidget(action_button(actions[action_id]))
        layout.addWidget(rule())
        self._steps = self._group(layout, "accept", "delete", None, "previous_cell", "next_cell")
        layout.addStretch(1)
        self._views = self._group(layout, "show_overlay", "show_fill", "fit", "zoom_in", "zoom_out")
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)

    def minimumSizeHint(self) -> QSize:
        whole = self.sizeHint()
        return QSize(whole.width(), whole.height() - _height_px(self._views) - _height_px(self._steps))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        hidden_px = sum(_height_px(group) for group in (self._views, self._steps) if group.isHidden())
        return QSize(hint.width(), hint.height() + hidden_px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        whole_px = self.sizeHint().height()
        self._views.setVisible(self.height() >= whole_px)
        self._steps.setVisible(self.height() >= whole_px - _height_px(self._views))

    def _group(self, layout: QVBoxLayout, *action_ids: str | None) -> QWidget:
        """Buttons that come and go together; None is a line."""
        holder = QWidget()
        lines = QVBoxLayout(holder)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(_STRIP_GAP_PX)
        for action_id in action_ids:
            lines.addWidget(rule() if action_id is None else action_button(self._actions[action_id]))
        layout.addWidget(holder)
        return holder


def _height_px(group: QWidget) -> int:
    return group.sizeHint().height() + _STRIP_GAP_PX


class PartSwitch(QWidget):
    """Nucleus or cytoplasm: what brush, eraser and polygon act on."""

    def __init__(self, tools: ToolState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.buttons: dict[Part, QToolButton] = {}
        for part, text in ((Part.NUCLEUS, "Nucleus"), (Part.CYTOPLASM, "Cytoplasm")):
            button = QToolButton()
            button.setText(text)
            button.setIcon(icon(str(part)))
            button.setIconSize(_ICON)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolTip(f"Paint, erase and draw the {text.lower()} (T switches)")
            button.clicked.connect(lambda _checked=False, part=part: tools.work_on(part))
            self._group.addButton(button)
            self.buttons[part] = button
            layout.addWidget(button)
        tools.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.buttons[self._tools.part].setChecked(True)


class OptionsBar(QFrame):
    """The bar above the picture."""

    choice_changed = Signal()

    def __init__(self, actions: Actions, tools: ToolState, view: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._tools, self._view = tools, view
        self.part = PartSwitch(tools)
        self.brush = _slider(1, 120, 90, "Radius of brush and eraser, image pixels ([ and ], or Alt+wheel)")
        self._brush_text = _value_label("000 px")
        self.opacity = _slider(0, 100, 70, "How strongly masks are filled")
        self._opacity_text = _value_label("100 %")
        self.segmentation = _box("Network that finds nucleus and cytoplasm")
        self.classifier = _box("Network that classifies cells")
        self.device = _box("Where networks run; what really ran stands in the status bar")
        self.run = _run_button(actions)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.setSpacing(6)
        for item in (
            action_button(actions["undo"]),
            action_button(actions["redo"]),
            rule(vertical=True),
            self.part,
            action_button(actions["protect"]),
            rule(vertical=True),
            muted("Brush"),
            self.brush,
            self._brush_text,
            rule(vertical=True),
            muted("Overlay"),
            self.opacity,
            self._opacity_text,
        ):
            layout.addWidget(item)
        layout.addStretch(1)
        for box in (self.segmentation, self.classifier, self.device):
            layout.addWidget(box)
        layout.addWidget(self.run)
        self.brush.valueChanged.connect(lambda value: tools.set_radius(float(value)))
        self.opacity.valueChanged.connect(lambda value: view.set_overlay(fill_opacity=value / 100))
        tools.changed.connect(self._refresh)
        view.look_changed.connect(self._refresh)
        for box in (self.segmentation, self.classifier, self.device):
            box.activated.connect(lambda _index: self.choice_changed.emit())
        self._refresh()

    def fill(self, box: QComboBox, items: Sequence[tuple[str, str, str]], present: str) -> None:
        """Fill a box with (text, value, tip); the present value stays chosen where it still exists."""
        box.clear()
        for text, value, tip in items:
            box.addItem(text, value)
            box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(max(0, box.findData(present)))

    def _refresh(self) -> None:
        for slider, value in (
            (self.brush, round(self._tools.radius_px)),
            (self.opacity, round(100 * self._view.overlay.fill_opacity)),
        ):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
        self._brush_text.setText(f"{self._tools.radius_px:g} px")
        self._opacity_text.setText(f"{100 * self._view.overlay.fill_opacity:.0f} %")


def _slider(low: int, high: int, width: int, tip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setFixedWidth(width)
    slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    slider.setToolTip(tip)
    return slider


def _value_label(widest: str) -> QLabel:
    label = muted()
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
    return label


def _box(tip: str) -> QComboBox:
    box = QComboBox()
    box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    box.setToolTip(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(_NARROWEST_BOX_PX)
    box.setMaximumWidth(210)
    return box


def _run_button(actions: Actions) -> QToolButton:
    button = QToolButton()
    button.setObjectName("primary")
    button.setText("Run")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
    button.setToolTip(actions["run"].toolTip())
    menu = QMenu(button)
    for action_id in ("run", "run_view", "tool_region", "run_all"):
        menu.addAction(actions[action_id])
    menu.addSeparator()
    menu.addAction(actions["cancel"])
    button.setMenu(menu)
    button.clicked.connect(actions["run"].trigger)
    return button

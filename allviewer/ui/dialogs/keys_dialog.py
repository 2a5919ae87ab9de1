"""Change the keys: a preset for hands from another program, and single keys; conflicts are named before they happen."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from allviewer.domain.labels import ClassSet
from allviewer.ui.actions import ActionSpec
from allviewer.ui.keys.fuzzy import fit
from allviewer.ui.keys.key_draft import KeyDraft
from allviewer.ui.keys.key_map import BINDABLE, as_portable, in_words, spec_of
from allviewer.ui.keys.presets import PRESETS
from allviewer.ui.panels.parts import muted, row
from allviewer.workflows.bind_keys import BindKeys

_ROW_PX = 22


class KeysDialog(QDialog):
    """Nothing changes before OK; then everything at once."""

    def __init__(self, bind: BindKeys, class_set: ClassSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bind = bind
        self.draft = KeyDraft(bind.preset, bind.own, class_set)
        self.setWindowTitle("Keys")
        self.presets = QComboBox()
        for known in PRESETS:
            self.presets.addItem(known.title, known.name)
        self.presets.setCurrentIndex(max(0, self.presets.findData(self.draft.preset.name)))
        self.presets.activated.connect(lambda _row: self._use_preset())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find an action or a key")
        self.filter.setMinimumWidth(200)
        self.filter.textChanged.connect(lambda _text: self._fill())
        self.list = self._make_list()
        self.edit = _KeyEdit()
        self.edit.keySequenceChanged.connect(lambda _keys: self._say())
        self.add_button = _button("Add", "Bind the key too", self._add)
        self.replace_button = _button("Use alone", "Bind the key in place of those there are", self._replace)
        self.clear_button = _button("No key", "Take all keys of the action away", self._clear)
        self.usual_button = _button("As usual", "The keys that the preset has for this action", self._as_usual)
        self.reset_button = _button("Reset all", "Every key as the preset has it", self._reset)
        self.says = muted(wrap=True)
        self.says.setMinimumHeight(2 * self.says.fontMetrics().lineSpacing() + 4)
        self._arrange()
        self._fill()
        self.resize(640, 640)

    def choose(self, action_id: str) -> None:
        """Mark an action."""
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is not None and item.data(0, Qt.ItemDataRole.UserRole) == action_id:
                self.list.setCurrentItem(item)

    def accept(self) -> None:
        self._bind.take(self.draft.preset.name, self.draft.own)
        super().accept()

    @property
    def _marked(self) -> ActionSpec | None:
        item = self.list.currentItem()
        return spec_of(item.data(0, Qt.ItemDataRole.UserRole)) if item is not None else None

    @property
    def _typed(self) -> str:
        return as_portable(self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText))

    def _arrange(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.addButton(self.reset_button, QDialogButtonBox.ButtonRole.ResetRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(row(muted("Keys for hands from"), self.presets, 1, self.filter))
        layout.addWidget(self.list, 1)
        buttons_of_key = (self.add_button, self.replace_button, 1, self.clear_button, self.usual_button)
        layout.addWidget(row(muted("New key"), self.edit, *buttons_of_key))
        layout.addWidget(self.says)
        layout.addWidget(buttons)

    def _make_list(self) -> QTreeWidget:
        listed = QTreeWidget()
        listed.setHeaderLabels(["Action", "Keys"])
        listed.setRootIsDecorated(False)
        listed.setUniformRowHeights(True)
        listed.header().setStretchLastSection(False)
        listed.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        listed.setColumnWidth(1, 190)
        listed.currentItemChanged.connect(lambda _item, _before: self._say())
        return listed

    def _fill(self) -> None:
        """The actions that fit the filter; the marked one stays marked."""
        marked, wanted, keys = self._marked, self.filter.text().strip(), self.draft.keys
        self.list.clear()
        for spec in BINDABLE:
            words = in_words(keys[spec.id])
            is_key = any(wanted.lower() == key.lower() for key in words.split("  "))
            if wanted and not is_key and fit(wanted, f"{spec.group} {spec.plain_text}") is None:
                continue
            item = QTreeWidgetItem([f"{spec.group}: {spec.plain_text}", words or "no key"])
            item.setData(0, Qt.ItemDataRole.UserRole, spec.id)
            item.setToolTip(0, spec.tip)
            item.setSizeHint(0, QSize(0, _ROW_PX))
            if spec.id in self.draft.own:
                font = item.font(1)
                font.setBold(True)
                item.setFont(1, font)
            self.list.addTopLevelItem(item)
        if marked is not None:
            self.choose(marked.id)
        self._say()

    def _say(self) -> None:
        """What the typed key would do, and what goes without a key already."""
        spec, key = self._marked, self._typed
        refusal = self.draft.refusal(spec, key) if spec is not None and key else ""
        for button in (self.add_button, self.replace_button):
            button.setEnabled(bool(spec is not None and key and not refusal))
        for button in (self.clear_button, self.usual_button):
            button.setEnabled(spec is not None)
        if spec is None:
            self.says.setText(self.draft.keyless_sentence or "Mark an action to change its keys.")
        elif refusal:
            self.says.setText(refusal)
        elif key:
            self.says.setText(self.draft.conflict_sentence(spec, key) or f"{in_words([key])} is free.")
        else:
            self.says.setText(self.draft.keyless_sentence or spec.tip)

    def _use_preset(self) -> None:
        self.draft.use_preset(self.presets.currentData())
        self._fill()

    def _add(self) -> None:
        self._change(alone=False)

    def _replace(self) -> None:
        self._change(alone=True)

    def _change(self, *, alone: bool) -> None:
        spec = self._marked
        if spec is not None:
            self.draft.bind(spec, self._typed, alone=alone)
            self.edit.clear()
            self._fill()

    def _clear(self) -> None:
        if self._marked is not None:
            self.draft.clear(self._marked)
            self._fill()

    def _as_usual(self) -> None:
        if self._marked is not None:
            self.draft.as_usual(self._marked)
            self._fill()

    def _reset(self) -> None:
        self.draft.use_preset(self.draft.preset.name)
        self._fill()


class _KeyEdit(QKeySequenceEdit):
    """Takes Tab, too."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumSequenceLength(2)
        self.setMaximumWidth(150)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802, A002 - Qt's names
        return False


def _button(text: str, tip: str, press: object) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(press)
    return button

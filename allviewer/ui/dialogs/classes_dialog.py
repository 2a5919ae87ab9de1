"""Which classes and tags the open case has; class sets come in from files and go out to them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from allviewer.domain.labels import OTHER, ClassSet, TagSet
from allviewer.session.workspace import Workspace
from allviewer.ui.class_signs import class_icon
from allviewer.ui.panels.parts import heading, muted, row
from allviewer.workflows.choose_classes import ChooseClasses

_HEADERS = ("Class", "Key", "Group", "Counted")
_PRESENT = "As it is now"


class ClassesDialog(QDialog):
    """Class sets at the left, the classes of the marked one at the right, tags below. Nothing changes before "Use"."""

    def __init__(self, choose: ChooseClasses, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choose, self._workspace = choose, workspace
        self.setWindowTitle("Classes and tags")
        self.sets = QListWidget()
        self.sets.setFixedWidth(210)
        self.table = self._make_table()
        self.tag_sets: dict[str, tuple[QCheckBox, TagSet]] = {}
        self._tags = QVBoxLayout()
        self._tags.setSpacing(3)
        self.import_button = QPushButton("Import…")
        self.import_button.setToolTip("Take in a file of classes or tags")
        self.import_button.clicked.connect(choose.choose_file)
        self.export_button = QPushButton("Export…")
        self.export_button.setToolTip(
            "Write the marked classes to a file: to change it by hand, or for another computer"
        )
        self.export_button.clicked.connect(lambda: choose.write_out(self.wanted))
        self.remove_button = QPushButton("Remove")
        self.remove_button.setToolTip("No longer offer the marked set; cases that use it keep it")
        self.remove_button.clicked.connect(lambda: choose.remove(self.marked))
        self.new_cases = QCheckBox("Begin new cases with these classes and tags, too")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Use for this case")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._arrange()
        self.sets.currentRowChanged.connect(lambda _row: self._show_marked())
        choose.changed.connect(self._fill)
        self._fill()
        self.resize(800, 640)

    @property
    def marked(self) -> ClassSet:
        """The class set that is marked in the list."""
        chosen = self.sets.currentItem().data(Qt.ItemDataRole.UserRole)
        assert isinstance(chosen, ClassSet)
        return chosen

    @property
    def chosen_tags(self) -> list[TagSet]:
        return [tag_set for box, tag_set in self.tag_sets.values() if box.isChecked()]

    @property
    def wanted(self) -> ClassSet:
        """The marked classes with the chosen tags."""
        return self.marked.with_tags(self.chosen_tags)

    def accept(self) -> None:
        self._choose.use(self.marked, self.chosen_tags)
        if self.new_cases.isChecked():
            self._choose.begin_with(self.marked, self.chosen_tags)
        super().accept()

    def _arrange(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(heading("Class sets"))
        left.addWidget(self.sets, 1)
        left.addWidget(row(self.import_button, self.export_button, self.remove_button, 1))
        right.addWidget(heading("Its classes"))
        right.addWidget(self.table, 1)
        right.addWidget(heading("Tags beside the class"))
        right.addLayout(self._tags)
        sides = QHBoxLayout()
        sides.setSpacing(16)
        sides.addLayout(left)
        sides.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(10)
        layout.addLayout(sides, 1)
        note = muted(
            "No cell changes. A cell whose class the set lacks keeps it, and counts as unclassified.", wrap=True
        )
        layout.addWidget(note)
        layout.addWidget(self.new_cases)
        layout.addWidget(self.buttons)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(_HEADERS))
        table.setHorizontalHeaderLabels(_HEADERS)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(1, 70)
        table.setColumnWidth(2, 150)
        table.setColumnWidth(3, 70)
        return table

    def _fill(self) -> None:
        """The sets that there are; at the start the one in use is marked, later the one that came in."""
        first_time, known = not self.tag_sets, {self.sets.item(i).text() for i in range(self.sets.count())}
        present = self._workspace.class_set
        offered = self._choose.class_sets
        if not any(chosen.classes == present.classes for chosen in offered):
            offered.insert(0, ClassSet(f"{present.name} ({_PRESENT.lower()})", present.classes, present.tags))
        self.sets.clear()
        wanted = 0
        for place, chosen in enumerate(offered):
            item = QListWidgetItem(chosen.name)
            item.setData(Qt.ItemDataRole.UserRole, chosen)
            self.sets.addItem(item)
            if chosen.classes == present.classes if first_time else chosen.name not in known:
                wanted = place
        self._fill_tags({tag.name for tag in present.tags})
        self.sets.setCurrentRow(wanted)

    def _fill_tags(self, in_use: set[str]) -> None:
        checked = {name for name, (box, _) in self.tag_sets.items() if box.isChecked()}
        for box, _ in self.tag_sets.values():
            box.setParent(None)
            box.deleteLater()
        known, self.tag_sets = set(self.tag_sets), {}
        for tag_set in self._choose.tag_sets:
            names = ", ".join(tag.name for tag in tag_set.tags)
            box = QCheckBox(f"{tag_set.name}: {names}")
            has_all = {tag.name for tag in tag_set.tags} <= in_use
            box.setChecked(tag_set.name in checked if tag_set.name in known else has_all)
            self.tag_sets[tag_set.name] = (box, tag_set)
            self._tags.addWidget(box)

    def _show_marked(self) -> None:
        if self.sets.currentItem() is None:
            return
        classes = self.marked.classes
        self.table.setRowCount(len(classes))
        for line, c in enumerate(classes):
            group = "no white cell" if c.group == OTHER else c.group
            texts = (c.title, c.hotkey, group, "yes" if c.counted else "per 100")
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column == 0:
                    item.setIcon(class_icon(c))
                self.table.setItem(line, column, item)
        self.remove_button.setEnabled(self._choose.is_own(self.marked))

"""What the image is to be looked at beside: another image, what others find in it, an earlier state, another look."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QGridLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from allviewer.domain.colour_view import ColourView
from allviewer.domain.geometry import Region
from allviewer.session.document import Document
from allviewer.session.pixel_look import COLOUR_TITLES
from allviewer.session.workspace import Workspace
from allviewer.ui.dialogs.snug_dialog import SnugDialog
from allviewer.ui.panels.method_settings import MethodSettings
from allviewer.ui.panels.parts import muted
from allviewer.workflows.compare_views import CompareViews, Finder
from allviewer.workflows.install_pack import InstallPack
from allviewer.workflows.tune_method import TuneMethod

_WAYS = {
    "image": "Another image",
    "finder": "Another method",
    "step": "An earlier state",
    "colours": "Another look",
    "file": "Cells of a file",
}
_MOST_STEPS = 200


class CompareDialog(SnugDialog):
    """Nothing that is compared changes the case."""

    def __init__(
        self,
        workspace: Workspace,
        document: Document,
        compare: CompareViews,
        packs: InstallPack,
        tune: TuneMethod,
        in_view: Region,
        import_file: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._compare, self._in_view, self._import_file = compare, in_view, import_file
        self.settings = MethodSettings(tune)
        self.setWindowTitle("Side by side")
        rows = [(e.name, row) for row, e in enumerate(workspace.entries) if row != workspace.shown_row]
        self.image = _box(rows)
        self.finder = _box(_finders(packs, tune))
        self.classifier = _box([("No classes", ""), *((p.card.title, p.name) for p in packs.packs("classification"))])
        self.classifier.setCurrentIndex(self.classifier.count() - 1)
        self.only_view = QCheckBox("Only in the part that is in view")
        self.step = _box(_steps(document))
        self.colours = _box([(title, str(view)) for view, title in COLOUR_TITLES.items() if view is not ColourView.ALL])
        self.ways = {way: QRadioButton(title) for way, title in _WAYS.items()}
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.show_it = self._buttons.addButton("Show", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._arrange()
        self.finder.currentIndexChanged.connect(lambda _row: self._offer_settings())
        self._offer_settings()
        for way, box in (("image", self.image), ("finder", self.finder), ("step", self.step)):
            self.ways[way].setEnabled(box.count() > 0)
            box.setEnabled(box.count() > 0)
        next(way for way in self.ways.values() if way.isEnabled()).setChecked(True)

    def accept(self) -> None:
        super().accept()
        way = next(name for name, button in self.ways.items() if button.isChecked())
        if way == "image":
            self._compare.with_image(self.image.currentData())
        elif way == "finder":
            finder: Finder = self.finder.currentData()
            chosen = replace(finder, classifier=self.classifier.currentData(), settings=self.settings.given)
            self._compare.with_finder(chosen, self._in_view if self.only_view.isChecked() else None)
        elif way == "step":
            self._compare.with_step(self.step.currentData())
        elif way == "colours":
            self._compare.with_colours(ColourView(self.colours.currentData()))
        else:
            self._import_file()

    def _offer_settings(self) -> None:
        """Of a method that needs no network its parameters; packs have none."""
        finder: Finder | None = self.finder.currentData()
        self.settings.show_method(finder.method if finder is not None else "")

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        group = QButtonGroup(self)
        fields: dict[str, Sequence[QWidget]] = {
            "image": [self.image],
            "finder": [self.finder, self.settings, self.classifier, self.only_view],
            "step": [self.step],
            "colours": [self.colours],
            "file": [muted("Another program's, or another person's: label images, GeoJSON, labelme.", wrap=True)],
        }
        line = 0
        for way, widgets in fields.items():
            group.addButton(self.ways[way])
            grid.addWidget(self.ways[way], line, 0, Qt.AlignmentFlag.AlignVCenter)
            for widget in widgets:
                grid.addWidget(widget, line, 1)
                line += 1
                if isinstance(widget, QComboBox):
                    widget.activated.connect(lambda _row, way=way: self.ways[way].setChecked(True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(grid)
        note = "Cells are compared where both sides are of one image. Nothing of it changes the case."
        layout.addWidget(muted(note, wrap=True))
        layout.addWidget(self._buttons)
        self.setMinimumWidth(520)


def _box(items: Sequence[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(24)
    for text, value in items:
        box.addItem(text, value)
    return box


def _finders(packs: InstallPack, tune: TuneMethod) -> list[tuple[str, Finder]]:
    nets = [
        (f"{pack.card.title} {pack.card.version}", Finder(pack.card.title, pack=pack.name))
        for pack in packs.packs("segmentation")
    ]
    methods = [(f"{m.title} (no network)", Finder(m.title, method=m.name)) for m in tune.methods]
    return nets + methods


def _steps(document: Document) -> list[tuple[str, int]]:
    """States of the history before the present one, the latest first."""
    names = ["As it was opened first", *(f"After: {step.text}" for step in document.history)]
    positions = range(document.position - 1, max(-1, document.position - 1 - _MOST_STEPS), -1)
    return [(names[position], position) for position in positions]

"""`workflows.ports.Ask` with the dialogs of the system."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

_IMAGES = (
    "Images and slides (*.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp *.jp2 *.svs *.ndpi *.mrxs *.scn *.bif *.vms"
    " *.dcm *.czi *.btf);;All files (*)"
)
_CLASS_SETS = "Class sets (*.json)"
_CASES = "allviewer cases (*.allcase)"


class Dialogs:
    """Asks the person in front of the window. Remembers the folder of the last answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.parent = parent
        self._folder = str(Path.home())

    def images(self) -> list[Path] | None:
        names, _ = QFileDialog.getOpenFileNames(self.parent, "Open images", self._folder, _IMAGES)
        return [self._remember(Path(name)) for name in names] or None

    def folder(self, title: str) -> Path | None:
        name = QFileDialog.getExistingDirectory(self.parent, title, self._folder)
        return self._remember(Path(name)) if name else None

    def case_to_open(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self.parent, "Open case", self._folder, _CASES)
        return self._remember(Path(name)) if name else None

    def case_to_write(self, suggestion: Path) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self.parent, "Save case as", str(suggestion), _CASES)
        if not name:
            return None
        path = Path(name)
        return self._remember(path if path.suffix == ".allcase" else path.with_name(path.name + ".allcase"))

    def where_is(self, missing: Path) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self.parent, f"Where is {missing.name} now?", self._folder, _IMAGES)
        return self._remember(Path(name)) if name else None

    def pack_to_install(self) -> Path | None:
        kinds = "Model packs (*.zip card.json)"
        name, _ = QFileDialog.getOpenFileName(self.parent, "Install model pack", self._folder, kinds)
        if not name:
            return None
        path = self._remember(Path(name))
        return path.parent if path.name == "card.json" else path

    def pack_to_write(self, name: str) -> Path | None:
        place = str(Path(self._folder) / name)
        chosen, _ = QFileDialog.getSaveFileName(self.parent, "Save pack as one file", place, "Model packs (*.zip)")
        return self._remember(Path(chosen).with_suffix(".zip")) if chosen else None

    def cells_to_import(self) -> Path | None:
        kinds = "Cells: label images, GeoJSON, labelme (*.tif *.tiff *.png *.geojson *.json)"
        name, _ = QFileDialog.getOpenFileName(self.parent, "Import cells", self._folder, kinds)
        return self._remember(Path(name)) if name else None

    def class_set_to_read(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self.parent, "Import class set", self._folder, _CLASS_SETS)
        return self._remember(Path(name)) if name else None

    def class_set_to_write(self, name: str) -> Path | None:
        return self._file_to_write("Export class set", name, _CLASS_SETS, ".json")

    def page_to_write(self, name: str) -> Path | None:
        return self._file_to_write("Save page of keys", name, "Pages (*.html)", ".html")

    def confirm(self, question: str, detail: str, yes: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.Question, "allviewer", question, parent=self.parent)
        box.setInformativeText(detail)
        agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return box.clickedButton() is agree

    def picture_to_write(self, name: str) -> Path | None:
        return self._file_to_write("Export view as picture", name, "Pictures (*.png)", ".png")

    def _file_to_write(self, title: str, name: str, kinds: str, suffix: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self.parent, title, str(Path(self._folder) / name), kinds)
        if not chosen:
            return None
        path = Path(chosen)
        return self._remember(path if path.suffix.lower() == suffix else path.with_name(path.name + suffix))

    def _remember(self, path: Path) -> Path:
        self._folder = str(path if path.is_dir() else path.parent)
        return path

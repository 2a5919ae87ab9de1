"""Take cells from a file: label images of `analyze` and other programs, polygons of QuPath, labelme, X-AnyLabeling."""

from collections.abc import Callable
from pathlib import Path

from allviewer.domain import edits
from allviewer.domain.cell import Cell
from allviewer.errors import for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.large_edits import LargeEdits
from allviewer.session.workspace import Workspace
from allviewer.storage.labels_beside import labels_beside
from allviewer.workflows.ports import Ask, Notices


class ImportCells:
    """Imported cells come as proposals, one step for all; what a person touched stays.

    A file of cells that lies beside an image is taken when the image is shown for the first time.
    """

    def __init__(
        self, workspace: Workspace, runner: JobRunner, notices: Notices, ask: Ask, not_in: Path, large: LargeEdits
    ) -> None:
        """Beside images in the folder `not_in` nothing is looked for."""
        self._large = large
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._ask = ask
        self._not_in = not_in
        self.looks_beside = True
        """Whether files beside images are taken; not where people have named one."""
        workspace.shown_changed.connect(self._look_beside)

    def ask(self) -> Path | None:
        """A file of cells that people choose."""
        return self._ask.cells_to_import()

    def choose(self) -> None:
        path = self.ask()
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Put the cells of a file in place of the proposals of the shown image."""
        document = self._workspace.document
        if document is not None:
            self._read(document, f"Import cells of {path.name}", lambda: path)

    def _look_beside(self) -> None:
        """Cells that lie beside an image which nobody has done anything to yet."""
        document, row = self._workspace.document, self._workspace.shown_row
        if document is None or not self.looks_beside or not _is_untouched(document):
            return
        image = self._workspace.entries[row].path
        if image.parent != self._not_in:
            self._read(document, f"Look for cells beside {image.name}", lambda: labels_beside(image), found=True)

    def _read(self, document: Document, name: str, find: Callable[[], Path | None], found: bool = False) -> None:
        """Read cells off the UI thread; `found`: nobody has asked for them, so nothing may be in their way."""
        info, classes = document.info, self._workspace.class_set

        def work(cancel: CancelToken, report: Report) -> tuple[Path, list[Cell]] | None:
            path = find()
            if path is None:
                return None
            from allviewer.storage.cell_reader import read_cells

            return path, read_cells(path, info.width, info.height, classes)

        def done(result: tuple[Path, list[Cell]] | None) -> None:
            if result is None or document not in self._workspace.documents:
                return
            if not found or _is_untouched(document):
                self._put(document, *result, " It lies beside the image; undo takes them away." if found else "")

        self._runner.submit(Lane.FILES, name, work, done, self._failed)

    def _put(self, document: Document, path: Path, cells: list[Cell], note: str) -> None:
        annotations = document.annotations

        def make() -> edits.Edit:
            edit = edits.take_model_run(list(annotations), cells, annotations.next_id, path.name)
            added = len(edit.after)
            return edit.renamed(f"Import {added:,} cell{'s' * (added != 1)} from {path.name}")

        def tell(edit: edits.Edit) -> None:
            self._notices.tell(edit.text.replace("Import", "Imported") + "." + note)

        self._large.apply(document, len(annotations) + len(cells), make, tell)

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The import failed"))


def _is_untouched(document: Document) -> bool:
    """Whether nobody has done anything to an image, nor is about to."""
    is_new = not document.history and not len(document.annotations)
    return is_new and not document.in_use and not document.read_only

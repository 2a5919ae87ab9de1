"""Take cells from a file: label images of `analyze` and other programs, GeoJSON of QuPath."""

from dataclasses import replace
from pathlib import Path

from allviewer.domain import edits
from allviewer.domain.cell import Cell
from allviewer.errors import UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Ask, Notices


class ImportCells:
    """Imported cells come as proposals, one step for all; what a person touched stays."""

    def __init__(self, workspace: Workspace, runner: JobRunner, notices: Notices, ask: Ask) -> None:
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._ask = ask

    def choose(self) -> None:
        path = self._ask.cells_to_import()
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Put the cells of a file in place of the proposals of the shown image."""
        document = self._workspace.document
        if document is None:
            return
        info, classes = document.info, self._workspace.class_set

        def work() -> list[Cell]:
            from allviewer.storage.cell_reader import read_cells

            return read_cells(path, info.width, info.height, classes)

        def done(cells: list[Cell]) -> None:
            if document in self._workspace.documents:
                self._put(document, path, cells)

        self._runner.submit(
            Lane.FILES, f"Import cells of {path.name}", lambda cancel, report: work(), done, self._failed
        )

    def _put(self, document: Document, path: Path, cells: list[Cell]) -> None:
        edit = edits.take_model_run(list(document.annotations), cells, document.annotations.next_id, path.name)
        added = sum(change.before is None for change in edit.changes)
        text = f"Import {added} cell{'s' * (added != 1)} from {path.name}"
        try:
            document.apply(replace(edit, text=text))
        except UserError as error:
            self._notices.warn(error)
            return
        self._notices.tell(text.replace("Import", "Imported") + ".")

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The import failed"))

"""Write tables, label images and overlays of the open images, as `allviewer analyze` does."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from allviewer.domain.cell import Cell
from allviewer.errors import for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.differential_table import HEADER, Counted, differential_rows, tags_of
from allviewer.session.document import Document
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Ask, Notices

DIFFERENTIAL_FILE = "differential.csv"
LoadDocument = Callable[[int, Callable[[Document], None], Callable[[Exception], None]], None]


class ExportResults:
    """One image after the other, so that a thousand of them need the memory of one."""

    def __init__(self, workspace: Workspace, runner: JobRunner, notices: Notices, ask: Ask, load: LoadDocument) -> None:
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._ask = ask
        self._load = load

    def choose(self) -> None:
        folder = self._ask.folder("Export results into")
        if folder is not None:
            self.export(folder)

    def export(self, folder: Path) -> None:
        """Write the files of every image of the list that has cells."""
        rows = [row for row, entry in enumerate(self._workspace.entries) if not entry.problem]
        self._next(folder, rows, _names(self._workspace), [])

    def _next(self, folder: Path, rows: list[int], names: list[str], written: list[Counted]) -> None:
        if not rows:
            self._end(folder, written)
            return
        row, rest = rows[0], rows[1:]

        def failed(error: Exception) -> None:
            self._notices.warn(for_people(error, "The results were not exported"))

        def loaded(document: Document) -> None:
            cells = tuple(document.annotations)
            if not cells:
                self._next(folder, rest, names, written)
                return
            document.in_use += 1

            def done(_result: object) -> None:
                document.in_use -= 1
                counted = (names[row], Counter(document.annotations.tally), tags_of(cells))
                self._next(folder, rest, names, [*written, counted])

            def broke(error: Exception) -> None:
                document.in_use -= 1
                failed(error)

            self._runner.submit(
                Lane.FILES,
                f"Export {document.name}",
                lambda cancel, report: self._write(folder, names[row], document, cells, cancel, report),
                done,
                broke,
            )

        self._load(row, loaded, failed)

    def _end(self, folder: Path, written: list[Counted]) -> None:
        """The counts of all of it, by class, group and tag."""
        if not written:
            self._notices.tell("No image of the list has cells yet; nothing was written.")
            return
        class_set = self._workspace.class_set

        def work(_cancel: CancelToken, _report: Report) -> None:
            from allviewer.storage.cell_table import write_table

            write_table(folder / DIFFERENTIAL_FILE, HEADER, differential_rows(written, class_set))

        def done(_nothing: None) -> None:
            self._notices.tell(f"Results of {len(written)} image{'s' * (len(written) != 1)} are in {folder}.")

        self._runner.submit(
            Lane.FILES,
            "Export counts",
            work,
            done,
            lambda error: self._notices.warn(for_people(error, "The counts were not exported")),
        )

    def _write(
        self,
        folder: Path,
        name: str,
        document: Document,
        cells: tuple[Cell, ...],
        cancel: CancelToken,
        report: Report,
    ) -> None:
        """On the files lane."""
        from allviewer.storage.overlay_picture import overlay_downsample
        from allviewer.storage.results import make_results_folder, write_image_results

        make_results_folder(folder)
        info = document.info
        report(0.1, "Reading the image")
        level = info.level_for(overlay_downsample(info.width, info.height))
        size = info.levels[level]
        picture = document.source.read(level, 0, 0, size.width, size.height)
        cancel.check()
        report(0.5, "Writing files")
        keys = sorted({key for cell in cells for key, _ in cell.probabilities})
        write_image_results(
            folder,
            name,
            cells,
            (info.width, info.height),
            picture,
            size.downsample,
            self._workspace.class_set,
            document.mpp,
            keys,
            document.counted,
        )


def _names(workspace: Workspace) -> list[str]:
    """A name for each image's files; where two share a stem, the folder they lie in is put before it."""
    stems = [entry.path.stem for entry in workspace.entries]
    return [
        stem if stems.count(stem) == 1 else f"{entry.path.parent.name}_{stem}"
        for stem, entry in zip(stems, workspace.entries, strict=True)
    ]

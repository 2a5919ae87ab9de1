"""Show what the classifier looked at in the selected cell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from allviewer.domain.cell import Cell
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import UserError, for_people
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.selection import Selection
from allviewer.session.workspace import Workspace

if TYPE_CHECKING:
    from allviewer.inference.installed_pack import InstalledPack
    from allviewer.inference.onnx_session import SessionCache


@dataclass(frozen=True, slots=True)
class Explanation:
    """One cell as the classifier saw it.

    Attributes:
        pack: which network was asked, for people.
        crop: uint8 (side, side, 3).
        maps: float32 (classes, side, side), 0 to 1.
        probabilities: (class key, probability) in the order of the maps.
    """

    cell_id: int
    pack: str
    crop: RgbArray
    maps: NDArray[np.float32]
    probabilities: tuple[tuple[str, float], ...]


class ExplainCell(QObject):
    """Follows the selection while somebody watches, and asks the chosen classifier off the UI thread.

    Signals:
        explained: with an `Explanation`.
        unexplained: with the sentence why there is none.
    """

    explained = Signal(object)
    unexplained = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        runner: JobRunner,
        classifier: Callable[[], "InstalledPack | None"],
        plane_of: Callable[[Document], int],
        parent: QObject | None = None,
    ) -> None:
        """`classifier` gives the pack that is chosen (may raise `UserError`); `plane_of` the focal plane looked at."""
        super().__init__(parent)
        self._workspace, self._selection, self._runner = workspace, selection, runner
        self._classifier, self._plane_of = classifier, plane_of
        self._sessions: SessionCache | None = None
        self._is_watched = False
        self._asked: tuple[Document, Cell] | None = None
        self._job: Job | None = None
        selection.changed.connect(self._ask_again)

    def watch(self, wanted: bool) -> None:
        """Whether people want to see it."""
        self._is_watched = wanted
        self._asked = None
        self._ask_again()

    def refresh(self) -> None:
        """Another classifier, or another shape of the cell."""
        self._asked = None
        self._ask_again()

    def _ask_again(self) -> None:
        if not self._is_watched:
            return
        document = self._workspace.document
        cell = document.annotations.get(self._selection.current) if document and self._selection.current else None
        if document is None or cell is None:
            self._say("Select a cell: click it.")
        elif self._asked != (document, cell):
            self._ask(document, cell)

    def _ask(self, document: Document, cell: Cell) -> None:
        try:
            pack = self._classifier()
        except UserError as error:
            self._say(str(error))
            return
        if pack is None:
            self._say("No classifier is chosen: choose one in the box above the picture.")
            return
        if document.mpp is None:
            self._say("The scale of this image is not known yet: run the networks, or set it.")
            return
        self._stop()
        self._asked = (document, cell)
        source = document.source.look(self._plane_of(document))
        work = partial(self._explain, pack, source, cell, document.mpp)
        self._job = self._runner.submit(Lane.TILES, "Explain cell", work, self._show, self._failed)

    def _explain(
        self,
        pack: "InstalledPack",
        source: PixelSource,
        cell: Cell,
        um_per_px: float,
        cancel: CancelToken,
        report: Report,
    ) -> Explanation:
        """On a worker."""
        from allviewer.inference.heat import heat_of_cell
        from allviewer.inference.onnx_session import SessionCache

        sessions = self._sessions or SessionCache(1)
        self._sessions = sessions
        found = heat_of_cell(sessions.get(pack, "cpu", 1), source, cell.mask, um_per_px, cancel)
        return Explanation(cell.id, pack.card.title, found.crop, found.maps, found.probabilities)

    def _show(self, found: Explanation) -> None:
        self._job = None
        self.explained.emit(found)

    def _failed(self, error: Exception) -> None:
        self._say(str(for_people(error, "The classifier could not be asked")))

    def _say(self, sentence: str) -> None:
        self._stop()
        self._asked = None
        self.unexplained.emit(sentence)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

"""Give a large image the levels it lacks, in the background, while it is looked at."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from allviewer.domain.slide import GrowingSource
from allviewer.errors import OutputError, UserError, for_people
from allviewer.jobs.job import Job, JobState
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

_LOOK_EVERY_MS = 300
_NOTICE = "pyramid"


@dataclass(frozen=True, slots=True)
class _Build:
    document: Document
    source: GrowingSource
    job: Job


class BuildPyramids(QObject):
    """Begins when a large image is shown, and goes on when another one is.

    Signals:
        grew: there is more to be seen of an image.
        built: with the name of the document whose levels are all there.
    """

    grew = Signal()
    built = Signal(object)

    def __init__(self, workspace: Workspace, runner: JobRunner, notices: Notices) -> None:
        super().__init__(workspace)
        self._workspace, self._runner, self._notices = workspace, runner, notices
        self._builds: dict[int, _Build] = {}
        self._tried: set[Document] = set()
        self._clock = QTimer(self, interval=_LOOK_EVERY_MS)
        self._clock.timeout.connect(self.grew)
        workspace.shown_changed.connect(self._begin)
        workspace.case_changed.connect(self._stop)
        runner.ended.connect(self._note_end)

    def _begin(self) -> None:
        self._notices.release(_NOTICE)
        document = self._workspace.document
        if document is not None and document not in self._tried:
            self._build(document)

    def _build(self, document: Document) -> None:
        source = document.source
        if not isinstance(source, GrowingSource) or source.is_whole:
            return
        self._tried.add(document)

        def work(cancel: CancelToken, report: Report) -> None:
            source.complete(cancel, report)

        job = self._runner.submit(
            Lane.PYRAMIDS,
            f"Prepare {document.name}",
            work,
            lambda _: self.built.emit(document),
            lambda error: self._tell(document, error),
        )
        if not job.state.is_over:
            self._builds[job.id] = _Build(document, source, job)
            self._clock.start()

    def _stop(self) -> None:
        """Another case: what was begun for the images of the last one is not needed."""
        for build in self._builds.values():
            if build.document not in self._workspace.documents:
                build.job.cancel()
        self._tried &= set(self._workspace.documents)

    def _note_end(self, job: Job) -> None:
        build = self._builds.pop(job.id, None)
        if build is None:
            return
        if not self._builds:
            self._clock.stop()
        self.grew.emit()
        if job.state is JobState.CANCELLED and build.document is self._workspace.document:
            text = f"{build.document.name} was not read to its end; where that is missing, it is shown coarsely."
            self._notices.offer(_NOTICE, text, "Go on", lambda: self._build(build.document))

    def _tell(self, document: Document, error: Exception) -> None:
        told = for_people(error, f"{document.name} cannot be prepared")
        if isinstance(told, OutputError):
            told = UserError(f"{document.name} is shown coarsely only. {told.sentence}", told.hint)
        self._notices.warn(told)

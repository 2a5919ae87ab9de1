"""Hold packs against each other on cells that people know, and say whether a new one may be adopted."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from allviewer.domain.known_picture import ChangedCell, KnownPicture
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.slide import OpenImage, PixelSource
from allviewer.errors import DatasetError, PackError, for_people
from allviewer.exchange.model_card import ModelCard
from allviewer.inference.installed_pack import InstalledPack
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report, part_of
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.inference.catalogue import Catalogue
    from allviewer.inference.trials.guard import Judgement
    from allviewer.storage.locked_set import LockedSet

LAB, GOLDEN = "the locked test set", "the golden set"
DEFAULT_MARGIN = 0.02
NO_LOCKED_SET = "This laboratory has no locked test set, so nothing tells how it does on your own smears."


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """What is held against what, on which cells.

    Attributes:
        candidate: the new pack; against: one or more others of its task.
        sets: exported sets, by what they are called.
        cases: case files whose accepted and corrected cells are used as well.
        margin: how much worse the new one may be; None: the usual one of its task.
        lacking: what the trial ought to have had and has not, in a sentence: an objection by itself.
    """

    candidate: InstalledPack
    against: tuple[InstalledPack, ...]
    sets: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    cases: tuple[Path, ...] = ()
    margin: float | None = None
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class PackTrial:
    """What came of it. `changed`: cells that the candidate does better or worse than the first of the others."""

    candidate: ModelCard
    against: tuple[ModelCard, ...]
    judgement: "Judgement"
    changed: tuple[ChangedCell, ...]
    cells: int


def hold_trial(request: TrialRequest, open_image: OpenImage, cancel: CancelToken, report: Report) -> PackTrial:
    """Run the packs and weigh them.

    Raises:
        PackError: the packs are of different tasks, or one of the others is damaged.
        DatasetError, CaseError: a set or case cannot be read.
        Cancelled: it is no longer wanted.
    """
    from allviewer.inference.trials.guard import MARGINS, judge
    from allviewer.inference.trials.trial import Trial

    margin = request.margin if request.margin is not None else MARGINS.get(request.candidate.card.task, DEFAULT_MARGIN)
    broken = _broken(request.candidate)
    if broken:
        card = request.candidate.card
        return PackTrial(card, tuple(p.card for p in request.against), judge({}, margin, broken), (), 0)
    figures, changed, cells = {}, [], 0
    with tempfile.TemporaryDirectory(prefix="allviewer-trial-") as scratch:
        sets = list(request.sets)
        if request.cases:
            sets.append(("the cases", (_exported(request.cases, Path(scratch) / "set", open_image, cancel),)))
        for number, (name, folders) in enumerate(sets):
            trial = Trial([*request.against, request.candidate])
            part = part_of(report, number / len(sets), (number + 1) / len(sets))
            trial.run(_pictures(folders), _count(folders), _in_memory, cancel, part)
            if trial.cells:
                for index, pack in enumerate(request.against):
                    figures[f"{pack.card.name} {pack.card.version} on {name}"] = trial.figures(index)
                changed += trial.changed
                cells += trial.cells
    judgement = judge(figures, margin, request.lacking)
    changed.sort(key=lambda cell: -abs(cell.change))
    return PackTrial(request.candidate.card, tuple(p.card for p in request.against), judgement, tuple(changed), cells)


class JudgePack(QObject):
    """Trials from the window, one at a time, off the UI thread.

    Signals:
        judged: the `PackTrial`.
        failed: why there is none; people have been told.
    """

    judged = Signal(object)
    failed = Signal(str)
    progressed = Signal(float, str)

    def __init__(
        self,
        runner: JobRunner,
        notices: Notices,
        catalogue: "Catalogue",
        locked: "LockedSet",
        golden_dir: Path,
        open_image: OpenImage,
    ) -> None:
        super().__init__()
        self._runner, self._notices, self._catalogue = runner, notices, catalogue
        self._locked, self._golden_dir, self._open_image = locked, golden_dir, open_image
        self._job: Job | None = None

    def usual_margin(self, task: str) -> float:
        """How much worse a new network of a task may be, unless people say otherwise."""
        from allviewer.inference.trials.guard import MARGINS

        return MARGINS.get(task, DEFAULT_MARGIN)

    def compare(self, pack: str, other: str = "", cases: Sequence[Path] = (), margin: float | None = None) -> None:
        """Hold a pack ("name version") against others.

        Args:
            other: a pack; without it the one in use and the one that ships, as the guard does.
            cases: on whose cells; without them on the locked and the golden set.
        """

        def request() -> TrialRequest:
            guard = guard_request(self._catalogue, self._locked, self._golden_dir, pack, margin)
            against = (self._catalogue.find(other),) if other else guard.against
            return replace(
                guard,
                against=against,
                sets=() if cases else guard.sets,
                cases=tuple(cases),
                lacking=guard.lacking if not other and not cases else "",
            )

        self._submit(request)

    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _submit(self, make: Callable[[], TrialRequest]) -> None:
        self.cancel()

        def work(cancel: CancelToken, report: Report) -> PackTrial:
            def tell(fraction: float, message: str) -> None:
                report(fraction, message)
                self.progressed.emit(fraction, message)

            return hold_trial(make(), self._open_image, cancel, tell)

        self._job = self._runner.submit(Lane.INFERENCE, "Compare networks", work, self._done, self._failed)

    def _done(self, trial: PackTrial) -> None:
        self._job = None
        self.judged.emit(trial)

    def _failed(self, error: Exception) -> None:
        self._job = None
        told = for_people(error, "The networks could not be compared")
        self._notices.warn(told)
        self.failed.emit(str(told))


def guard_request(
    catalogue: "Catalogue", locked: "LockedSet", golden_dir: Path, pack: str, margin: float | None = None
) -> TrialRequest:
    """The trial that decides whether a pack may be adopted: against the one in use, and against the one that ships."""
    candidate = catalogue.find(pack)
    task = candidate.card.task
    others = [catalogue.default(task), *(p for p in catalogue.packs(task) if p.shipped)]
    against = {p.card.network.sha256: p for p in others if p.card.network.sha256 != candidate.card.network.sha256}
    lacking = "" if locked.parts() else NO_LOCKED_SET
    sets = standing_sets(locked, golden_dir, task)
    return TrialRequest(candidate, tuple(against.values()), sets, margin=margin, lacking=lacking)


def standing_sets(locked: "LockedSet", golden_dir: Path, task: str) -> tuple[tuple[str, tuple[Path, ...]], ...]:
    """What the guard always uses: the laboratory's own, and for outlines the synthetic smears in many stains."""
    sets = []
    if locked.parts():
        sets.append((LAB, tuple(locked.parts())))
    if task == "segmentation" and golden_dir.is_dir():
        sets.append((GOLDEN, (golden_dir,)))
    return tuple(sets)


def _broken(pack: InstalledPack) -> str:
    """What is wrong with a pack by itself: altered, of another shape, or with other golden outputs."""
    from allviewer.inference.pack_check import check_pack

    try:
        check_pack(pack)
    except PackError as error:
        return str(error)
    return ""


def _exported(cases: Sequence[Path], folder: Path, open_image: OpenImage, cancel: CancelToken) -> Path:
    """The cells of cases as a set."""
    from contextlib import ExitStack

    from allviewer.progress import no_report
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.training_set_writer import write_training_set

    with ExitStack() as stack:
        files = [stack.enter_context(CaseFile.open(path, read_only=True)) for path in cases]
        write_training_set(files, folder, open_image, ALL_CLASSES, cancel, no_report)
    return folder


def _pictures(folders: Sequence[Path]) -> Iterable[KnownPicture]:
    from allviewer.storage.training_set_reader import known_pictures

    for folder in folders:
        yield from known_pictures(folder)


def _count(folders: Sequence[Path]) -> int:
    from allviewer.storage.training_set_reader import read_manifest

    count = sum(len(read_manifest(folder).items) for folder in folders)
    if not count:
        raise DatasetError("There is no picture to compare networks on.", "Accept or correct some cells first.")
    return count


def _in_memory(known: KnownPicture) -> PixelSource:
    from allviewer.domain.slide import Level, SlideInfo
    from allviewer.imaging.array_source import ArraySource

    height, width = known.image.shape[:2]
    return ArraySource(known.image, SlideInfo((Level(width, height, 1.0),), reader="memory"))

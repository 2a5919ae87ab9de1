"""Say how large a pixel is: a number, a line of known length, or red cells; for one image or for its folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.domain.scale import Scale, refuse_impossible, why_no_guess
from allviewer.domain.slide import OpenImage, PixelSource
from allviewer.errors import CaseError, ImageError, UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.workspace import ImageEntry, OpenCase, Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.storage.case_records import ImageRecord


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An image of the folder that can be written down: its record (without id if it is new) and its scale."""

    row: int
    record: "ImageRecord"
    scale: Scale


class SetScale:
    """Nothing of an image changes but its scale; the scale that the file gives can be had back."""

    def __init__(self, workspace: Workspace, runner: JobRunner, notices: Notices, open_image: OpenImage) -> None:
        self._workspace, self._runner, self._notices, self._open_image = workspace, runner, notices, open_image

    @property
    def rows_of_folder(self) -> list[int]:
        """The other images of the list that lie in the folder of the shown one."""
        shown, entries = self._workspace.shown_row, self._workspace.entries
        if not 0 <= shown < len(entries):
            return []
        folder = entries[shown].path.parent
        return [row for row, entry in enumerate(entries) if row != shown and entry.path.parent == folder]

    def measure(self, measured: Callable[[Scale], None], failed: Callable[[UserError], None]) -> None:
        """Estimate the scale of the shown image from its red cells; nothing is set."""
        document = self._workspace.document
        if document is None:
            return
        source = document.source
        self._runner.submit(
            Lane.FILES,
            f"Measure red cells in {document.name}",
            lambda cancel, report: _measure(source),
            measured,
            lambda error: failed(for_people(error, "The red cells could not be measured")),
        )

    def give(self, scale: Scale, whole_folder: bool = False) -> None:
        """Set the scale of the shown image; raises `UserError` if it cannot be that of a smear."""
        if scale.um_per_px is not None:
            refuse_impossible(scale.um_per_px)
        self._set(scale, whole_folder)

    def revert(self, whole_folder: bool = False) -> None:
        """Back to what each file says of itself, which may be nothing."""
        self._set(None, whole_folder)

    def _set(self, scale: Scale | None, whole_folder: bool) -> None:
        case, document = self._workspace.case, self._workspace.document
        if case is None or document is None:
            return
        if document.read_only:
            raise CaseError("The scale was not set.", document.read_only)
        rows = self.rows_of_folder if whole_folder else []
        for open_document in (document, *(d for row in rows if (d := self._workspace.document_of(row)) is not None)):
            self._set_one(case, open_document, scale)
        rest = [(row, self._workspace.entries[row]) for row in rows if self._workspace.document_of(row) is None]
        if rest:
            self._set_rest(case, rest, scale)

    def _set_one(self, case: OpenCase, document: Document, scale: Scale | None) -> None:
        chosen = document.file_scale if scale is None else scale
        document.set_scale(chosen)
        work = partial(_write, case, document.image_id, chosen)
        self._runner.submit(Lane.CASE, f"Save scale of {document.name}", work, failed=self._failed)

    def _set_rest(self, case: OpenCase, rest: Sequence[tuple[int, ImageEntry]], scale: Scale | None) -> None:
        generation = self._workspace.generation

        def prepared(found: tuple[list[_Prepared], list[str]]) -> None:
            ready, failures = found
            if self._workspace.generation == generation:
                self._runner.submit(
                    Lane.CASE,
                    "Save scales",
                    lambda cancel, report: _write_all(case, ready),
                    lambda ids: self._written(generation, ids, failures),
                    self._failed,
                )

        self._runner.submit(
            Lane.FILES,
            f"Set the scale of {len(rest)} images",
            lambda cancel, report: _prepare(self._open_image, rest, scale, cancel, report),
            prepared,
            self._failed,
        )

    def _written(self, generation: int, ids: dict[int, int], failures: list[str]) -> None:
        if self._workspace.generation != generation:
            return
        for row, image_id in ids.items():
            self._workspace.update_entry(row, id=image_id)
        self._notices.tell(f"The scale of {len(ids)} more image{'s' * (len(ids) != 1)} of this folder was set.")
        if failures:
            more = f" and {len(failures) - 3} more" if len(failures) > 3 else ""
            self._notices.warn(UserError(f"The scale was not set of: {'; '.join(failures[:3])}{more}."))

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The scale was not saved"))


def _measure(source: PixelSource) -> Scale:
    from allviewer.inference.scale import scale_from_red_cells

    scale = scale_from_red_cells(source)
    if scale is None:
        raise ImageError("Too few red cells of one size are seen here.", "Draw a ruler or give a number.")
    if doubt := why_no_guess(scale):
        raise ImageError(doubt)
    return scale


def _prepare(
    open_image: OpenImage,
    rest: Sequence[tuple[int, ImageEntry]],
    scale: Scale | None,
    cancel: CancelToken,
    report: Report,
) -> tuple[list[_Prepared], list[str]]:
    """On the files lane: what has to be known of images that nobody has looked at, and why of some nothing is."""
    ready, failures = [], []
    for number, (row, entry) in enumerate(rest):
        cancel.check()
        report(number / len(rest), entry.name)
        try:
            ready.append(_prepare_one(open_image, row, entry, scale, cancel))
        except ImageError as error:
            failures.append(f"{entry.name}: {error}")
    return ready, failures


def _prepare_one(
    open_image: OpenImage, row: int, entry: ImageEntry, scale: Scale | None, cancel: CancelToken
) -> _Prepared:
    from allviewer.exchange.content_hash import identity
    from allviewer.storage.case_records import ImageRecord

    if entry.id and scale is not None:
        return _Prepared(row, ImageRecord(Path(entry.path), "", 0, 0, 0, id=entry.id), scale)
    source = open_image(entry.path)
    info = source.info
    source.close()
    own = Scale(info.mpp, "file") if info.mpp else Scale()
    sha256 = "" if entry.id else identity(entry.path, cancel)
    size_bytes = entry.path.stat().st_size
    record = ImageRecord(
        entry.path, sha256, size_bytes, info.width, info.height, own.um_per_px, own.source, id=entry.id
    )
    return _Prepared(row, record, own if scale is None else scale)


def _write(case: OpenCase, image_id: int, scale: Scale, _cancel: CancelToken, _report: Report) -> None:
    case.file.set_scale(image_id, scale)


def _write_all(case: OpenCase, ready: Sequence[_Prepared]) -> dict[int, int]:
    """On the case lane: image ids by row."""
    ids = {}
    for item in ready:
        record = item.record if item.record.id else case.file.add_image(item.record)
        case.file.set_scale(record.id, item.scale)
        ids[item.row] = record.id
    return ids

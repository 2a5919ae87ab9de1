"""Set up a method that needs no network, while looking at what it would find in the part of the image in view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from allviewer.classical.methods import METHODS, ChosenMethod, Method, find_method
from allviewer.domain.geometry import Region
from allviewer.domain.scale import plausible
from allviewer.domain.slide import PixelSource
from allviewer.errors import UserError
from allviewer.exchange.parameters import Parameter, Settings, Value
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.view_state import ViewState
from allviewer.session.workspace import Workspace

if TYPE_CHECKING:
    from allviewer.classical.methods import Fitted
    from allviewer.domain.slide import RgbArray

_PAUSE_MS = 25
"""A slider that moves says so many times a second; each preview takes up the last word only."""
_PATIENCE_S = 0.2
"""A preview under way is shown even while the slider moves on; one that takes longer is cancelled."""
_COARSEST = 3.0
"""Preview pixels may be so much coarser than those of a run; beyond it nuclei are specks."""
_MOST_PX = 1_200_000
_USUAL_UM_PER_PX = 0.15
"""For images whose scale nobody knows yet."""


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One method, as the window shows it."""

    name: str
    title: str
    source: str
    summary: str
    finds: str
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class MethodPreview:
    """What the chosen method finds in the part in view.

    Attributes:
        parts: (height, width) of 0, 128 (cytoplasm), 255 (nucleus).
        x, y: level-0 place of its corner; step_x, step_y: level-0 pixels per pixel of it.
    """

    document: Document
    parts: NDArray[np.uint8]
    x: float
    y: float
    step_x: float
    step_y: float


@dataclass(slots=True)
class _Fits:
    """What was settled for an image, so that moving about in it costs no more than the mask itself."""

    document: Document
    plane: int
    source: PixelSource
    um_per_px: float | None = None
    sample: "RgbArray | None" = None
    chosen: ChosenMethod | None = None
    fitted: "Fitted | None" = field(default=None)


class TuneMethod(QObject):
    """The method in hand and its settings; the preview of its mask.

    Signals:
        changed: another method, or other settings.
        previewed: with a `MethodPreview`, or None where there is nothing to show.
        unseen: with the sentence why there is no preview; empty when there is one.
    """

    changed = Signal()
    previewed = Signal(object)
    unseen = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        view: ViewState,
        runner: JobRunner,
        plane_of: Callable[[Document], int],
        parent: QObject | None = None,
    ) -> None:
        """`plane_of` gives the focal plane that people look at, and that a run would read."""
        super().__init__(parent)
        self._workspace, self._view, self._runner, self._plane_of = workspace, view, runner, plane_of
        self._given: dict[str, dict[str, Value]] = {}
        self._method: Method | None = None
        self._is_watched = False
        self._job: Job | None = None
        self._fits: _Fits | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._preview)
        view.changed.connect(self._preview_soon)
        workspace.shown_changed.connect(self._show_other)

    @property
    def methods(self) -> list[MethodRow]:
        """All of them, in the order of the table."""
        return [_row(method) for method in METHODS]

    @property
    def name(self) -> str:
        """The method in hand; empty: none."""
        return self._method.name if self._method is not None else ""

    @property
    def settings(self) -> Settings:
        """All settings of the method in hand."""
        return _settings(self._method, self._given.get(self.name, {})) if self._method is not None else {}

    @property
    def chosen(self) -> ChosenMethod | None:
        """What a run is to use."""
        return ChosenMethod(self._method, self.settings) if self._method is not None else None

    def choose(self, name: str) -> None:
        """Take a method in hand; an empty name puts it away."""
        if name != self.name:
            self._method = find_method(name) if name else None
            self._tell()

    def set(self, parameter: str, value: Value) -> None:
        """Change one setting. What cannot be is refused: raises `UserError`."""
        if self._method is None:
            return
        given = {**self._given.get(self.name, {}), parameter: value}
        _settings(self._method, given)
        self._given[self.name] = given
        self._tell()

    def reset(self) -> None:
        """All settings of the method in hand as they were made."""
        if self._given.pop(self.name, None):
            self._tell()

    def given(self, name: str) -> dict[str, Value]:
        """What differs from the defaults, to be remembered."""
        return dict(self._given.get(name, {}))

    def settled(self, name: str, given: Mapping[str, Value]) -> Settings:
        """All settings of a method, some of them given. Raises `UserError` for what cannot be."""
        return _settings(find_method(name), dict(given))

    def remember(self, name: str, given: dict[str, Value]) -> None:
        """Settings of an earlier day; those that can no longer be are left out."""
        method, kept = find_method(name), {}
        for parameter in method.parameters:
            try:
                if parameter.name in given:
                    kept[parameter.name] = parameter.checked(given[parameter.name])
            except UserError:  # another version had other bounds; its value is forgotten, as the docstring says
                continue
        self._given[name] = kept

    def watch(self, wanted: bool) -> None:
        """Whether people want to see the preview."""
        self._is_watched = wanted
        self._preview_soon()
        if not wanted:
            self._stop()
            self.previewed.emit(None)

    def _tell(self) -> None:
        self.changed.emit()
        self._preview_soon()

    def _show_other(self) -> None:
        if self._fits is not None and self._workspace.document is not self._fits.document:
            self._stop()
            self._fits = None
            self.previewed.emit(None)
        self._preview_soon()

    def _preview_soon(self) -> None:
        if self._is_watched and self._method is not None and not self._pause.isActive():
            self._pause.start()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _preview(self) -> None:
        """Begin the preview of what is in view now; one that is under way has been superseded."""
        if self._job is not None and self._job.running_s < _PATIENCE_S:
            self._pause.start()
            return
        self._stop()
        document, chosen = self._workspace.document, self.chosen
        if document is None or chosen is None or not self._is_watched:
            self.previewed.emit(None)
            return
        plane = self._plane_of(document)
        if self._fits is None or (self._fits.document, self._fits.plane) != (document, plane):
            self._fits = _Fits(document, plane, document.source.look(plane))
        if document.mpp is not None:
            self._fits.um_per_px = document.mpp
        work = partial(_preview_of, self._fits, chosen, self._view.visible_region, self._view.device_scale)
        self._job = self._runner.submit(Lane.TILES, "Preview", work, self._show, self._failed)

    def _show(self, preview: MethodPreview | None) -> None:
        self._job = None
        self.unseen.emit("" if preview is not None else "Zoom in to see the preview.")
        self.previewed.emit(preview)

    def _failed(self, error: Exception) -> None:
        self._job = None
        self.unseen.emit(str(error))
        self.previewed.emit(None)


def _row(method: Method) -> MethodRow:
    source = f"{method.paper}; {method.section}"
    return MethodRow(method.name, method.title, source, method.summary, method.finds, method.parameters)


def _settings(method: Method, given: dict[str, Value]) -> dict[str, Value]:
    """All settings; those given that have no meaning beside the others wait until they have one again."""
    everything = {p.name: given.get(p.name, p.default) for p in method.parameters}
    used = [p.name for p in method.parameters if p.name in given and p.is_used(everything)]
    return method.settings({name: given[name] for name in used})


def _preview_of(
    fits: _Fits,
    chosen: ChosenMethod,
    region: Region,
    device_scale: float,
    cancel: CancelToken,
    report: Report,
) -> MethodPreview | None:
    """On a worker: the mask of a region, as fine as the screen, no finer than a run; None if it would be too coarse."""
    from allviewer.inference.pixel_method import UM_PER_PX, sample_of
    from allviewer.inference.resample import read_scaled
    from allviewer.inference.scale import scale_from_red_cells

    if region.is_empty:
        return None
    if fits.um_per_px is None or not plausible(fits.um_per_px):
        measured = scale_from_red_cells(fits.source)
        fits.um_per_px = measured.um_per_px if measured is not None else _USUAL_UM_PER_PX
    assert fits.um_per_px is not None
    run_step = UM_PER_PX / fits.um_per_px
    step = max(run_step, 1 / device_scale, (region.area_px / _MOST_PX) ** 0.5)
    if step > _COARSEST * run_step:
        return None
    cancel.check()
    if fits.sample is None:
        fits.sample = sample_of(fits.source, run_step, cancel)
    fitted = fits.fitted
    if fitted is None or fits.chosen is None or fits.chosen.identity != chosen.identity:
        fitted = chosen.fit(fits.sample, cancel)
        fits.chosen, fits.fitted = chosen, fitted
    rgb, frame = read_scaled(fits.source, region, step)
    parts = fitted(rgb, fits.um_per_px * step, cancel)
    return MethodPreview(fits.document, parts, frame.x, frame.y, frame.step_x, frame.step_y)

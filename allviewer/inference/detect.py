"""Cells of an image of any size: scale, patches, network, instances, classes. Nothing here knows Qt or files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.domain.scale import Scale, plausible, refuse_impossible, why_no_guess
from allviewer.domain.slide import PixelSource
from allviewer.exchange.model_card import SegmentationSpec
from allviewer.inference.background import may_hold_cells
from allviewer.inference.classifier import UNKNOWN_CLASS, Classifier, knows_blasts
from allviewer.inference.clock import Clock
from allviewer.inference.cut_out import CUT_OUT_MAX_PX, cut_out_cell, cut_out_um_per_px
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.instances import FoundCell, find_cells, nucleus_within, sees_nuclei
from allviewer.inference.onnx_session import SessionCache
from allviewer.inference.patches import Patch, plan_patches
from allviewer.inference.pixel_method import MethodSegmenter, PixelMethod
from allviewer.inference.scale import scale_from_cell_size, scale_from_red_cells
from allviewer.inference.seams import PlacedCells
from allviewer.inference.segmenter import Segmenter
from allviewer.progress import CancelToken, Report

PATCH_PX = 1024
"""Side of the patches of large images, unless the pack wants larger ones."""
SINGLE_PX = 1536
"""Images with no side above this, at the network's scale, are run in one go."""
SEAM_SLACK_PX = 8
"""Two patches may put a cell's centre on different sides of a seam; within this (network pixels) both may claim it."""


NUCLEI_ONLY = (
    "What was chosen finds nuclei only: cells are drawn without cytoplasm, N:C ratios mean nothing, and classes, which "
    "networks learnt on whole cells, are less sure."
)
NO_NUCLEI = "What was chosen finds whole cells only: nuclei are not outlined, and N:C ratios are unknown, not 0."


@dataclass(frozen=True, slots=True)
class DetectRequest:
    """What to find, where, and with what.

    Attributes:
        segmentation: a pack, or a method that needs no network.
        region: level-0 rectangle; None: the whole image. Cells whose centre lies in it are found whole.
        mpp: micrometres per level-0 pixel as the user knows it; None: find out.
        device: one of `devices.DEVICES`; threads: None for all cores.
    """

    segmentation: InstalledPack | PixelMethod
    classifier: InstalledPack | None = None
    region: Region | None = None
    mpp: float | None = None
    device: str = "auto"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found.

    Attributes:
        cells: ids from 1 on, in the order found.
        scale: the one that was used; without micrometres if nothing told it.
        device: what really ran ("cpu", "cuda", ...).
        seconds: by stage; "total" is all of it.
        notes: sentences for people (a device that fell back, a scale that is a guess).
    """

    cells: tuple[Cell, ...]
    scale: Scale
    device: str
    seconds: dict[str, float]
    notes: tuple[str, ...] = field(default=())

    @property
    def mpp(self) -> float | None:
        return self.scale.um_per_px

    @property
    def mpp_source(self) -> str:
        return self.scale.source


def detect_cells(
    source: PixelSource,
    request: DetectRequest,
    cancel: CancelToken,
    report: Report,
    on_cells: Callable[[list[Cell]], None] | None = None,
    sessions: SessionCache | None = None,
) -> Detection:
    """Find, outline and classify the white cells of an image. The same input gives the same cells.

    Args:
        on_cells: is handed the new cells after every patch, on the calling thread.
        sessions: kept by the caller, saves loading the networks again.

    Raises:
        Cancelled: within a second of the cancel.
        ImageError, PackError, UserError: in words for the user.
    """
    clock = Clock()
    with clock.stage("total"):
        run = _Run(source, request, cancel, clock, sessions or SessionCache())
        report(0.0, "Finding the scale")
        cells = run.cells(report, on_cells or (lambda _: None))
    seconds = {name: round(spent, 4) for name, spent in clock.seconds.items()}
    return Detection(tuple(cells), run.scale, run.device, seconds, tuple(run.notes))


class _Run:
    """One detection in progress."""

    def __init__(
        self, source: PixelSource, request: DetectRequest, cancel: CancelToken, clock: Clock, sessions: SessionCache
    ) -> None:
        self._source, self._cancel, self._clock = source, cancel, clock
        self._area = (request.region or source.info.bounds).intersection(source.info.bounds)
        self.notes: list[str] = []
        with clock.stage("loading"):
            self.device = "cpu"
            self._segmenter = self._segmenter_of(request, sessions)
            self._classifier: Classifier | None = None
            if request.classifier is not None:
                classify = sessions.get(request.classifier, request.device, request.threads)
                self._classifier = Classifier(classify, cancel, clock)
                if not knows_blasts(self._classifier.spec):
                    self.notes.append(
                        f"The classifier '{request.classifier.card.name}' knows no blasts: it finds none."
                    )
        used = [_identity(part) for part in (request.segmentation, request.classifier) if part is not None]
        self._origin = Origin.model(" + ".join(used))
        with clock.stage("scale"):
            self._cut_out = self._find_cut_out()
            self.scale = self._find_scale(request.mpp)

    def _segmenter_of(self, request: DetectRequest, sessions: SessionCache) -> Segmenter | MethodSegmenter:
        method = request.segmentation
        if not isinstance(method, InstalledPack):
            if not method.finds_cytoplasm:
                self.notes.append(NUCLEI_ONLY)
            return MethodSegmenter(method, self._cancel, self._clock)
        session = sessions.get(method, request.device, request.threads)
        self.device = session.device_used
        if session.fallback:
            self.notes.append(session.fallback)
        segmenter = Segmenter(session, self._cancel, self._clock)
        if not sees_nuclei(segmenter.spec):
            self.notes.append(NO_NUCLEI)
        elif not {"cytoplasm", "cell"} & set(segmenter.spec.channels):
            self.notes.append(NUCLEI_ONLY)
        return segmenter

    @property
    def _spec(self) -> SegmentationSpec:
        return self._segmenter.spec

    def cells(self, report: Report, on_cells: Callable[[list[Cell]], None]) -> list[Cell]:
        """All cells, patch by patch."""
        if self.scale.um_per_px is None:
            return []
        if self._cut_out is not None:
            found = [self._cell_of_cut_out(self._cut_out)]
            cells = self._classified(found, 1)
            on_cells(cells)
            return cells
        return self._cells_of_patches(report, on_cells)

    def _find_cut_out(self) -> Mask | None:
        info = self._source.info
        if max(info.width, info.height) > CUT_OUT_MAX_PX:
            return None
        return cut_out_cell(self._source.read(0, 0, 0, info.width, info.height))

    def _find_scale(self, given: float | None) -> Scale:
        spec, mpp = self._spec, self._source.info.mpp
        if given is not None:
            refuse_impossible(given)
            return Scale(given, "given")
        if self._cut_out is not None:
            return Scale(cut_out_um_per_px(self._cut_out, spec.cell_diameter_px * spec.mpp), "cut-out", 1)
        if plausible(mpp):
            return Scale(mpp, "file")
        if mpp is not None:
            self.notes.append(f"The file says {mpp:g} micrometres per pixel, which no microscope gives; not used.")
        scale = scale_from_red_cells(self._source) or self._scale_from_cell_size()
        doubt = why_no_guess(scale)
        if doubt:
            self.notes.append(doubt)
            return Scale(None, "unknown")
        if scale.um_per_px is None:
            self.notes.append("No white cell was found at any scale.")
        return scale

    def _scale_from_cell_size(self) -> Scale:
        return scale_from_cell_size(self._source, self._spec, self._segmenter.maps_of)

    def _cells_of_patches(self, report: Report, on_cells: Callable[[list[Cell]], None]) -> list[Cell]:
        patches, placed = self._plan(), PlacedCells()
        cells: list[Cell] = []
        for number, patch in enumerate(patches):
            self._cancel.check()
            report(number / len(patches), f"Patch {number + 1} of {len(patches)}, {len(cells)} cells")
            if len(patches) > 1 and not self._worth_running(patch):
                continue
            found = [cell for cell in self._find_in(patch) if not placed.holds(cell.mask)]
            new = self._classified(found, len(cells) + 1)
            for cell in new:
                placed.put(cell)
            cells.extend(new)
            if new:
                on_cells(new)
        report(1.0, f"{len(cells)} cells")
        return cells

    @property
    def _step(self) -> float:
        """Level-0 pixels per pixel of the network."""
        assert self.scale.um_per_px is not None
        return self._spec.mpp / self.scale.um_per_px

    def _plan(self) -> list[Patch]:
        """Patches in level-0 pixels; a cell of twice the usual size fits into their margin beside the halo."""
        spec, step = self._spec, self._step
        margin = spec.halo_px + spec.cell_diameter_px
        patch = max(spec.patch_px, PATCH_PX, 3 * margin)
        return plan_patches(
            self._area, self._source.info.bounds, round(patch * step), round(margin * step), round(SINGLE_PX * step)
        )

    def _worth_running(self, patch: Patch) -> bool:
        with self._clock.stage("background"):
            return may_hold_cells(self._source, patch.core, self._spec.mpp, self._step)

    def _find_in(self, patch: Patch) -> list[FoundCell]:
        """The cells that a patch answers for."""
        maps, frame = self._segmenter.maps_in(self._source, patch.box, self._step)
        slack = round(SEAM_SLACK_PX * self._step)
        claim = patch.core.expanded(slack).intersection(self._area)
        with self._clock.stage("instances"):
            found = find_cells(maps, self._spec, frame, self._source.info.bounds, claim.expanded(slack), self._cancel)
        return [cell for cell in found if claim.contains_point(*cell.mask.centroid)]

    def _cell_of_cut_out(self, mask: Mask) -> FoundCell:
        maps, frame = self._segmenter.maps_in(self._source, self._source.info.bounds, self._step)
        return FoundCell(mask, nucleus_within(maps, self._spec, frame, mask), 0.0)

    def _classified(self, found: Sequence[FoundCell], first_id: int) -> list[Cell]:
        """Cells with classes; without a classifier they are unclassified and as unsure as their border."""
        assert self.scale.um_per_px is not None
        if self._classifier is None:
            verdicts = [UNKNOWN_CLASS] * len(found)
        else:
            verdicts = self._classifier.verdicts(self._source, [c.mask for c in found], self.scale.um_per_px)
        return [
            Cell(
                id=number,
                mask=cell.mask,
                nucleus=cell.nucleus,
                label=verdict.label,
                origin=self._origin,
                probabilities=verdict.probabilities,
                uncertainty=verdict.uncertainty if self._classifier else cell.boundary_entropy,
            )
            for number, (cell, verdict) in enumerate(zip(found, verdicts, strict=True), start=first_id)
        ]


def _identity(part: InstalledPack | PixelMethod) -> str:
    return part.card.identity if isinstance(part, InstalledPack) else part.identity

"""Cells of an image of any size: scale, patches, network, instances, classes. Nothing here knows Qt or files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from allviewer.domain.boxes import BoxCount, Boxes
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.domain.scale import Scale
from allviewer.domain.slide import PixelSource
from allviewer.inference.clock import Clock
from allviewer.inference.count_boxes import count_boxes
from allviewer.inference.cut_out import CUT_OUT_MAX_PX, cut_out_cell
from allviewer.inference.image_scale import scale_of_image
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.instances import FoundCell, nucleus_within
from allviewer.inference.look_over import look_over
from allviewer.inference.networks import Loader, Networks
from allviewer.inference.onnx_session import SessionCache, default_threads
from allviewer.inference.patch_work import Judged, PatchWork
from allviewer.inference.patches import Patch, plan_patches
from allviewer.inference.pixel_method import PixelMethod
from allviewer.inference.seams import PlacedCells
from allviewer.inference.workers import in_order
from allviewer.progress import CancelToken, Report, part_of

PATCH_PX = 1024
"""Side of the patches of large images, unless the pack wants larger ones."""
SINGLE_PX = 1536
"""Images with no side above this, at the network's scale, are run in one go."""
LOOKING = 0.2
"""Share of the work on a large image that the first look takes, for the bar of progress."""
OVERLAPPING = 2
"""Threads where the networks run elsewhere: one reads and tells cells apart while the other waits."""
STRANGE = 0.95
"""Known cells reach this once in twenty; half of the cells of an image where its stain, focus or scale is unusual."""
UNLIKE = (
    "Most cells of this image look unlike those that the classifier learnt (stain, focus, scale or kind of cell): "
    "do not lean on their classes."
)


@dataclass(frozen=True, slots=True)
class DetectRequest:
    """What to find, where, and with what.

    Attributes:
        segmentation: a pack, or a method that needs no network.
        detector: counts red cells and platelets, and looks large images over for white cells first; None: all of a
            large image but its empty parts is segmented, and nothing else is counted.
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
    detector: InstalledPack | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found.

    Attributes:
        cells: ids from 1 on, in the order found.
        scale: the one that was used; without micrometres if nothing told it.
        device: what really ran ("cpu", "cuda", ...).
        seconds: by stage, over all threads; "total" is all of it, by the clock on the wall.
        notes: sentences for people (a device that fell back, a scale that is a guess).
        counted: red cells, white cells and platelets as boxes; None without a detector or a scale.
        strangeness: median over the cells of how unlike those that the classifier learnt they are: the share of known
            cells that are less so; None without cells, or with a classifier that does not say.
    """

    cells: tuple[Cell, ...]
    scale: Scale
    device: str
    seconds: dict[str, float]
    notes: tuple[str, ...] = field(default=())
    counted: BoxCount | None = None
    strangeness: float | None = None

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
    strangeness = run.strangeness
    if strangeness is not None and strangeness >= STRANGE:
        run.notes.append(UNLIKE)
    return Detection(tuple(cells), run.scale, run.device, seconds, tuple(run.notes), run.counted, strangeness)


class _Run:
    """One detection in progress."""

    def __init__(
        self, source: PixelSource, request: DetectRequest, cancel: CancelToken, clock: Clock, sessions: SessionCache
    ) -> None:
        self._source, self._cancel, self._clock = source, cancel, clock
        self._area = (request.region or source.info.bounds).intersection(source.info.bounds)
        self._threads = request.threads or default_threads()
        loader = Loader(
            request.segmentation, request.classifier, request.detector, request.device, sessions, cancel, clock
        )
        with clock.stage("loading"):
            # one thread a call: convolutions sum in another order when several share a small picture, and the last
            # bits would depend on their number; so threads do patches
            self._networks = loader.load(1)
        self.device = self._networks.device
        used = [_identity(part) for part in (request.segmentation, request.classifier) if part is not None]
        self._origin = Origin.model(" + ".join(used))
        with clock.stage("scale"):
            self._cut_out = self._find_cut_out()
            self.scale, doubts = scale_of_image(source, self._networks, request.mpp, self._cut_out)
        self.notes = [*self._networks.notes, *doubts]
        self.counted: BoxCount | None = None
        self._strange: list[float] = []

    @property
    def strangeness(self) -> float | None:
        """Median over the cells found; None where nobody said."""
        return round(median(self._strange), 4) if self._strange else None

    def cells(self, report: Report, on_cells: Callable[[list[Cell]], None]) -> list[Cell]:
        """All cells, patch by patch."""
        if self.scale.um_per_px is None:
            return []
        if self._cut_out is not None:
            found = self._cell_of_cut_out(self._cut_out)
            (verdict,) = self._work(self._networks, None, is_one=True).judge([found])
            cells = [self._cell(1, (found, verdict))]
            on_cells(cells)
            return cells
        return self._cells_of_patches(report, on_cells)

    def _find_cut_out(self) -> Mask | None:
        info = self._source.info
        if max(info.width, info.height) > CUT_OUT_MAX_PX:
            return None
        return cut_out_cell(self._source.read(0, 0, 0, info.width, info.height))

    def _cells_of_patches(self, report: Report, on_cells: Callable[[list[Cell]], None]) -> list[Cell]:
        patches = self._plan()
        networks, workers = self._networks, self._workers(len(patches))
        seen, start = None, 0.0
        if networks.finder is not None and len(patches) > 1:
            start = LOOKING
            seen = self._look_over(networks, workers, part_of(report, 0, start))
        work = self._work(networks, seen, is_one=len(patches) == 1)
        cells: list[Cell] = []
        placed = PlacedCells()
        for number, judged in enumerate(in_order(work.cells_of, patches, workers, self._cancel), start=1):
            new = self._placed(judged, placed, len(cells) + 1)
            cells.extend(new)
            if new:
                on_cells(new)
            done = start + (1 - start) * number / len(patches)
            report(done, f"Patch {number} of {len(patches)}, {len(cells)} cells")
        self.counted = self._count(networks, seen, workers)
        report(1.0, f"{len(cells)} cells")
        return cells

    def _workers(self, patches: int) -> int:
        """How many threads do patches: of many patches each thread does its own from first to last."""
        networks = self._networks
        if patches < 2 or not networks.may_share or not self._source.shareable:
            return 1
        return self._threads if networks.device == "cpu" else OVERLAPPING

    def _plan(self) -> list[Patch]:
        """Patches in level-0 pixels; a cell of twice the usual size fits into their margin beside the halo."""
        spec, step = self._networks.spec, self._step
        margin = spec.halo_px + spec.cell_diameter_px
        patch = max(spec.patch_px, PATCH_PX, 3 * margin)
        return plan_patches(
            self._area, self._source.info.bounds, round(patch * step), round(margin * step), round(SINGLE_PX * step)
        )

    def _look_over(self, networks: Networks, workers: int, report: Report) -> Boxes:
        assert networks.finder is not None
        assert self.scale.um_per_px is not None
        with self._clock.stage("looking over"):
            return look_over(
                self._source, self._area, networks.finder, self.scale.um_per_px, workers, self._cancel, report
            )

    def _count(self, networks: Networks, seen: Boxes | None, workers: int) -> BoxCount | None:
        if networks.finder is None or self.scale.um_per_px is None:
            return None
        with self._clock.stage("counting"):
            return count_boxes(
                self._source, self._area, networks.finder, self.scale.um_per_px, seen, workers, self._cancel
            )

    def _work(self, networks: Networks, seen: Boxes | None, is_one: bool) -> PatchWork:
        assert self.scale.um_per_px is not None
        return PatchWork(
            self._source, self._area, self.scale.um_per_px, networks.segmenter, networks.classifier, seen, is_one,
            self._cancel, self._clock,
        )  # fmt: skip

    def _placed(self, judged: Sequence[Judged], placed: PlacedCells, first_id: int) -> list[Cell]:
        """The cells that are not there yet, with ids."""
        new: list[Cell] = []
        for found in judged:
            if not placed.holds(found[0].mask):
                new.append(self._cell(first_id + len(new), found))
                placed.put(new[-1])
        return new

    @property
    def _step(self) -> float:
        """Level-0 pixels per pixel of the network."""
        assert self.scale.um_per_px is not None
        return self._networks.spec.mpp / self.scale.um_per_px

    def _cell_of_cut_out(self, mask: Mask) -> FoundCell:
        segmenter = self._networks.segmenter
        maps, frame = segmenter.maps_in(self._source, self._source.info.bounds, self._step)
        return FoundCell(mask, nucleus_within(maps, segmenter.spec, frame, mask), 0.0)

    def _cell(self, number: int, judged: Judged) -> Cell:
        """A cell; without a classifier it is as unsure as its border."""
        found, verdict = judged
        if verdict.strangeness is not None:
            self._strange.append(verdict.strangeness)
        return Cell(
            id=number,
            mask=found.mask,
            nucleus=found.nucleus,
            label=verdict.label,
            origin=self._origin,
            probabilities=verdict.probabilities,
            uncertainty=verdict.uncertainty if self._networks.classifier else found.boundary_entropy,
        )


def _identity(part: InstalledPack | PixelMethod) -> str:
    return part.card.identity if isinstance(part, InstalledPack) else part.identity

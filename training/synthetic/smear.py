"""Renders smears: pixels and exact truth, whole or by region."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from training.synthetic.blocks import BLOCK_UM
from training.synthetic.drawing import DYES, HAEMOGLOBIN
from training.synthetic.layout import RED_CELL, Layout
from training.synthetic.optics import Camera
from training.synthetic.spec import CLASSES, WHITE_CLASSES, SmearSpec, SpecError
from training.synthetic.stamps import DYE_UNIT, Stamp, StampAtlas

TILE_PX = 256
"""Pictures are made in tiles of this side, at multiples of it, and put together: any region has the same pixels."""

_LARGEST_PX = 300_000_000
_KEPT_TILES = 64
_PRESSED = np.float32(0.4 / DYE_UNIT)
_LAST_WHITE = len(WHITE_CLASSES) - 1

LabelImage = NDArray[np.unsignedinteger]


@dataclass(frozen=True, slots=True)
class TrueCell:
    """One cell as it really is, as far as it lies in the picture.

    Attributes:
        id: its value in the label images.
        key: (block x, block y, number): the same in every region of the same smear.
        label: class key as in `allviewer.domain.labels`.
        mask, nucleus: visible pixels, in pixels of the smear; the nucleus may be empty. No two masks share a pixel.
    """

    id: int
    key: tuple[int, int, int]
    label: str
    mask: Mask
    nucleus: Mask

    @property
    def is_white(self) -> bool:
        return self.label in WHITE_CLASSES

    @property
    def box(self) -> Region:
        return self.mask.region

    @property
    def nc_ratio(self) -> float:
        """Nucleus area / whole-cell area."""
        return self.nucleus.area_px / self.mask.area_px


@dataclass(frozen=True, slots=True)
class Smear:
    """A rendered region with its truth.

    Attributes:
        spec: what it was made from.
        region: what part of the smear this is.
        image: uint8 (height, width, 3), RGB.
        cells: label image of whole cells, 0 background; uint16, or uint32 above 65535 cells.
        nuclei: label image of nuclei with the same numbers.
        table: the cells, by id.
    """

    spec: SmearSpec
    region: Region
    image: NDArray[np.uint8]
    cells: LabelImage
    nuclei: LabelImage
    table: tuple[TrueCell, ...]

    @property
    def white_cells(self) -> tuple[TrueCell, ...]:
        return tuple(cell for cell in self.table if cell.is_white)

    def only_white(self) -> "Smear":
        """The same without red cells, platelets and artefacts in the truth; white cells numbered from 1."""
        ids = np.zeros(len(self.table) + 1, self.cells.dtype)
        kept = []
        for number, cell in enumerate(self.white_cells, start=1):
            ids[cell.id] = number
            kept.append(TrueCell(number, cell.key, cell.label, cell.mask, cell.nucleus))
        return Smear(self.spec, self.region, self.image, ids[self.cells], ids[self.nuclei], tuple(kept))


class SmearRenderer:
    """Renders any number of regions of one smear and keeps what it can use again. Safe between threads.

    `like` is a renderer of the same seed, scale and cells: what it holds is shared; stain and optics, which are applied
    last, and the size may differ. `field` is what the lens sees at once; by default the whole spec.
    """

    def __init__(self, spec: SmearSpec, like: "SmearRenderer | None" = None, field: Region | None = None) -> None:
        self.spec = spec
        self.layout: Layout = like.layout if like else Layout(spec)
        self.atlas: StampAtlas = like.atlas if like else StampAtlas(spec.seed, spec.mpp)
        self.camera: Camera = Camera(
            spec, field or Region(0, 0, spec.width, spec.height), like.camera.sheets if like else None
        )
        self._tiles: OrderedDict[tuple[int, int], NDArray[np.uint8]] = OrderedDict()

    def picture(self, region: Region) -> NDArray[np.uint8]:
        """The pixels of a region, uint8 (height, width, 3); it may lie anywhere, also outside the spec's size."""
        image = np.empty((region.height, region.width, 3), np.uint8)
        for row in range(region.y // TILE_PX, -(-region.bottom // TILE_PX)):
            for column in range(region.x // TILE_PX, -(-region.right // TILE_PX)):
                box = Region(column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX)
                part = box.intersection(region)
                image[_slices(part, region)] = self.tile(column, row)[_slices(part, box)]
        return image

    def tile(self, column: int, row: int) -> NDArray[np.uint8]:
        """One tile of `TILE_PX` a side, read-only."""
        found = self._tiles.get((column, row))
        if found is not None:
            return found
        made = self.snapshot(Region(column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX))
        made.flags.writeable = False
        self._tiles[column, row] = made
        if len(self._tiles) > _KEPT_TILES:
            self._tiles.popitem(last=False)
        return made

    def snapshot(self, region: Region) -> NDArray[np.uint8]:
        """A photograph of just this region (at most 1023 px a side): quick, its noise is not that of `picture`."""
        return self.camera.photograph(self._dyes(region.expanded(self.camera.halo_px)), region)

    def render(self, region: Region, quick: bool = False) -> Smear:
        """Pixels (of `snapshot` if `quick`, else `picture`) and truth. Raises SpecError if too large for memory."""
        if region.is_empty or region.area_px > _LARGEST_PX:
            raise SpecError(
                f"A region of {region.width} x {region.height} px cannot be rendered at once.",
                "Write a pyramid instead, or render it in parts.",
            )
        cells, nuclei, placed = self._labels(region)
        table = _table(cells, nuclei, placed, region)
        kind: type[np.unsignedinteger] = np.uint16 if len(table) < 65536 else np.uint32
        ids = np.zeros(len(placed) + 1, kind)
        for number, cell in enumerate(table, start=1):
            ids[cell.id] = number
        renumbered = tuple(TrueCell(int(ids[c.id]), c.key, c.label, c.mask, c.nucleus) for c in table)
        image = self.snapshot(region) if quick else self.picture(region)
        return Smear(self.spec, region, image, ids[cells], ids[nuclei], renumbered)

    def white_cells(self, within: Region) -> Iterator[TrueCell]:
        """The truth of all white cells of a region of any size, one by one, without pixels; ids count from 1."""
        number = 0
        for placed in self._white_cells_placed(within):
            box = self._stamp_of(placed)[1].intersection(within)
            if box.is_empty:
                continue
            cells, nuclei, order = self._labels(box, only_white=True)
            key = _key(placed)
            own = next(index for index, cell in enumerate(order, start=1) if _key(cell) == key)
            mask = Mask(cells == own, box.x, box.y)
            if not mask.is_empty:
                number += 1
                yield TrueCell(number, key, CLASSES[int(placed["kind"])], mask, Mask(nuclei == own, box.x, box.y))

    def _white_cells_placed(self, within: Region) -> Iterator[np.void]:
        mpp = self.spec.mpp
        rows = range(int(within.y * mpp // BLOCK_UM) - 1, int(within.bottom * mpp // BLOCK_UM) + 2)
        columns = range(int(within.x * mpp // BLOCK_UM) - 1, int(within.right * mpp // BLOCK_UM) + 2)
        for row in rows:
            for column in columns:
                cells = self.layout.cells_of_block(column, row)
                yield from cells[cells["kind"] <= _LAST_WHITE]

    def _stamp_of(self, cell: np.void) -> tuple[Stamp, Region]:
        """A cell's stamp and the box it fills."""
        mpp = self.spec.mpp
        stamp = self.atlas.get(int(cell["kind"]), int(cell["variant"])).turned(int(cell["turn"]))
        side = stamp.cell.shape[0]
        return stamp, Region(round(cell["x"] / mpp) - side // 2, round(cell["y"] / mpp) - side // 2, side, side)

    def _stamps_over(self, area: Region, only_white: bool = False) -> Iterator[tuple[np.void, Stamp, Region]]:
        """The cells that meet an area with the box their stamp fills, in claiming order."""
        mpp = self.spec.mpp
        near = self.layout.cells_near(area.x * mpp, area.y * mpp, area.right * mpp, area.bottom * mpp)
        if only_white:
            near = near[near["kind"] <= _LAST_WHITE]
        for cell in near:
            stamp, box = self._stamp_of(cell)
            if box.intersects(area):
                yield cell, stamp, box

    def _dyes(self, area: Region) -> NDArray[np.float32]:
        """Sum of the dyes of all cells, float32 (height, width, 4); white cells push the others aside."""
        canvas = np.zeros((area.height, area.width, DYES), np.float32)
        free = np.ones((area.height, area.width), np.float32)
        for cell, stamp, box in self._stamps_over(area):
            shared = box.intersection(area)
            here, there = _slices(shared, area), _slices(shared, box)
            room = free[here]
            if cell["kind"] == RED_CELL:
                # only haemoglobin; where two lie over each other they are pressed thinner
                below = canvas[here][..., HAEMOGLOBIN]
                below += stamp.dyes[there][..., HAEMOGLOBIN] * (room * cell["strength"]) * (1 - _PRESSED * below)
                continue
            canvas[here] += stamp.dyes[there] * (room * cell["strength"])[..., None]
            if cell["kind"] <= _LAST_WHITE:
                np.minimum(room, 1 - stamp.coverage[there] * np.float32(1 / 255), out=room)
        return canvas

    def _labels(
        self, area: Region, only_white: bool = False
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], list[np.void]]:
        """Numbers of cells and of nuclei by pixel, and the cells by number."""
        cells = np.zeros((area.height, area.width), np.int32)
        nuclei = np.zeros_like(cells)
        placed: list[np.void] = []
        for cell, stamp, box in self._stamps_over(area, only_white):
            placed.append(cell)
            shared = box.intersection(area)
            here, there = _slices(shared, area), _slices(shared, box)
            won = stamp.cell[there] & (cells[here] == 0)
            cells[here][won] = len(placed)
            nuclei[here][won & stamp.nucleus[there]] = len(placed)
        return cells, nuclei, placed


def render_smear(spec: SmearSpec) -> Smear:
    """The whole smear of a spec. Raises SpecError if it is too large for memory (300 million px)."""
    return SmearRenderer(spec).render(Region(0, 0, spec.width, spec.height))


def render_tile(spec: SmearSpec, region: Region) -> Smear:
    """Any part of a smear: the same pixels and the same truth as that part of `render_smear(spec)`."""
    return SmearRenderer(spec).render(region)


def _slices(part: Region, whole: Region) -> tuple[slice, slice]:
    """Where `part` lies in an array that covers `whole`."""
    return (
        slice(part.y - whole.y, part.bottom - whole.y),
        slice(part.x - whole.x, part.right - whole.x),
    )


def _table(
    cells: NDArray[np.int32], nuclei: NDArray[np.int32], placed: list[np.void], area: Region
) -> tuple[TrueCell, ...]:
    """The cells of which at least a pixel is visible."""
    from scipy.ndimage import find_objects

    table = []
    for number, window in enumerate(find_objects(cells), start=1):
        if window is None:
            continue
        x, y = area.x + window[1].start, area.y + window[0].start
        mask = Mask(cells[window] == number, x, y)
        nucleus = Mask(nuclei[window] == number, x, y)
        cell = placed[number - 1]
        table.append(TrueCell(number, _key(cell), CLASSES[int(cell["kind"])], mask, nucleus))
    return tuple(table)


def _key(cell: np.void) -> tuple[int, int, int]:
    column, row, number = (int(part) for part in cell["key"])
    return column, row, number

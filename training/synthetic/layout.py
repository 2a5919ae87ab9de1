"""Where every cell of a smear lies: a plane without edges, in micrometres, made block by block from the seed.

Each block draws candidates from its own random generator. A candidate stays unless one of higher rank, in this or a
neighbouring block, is too near. What a block holds therefore depends on the seed and its neighbours' candidates
only, never on the order in which blocks are asked for or on the size of the image.
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from training.synthetic.blocks import BLOCK_UM, BlockKey, BlockStep
from training.synthetic.clusters import cluster_offsets
from training.synthetic.spec import CLASSES, OTHER_CLASSES, WHITE_CLASSES, SmearSpec
from training.synthetic.stamps import MAX_REACH_UM, mean_radii_um, radii_um

PLATELET, ARTEFACT, RED_CELL = (CLASSES.index(name) for name in OTHER_CLASSES)
_RED_SPACING_UM = 6.1
_PARTNERS = 0.1  # red cells with another one lying over them
_PLATELET_ROOM_UM = 4.4
_GAP_UM = 0.4
_CLUSTER_SIZES = (0.5, 0.25, 0.13, 0.07, 0.05)  # 2 to 6 cells
_ROUNDS = 3
_BLOCK_MM2 = (BLOCK_UM / 1000) ** 2

PLACED = np.dtype(
    [
        ("x", "f8"),  # centre in um
        ("y", "f8"),
        ("radius", "f8"),  # um
        ("kind", "i2"),  # index in CLASSES
        ("variant", "i4"),  # of the stamp
        ("turn", "i1"),  # orientation, 0 to 7
        ("strength", "f4"),  # factor on its dyes
        ("key", "i4", 3),  # block column, block row, number in the block
    ]
)

Placed = NDArray[np.void]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Candidates of one block: the white cells of groups of 1 to 6, for each cell its group and the group's rank."""

    cells: Placed
    group: NDArray[np.int64]
    rank: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Dots:
    """Candidates of one block that take no room of their own."""

    centre: Points
    rank: NDArray[np.float64]


class Layout:
    """The cells of one smear by place. Safe between threads."""

    def __init__(self, spec: SmearSpec) -> None:
        self.spec = spec
        rounds = range(_ROUNDS)
        self._groups = [BlockStep(partial(self._make_groups, number)) for number in rounds]
        self._white_rounds = [BlockStep(partial(self._make_whites, number)) for number in rounds]
        self._whites = self._white_rounds[-1]
        self._red_candidates = [BlockStep(partial(self._make_red_candidates, number)) for number in rounds]
        self._red_centres = [BlockStep(partial(self._make_red_centres, number)) for number in rounds]
        self._group_rate = _group_rate(spec)
        self._red_rate = _candidate_rate(1.13 * spec.red_cells_per_mm2 / (1 + _PARTNERS), _RED_SPACING_UM)
        self._cells = BlockStep(self._make_cells)

    def cells_of_block(self, column: int, row: int) -> Placed:
        """The cells whose group belongs to one block of `BLOCK_UM` a side."""
        return self._cells((column, row))

    def cells_near(self, left_um: float, top_um: float, right_um: float, bottom_um: float) -> Placed:
        """All cells that may reach into a rectangle, in the order in which they claim pixels."""
        reach = MAX_REACH_UM
        # a member of a group may lie outside the group's own block: look half a block further
        far = reach + BLOCK_UM / 2
        columns = range(math.floor((left_um - far) / BLOCK_UM), math.floor((right_um + far) / BLOCK_UM) + 1)
        rows = range(math.floor((top_um - far) / BLOCK_UM), math.floor((bottom_um + far) / BLOCK_UM) + 1)
        found = np.concatenate([self._cells((column, row)) for row in rows for column in columns])
        near = (found["x"] > left_um - reach) & (found["x"] < right_um + reach)
        near &= (found["y"] > top_um - reach) & (found["y"] < bottom_um + reach)
        found = found[near]
        return found[np.argsort(found["kind"], kind="stable")]

    def _random(self, key: BlockKey, step: int) -> np.random.Generator:
        return np.random.default_rng((self.spec.seed, key[0] & 0xFFFFFFFF, key[1] & 0xFFFFFFFF, step))

    def _crowding(self, centre: Points) -> NDArray[np.float64]:
        """How full the film is at each point, `1 - unevenness` to 1."""
        rng = np.random.default_rng((self.spec.seed, 77))
        total = np.zeros(len(centre))
        for wave_um in (170.0, 260.0, 420.0, 900.0):
            angle, phase = rng.uniform(0, 2 * np.pi, 2)
            along = centre @ np.array([math.cos(angle), math.sin(angle)])
            total += np.sin(along * (2 * np.pi / wave_um) + phase)
        return 1 - self.spec.unevenness * (0.5 - 0.5 * np.clip(total / 2, -1, 1))

    def _make_groups(self, number: int, key: BlockKey) -> _Groups:
        rng = self._random(key, 1 + number)
        count = int(rng.poisson(self._group_rate * _BLOCK_MM2))
        centre = (np.array(key) + rng.random((count, 2))) * BLOCK_UM
        sizes = rng.choice((2, 3, 4, 5, 6), size=count, p=_CLUSTER_SIZES)
        sizes[rng.random(count) >= self.spec.cluster_fraction] = 1
        group = np.repeat(np.arange(count), sizes)
        kinds = rng.choice(len(WHITE_CLASSES), size=len(group), p=self.spec.class_shares)
        # clusters are mostly of one kind
        one_kind = rng.random(count) < 0.8
        kinds = np.where(one_kind[group], kinds[np.searchsorted(group, group)], kinds)
        cells = self._dress(rng, centre[group], kinds)
        for index in np.flatnonzero(sizes > 1):
            own = group == index
            offsets = cluster_offsets(rng, cells["radius"][own])
            cells["x"][own] += offsets[:, 0]
            cells["y"][own] += offsets[:, 1]
        return _Groups(cells, group, rng.random(count)[group])

    def _dress(self, rng: np.random.Generator, centre: Points, kinds: NDArray[np.integer]) -> Placed:
        """Cells of given classes and places, all else drawn."""
        cells = np.zeros(len(centre), PLACED)
        cells["x"], cells["y"] = centre[:, 0], centre[:, 1]
        cells["kind"] = kinds
        cells["variant"] = rng.integers(self.spec.variants, size=len(centre))
        cells["turn"] = rng.integers(8, size=len(centre))
        cells["strength"] = np.clip(rng.normal(1.0, 0.07, len(centre)), 0.8, 1.2)
        cells["radius"] = radii_um(self.spec.seed, cells["kind"], cells["variant"])
        return cells

    def _make_whites(self, number: int, key: BlockKey) -> Placed:
        """Groups of the first `number + 1` rounds: each round fills gaps that the ones before left."""
        around = self._groups[number].around(key)
        own = around[0]
        rank = np.concatenate([groups.rank for groups in around])
        clash = _too_near(own.cells, np.concatenate([groups.cells for groups in around]))
        beaten = (clash & (rank[None] > own.rank[:, None])).any(axis=1)
        if number == 0:
            return own.cells[~np.isin(own.group, own.group[beaten])]
        before = self._white_rounds[number - 1].around(key)
        beaten |= _too_near(own.cells, np.concatenate(before)).any(axis=1)
        return np.concatenate([before[0], own.cells[~np.isin(own.group, own.group[beaten])]])

    def _make_red_candidates(self, number: int, key: BlockKey) -> _Dots:
        rng = self._random(key, 10 + number)
        count = int(rng.poisson(self._red_rate * _BLOCK_MM2))
        centre = (np.array(key) + rng.random((count, 2))) * BLOCK_UM
        rank = rng.random(count)
        thin = rng.random(count) < self._crowding(centre)
        return _Dots(centre[thin], rank[thin])

    def _make_red_centres(self, number: int, key: BlockKey) -> Points:
        """Centres after `number + 1` rounds: each round fills gaps that the ones before left."""
        around = self._red_candidates[number].around(key)
        own = around[0]
        centre = np.concatenate([dots.centre for dots in around])
        rank = np.concatenate([dots.rank for dots in around])
        stays = np.ones(len(own.centre), bool)
        if len(own.centre):
            tree = cKDTree(centre)
            for index, near in enumerate(tree.query_ball_point(own.centre, _RED_SPACING_UM)):
                stays[index] = rank[near].max() <= own.rank[index]
        if number == 0:
            return own.centre[stays & self._far_from_whites(key, own.centre)]
        before = self._red_centres[number - 1].around(key)
        taken = np.concatenate(before)
        if len(taken) and len(own.centre):
            stays &= cKDTree(taken).query(own.centre)[0] > _RED_SPACING_UM
        added = own.centre[stays & self._far_from_whites(key, own.centre)]
        return np.concatenate([before[0], added])

    def _far_from_whites(self, key: BlockKey, centre: Points, gap_um: float = 2.7) -> NDArray[np.bool_]:
        whites = np.concatenate(self._whites.around(key))
        dx = centre[:, 0, None] - whites["x"][None]
        dy = centre[:, 1, None] - whites["y"][None]
        return (dx**2 + dy**2 > (whites["radius"][None] + gap_um) ** 2).all(axis=1)

    def _make_cells(self, key: BlockKey) -> Placed:
        rng = self._random(key, 30)
        reds = self._red_centres[-1](key)
        partners = reds[rng.random(len(reds)) < _PARTNERS]
        angle, away = rng.uniform(0, 2 * np.pi, len(partners)), rng.uniform(2.5, 5.5, len(partners))
        partners = partners + np.stack([np.cos(angle) * away, np.sin(angle) * away], axis=1)
        reds = np.concatenate([reds, partners[self._far_from_whites(key, partners)]])
        parts = [self._whites(key), self._dress(rng, reds, np.full(len(reds), RED_CELL))]
        for kind, rate in ((PLATELET, 1.6 * self.spec.platelets_per_mm2), (ARTEFACT, self.spec.artefacts_per_mm2)):
            centre = (np.array(key) + rng.random((int(rng.poisson(rate * _BLOCK_MM2)), 2))) * BLOCK_UM
            centre = centre[self._far_from_whites(key, centre, 1.0)]
            if kind == PLATELET and len(reds) and len(centre):
                on_red = cKDTree(reds).query(centre)[0] < _PLATELET_ROOM_UM
                centre = centre[~on_red | (rng.random(len(centre)) < 0.04)]
            parts.append(self._dress(rng, centre, np.full(len(centre), kind)))
        cells = np.concatenate(parts)
        cells["key"][:, 0], cells["key"][:, 1] = key
        cells["key"][:, 2] = np.arange(len(cells))
        return cells


def _too_near(some: Placed, others: Placed) -> NDArray[np.bool_]:
    """For each pair of cells of (some, others) whether they would touch."""
    dx = some["x"][:, None] - others["x"][None]
    dy = some["y"][:, None] - others["y"][None]
    return dx**2 + dy**2 < (some["radius"][:, None] + others["radius"][None] + _GAP_UM) ** 2


def _group_rate(spec: SmearSpec) -> float:
    """Candidate groups per mm2 and round."""
    sizes = 1 + spec.cluster_fraction * (float(np.dot(_CLUSTER_SIZES, (2, 3, 4, 5, 6))) - 1)
    radius_um = float(np.dot(spec.class_shares, mean_radii_um()[: len(WHITE_CLASSES)]))
    # a group keeps others away about like a disc of a little more than its cells' area
    apart_um = (2 * radius_um + _GAP_UM) * math.sqrt(1 + 1.35 * (sizes - 1))
    return _candidate_rate(spec.white_cells_per_mm2 / sizes, apart_um)


def _candidate_rate(wanted_per_mm2: float, apart_um: float) -> float:
    """Candidates per mm2 and round that leave about the wanted number of discs `apart_um` apart.

    The chance that a candidate finds room is that of random sequential adsorption of discs, to third order.
    """
    area_mm2 = math.pi * (apart_um / 1000) ** 2
    low, high = 0.0, 8 / area_mm2
    for _ in range(40):
        rate = (low + high) / 2
        stays = 0.0
        for _ in range(_ROUNDS):
            filled = stays * area_mm2 / 4
            room = max(0.0, 1 - 4 * filled + 3.308 * filled**2 + 1.407 * filled**3)
            stays += room * (1 - math.exp(-rate * area_mm2)) / area_mm2
        low, high = (rate, high) if stays < wanted_per_mm2 else (low, rate)
    return high

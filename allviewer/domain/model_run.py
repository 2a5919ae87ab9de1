"""What a new run of a model would change of an image: proposals, of which people take all, some or none."""

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Change, Edit
from allviewer.domain.geometry import Region
from allviewer.domain.pairing import pair_cells
from allviewer.progress import CancelToken

AGREEING_IOU = 0.9
"""A cell found again with the same class and so much in common is the same as before."""


class ProposalKind(enum.StrEnum):
    """What would become of a cell."""

    ADDED = "added"
    CHANGED = "changed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """One cell that the run sees differently: None before means added, None after means dropped.

    `before` is always a cell that no person has touched; `after` gets its id when it is taken.
    """

    before: Cell | None
    after: Cell | None

    @property
    def kind(self) -> ProposalKind:
        if self.before is None:
            return ProposalKind.ADDED
        return ProposalKind.DROPPED if self.after is None else ProposalKind.CHANGED

    @property
    def cell(self) -> Cell:
        """The cell as it would be; one that is dropped, as it is."""
        cell = self.after or self.before
        assert cell is not None, "a proposal has a before or an after"
        return cell

    @property
    def region(self) -> Region:
        """The box around both outlines."""
        boxes = [cell.mask.region for cell in (self.before, self.after) if cell is not None]
        return boxes[0] if len(boxes) == 1 else boxes[0].union(boxes[1])

    @property
    def confidence(self) -> float:
        """0 (no idea) to 1 (sure), as the model said of the cell."""
        return 1.0 - self.cell.uncertainty


@dataclass(frozen=True, slots=True)
class ModelRun:
    """The outcome of a run beside the cells that are there.

    Attributes:
        title: for people ("cells 1.0.0").
        proposals: what it would change, in no order.
        kept: cells of people that stay whatever it found there.
        agreeing: cells of an earlier run that it found again as they are.
    """

    title: str
    proposals: tuple[Proposal, ...]
    kept: int = 0
    agreeing: int = 0

    def count(self, kind: ProposalKind) -> int:
        return Counter(proposal.kind for proposal in self.proposals)[kind]

    @property
    def sentence(self) -> str:
        """For people: "3 of yours kept, 17 as before; 4 added, 2 changed, 1 dropped"."""
        counts = Counter(proposal.kind for proposal in self.proposals)
        changes = ", ".join(f"{counts[kind]:,} {kind}" for kind in ProposalKind)
        return f"{self.kept:,} of yours kept, {self.agreeing:,} as before; {changes}"

    def without(self, decided: Iterable[Proposal]) -> "ModelRun":
        """What is left when these have been taken or left."""
        gone = {id(proposal) for proposal in decided}
        return replace(self, proposals=tuple(p for p in self.proposals if id(p) not in gone))


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals people ask about.

    Attributes:
        kinds: of these kinds.
        label: of this class; empty for every class.
        least_confidence: the model is at least so sure, 0 to 1; what is dropped is judged by what it was.
        in_view: those in view only.
    """

    kinds: frozenset[ProposalKind] = frozenset(ProposalKind)
    label: str = ""
    least_confidence: float = 0.0
    in_view: bool = False

    def matching(self, proposals: Iterable[Proposal], visible: Region) -> list[Proposal]:
        """Those that it lets through, from left to right in bands."""
        found = [
            proposal
            for proposal in proposals
            if proposal.kind in self.kinds
            and (not self.label or proposal.cell.label == self.label)
            and proposal.confidence >= self.least_confidence
            and (not self.in_view or proposal.region.intersects(visible))
        ]
        heights = sorted(proposal.region.height for proposal in found)
        band_px = max(1, heights[len(heights) // 2]) if heights else 1
        return sorted(found, key=lambda p: (p.region.center[1] // band_px, p.region.center[0]))


def compare_run(
    title: str,
    present: Sequence[Cell],
    found: Sequence[Cell],
    answers_for: Callable[[Cell], bool],
    cancel: CancelToken | None = None,
) -> ModelRun:
    """Set what a run found beside the cells that are there.

    Args:
        present: cells of the image where the run looked, and around.
        found: under any ids.
        answers_for: whether the run looked at the whole of a cell, so that it is dropped where it was not found.

    Raises:
        Cancelled: soon after the cancel.
    """
    proposals: list[Proposal] = []
    agreeing = 0
    paired = pair_cells(present, found, cancel)
    for i, j, iou in paired:
        if present[i].is_touched:
            continue
        if _agree(present[i], found[j], iou):
            agreeing += 1
        else:
            proposals.append(Proposal(present[i], found[j]))
    present_again, found_before = {i for i, _, _ in paired}, {j for _, j, _ in paired}
    touched = [cell for cell in present if cell.is_touched]
    new = [cell for j, cell in enumerate(found) if j not in found_before]
    in_the_way = {j for j, _, _ in _touching(new, touched)}
    proposals += [Proposal(None, cell) for j, cell in enumerate(new) if j not in in_the_way]
    proposals += [
        Proposal(cell, None)
        for i, cell in enumerate(present)
        if i not in present_again and not cell.is_touched and answers_for(cell)
    ]
    return ModelRun(title, tuple(proposals), len(touched), agreeing)


def take(proposals: Iterable[Proposal], present: Mapping[int, Cell], first_free_id: int, text: str) -> Edit:
    """The edit that carries proposals out; those whose cell was touched or deleted meanwhile are passed over.

    Args:
        present: the cells as they are now, by id.
        first_free_id: ids from here on were never used.
    """
    changes: list[Change] = []
    free_id = first_free_id
    for proposal in proposals:
        if proposal.before is None:
            changes.append(Change(None, proposal.cell.numbered(free_id)))
            free_id += 1
            continue
        now = present.get(proposal.before.id)
        if now is None or now.is_touched:
            continue
        changes.append(Change(now, proposal.after.numbered(now.id) if proposal.after is not None else None))
    return Edit(text, changes)


def _agree(before: Cell, after: Cell, iou: float) -> bool:
    if before.label != after.label or iou < AGREEING_IOU or before.nucleus.is_empty != after.nucleus.is_empty:
        return False
    return before.nucleus.is_empty or before.nucleus.iou(after.nucleus) >= AGREEING_IOU


def _touching(new: Sequence[Cell], touched: Sequence[Cell]) -> list[tuple[int, int, float]]:
    """Found cells that are a second half of one that a person has drawn: the other half was its pair."""
    return pair_cells(new, touched) if new and touched else []

"""A cell: its whole mask, its nucleus, its class, and who or what says so."""

import enum
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from allviewer.domain.mask import Mask

UNSURE = 0.5


class CellState(enum.StrEnum):
    """Who vouches for a cell."""

    PROPOSED = "proposed"  # a model found it; nobody has looked
    ACCEPTED = "accepted"  # a person agreed with it as it is
    CORRECTED = "corrected"  # a person drew it, or changed its mask or class


class OriginKind(enum.StrEnum):
    MODEL = "model"
    PERSON = "person"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who or what made a cell, and when (UTC)."""

    kind: OriginKind
    name: str
    """Name of the person, or `pack name + version + short checksum` of the model."""
    created_utc: datetime

    @classmethod
    def person(cls, name: str) -> "Origin":
        return cls(OriginKind.PERSON, name, datetime.now(UTC))

    @classmethod
    def model(cls, name: str) -> "Origin":
        return cls(OriginKind.MODEL, name, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of one image. Frozen: an edit makes a new one under the same id.

    The nucleus always lies inside the cell.

    Attributes:
        id: positive, unique within its image, never used again.
        mask: the whole cell, nucleus included.
        nucleus: may be empty (not seen, or none as in red cells).
        label: key of a `CellClass` of the class set, such as "blast".
        probabilities: (class key, probability) as the classifier gave them; empty if drawn by hand.
        uncertainty: 0 (sure) to 1 (no idea); from `UNSURE` on a person should decide.
        origin: who or what made the cell.
        state: who vouches for it.
        edited_by: name of the last person who changed it; empty if nobody has.
        tags: what people noted beside the class ("L2", "vacuoles"), in alphabetical order, each once.

    Raises:
        ValueError: for a non-positive id, an empty mask, or a nucleus that leaves its cell.
    """

    id: int
    mask: Mask
    nucleus: Mask
    label: str
    origin: Origin
    state: CellState = CellState.PROPOSED
    probabilities: tuple[tuple[str, float], ...] = ()
    uncertainty: float = 0.0
    edited_by: str = field(default="")
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.id <= 0:
            raise ValueError("a cell id is positive")
        if self.mask.is_empty:
            raise ValueError("a cell has at least one pixel")
        if not self.mask.contains(self.nucleus):
            raise ValueError("a nucleus lies inside its cell")

    @property
    def area_px(self) -> int:
        return self.mask.area_px

    @property
    def nucleus_area_px(self) -> int:
        return self.nucleus.area_px

    @property
    def cytoplasm_area_px(self) -> int:
        return self.area_px - self.nucleus_area_px

    @property
    def nc_ratio(self) -> float:
        """Nucleus area over whole-cell area, 0 to 1 (1: no cytoplasm seen)."""
        return self.nucleus_area_px / self.area_px

    @property
    def is_touched(self) -> bool:
        """Whether a person vouches for the cell; such a cell is never changed by a model."""
        return self.state is not CellState.PROPOSED

    @property
    def is_unsure(self) -> bool:
        """Whether a classifier gave the class, doubts it, and nobody has decided yet."""
        return bool(self.probabilities) and self.uncertainty >= UNSURE and not self.is_touched

    @property
    def p_blast(self) -> float:
        """Probability of blast as the classifier gave it; 0 if it gave none."""
        return dict(self.probabilities).get("blast", 0.0)

    def corrected(self, person: str, **changes: object) -> "Cell":
        """A copy with changes that a person made."""
        if "mask" in changes or "nucleus" in changes:
            return replace(self, state=CellState.CORRECTED, edited_by=person, **changes)  # type: ignore[arg-type]
        return self.restated(state=CellState.CORRECTED, edited_by=person, **changes)

    def accepted(self, person: str) -> "Cell":
        """A copy that a person agreed with as it is; a corrected cell stays corrected."""
        if self.state is CellState.CORRECTED:
            return self
        return self.restated(state=CellState.ACCEPTED, edited_by=person)

    def tagged(self, tags: tuple[str, ...], person: str) -> "Cell":
        """A copy with other tags."""
        return self.restated(tags=tags, edited_by=person)

    def numbered(self, cell_id: int) -> "Cell":
        """A copy with another id, which must be positive."""
        return self.restated(id=cell_id)

    def restated(self, **changes: object) -> "Cell":
        """A copy with the same masks: these need no second look, which makes it ten times as fast as `replace`."""
        copy = object.__new__(Cell)
        for name, slot in _SLOTS:
            slot.__set__(copy, changes[name] if name in changes else slot.__get__(self))
        return copy


_SLOTS = tuple((name, vars(Cell)[name]) for name in Cell.__slots__)

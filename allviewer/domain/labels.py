"""Classes of cells and tags beside them. A class set is a small file; the rest of the program knows only keys."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

UNCLASSIFIED = "unclassified"
OTHER = "other"
"""The group of what is no white cell: red cells, platelets, artefacts."""
LINES = ("solid", "long", "dash", "dot")
"""Styles of outlines: a second cue beside the colour. Long and short dashes, and dots."""


@dataclass(frozen=True, slots=True)
class CellClass:
    """One class of cells.

    Attributes:
        key: short stable name used in files ("blast").
        title: name for people ("Blast").
        hotkey: the key that gives a cell this class, such as "1" or "Shift+2", or empty.
        colour: (red, green, blue), 0 to 255, safe for colour-blind people.
        line: one of `LINES`.
        group: what reports sum it up under ("Granulocytes"); `OTHER`: it is no white cell.
        counted: whether it enters the differential; what does not is told per 100 counted cells.
    """

    key: str
    title: str
    hotkey: str
    colour: tuple[int, int, int]
    line: str = "solid"
    group: str = "White cells"
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Tag:
    """A note beside the class.

    Attributes:
        name: short, as it is stored with the cell and shown ("L1").
        tip: what it says, in a few words.
        hotkey: the key that puts it on and takes it off, or empty.
        group: of the tags of one group a cell has at most one; empty: it goes with every other.
    """

    name: str
    tip: str = ""
    hotkey: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class TagSet:
    """Tags that are chosen together. Raises ValueError if two have the same name."""

    name: str
    tags: tuple[Tag, ...]

    def __post_init__(self) -> None:
        _refuse_twins((tag.name for tag in self.tags), "two tags have the same name")


@dataclass(frozen=True, slots=True)
class ClassSet:
    """An ordered set of classes with a name, and the tags that go with it. Every set holds `unclassified`.

    Raises:
        ValueError: two classes, or tags, have the same key or the same hotkey, a line style is unknown, or the class
            `unclassified` is missing.
    """

    name: str
    classes: tuple[CellClass, ...]
    tags: tuple[Tag, ...] = ()

    def __post_init__(self) -> None:
        keys = [c.key for c in self.classes]
        _refuse_twins(keys, "two classes have the same key")
        _refuse_twins((c.title.casefold() for c in self.classes), "two classes have the same title")
        hotkeys = [c.hotkey for c in self.classes] + [tag.hotkey for tag in self.tags]
        _refuse_twins(filter(None, hotkeys), "two classes have the same hotkey")
        _refuse_twins((tag.name for tag in self.tags), "two tags have the same name")
        if UNCLASSIFIED not in keys:
            raise ValueError("a class set holds the class 'unclassified'")
        for cell_class in self.classes:
            if cell_class.line not in LINES:
                raise ValueError(f"the class '{cell_class.key}' has an unknown line style, {cell_class.line!r}")

    def __contains__(self, key: str) -> bool:
        return any(cell_class.key == key for cell_class in self.classes)

    def find(self, key: str) -> CellClass:
        """The class of a key; `unclassified` for a key that this set does not know."""
        for cell_class in self.classes:
            if cell_class.key == key:
                return cell_class
        return self.find(UNCLASSIFIED)

    def title(self, key: str) -> str:
        """The name of a class for people, also of one that another set gave: a cell keeps it until it is relabelled."""
        return self.find(key).title if key in self else f"{key.replace('_', ' ').capitalize()} (not in this set)"

    def by_hotkey(self, hotkey: str) -> CellClass | None:
        return next((c for c in self.classes if c.hotkey == hotkey), None)

    def is_white(self, key: str) -> bool:
        return self.find(key).group.casefold() != OTHER

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of counted classes, in the order of the set."""
        return tuple(dict.fromkeys(c.group for c in self.classes if c.counted))

    def rivals(self, name: str) -> tuple[str, ...]:
        """Tags that a cell cannot have together with this one."""
        group = next((tag.group for tag in self.tags if tag.name == name), "")
        return tuple(tag.name for tag in self.tags if group and tag.group == group and tag.name != name)

    def with_tags(self, sets: Iterable[TagSet]) -> "ClassSet":
        """The same classes with the tags of these sets; a hotkey that is taken already is left out."""
        taken = {c.hotkey for c in self.classes}
        tags: dict[str, Tag] = {}
        for tag in (tag for tag_set in sets for tag in tag_set.tags):
            if tag.name not in tags:
                tags[tag.name] = replace(tag, hotkey="") if tag.hotkey in taken else tag
                taken.add(tag.hotkey)
        return replace(self, tags=tuple(tags.values()))


def _refuse_twins(names: Iterable[str], sentence: str) -> None:
    listed = list(names)
    if len(set(listed)) != len(listed):
        raise ValueError(sentence)


FAB_TAGS = TagSet(
    "FAB L1 to L3",
    (
        Tag("L1", "Small and uniform, scant cytoplasm, nucleoli hardly seen", "Alt+1", "FAB"),
        Tag("L2", "Larger and varied, irregular nucleus, prominent nucleoli", "Alt+2", "FAB"),
        Tag("L3", "Deep blue cytoplasm with vacuoles, finely stippled chromatin", "Alt+3", "FAB"),
    ),
)
"""Appearance after the FAB group, as a note: classifications of today no longer rest on it."""

ALL_CLASSES = ClassSet(
    "ALL: blast or not",
    (
        CellClass("blast", "Blast", "1", (213, 94, 0), "solid", "Blasts"),
        CellClass("lymphocyte", "Lymphocyte", "2", (0, 114, 178), "dash", "Not blasts"),
        CellClass("neutrophil", "Neutrophil", "3", (0, 158, 115), "long", "Not blasts"),
        CellClass("monocyte", "Monocyte", "4", (204, 121, 167), "dash", "Not blasts"),
        CellClass("eosinophil", "Eosinophil", "5", (230, 159, 0), "long", "Not blasts"),
        CellClass("basophil", "Basophil", "6", (86, 180, 233), "dash", "Not blasts"),
        CellClass("smudge", "Smudge cell", "7", (136, 102, 34), "dot", "Not counted", counted=False),
        CellClass("red_cell", "Red cell", "8", (255, 170, 220), "dot", OTHER, counted=False),
        CellClass("platelet", "Platelet", "9", (120, 94, 240), "dot", OTHER, counted=False),
        CellClass("artefact", "Artefact", "0", (110, 110, 110), "dot", OTHER, counted=False),
        CellClass(UNCLASSIFIED, "Unclassified", "", (240, 228, 66), "dot", "Unclassified", counted=True),
    ),
    FAB_TAGS.tags,
)
"""The class set of a new case; colours after Okabe and Ito."""

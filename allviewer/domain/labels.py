"""Classes of cells. A class set is a small file; the rest of the program knows only keys."""

from dataclasses import dataclass

UNCLASSIFIED = "unclassified"


@dataclass(frozen=True, slots=True)
class CellClass:
    """One class of cells.

    Attributes:
        key: short stable name used in files ("blast").
        title: name for people ("Blast").
        hotkey: the number key, "1" to "0", or empty.
        colour: (red, green, blue), 0 to 255, safe for colour-blind people.
        line: "solid", "dash" or "dot": a second cue beside the colour.
        group: "white" (white cells, blasts included) or "other" (red cells, platelets, artefacts).
        counted: whether it enters the differential.
    """

    key: str
    title: str
    hotkey: str
    colour: tuple[int, int, int]
    line: str = "solid"
    group: str = "white"
    counted: bool = True


@dataclass(frozen=True, slots=True)
class ClassSet:
    """An ordered set of classes with a name. Every set holds `unclassified`."""

    name: str
    classes: tuple[CellClass, ...]

    def __post_init__(self) -> None:
        keys = [c.key for c in self.classes]
        if len(set(keys)) != len(keys):
            raise ValueError("two classes have the same key")
        hotkeys = [c.hotkey for c in self.classes if c.hotkey]
        if len(set(hotkeys)) != len(hotkeys):
            raise ValueError("two classes have the same hotkey")
        if UNCLASSIFIED not in keys:
            raise ValueError("a class set holds the class 'unclassified'")

    def find(self, key: str) -> CellClass:
        """The class of a key; `unclassified` for a key that this set does not know."""
        for cell_class in self.classes:
            if cell_class.key == key:
                return cell_class
        return self.find(UNCLASSIFIED)

    def by_hotkey(self, hotkey: str) -> CellClass | None:
        return next((c for c in self.classes if c.hotkey == hotkey), None)

    def is_white(self, key: str) -> bool:
        return self.find(key).group == "white"


ALL_CLASSES = ClassSet(
    "ALL",
    (
        CellClass("blast", "Blast", "1", (213, 94, 0), "solid"),
        CellClass("lymphocyte", "Lymphocyte", "2", (0, 114, 178), "dash"),
        CellClass("neutrophil", "Neutrophil", "3", (0, 158, 115), "dash"),
        CellClass("monocyte", "Monocyte", "4", (204, 121, 167), "dash"),
        CellClass("eosinophil", "Eosinophil", "5", (230, 159, 0), "dash"),
        CellClass("basophil", "Basophil", "6", (86, 180, 233), "dash"),
        CellClass("smudge", "Smudge cell", "7", (150, 120, 90), "dot", "white", counted=False),
        CellClass("red_cell", "Red cell", "8", (200, 60, 60), "dot", "other", counted=False),
        CellClass("platelet", "Platelet", "9", (120, 94, 240), "dot", "other", counted=False),
        CellClass("artefact", "Artefact", "0", (110, 110, 110), "dot", "other", counted=False),
        CellClass(UNCLASSIFIED, "Unclassified", "", (240, 228, 66), "dot", "white", counted=True),
    ),
)
"""The shipped class set; colours after Okabe and Ito."""

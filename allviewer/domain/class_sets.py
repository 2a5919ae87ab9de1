"""The class sets and tag sets that ship with the program, beside `labels.ALL_CLASSES`."""

from allviewer.domain.labels import ALL_CLASSES, FAB_TAGS, OTHER, UNCLASSIFIED, CellClass, ClassSet, Tag, TagSet

_MATURE = "Granulocytes"
_PRECURSORS = "Granulocyte precursors"
_LYMPHOID = "Lymphoid cells"

ICSH_CLASSES = ClassSet(
    "ICSH differential",
    (
        CellClass("blast", "Blast", "1", (213, 94, 0), "solid", "Blasts"),
        CellClass("promyelocyte", "Promyelocyte", "2", (150, 0, 40), "solid", _PRECURSORS),
        CellClass("myelocyte", "Myelocyte", "3", (119, 68, 153), "solid", _PRECURSORS),
        CellClass("metamyelocyte", "Metamyelocyte", "4", (136, 187, 238), "solid", _PRECURSORS),
        CellClass("band", "Band neutrophil", "5", (68, 238, 170), "dash", _MATURE),
        CellClass("neutrophil", "Segmented neutrophil", "6", (119, 136, 0), "dash", _MATURE),
        CellClass("eosinophil", "Eosinophil", "7", (221, 221, 0), "dash", _MATURE),
        CellClass("basophil", "Basophil", "8", (51, 85, 255), "dash", _MATURE),
        CellClass("monocyte", "Monocyte", "9", (204, 68, 153), "dash", "Monocytes"),
        CellClass("lymphocyte", "Lymphocyte", "0", (136, 136, 238), "long", _LYMPHOID),
        CellClass("reactive_lymphocyte", "Reactive lymphocyte", "Shift+1", (221, 170, 0), "long", _LYMPHOID),
        CellClass("abnormal_lymphocyte", "Abnormal lymphocyte", "Shift+2", (238, 170, 153), "solid", _LYMPHOID),
        CellClass("large_granular_lymphocyte", "Large granular lymph.", "Shift+3", (153, 51, 255), "long", _LYMPHOID),
        CellClass("plasma_cell", "Plasma cell", "Shift+4", (0, 221, 238), "long", _LYMPHOID),
        CellClass("nrbc", "Nucleated red cell", "Shift+5", (221, 0, 102), "long", "Not counted", counted=False),
        CellClass("smudge", "Smudge cell", "Shift+6", (136, 102, 34), "dot", "Not counted", counted=False),
        CellClass("red_cell", "Red cell", "Shift+7", (255, 170, 255), "dot", OTHER, counted=False),
        CellClass("platelet", "Platelet", "Shift+8", (17, 255, 17), "dot", OTHER, counted=False),
        CellClass("artefact", "Artefact", "Shift+9", (102, 170, 136), "dot", OTHER, counted=False),
        CellClass(UNCLASSIFIED, "Unidentified", "Shift+0", (204, 221, 136), "dot", "Unidentified"),
    ),
)
"""White cells in the customary order of a blood differential, named as ICSH recommends (Palmer et al., Int J Lab
Hematol 2015). Nucleated red cells and smudge cells are told per 100 counted cells."""

FREE_TAGS = TagSet(
    "Free tags",
    (
        Tag("nucleoli", "Nucleoli stand out", "Alt+4"),
        Tag("vacuoles", "Vacuoles in the cytoplasm", "Alt+5"),
        Tag("cleft", "The nucleus has a cleft or fold", "Alt+6"),
        Tag("granules", "Granules in the cytoplasm", "Alt+7"),
        Tag("out of focus", "Not sharp enough to judge", "Alt+8"),
        Tag("example", "A good example to show", "Alt+9"),
        Tag("ask", "Somebody else should look at it", "Alt+0"),
    ),
)

CLASS_SETS = (ALL_CLASSES, ICSH_CLASSES)
TAG_SETS = (FAB_TAGS, FREE_TAGS)

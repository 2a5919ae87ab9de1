"""What the five papers' tables are about, and what holds for all of a table. Figures are in `training.experiments`."""

from typing import NamedTuple

PAPERS = {
    "000": "ALL-FABNET (Al-Zubaidi et al.)",
    "001": "Pivot-Growing Segmentation and U-Net PLR (Asaad et al.)",
    "002": "HSV threshold, U-Net and custom CNN on the Taleqani set (Reza et al.)",
    "003": "Five-layer CNN on C-NMC 2019 (Papaioannou et al.)",
    "004": "Three-cluster threshold and light CNN (Zaiter and Zwiggelaar)",
}

TESTED = {
    ("000", "all_idb1"): 108,
    ("000", "all_idb2"): 260,
    ("002", "taleqani_all"): 651,
    ("003", "cnmc2019"): 2133,
    ("004", "all_idb1"): 108,
    ("004", "all_idb2"): 260,
}
"""Pictures that a paper tested, by its own data set, where it tells their number."""

ABLATIONS = {
    ("001-cnn-plr", "001-cnn"): "PLR for ReLU, CNN",
    ("001-unet-plr", "001-unet"): "PLR for ReLU, U-Net",
    ("001-efficientnet-b3-plr", "001-efficientnet-b3"): "PLR for ReLU, EfficientNet-B3",
    ("001-vgg16-plr", "001-vgg16"): "PLR for ReLU, VGG-16",
    ("000-fabnet-cnmc-with-fab", "000-fabnet-cnmc-without-fab"): "flipped attention block, C-NMC",
    ("000-fabnet-idb2-with-fab", "000-fabnet-idb2-without-fab"): "flipped attention block, ALL-IDB2 (ours: other data)",
    ("000-fabnet-idb1-with-fab", "000-fabnet-idb1-without-fab"): "flipped attention block, ALL-IDB1 (ours: other data)",
    ("003-cnn-256-rgb-4x", "003-cnn-256-rgb-1x"): "copies at quarter turns, 256 px",
    ("003-cnn-128-rgb-4x", "003-cnn-128-rgb-1x"): "copies at quarter turns, 128 px",
    ("003-cnn-128-rgb-1x", "003-cnn-128-grey-1x"): "colour for grey, 128 px",
    ("002-custom-cnn-dropout-0.2", "002-custom-cnn"): "dropout 0.2 for 0.8, custom CNN",
}
"""(experiment with a change, the same without it) and what the change is."""


class About(NamedTuple):
    """Title of a table, and remarks on all of it."""

    title: str
    remarks: tuple[str, ...] = ()


_NO_TRUTH = (
    "The paper calls this segmentation, but ALL-IDB holds centroids and labels, and C-NMC cells cut out on black: "
    "there are no masks its accuracy of pixels could be measured against. No Dice or IoU is printed."
)
_FAB_HURTS = (
    "As printed, the network without its flipped attention block (table III) beats the one with it (table I) on all "
    "three sets; the row of ALL-IDB2 in table III is the headline of the classifier. One of the captions is wrong, or "
    "the block hurts."
)
_FOLDS = "The paper's ten folds are of pictures; C-NMC holds about 130 pictures a subject."
_NO_SUBJECTS = (
    "The public files name no subjects (89 people, 3256 fields). Groups are runs of 40 neighbouring pictures, so even "
    "the split by group may have one person on both sides: no figure here holds for a new person."
)
_COLOUR = "See ../table-shortcut.md for what six numbers of colour alone reach on the same pictures."
_LEAK_IN_TABLE_2 = (
    "Table 2 of the paper counts 40,511 training pictures, which is 4 x 10,661 less the 2,133 of the test: the turned "
    "copies of the test pictures are in the training set. Tables 4 and 5 say 34,116. Both are run: table-protocols.md."
)
_IDB = (
    "ALL-IDB may not be redistributed and is not here. Ours was measured on other data, as each line says, so that it "
    "neither confirms nor refutes the printed figures. With 108 and 260 pictures the printed differences of 1 to 3 "
    "points are 1 to 4 pictures."
)

_FEATURES = "The paper does not say which features it classified; ours are of shape, colour and texture of the cell."
_HARD_LABELS = (
    "Its ROC AUC equals its balanced accuracy in almost every row: it was computed from hard labels, which is no area "
    "under a curve. Ours is computed from scores."
)
_PLR_JUMPS = (
    "Printed jumps of 14 to 20 points from another activation do not fit the paper's own curves: figure 12 shows a "
    "validation accuracy of 34.7 % for the CNN printed with 68.9 %, figure 17 ends at 67 % for the EfficientNet "
    "printed with 93.6 %."
)
_HSV_TRUTH = (
    "The paper's truth are masks of an HSV threshold, so its Dice of 0.52 says how well a network copies a threshold. "
    "Ours is measured against masks that experts drew."
)
_MISPRINT = "Loss and Dice add up to 1 in every row but the fifth (0.0499 for 0.4996: a misprint)."

TABLES = {
    ("000", "1"): About("segmentation, with the flipped attention block", (_NO_TRUTH, _FAB_HURTS)),
    ("000", "2"): About("classification"),
    ("000", "3"): About("without the flipped attention block", (_NO_TRUTH, _FAB_HURTS)),
    ("001", "3"): About("PGS and EfficientNet-B3, ten folds", (_FOLDS,)),
    ("001", "4"): About("loss of PGS and EfficientNet-B3, ten folds", (_FOLDS,)),
    ("001", "5"): About("27 classical classifiers", (_FEATURES, _HARD_LABELS)),
    ("001", "6"): About("networks with and without parametric leaky ReLU", (_PLR_JUMPS,)),
    ("002", "3"): About("segmentation by U-Net", (_HSV_TRUTH, _MISPRINT)),
    ("002", "4"): About("custom CNN and zoo, four classes of fields", (_NO_SUBJECTS, _COLOUR)),
    ("003", "3"): About("figures of each class", (_LEAK_IN_TABLE_2,)),
    ("003", "4"): About("sizes, colour and rotation", (_LEAK_IN_TABLE_2,)),
    ("003", "5"): About("beside frozen networks with ImageNet weights", (_LEAK_IN_TABLE_2,)),
    ("004", "1"): About("light CNN, ResNet-50 and RegNet", (_IDB,)),
}

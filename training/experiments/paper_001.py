"""Paper 001: Asaad et al., "Pivot-Growing Segmentation and U-NET PLR": C-NMC 2019 from a mirror, 15,135 cells.

Table 6 compares four networks with and without parametric leaky ReLU, tables 3 and 4 are ten folds by picture of PGS
with EfficientNet-B3, table 5 lists 27 classical classifiers. Optimiser, rate, loss and batch are not stated; figures 17
and 18 show 20 epochs. How the U-Net classifies is not described.
"""

from training.experiments.experiment import Experiment, Model, Published, printed
from training.preprocessing.settings import Augmentation, Preparation

EPOCHS = 20
ROTATED_FLIPPED_ZOOMED = Augmentation(rotate_degrees=20, flips=0.5, crop=0.85)
""""Rotated, flipped, zoomed" (section 4 A); amounts are not stated."""
READING = (
    "Adam 1e-3 for all, so that only the activation differs between two rows; batches of 16; from scratch. The layers "
    "of the CNN are not described: 003's is taken."
)
CURVE_12 = "Figure 12 shows a validation accuracy of 34.71 %."
CURVE_17 = "Figure 17 ends at an accuracy of 67 % after 20 epochs."
FOLDS_3 = "The text calls these the accuracies at the start of training."
U_NET_READING = READING + " The U-Net classifies by a pooled linear head on its bottleneck."


def _table_6(
    name: str,
    title: str,
    model: str,
    plr: bool,
    accuracy: float,
    balanced: float,
    auc: float,
    f1: float,
    doubt: str = "",
    variant: str = "",
) -> Experiment:
    of_segmentation = model.startswith("unet")
    values = {"accuracy": accuracy, "balanced_accuracy": balanced, "auc": auc, "f1": f1}
    return Experiment(
        name=f"001-{name}{'-plr' if plr else ''}",
        paper="001",
        title=f"{title}{' with PLR' if plr else ''}",
        task="classification",
        model=Model(name=model, plr=plr and not of_segmentation, variant=variant),
        data=("cnmc2019",),
        preparation=Preparation(size_px=256, grey=of_segmentation),
        augmentation=ROTATED_FLIPPED_ZOOMED,
        epochs=EPOCHS,
        batch=16,
        published=printed("table 6", doubt, **values),
        reading=U_NET_READING if of_segmentation else READING,
    )


def _folds() -> tuple[Published, ...]:
    """The mean of the ten validation accuracies at the end of training, table 3."""
    ends = (0.930, 0.925, 0.932, 0.935, 0.930, 0.933, 0.937, 0.938, 0.931, 0.934)
    return (Published("accuracy", round(sum(ends) / len(ends), 5), "table 3, mean of ten folds", FOLDS_3),)


_PGS = Experiment(
    name="001-pgs-efficientnet-b3",
    paper="001",
    title="PGS and EfficientNet-B3, ten folds",
    task="classification",
    model=Model(name="efficientnet-b3"),
    data=("cnmc2019",),
    preparation=Preparation(size_px=256, region="pgs"),
    augmentation=ROTATED_FLIPPED_ZOOMED,
    epochs=EPOCHS,
    batch=16,
    paper_protocol="ten_fold_by_picture",
    published=_folds(),
    reading=READING + " What PGS does not take for a cell is black.",
)

EXPERIMENTS = (
    _table_6("cnn", "CNN", "five-layer-cnn", False, 0.6892, 0.6734, 0.6792, 0.6821, CURVE_12),
    _table_6("cnn", "CNN", "five-layer-cnn", True, 0.8934, 0.8876, 0.8891, 0.8912),
    _table_6("unet", "U-Net", "unet-plr-classifier", False, 0.9350, 0.9287, 0.9295, 0.9321, variant="relu"),
    _table_6("unet", "U-Net", "unet-plr-classifier", True, 0.9522, 0.9467, 0.9482, 0.9508),
    _table_6("efficientnet-b3", "EfficientNet-B3", "efficientnet-b3", False, 0.7721, 0.7589, 0.7634, 0.7672),
    _table_6("efficientnet-b3", "EfficientNet-B3", "efficientnet-b3", True, 0.9356, 0.9312, 0.9328, 0.9342, CURVE_17),
    _table_6("vgg16", "VGG-16", "vgg16", False, 0.7893, 0.7745, 0.7782, 0.7817),
    _table_6("vgg16", "VGG-16", "vgg16", True, 0.9278, 0.9221, 0.9245, 0.9262),
    _PGS,
)

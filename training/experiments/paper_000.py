"""Paper 000: A. S. Al-Zubaidi et al., "ALL-FABNET": DenseNet-169 encoder-decoder with a flipped attention block (FAB).

Tables I and III call "segmentation" what cannot be one: ALL-IDB has no masks, and C-NMC cells are cut out already, so
that the mask is `pixel > 0`. The baselines in them are classifiers, and are built as such. Neither loss, optimiser,
rate and batch nor any split is stated; accuracy "reached a high level in the 50th epoch" (under figure 8).
"""

from typing import Any

from training.experiments.experiment import Experiment, Model, Optimiser, Published, printed
from training.preprocessing.settings import Augmentation, Preparation

TURNED_AND_COLOURED = Augmentation(quarter_turns=0.75, flips=0.5, crop=0.8, brightness=0.1, contrast=0.1, colour=0.1)
""""Rotate, crop, colour transform, flip" (section III); amounts are not stated."""
LIFTED = Preparation(size_px=256, contrast=True)
ADAMW = Optimiser(name="adamw", learning_rate=1e-4, weight_decay=1e-4)
NO_MASKS = "{} (masks do not exist)"
"""A data set that nobody can have: it is named so that the line of the table says what the paper claims."""
STAND_IN = "bccd"

SEGMENTATION_READING = (
    "Accuracy, precision and recall are read as those of pixels of the whole cell, which is what the paper's ROC is "
    "of; Dice plus cross-entropy, AdamW 1e-4, batches of 8; contrast is lifted by CLAHE; the edge detection of figure "
    "11 is an option (`edges`) that is off."
)
CLASSIFIER_READING = "From scratch here, AdamW 1e-4, 50 epochs; the paper fine-tuned weights of ImageNet."
FAB_LOSES = "Table III, without the block, is better by 0.8 to 4.4 points on all three sets: a caption is wrong."
IS_CLASSIFIER = "Equal to the classifier's figures under table II: not one of pixels."


def _pixels(where: str, accuracy: float, precision: float, recall: float, doubt: str = "") -> tuple[Published, ...]:
    values = {"cell_pixel_accuracy": accuracy, "cell_pixel_precision": precision, "cell_pixel_recall": recall}
    return printed(where, doubt, **values)


def _segmentation(name: str, data: tuple[str, ...], fab: bool, published: tuple[Published, ...]) -> Experiment:
    return Experiment(
        name=f"000-fabnet-{name}-{'with' if fab else 'without'}-fab",
        paper="000",
        title=f"ALL-FABNET {'with' if fab else 'without'} FAB, {name.upper()}",
        task="segmentation",
        target="cell",
        model=Model(name="all-fabnet" if fab else "all-fabnet-without-fab"),
        data=data,
        preparation=LIFTED,
        augmentation=TURNED_AND_COLOURED,
        optimiser=ADAMW,
        loss="dice_cross_entropy",
        epochs=50,
        batch=8,
        published=published,
        reading=SEGMENTATION_READING,
    )


def _classifier(name: str, title: str, model: str, data: tuple[str, ...], *published: Published) -> Experiment:
    return Experiment(
        name=f"000-{name}",
        paper="000",
        title=title,
        task="classification",
        model=Model(name=model),
        data=data,
        preparation=LIFTED,
        augmentation=TURNED_AND_COLOURED,
        optimiser=ADAMW,
        epochs=50,
        published=published,
        reading=CLASSIFIER_READING,
    )


def _row(where: str, accuracy: float, precision: float, recall: float, f1: float, **more: Any) -> tuple[Published, ...]:
    return printed(where, accuracy=accuracy, precision=precision, recall=recall, f1=f1, **more)


_IDB1, _IDB2, _CNMC = (
    (NO_MASKS.format("all_idb1"), STAND_IN),
    (NO_MASKS.format("all_idb2"), "segmentation_wbc"),
    ("cnmc2019",),
)
_CELLS_IDB2 = ("all_idb2", "cnmc2019")

EXPERIMENTS = (
    _classifier(
        "fabnet-classifier",
        "ALL-FABNET classifier, ALL-IDB2",
        "all-fabnet-classifier",
        _CELLS_IDB2,
        *_row("text under table II", 0.9794, 0.9754, 0.9865, 0.9765),
    ),
    _classifier(
        "densenet169", "DenseNet-169", "densenet169", _CNMC, *_row("table II", 0.96667, 0.94667, 0.95667, 0.96667)
    ),
    _classifier(
        "densenet121-cnmc",
        "DenseNet-121, C-NMC",
        "densenet121",
        _CNMC,
        *_row("table I", 0.9453, 0.9315, 0.9275, 0.9595),
        *_row("table III", 0.9034, 0.8960, 0.8849, 0.9465),
    ),
    _classifier(
        "resnet50-cnmc",
        "ResNet-50, C-NMC",
        "resnet50",
        _CNMC,
        *_row("table I", 0.9350, 0.9273, 0.9310, 0.9494),
        *_row("table III", 0.9085, 0.9053, 0.9053, 0.9515),
    ),
    _classifier(
        "resnet18-cnmc", "ResNet-18, C-NMC", "resnet18", _CNMC, *_row("table I", 0.8101, 0.8670, 0.8465, 0.8160),
        *_row("table III (called ISBI)", 0.9178, 0.8583, 0.8768, 0.9264),
    ),
    _classifier(
        "vgg16-cnmc", "VGG-16, C-NMC", "vgg16", _CNMC,
        *_row("table III (called ISBI)", 0.8692, 0.9567, 0.9066, 0.9350),
    ),
    _classifier(
        "resnet50-idb2",
        "ResNet-50, ALL-IDB2",
        "resnet50",
        _CELLS_IDB2,
        *_row("table II", 0.8946, 0.7855, 0.9084, 0.7964),
        *_row("table III", 0.8946, 0.7855, 0.9184, 0.7964),
    ),
    _classifier(
        "densenet121-idb2",
        "DenseNet-121, ALL-IDB2",
        "densenet121",
        _CELLS_IDB2,
        *_row("table I", 0.8420, 0.9485, 0.9390, 0.9695),
        *_row("table II", 0.9238, 0.9045, 0.9182, 0.9380),
        *_row("table III", 0.9238, 0.9045, 0.9182, 0.9380),
    ),
    _classifier(
        "vgg19-idb2", "VGG-19, ALL-IDB2", "vgg19", _CELLS_IDB2, *_row("table I", 0.8692, 0.8545, 0.8875, 0.8316)
    ),
    _segmentation("cnmc", _CNMC, True, _pixels("table I", 0.9667, 0.9406, 0.9127, FAB_LOSES)),
    _segmentation("cnmc", _CNMC, False, _pixels("table III", 0.9750, 0.9532, 0.9676)),
    _segmentation("idb2", _IDB2, True, _pixels("table I", 0.9356, 0.9063, 0.8954, FAB_LOSES)),
    _segmentation("idb2", _IDB2, False, _pixels("table III", 0.9794, 0.9654, 0.9865, IS_CLASSIFIER)),
    _segmentation("idb1", _IDB1, True, _pixels("table I", 0.9134, 0.9354, 0.9067, FAB_LOSES)),
    _segmentation("idb1", _IDB1, False, _pixels("table III", 0.9573, 0.9365, 0.9462)),
)  # fmt: skip

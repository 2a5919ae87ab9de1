"""Paper 002: H. Reza et al., "ALL diagnosis and subtype segmentation in blood smears using CNN and U-Net".

HSV threshold, U-Net, custom CNN and zoo on the Taleqani set: four classes of fields, 224 px.

3256 fields of 89 people, divided 64/16/20 by picture (table 1 and its text). The masks that the U-Net learns are the
data set's own copies segmented by an HSV threshold. Optimiser, rate, batch and epochs of the classifiers are not
stated; the U-Net ran for 9 epochs with a loss of 1 - Dice (table 3).
"""

from training.experiments.experiment import Experiment, Model, Published, printed
from training.preprocessing.settings import Augmentation, Preparation

CHANGED = Augmentation(
    quarter_turns=0.75, rotate_degrees=20, flips=0.5, crop=0.8, cutout=0.5, brightness=0.2, contrast=0.2
)
"""Rotation, contrast, flip, crop, cutout, brightness (section 2.2); amounts are not stated."""
SIZE_PX = 224
READING = "Adam 1e-3, batches of 32, 30 epochs, from scratch; the paper does not say whether its zoo was frozen."
DROPOUT = " Dropout 0.8 is read as the share that is dropped (Keras); option 'dropout-0.2' is the other reading."
CUSTOM_F1 = "F1 98 % by the text, 99 % by the table."
DENSENET = "Called the most effective in the text, but absent from the table."
ABSTRACT = "The abstract says 98 %; the Dice beside it in the table is 0.516."


def _classifier(
    name: str, title: str, model: Model, published: tuple[Published, ...], reading: str = READING, smallest_px: int = 0
) -> Experiment:
    return Experiment(
        name=f"002-{name}",
        paper="002",
        title=title,
        task="classification",
        model=model,
        data=("taleqani_all",),
        preparation=Preparation(size_px=SIZE_PX),
        augmentation=CHANGED,
        epochs=30,
        smallest_px=smallest_px,
        paper_protocol="as_stated",
        published=published,
        reading=reading,
    )


def _row(accuracy: float, precision: float, recall: float, f1: float, doubt: str = "") -> tuple[Published, ...]:
    return printed("table 4", doubt, accuracy=accuracy, precision=precision, recall=recall, f1=f1)


_CUSTOM = Model(name="custom-cnn")
_U_NET = Experiment(
    name="002-unet",
    paper="002",
    title="U-Net",
    task="segmentation",
    target="cell",
    model=Model(name="unet"),
    data=("taleqani_segmented", "segmentation_wbc"),
    preparation=Preparation(size_px=SIZE_PX),
    augmentation=CHANGED,
    loss="dice",
    epochs=9,
    batch=8,
    paper_protocol="as_stated",
    published=(
        Published("cell_pixel_accuracy", 0.8446, "table 3, epoch 9, test", ABSTRACT),
        Published("cell_dice", 0.5161, "table 3, epoch 9, training"),
    ),
    reading="Depth and filters are not stated: 64 to 1024. One class against background, Adam 1e-3, batches of 8.",
)

EXPERIMENTS = (
    _classifier("custom-cnn", "Custom CNN", _CUSTOM, _row(0.98, 0.968, 0.97, 0.99, CUSTOM_F1), READING + DROPOUT, 96),
    _classifier(
        "custom-cnn-dropout-0.2",
        "Custom CNN, dropout 0.2",
        Model(name="custom-cnn", variant="dropout-0.2"),
        (),
        READING + DROPOUT,
        96,
    ),
    _classifier("mobilenetv2", "MobileNetV2", Model(name="mobilenetv2"), _row(0.97, 0.985, 0.97, 0.98)),
    _classifier("resnet50", "ResNet-50", Model(name="resnet50"), _row(0.97, 0.986, 0.98, 0.96)),
    _classifier("inceptionv3", "InceptionV3", Model(name="inceptionv3"), _row(0.77, 0.82, 0.77, 0.76)),
    _classifier("nasnet", "NASNet", Model(name="nasnet"), _row(0.81, 0.843, 0.82, 0.83)),
    _classifier("densenet201", "DenseNet-201", Model(name="densenet201"), (), READING + " " + DENSENET),
    _classifier("vit", "ViT", Model(name="vit"), (), READING + " Named, without a result."),
    _U_NET,
)

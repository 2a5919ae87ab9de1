"""The table behind the registry: one entry a network."""

from collections.abc import Callable

from training.networks import unet_plr, unet_plr_table, unets, zoo
from training.networks.all_fabnet import network as fabnet
from training.networks.custom_cnn import custom_cnn
from training.networks.elu_cnn import elu_cnn
from training.networks.five_layer_cnn import five_layer_cnn
from training.networks.network import Network
from training.networks.spec import NetworkSpec
from training.networks.weights import TRUNK

Builder = Callable[[int, int, int, frozenset[str]], Network]
"""(classes, channels, side in pixels, options) -> network."""

_FABNET_NOTE = (
    "DenseNet-169 encoder-decoder with atrous pyramid, position attention and flipped attention block. No parameter "
    "count, loss or rate is printed; HardNet is named once as the backbone."
)
_FABNET_CLASSES = "The trunk of all-fabnet with a pooled linear head; how the paper classifies is not described."
_WITHOUT = "Tables I and III disagree on whether the block helps: this is the network without it."

_PAPERS_OWN: tuple[tuple[NetworkSpec, Builder], ...] = (
    (
        NetworkSpec(
            "all-fabnet", "segmentation", "000", "III, figures 2 to 4", 256, None, _FABNET_NOTE,
            options=("single-branch",), multiple_of_px=32,
        ),
        fabnet.all_fabnet,
    ),
    (
        NetworkSpec(
            "all-fabnet-without-fab", "segmentation", "000", "IV, table III", 256, None, _WITHOUT, multiple_of_px=32
        ),
        fabnet.all_fabnet_without_fab,
    ),
    (
        NetworkSpec(
            "all-fabnet-classifier", "classification", "000", "IV, table II", 256, None, _FABNET_CLASSES,
            options=("single-branch",),
        ),
        fabnet.all_fabnet_classifier,
    ),
    (
        NetworkSpec(
            "all-fabnet-classifier-without-fab", "classification", "000", "IV, table III", 256, None,
            f"{_FABNET_CLASSES} {_WITHOUT}",
        ),
        fabnet.all_fabnet_classifier_without_fab,
    ),
    (
        NetworkSpec(
            "unet-plr", "segmentation", "001", "3 C, pseudo-code", 256, None,
            "32-64-128-256 with a third pooling put in, which the pseudo-code lacks. 947,425 weights for one grey "
            "channel and one class, and 704 slopes; the text's 259,689 belongs to table 2.",
            options=("upsampling", "relu"), multiple_of_px=8, fixed_plr=True,
        ),
        unet_plr.unet_plr,
    ),
    (
        NetworkSpec(
            "unet-plr-table2", "segmentation", "001", "3 C, table 2", 256, 259_689,
            "The layers printed sum to 258,689 for one grey channel and one class: the printed total has a wrong "
            "digit. 320 slopes are not counted there. Two merges are of maps of different sizes: cut and enlarged.",
            options=("cropped-skips", "relu"), multiple_of_px=4, fixed_plr=True,
        ),
        unet_plr_table.unet_plr_table2,
    ),
    (
        NetworkSpec(
            "unet-plr-classifier", "classification", "001", "4 C, table 6", 256, None,
            "Encoder and bottleneck of unet-plr with a pooled linear head; the paper does not say how it classifies.",
            options=("relu",), fixed_plr=True,
        ),
        unet_plr.unet_plr_classifier,
    ),
    (
        NetworkSpec(
            "unet", "segmentation", "002", "3, figure 3", 224, None,
            "The classical U-Net; depth and filters are not stated. Its Dice in table 3 is 0.52, not 98 %.",
            options=("start-16", "batch-norm"), multiple_of_px=16,
        ),
        unets.unet,
    ),
    (
        NetworkSpec(
            "unet-plus-plus", "segmentation", "Zhou et al. 2018, cited by 000", "III", 256, None,
            "Nested skips, no deep supervision. From MONAI.", multiple_of_px=16,
        ),
        unets.unet_plus_plus,
    ),
    (
        NetworkSpec(
            "custom-cnn", "classification", "002", "3, figure 2", 224, 1_494_496,
            "As follows from the printed layers without padding, for 4 classes; 1,495,008 with the statistics that "
            "Keras counts, 2,966,496 with 'same'. Dropout 0.8 is the share dropped. Without padding it needs 90 px.",
            options=("same", "dropout-0.2"), minimum_size_px=16,
        ),
        custom_cnn,
    ),
    (
        NetworkSpec(
            "five-layer-cnn", "classification", "003", "CNN model, figure 11", 128, 228_898,
            "As follows from the printed layers with 'same' padding at 128 px and 2 classes (622,114 at 256 px). "
            "Stride 2 is that of the pooling, as both together cannot be built; filters 16-32-64-64-64.",
            options=("valid",),
        ),
        five_layer_cnn,
    ),
    (
        NetworkSpec(
            "elu-cnn", "classification", "004", "4.2, figure 1", 128, None,
            "Widths are not stated: 32 and 64 filters, dense 128. Pooling after each convolution (figure) or before it "
            "(text, option 'pool-first').",
            options=("pool-first",), minimum_size_px=8, multiple_of_px=4,
        ),
        elu_cnn,
    ),
)  # fmt: skip

_ZOO_SIZES = {"inceptionv3": (299, 75, 1), "nasnet": (224, 32, 32), "efficientnet-b3": (300, 32, 1)}
"""Usual size, smallest size and multiple of those that differ from (224, 32, 1)."""
_ZOO_PARAMETERS = {
    "resnet18": 11_689_512, "resnet50": 25_557_032, "densenet121": 7_978_856, "densenet169": 14_149_480,
    "densenet201": 20_013_928, "vgg16": 138_357_544, "vgg19": 143_667_240, "inceptionv3": 23_834_568,
    "mobilenetv2": 3_504_872, "nasnet": 5_289_978, "efficientnet-b3": 12_233_232,
}  # fmt: skip
"""As published with the usual size of picture and the 1,000 classes of ImageNet."""
_ZOO_PAPERS = {
    "resnet18": ("none", "He et al. 2016, a small one beside resnet50"),
    "resnet50": ("000, 002, 003, 004", "He et al. 2016"),
    "densenet121": ("000", "Huang et al. 2017"),
    "densenet169": ("000", "Huang et al. 2017"),
    "densenet201": ("002", "Huang et al. 2017; called most effective there, but absent from its results"),
    "vgg16": ("001", "Simonyan and Zisserman 2015"),
    "vgg19": ("001", "Simonyan and Zisserman 2015"),
    "mobilenetv2": (
        "002, 003",
        "Sandler et al. 2018; here with one more 1x1 convolution and no bias at the end",
    ),
    "inceptionv3": ("002", "Szegedy et al. 2016"),
    "nasnet": ("002", "Zoph et al. 2018; NASNet-A Mobile"),
    "efficientnet-b3": ("001", "Tan and Le 2019"),
    "regnet": ("004", "Radosavovic et al. 2020 (5.2 million there); the variant is not stated, this is X-400MF"),
}


def _zoo_spec(name: str) -> NetworkSpec:
    usual, smallest, multiple = _ZOO_SIZES.get(name, (224, 32, 1))
    paper, note = _ZOO_PAPERS[name]
    return NetworkSpec(
        name, "classification", paper, "compared with", usual, _ZOO_PARAMETERS.get(name), f"{note}. From pytorchcv.",
        minimum_size_px=smallest, multiple_of_px=multiple,
    )  # fmt: skip


_VIT = NetworkSpec(
    "vit", "classification", "002", "named, no result", 224, 5_717_416,
    "Dosovitskiy et al. 2021, from MONAI; ViT-Tiny with patches of 16 px unless an option says otherwise. MONAI gives "
    "the class token no position of its own (192).",
    options=("small", "base"), minimum_size_px=zoo.VIT_PATCH_PX, multiple_of_px=zoo.VIT_PATCH_PX,
)  # fmt: skip

SPECS: dict[str, NetworkSpec] = {
    **{known.name: known for known, _ in _PAPERS_OWN},
    **{name: _zoo_spec(name) for name in zoo.MEMBERS},
    _VIT.name: _VIT,
}
BUILDERS: dict[str, Builder] = {
    **{known.name: make for known, make in _PAPERS_OWN},
    **{name: zoo.member(name) for name in zoo.MEMBERS},
    _VIT.name: zoo.vit,
}
TRUNKS: dict[str, tuple[str, str]] = {
    **{name: (TRUNK, member.weights) for name, member in zoo.MEMBERS.items()},
    **{name: ("features.encoder.", "densenet169") for name in SPECS if name.startswith("all-fabnet")},
}
"""Where ImageNet weights go, and what pytorchcv calls them."""

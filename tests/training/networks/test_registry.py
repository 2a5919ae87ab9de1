"""What the registry offers, refuses, and says of each network."""

import re
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.training.networks.conftest import NAMES, build_small, small_size_px
from training.errors import TrainingError
from training.networks import registry
from training.networks.listing import as_markdown, list_networks
from training.networks.network import count_parameters


def count(name: str, **options) -> int:
    return count_parameters(registry.build(name, **options))


def test_every_network_of_the_papers_has_a_name():
    plain = {name for name in NAMES if not name.endswith("+plr")}
    assert plain == {
        "all-fabnet", "all-fabnet-without-fab", "all-fabnet-classifier", "all-fabnet-classifier-without-fab", "unet-plr",
        "unet-plr-table2", "unet-plr-classifier", "unet", "unet-plus-plus", "custom-cnn", "five-layer-cnn", "elu-cnn",
        "resnet18", "resnet50", "densenet121", "densenet169", "densenet201", "vgg16", "vgg19", "mobilenetv2",
        "inceptionv3", "nasnet", "efficientnet-b3", "regnet", "vit",
    }  # fmt: skip
    assert {f"{name}+plr" for name in plain if not name.startswith("unet-plr")} == set(NAMES) - plain


@pytest.mark.parametrize("name", NAMES)
def test_logits_have_the_promised_shape_for_colour_and_grey(name):
    side, task = small_size_px(name), registry.spec(name).task
    for channels in (3, 1):
        network = build_small(name, classes=4, channels=channels).eval()
        with torch.no_grad():
            logits = network(torch.rand(2, channels, side, side))
        assert logits.shape == ((2, 4) if task == "classification" else (2, 4, side, side))
        assert torch.isfinite(logits).all()


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("+plr")])
def test_plr_leaves_no_other_activation_and_has_a_slope_for_each_channel(name):
    network = build_small(name)
    slopes = [module for module in network.modules() if isinstance(module, nn.PReLU)]
    others = [m for m in network.modules() if type(m).__name__ in ("ReLU", "ReLU6", "ELU", "GELU", "Swish", "SiLU")]
    assert slopes
    assert not others
    assert all(bool((slope.weight == 0.25).all()) for slope in slopes)
    plain = build_small(name.removesuffix("+plr"))
    assert count_parameters(network) == count_parameters(plain) + sum(s.weight.numel() for s in slopes)


@pytest.mark.parametrize(
    ("name", "options", "parameters"),
    [
        # paper 001: the layers printed in table 2 sum to 258,689, the text prints 259,689; slopes come on top
        ("unet-plr-table2", {"channels": 1, "variant": "relu"}, 258_689),
        ("unet-plr-table2", {"channels": 1}, 258_689 + 320),
        ("unet-plr-table2", {"channels": 1, "variant": "relu,cropped-skips"}, 231_041),
        ("unet-plr", {"channels": 1, "variant": "relu"}, 947_425),
        ("unet-plr", {"channels": 1}, 948_129),
        ("unet-plr", {"channels": 3, "variant": "relu"}, 948_001),
        ("unet-plr", {"channels": 1, "variant": "relu,upsampling"}, 968_705),
        ("unet-plr", {"channels": 3, "variant": "relu,upsampling"}, 969_281),
        # paper 002: trainable; Keras also counts 512 means and spreads
        ("custom-cnn", {"classes": 4}, 1_494_496),
        ("custom-cnn", {"classes": 4, "variant": "same"}, 2_967_008 - 512),
        # paper 003
        ("five-layer-cnn", {"classes": 2}, 228_898),
        ("five-layer-cnn", {"classes": 2, "size_px": 256}, 622_114),
        ("five-layer-cnn", {"classes": 2, "variant": "valid"}, 130_594),
        ("five-layer-cnn", {"classes": 2, "size_px": 256, "variant": "valid"}, 392_738),
        # paper 004 states no widths: what the reading built here has
        ("elu-cnn", {"classes": 2}, 8_408_386),
    ],
)
def test_parameters_of_the_papers_networks(name, options, parameters):
    assert count(name, **{"classes": 1, **options}) == parameters


def test_published_counts_stand_in_the_specs_with_their_discrepancy():
    table = registry.spec("unet-plr-table2")
    assert table.published_parameters == 259_689
    assert "258,689" in table.note
    assert registry.spec("custom-cnn").published_parameters == count("custom-cnn", classes=4)
    assert registry.spec("five-layer-cnn").published_parameters == count("five-layer-cnn", classes=2)


def test_the_document_lists_every_network_as_it_is_built():
    text = (Path(__file__).resolve().parents[3] / "docs" / "networks.md").read_text(encoding="utf-8")
    assert as_markdown(list_networks()) in text


def test_differences_to_published_counts_are_the_documented_ones():
    differences = {row.spec.name: row.comment for row in list_networks() if row.spec.published_parameters}
    unequal = {name: comment for name, comment in differences.items() if comment != "equal"}
    assert unequal == {"unet-plr-table2": "-1,000", "mobilenetv2": "+88", "vit": "-192"}


def test_table_2_loses_the_printed_border_and_gives_it_back():
    network = registry.build("unet-plr-table2", classes=1, channels=1).eval()
    with torch.no_grad():
        image = torch.rand(1, 1, 256, 256)
        assert network.features(image).shape == (1, 32, 234, 234)
        assert network(image).shape == (1, 1, 256, 256)


@pytest.mark.parametrize("name", registry.names("segmentation"))
def test_segmentation_takes_any_sides_that_are_multiples(name):
    step = registry.spec(name).multiple_of_px
    rows, columns = 2 * max(step, 32), 3 * max(step, 32)
    with torch.no_grad():
        assert build_small(name, 3).eval()(torch.rand(1, 3, rows, columns)).shape == (1, 3, rows, columns)


@pytest.mark.parametrize("name", ["resnet18+plr", "vit", "unet", "all-fabnet+plr", "custom-cnn"])
def test_frozen_trains_the_head_and_slopes_alone(name):
    network = build_small(name, frozen=True).train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1)
    side = small_size_px(name)
    network(torch.rand(4, 3, side, side)).square().mean().backward()
    optimiser.step()
    changed = {key for key, value in network.state_dict().items() if not torch.equal(value, before[key])}
    slopes = {f"{key}.weight" for key, module in network.named_modules() if isinstance(module, nn.PReLU)}
    assert any(key.startswith("head.") for key in changed)
    assert {key for key in changed if not key.startswith("head.")} <= slopes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "resnet19"}, "resnet18"),
        ({"name": "resnet18", "variant": "valid"}, "no variant 'valid'"),
        ({"name": "inceptionv3", "size_px": 64}, "at least 75 px"),
        ({"name": "nasnet", "size_px": 75}, "multiple of 32 px"),
        ({"name": "custom-cnn", "size_px": 64}, "leaves nothing of 64 px"),
        ({"name": "five-layer-cnn", "size_px": 64, "variant": "valid"}, "leaves nothing of 64 px"),
        ({"name": "resnet18", "channels": 2}, "2 channels"),
        ({"name": "resnet18", "classes": 1}, "cannot tell 1 classes apart"),
        ({"name": "vit", "weights": "imagenet"}, "no ImageNet weights"),
    ],
)
def test_what_cannot_be_built_is_refused_in_words(options, message):
    with pytest.raises(TrainingError) as caught:
        registry.build(**{"classes": 2, **options})
    assert re.search(message, f"{caught.value} {caught.value.hint}")

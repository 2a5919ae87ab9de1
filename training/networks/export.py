"""Any network of the registry as a pack that the viewer runs, and back."""

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.exchange.model_card import ClassificationSpec, ModelCard, SegmentationSpec
from training import packs
from training.errors import TrainingError
from training.networks import registry
from training.networks.exported import ExportedClassifier, ExportedSegmenter
from training.networks.network import Network
from training.networks.recipe import Recipe
from training.networks.weights import load_whole


def export_network(folder: Path, network: Network, card: ModelCard, samples: NDArray[np.uint8]) -> ModelCard:
    """Write the pack of a trained network; softmax, the card's temperature and, where it can be, heat go into it.

    Args:
        network: from `registry.build`; left in eval mode on the processor.
        card: its `network` is filled in here. Its spec has to fit the network: `crop_px` and as many classes, or as
            many channels (background first; a network with one logit has two) and `multiple_of`.
        samples: uint8 (N, h, w, 3) real pictures of the size of the input, on which torch and onnxruntime must agree
            to 1e-4 (probabilities and maps as they are, heat relative to its highest value).

    Returns:
        The card with checksum, number of parameters and architecture.

    Raises:
        TrainingError: the card does not fit the network.
        PackError: the exported network gives other values.
    """
    recipe = network.recipe
    if recipe is None:
        raise TrainingError("Only networks of the registry can be exported by this way.")
    _check(card, recipe)
    card = with_architecture(card, recipe)
    network = network.cpu().eval()
    if isinstance(card.spec, ClassificationSpec):
        classifier = ExportedClassifier(network, recipe.channels, card.spec.temperature)
        return packs.write_pack(folder, card, classifier, samples, classifier.outputs, tracing=True)
    segmenter = ExportedSegmenter(network, recipe.channels)
    multiple_of = card.spec.multiple_of if isinstance(card.spec, SegmentationSpec) else 0
    return packs.write_pack(folder, card, segmenter, samples, segmenter.outputs, multiple_of, tracing=True)


def load_network(folder: Path) -> tuple[Network, ModelCard]:
    """The network of a pack with its weights, to go on with, and its card.

    Raises:
        PackError: the pack is incomplete or altered.
        TrainingError: it holds no network of the registry, or has 8-bit weights.
    """
    card = packs.read_card(folder)
    if not card.network.architecture:
        raise TrainingError(f"The pack {card.identity} holds no network of the registry.", "Give another pack.")
    recipe = Recipe.parse(card.network.architecture)
    network = registry.build(
        recipe.name,
        classes=recipe.classes,
        channels=recipe.channels,
        size_px=recipe.size_px,
        variant=recipe.variant,
    )
    load_whole(network, folder / card.network.file)
    return network, card


def with_architecture(card: ModelCard, recipe: Recipe) -> ModelCard:
    """The card with the line that tells how the network is built."""
    return msgspec.structs.replace(card, network=msgspec.structs.replace(card.network, architecture=str(recipe)))


def _check(card: ModelCard, recipe: Recipe) -> None:
    known = registry.spec(recipe.name)
    spec = card.spec
    if card.task != known.task:
        raise TrainingError(f"{recipe.name} is for {known.task}, the card for {card.task}.")
    if isinstance(spec, SegmentationSpec):
        if len(spec.channels) != max(2, recipe.classes):
            raise TrainingError(f"{recipe.name} gives {max(2, recipe.classes)} maps, the card names others.")
        if spec.multiple_of % known.multiple_of_px:
            raise TrainingError(f"{recipe.name} needs sides that are multiples of {known.multiple_of_px} px.")
    if isinstance(spec, ClassificationSpec):
        if len(spec.classes) != recipe.classes:
            raise TrainingError(f"{recipe.name} tells {recipe.classes} classes, the card names {len(spec.classes)}.")
        if spec.crop_px != recipe.size_px:
            asked = f"{recipe.name} takes pictures of {recipe.size_px} px"
            raise TrainingError(f"{asked}, the card's are {spec.crop_px} px.")

"""Grad-CAM: which parts of a picture speak for a class (Selvaraju et al., arXiv 1610.02391; MONAI computes it)."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from monai.visualize.class_activation_maps import GradCAM
from numpy.typing import NDArray
from torch import Tensor, nn

from training.errors import TrainingError

LAYER = "features"
"""Where every convolutional network of the registry has its last map (n, features, h, w)."""
TOKENS = ".norm1"
"""End of the name of what a transformer's block looks at: (n, 1 + places, features), the class token first."""


class TokenGradCAM(GradCAM):
    """Grad-CAM of a transformer: the tokens of the places, laid out as the map that they were cut from."""

    def compute_map(  # type: ignore[override]  # as GradCAM, whose order of arguments is not that of its base
        self, x: Tensor, class_idx: int | None = None, retain_graph: bool = False, layer_idx: int = -1, **more: object
    ) -> Tensor:
        _, found, slopes = self.nn_module(x, class_idx=class_idx, retain_graph=retain_graph, **more)
        tokens, gradient = found[layer_idx][:, 1:], slopes[layer_idx][:, 1:]
        side = round(tokens.shape[1] ** 0.5)
        heat: Tensor = (tokens * gradient.mean(dim=1, keepdim=True)).sum(dim=2)
        return heat.relu().reshape(len(tokens), 1, side, side)


def heat_map(network: nn.Module, image: Tensor, class_index: int | None = None) -> NDArray[np.float32]:
    """float32 (h, w), 0 to 1: how much each place of the picture speaks for a class; all 0 where none does.

    Args:
        network: a classifier of the registry, or one whose part `features` gives a map.
        image: (1, channels, h, w), as the network takes it; a transformer takes squares.
        class_index: the class that is asked about; None for the most probable one.

    Raises:
        TrainingError: the network has no map to look at, such as a classifier on features.
    """
    if not hasattr(network, LAYER):
        raise TrainingError(f"A heat map needs a network with convolutions; {type(network).__name__} has none.")
    blocks = [name for name, _ in network.named_modules() if name.endswith(TOKENS)]
    kind, layer = (TokenGradCAM, blocks[-1]) if blocks else (GradCAM, LAYER)
    grad_cam = kind(nn_module=network, target_layers=layer, postprocessing=_from_none_to_all)
    with torch.enable_grad():
        found: Tensor = grad_cam(x=image.clone().requires_grad_(), class_idx=class_index)
    network.zero_grad(set_to_none=True)
    return np.asarray(found[0, 0].detach().numpy(), np.float32)


def _from_none_to_all(heat: Tensor) -> Tensor:
    """To 0 to 1; a map that is flat says nothing and stays 0."""
    spread = heat.max() - heat.min()
    return (heat - heat.min()) / spread if spread > 0 else torch.zeros_like(heat)


def heat_panels(
    images: Sequence[NDArray[np.uint8]], heats: Sequence[NDArray[np.float32]], titles: Sequence[str], columns: int = 6
) -> Figure:
    """Pictures (uint8 RGB) with their heat maps laid over them. Shows photographs: for the user's own folder only."""
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(1.9 * columns, 2.2 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, image, heat, title in zip(grid.flat, images, heats, titles, strict=False):
        height, width = image.shape[:2]
        axes.imshow(image)
        axes.imshow(
            heat, cmap="inferno", alpha=0.65 * heat, vmin=0, vmax=1, extent=(-0.5, width - 0.5, height - 0.5, -0.5)
        )
        axes.set_title(title, fontsize=8)
    return figure

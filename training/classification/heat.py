"""Where the classifier looks: Grad-CAM (Selvaraju et al. 2017) at the last convolution of its two trunks."""

import torch
from torch import Tensor
from torch.nn import functional

from training.classification.classes import LYMPHOID
from training.classification.doubt import Doubt, pooled
from training.classification.network import VIEWS, CellNet, Classifier, combine, eight_views, mean_of_views

_MIRRORED = ((), (2,), (3,), (2, 3)) * 2
"""Axes that `eight_views` turns over, view by view; the second four are exchanged rows for columns after that."""


class ClassifierWithHeat(Classifier):
    """What is exported: probabilities as `Classifier`, and heat (n, classes, h, w), 0 or more, not scaled.

    Both heads are linear on means of maps, so that the slope of a logit is a weight of its head over the number of
    places. Heat of blast is what the logit of blast gains from a place, heat of lymphocyte what it loses; of the other
    classes, what the logit of the type gains. The size of the cell has no place. Heat is the mean over the eight views,
    each turned back; the coarser maps of the type trunk are brought to the size of those of the blast trunk.
    """

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        probabilities, type_maps, blast_maps = self.seen(image)
        return probabilities, self.heat(type_maps, blast_maps)

    def seen(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probabilities (n, classes), and the last maps of both trunks for the eight views."""
        cell, type_maps, blast_maps = self.net.maps(eight_views(image))
        types, by_size, by_look = self.net.judge(cell, type_maps, blast_maps)
        types, blasts = mean_of_views(types, by_size + by_look)
        return combine(types / self.type_temperature, blasts / self.temperature), type_maps, blast_maps

    def heat(self, type_maps: Tensor, blast_maps: Tensor) -> Tensor:
        """(n, classes, h, w) of the maps that `seen` gives."""
        blast = _contributions(blast_maps, self.net.blast_head.weight)
        lymphoid = _upright(torch.relu(torch.cat([blast, -blast], dim=1)))
        types = _upright(torch.relu(_contributions(type_maps, self.net.type_head.weight[LYMPHOID + 1 :])))
        types = functional.interpolate(types, size=lymphoid.shape[2:], mode="bilinear", align_corners=False)
        return torch.cat([lymphoid, types], dim=1)


class DoubtingClassifier(ClassifierWithHeat):
    """What is exported of a cross-validated network: beside the heat, doubt and strangeness (n,), see `doubt`."""

    def __init__(self, net: CellNet, doubt: Doubt, temperature: float, type_temperature: float) -> None:
        super().__init__(net, temperature, type_temperature)
        self.doubt = doubt

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        probabilities, type_maps, blast_maps = self.seen(image)
        return probabilities, self.heat(type_maps, blast_maps), *self.doubt(probabilities, pooled(type_maps))


def _contributions(maps: Tensor, weight: Tensor) -> Tensor:
    """Maps (n, c, h, w) summed by the slopes of the logits (classes, c) -> (n, classes, h, w)."""
    places = maps.shape[2] * maps.shape[3]
    return torch.einsum("kc,nchw->nkhw", weight / places, maps)


def _upright(maps: Tensor) -> Tensor:
    """Mean over the eight views, turned back: (8 n, k, h, w) -> (n, k, h, w)."""
    views = maps.reshape(VIEWS, -1, *maps.shape[1:]).unbind(0)
    turned = [view.transpose(2, 3) if number >= VIEWS // 2 else view for number, view in enumerate(views)]
    return torch.stack([view.flip(axes) for view, axes in zip(turned, _MIRRORED, strict=True)]).mean(dim=0)

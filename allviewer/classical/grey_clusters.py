"""Three clusters of grey levels; the highest value of one is the threshold (Zaiter and Zwiggelaar, section 4.1).

"Cluster the pixels into three sets, then, select the highest value from the cluster having the least frequency which
corresponds to the white blood cells cluster." Where one cell fills the picture its nucleus is not the least frequent
cluster, so that the default takes the darkest, as figure 2 shows it; the printed rule is the option "least_frequent".
"""

import numpy as np

from allviewer.classical.cleaning import cleaned, with_cytoplasm
from allviewer.classical.clusters import Counts, cluster_tops, histogram_of
from allviewer.classical.colour import Grey, component_of, picture_in
from allviewer.classical.methods import Fitted, PartMask
from allviewer.domain.slide import RgbArray
from allviewer.exchange.parameters import Settings, choice, number
from allviewer.progress import CancelToken


def fit(rgb: RgbArray, settings: Settings) -> Fitted:
    """Settle the threshold. The mask holds what is as dark as it; the next cluster is cytoplasm where it is wanted."""
    high, middle_top = white_cell_levels(_grey(rgb, settings)[picture_in(rgb)], settings)

    def segment(picture: RgbArray, um_per_px: float | None, cancel: CancelToken) -> PartMask:
        cancel.check()
        grey, seen = _grey(picture, settings), picture_in(picture)
        nucleus = cleaned((grey <= high) & seen, settings, um_per_px)
        return with_cytoplasm(nucleus, (grey > high) & (grey <= middle_top) & seen, settings, um_per_px)

    return segment


def white_cell_levels(grey: Grey, settings: Settings) -> tuple[int, int]:
    """The paper's threshold, the highest level of the white cells' cluster; and the highest of the cluster above it.

    A picture of one grey level has no clusters to choose from: nothing of it is as dark as (-1, -1).
    """
    counts = histogram_of(grey)
    tops = cluster_tops(counts, round(number(settings, "k")), choice(settings, "clustering"))
    if len(tops) < 2:
        return -1, -1
    chosen = 0 if choice(settings, "rule") == "darkest" else _least_frequent(counts, tops)
    # the brightest cluster is glass, never cytoplasm
    above = tops[chosen + 1] if chosen + 2 < len(tops) else tops[chosen]
    return tops[chosen], above


def _least_frequent(counts: Counts, tops: list[int]) -> int:
    bounds = [-1, *tops]
    shares = [counts[low + 1 : high + 1].sum() for low, high in zip(bounds, tops, strict=False)]
    return int(np.argmin(shares))


def _grey(rgb: RgbArray, settings: Settings) -> Grey:
    return component_of(rgb, choice(settings, "grey"))

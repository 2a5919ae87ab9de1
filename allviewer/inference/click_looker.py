"""Looks around clicks with whatever network there is for it, and keeps what costs time."""

from collections.abc import Hashable

from allviewer.domain.slide import PixelSource
from allviewer.exchange.model_card import ClickSpec
from allviewer.inference.clicks import Click, ClickGround
from allviewer.inference.clock import Clock
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.one_click import network_ground
from allviewer.inference.onnx_session import SessionCache
from allviewer.inference.prompted import PromptedGround, PromptedNetwork, prompted_ground
from allviewer.inference.segmenter import Segmenter
from allviewer.progress import CancelToken

_KEPT = 4
"""Looks of an encoder: each may take a second to make and some megabytes to keep."""
_MARGIN_SHARE = 0.12
"""A click nearer to the edge of a look (share of its side) gets a look of its own, unless the image ends there."""


class ClickLooker:
    """One thread at a time. What it raises: `PackError`, `ImageError`, `Cancelled`."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._sessions = SessionCache(1)
        self._prompted: PromptedNetwork | None = None
        self._looks: dict[tuple[Hashable, int, int], PromptedGround] = {}

    def ground(
        self,
        pack: InstalledPack,
        source: PixelSource,
        what: Hashable,
        click: Click,
        um_per_px: float | None,
        cancel: CancelToken,
    ) -> ClickGround:
        """What there is around a first click; `what` says which pixels these are, for looks that are kept."""
        if not isinstance(pack.card.spec, ClickSpec):
            segmenter = Segmenter(self._sessions.get(pack, "cpu", self._threads), cancel, Clock())
            return network_ground(segmenter, source, click, um_per_px)
        if self._prompted is None or self._prompted.pack != pack:
            self._prompted, self._looks = PromptedNetwork(pack, self._threads), {}
        for (kept_what, _, _), look in self._looks.items():
            if kept_what == what and _holds(look, click, source):
                return look
        look = prompted_ground(self._prompted, source, click, um_per_px)
        self._looks[what, look.region.x, look.region.y] = look
        while len(self._looks) > _KEPT:
            del self._looks[next(iter(self._looks))]
        return look


def _holds(look: PromptedGround, click: Click, source: PixelSource) -> bool:
    """Whether a click lies well inside a look."""
    region, bounds = look.region, source.info.bounds
    margin = _MARGIN_SHARE * max(region.width, region.height)
    return (
        (region.x == bounds.x or click.x >= region.x + margin)
        and (region.y == bounds.y or click.y >= region.y + margin)
        and (region.right == bounds.right or click.x < region.right - margin)
        and (region.bottom == bounds.bottom or click.y < region.bottom - margin)
        and region.contains_point(click.x, click.y)
    )

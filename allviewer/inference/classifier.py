"""The classification network on cells: crops, batches, labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.labels import UNCLASSIFIED
from allviewer.domain.mask import Mask
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import PackError
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.inference.clock import Clock
from allviewer.inference.crops import cut_cell
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.instances import class_entropy
from allviewer.inference.onnx_session import DOUBT_OUTPUTS, OnnxSession
from allviewer.progress import CancelToken

BATCH = 32


@dataclass(frozen=True, slots=True)
class Verdict:
    """Class, probabilities and uncertainty (0 to 1) of one cell.

    Attributes:
        uncertainty: the network's own doubt where it gives one, else the entropy of its probabilities.
        strangeness: share of known cells that are less unlike those it learnt; None where it does not say.
    """

    label: str
    probabilities: tuple[tuple[str, float], ...]
    uncertainty: float
    strangeness: float | None = None


UNKNOWN_CLASS = Verdict(UNCLASSIFIED, (), 1.0)


class Classifier:
    """A session with its card, the token that stops it, and the clock that counts it."""

    def __init__(self, session: OnnxSession, cancel: CancelToken, clock: Clock) -> None:
        self.spec = classification_spec(session.pack)
        self._session, self._cancel, self._clock = session, cancel, clock
        given = {port.name for port in session.outputs}
        self._doubts = set(DOUBT_OUTPUTS) <= given

    def verdicts(self, source: PixelSource, masks: Sequence[Mask], um_per_px: float) -> list[Verdict]:
        """One verdict for each whole-cell mask (level-0 pixels) of an image."""
        found: list[Verdict] = []
        for start in range(0, len(masks), BATCH):
            with self._clock.stage("crops"):
                batch = np.stack([self._crop(source, mask, um_per_px) for mask in masks[start : start + BATCH]])
            with self._clock.stage("classification"):
                found.extend(self._judged(batch))
        return found

    def _judged(self, batch: NDArray[np.uint8]) -> list[Verdict]:
        if not self._doubts:
            return [verdict_of(row, self.spec) for row in self._session.run(batch, self._cancel)]
        rows, doubts, strange = self._session.run_outputs(batch, ("probabilities", *DOUBT_OUTPUTS), self._cancel)
        return [
            replace(verdict_of(row, self.spec), uncertainty=float(doubt), strangeness=float(strangeness))
            for row, doubt, strangeness in zip(rows, doubts, strange, strict=True)
        ]

    def _crop(self, source: PixelSource, mask: Mask, um_per_px: float) -> RgbArray:
        """The cell on black, cut from level 0, where its mask lies."""
        box = mask.region.intersection(source.info.bounds)
        rgb = source.read(0, box.x, box.y, box.width, box.height)
        return cut_cell(rgb, (box.x, box.y), mask, um_per_px, self.spec)


def verdict_of(row: NDArray[np.float32], spec: ClassificationSpec) -> Verdict:
    """The verdict of a network's probabilities (classes,), in the classes that the viewer shows."""
    shown = spec.shown_as or spec.classes
    total: dict[str, float] = dict.fromkeys(shown, 0.0)
    for key, probability in zip(shown, row, strict=True):
        total[key] += float(probability)
    rows = np.fromiter(total.values(), np.float64)
    return Verdict(max(total, key=total.__getitem__), tuple(total.items()), class_entropy(rows))


def knows_blasts(spec: ClassificationSpec) -> bool:
    """Whether one of the classes is shown as blast; networks for types of white cells alone have none."""
    return "blast" in (spec.shown_as or spec.classes)


def classification_spec(pack: InstalledPack) -> ClassificationSpec:
    """How to use a classification pack. Raises `PackError` for a pack of another task."""
    if not isinstance(pack.card.spec, ClassificationSpec):
        raise PackError(f"The pack '{pack.card.name}' segments cells; it cannot classify.", "Choose another pack.")
    return pack.card.spec

"""The networks of one run, each with its card, the token that stops it and the clock that counts it."""

from dataclasses import dataclass, field

from allviewer.exchange.model_card import SegmentationSpec
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.classifier import Classifier, knows_blasts
from allviewer.inference.clock import Clock
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.instances import sees_nuclei
from allviewer.inference.onnx_session import SessionCache
from allviewer.inference.pixel_method import MethodSegmenter, PixelMethod
from allviewer.inference.segmenter import Segmenter
from allviewer.progress import CancelToken

NUCLEI_ONLY = (
    "What was chosen finds nuclei only: cells are drawn without cytoplasm, N:C ratios mean nothing, and classes, which "
    "networks learnt on whole cells, are less sure."
)
NO_NUCLEI = "What was chosen finds whole cells only: nuclei are not outlined, and N:C ratios are unknown, not 0."


@dataclass(frozen=True, slots=True)
class Networks:
    """What finds, classifies and counts.

    Attributes:
        device: what the segmentation really runs on.
        notes: sentences for people about the choice.
    """

    segmenter: Segmenter | MethodSegmenter
    classifier: Classifier | None = None
    finder: BoxFinder | None = None
    device: str = "cpu"
    notes: tuple[str, ...] = field(default=())

    @property
    def spec(self) -> SegmentationSpec:
        return self.segmenter.spec

    @property
    def may_share(self) -> bool:
        """Whether several threads may use them at once; a method without a network settles thresholds as it goes."""
        return isinstance(self.segmenter, Segmenter)


@dataclass(frozen=True, slots=True)
class Loader:
    """Makes the networks of a run for so many threads; sessions that are there already are taken."""

    segmentation: InstalledPack | PixelMethod
    classifier: InstalledPack | None
    detector: InstalledPack | None
    device: str
    sessions: SessionCache
    cancel: CancelToken
    clock: Clock

    def load(self, threads: int | None) -> Networks:
        """`threads` of the processor for each call of a network; None: all. Raises `PackError`, `UserError`."""
        notes: list[str] = []
        segmenter, device = self._segmenter(threads, notes)
        classifier = finder = None
        if self.classifier is not None:
            session = self.sessions.get(self.classifier, self.device, threads)
            classifier = Classifier(session, self.cancel, self.clock)
            if not knows_blasts(classifier.spec):
                notes.append(f"The classifier '{self.classifier.card.name}' knows no blasts: it finds none.")
        if self.detector is not None:
            session = self.sessions.get(self.detector, self.device, threads)
            finder = BoxFinder(session, self.cancel, self.clock)
        return Networks(segmenter, classifier, finder, device, tuple(notes))

    def _segmenter(self, threads: int | None, notes: list[str]) -> tuple[Segmenter | MethodSegmenter, str]:
        method = self.segmentation
        if not isinstance(method, InstalledPack):
            if not method.finds_cytoplasm:
                notes.append(NUCLEI_ONLY)
            return MethodSegmenter(method, self.cancel, self.clock), "cpu"
        session = self.sessions.get(method, self.device, threads)
        if session.fallback:
            notes.append(session.fallback)
        segmenter = Segmenter(session, self.cancel, self.clock)
        if not sees_nuclei(segmenter.spec):
            notes.append(NO_NUCLEI)
        elif not {"cytoplasm", "cell"} & set(segmenter.spec.channels):
            notes.append(NUCLEI_ONLY)
        return segmenter, session.device_used

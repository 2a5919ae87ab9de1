"""All classical segmentation methods in one table: where each comes from and what can be set.

Every method has two stages. `fit` looks at pixels of a smear and settles thresholds or pivots; what it returns
segments any picture of that smear. A photograph is fitted to itself; a slide is fitted once to a sample of it, so that
neighbouring patches are cut by the same rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.classical import parameters as table
from allviewer.domain.slide import RgbArray
from allviewer.errors import UserError
from allviewer.exchange.parameters import Parameter, Settings, Value, completed, shown
from allviewer.progress import CancelToken

PartMask = NDArray[np.uint8]
"""(height, width): 0 background, 128 cytoplasm, 255 nucleus."""
Fitted = Callable[[RgbArray, float | None, CancelToken], PartMask]
"""Segments a picture: (pixels, micrometres per pixel or None, cancel)."""
Fit = Callable[[RgbArray, Settings, CancelToken], Fitted]

VERSION = "1.0"
"""Of all methods; raised when the same settings give other masks."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes:
        name: as on the command line ("pgs"); title: for people.
        paper, section: where it is described.
        finds: "nucleus" or "nucleus and cytoplasm": what its masks can hold.
        summary: one or two sentences for people.
    """

    name: str
    title: str
    paper: str
    section: str
    finds: str
    summary: str
    parameters: tuple[Parameter, ...]
    _fit: Fit

    def settings(self, given: Mapping[str, object] | None = None) -> dict[str, Value]:
        """All settings, the defaults where nothing is given. Raises `UserError` for what cannot be."""
        return completed(self.parameters, given or {}, f"The method '{self.name}'")

    def identity(self, settings: Settings) -> str:
        """Name, version and what differs from the defaults: what cells record as their origin."""
        return f"method {self.name} {VERSION} ({shown(settings, self.parameters) or 'defaults'})"

    def fit(self, rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
        """Settle what the method takes from the pixels. Deterministic.

        Args:
            rgb: uint8 (height, width, 3): the picture itself, or a sample of its smear.
            settings: from `settings`.

        Raises:
            Cancelled: soon after the cancel.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
            raise UserError("There is no picture to segment.", "It takes 8-bit RGB of at least one pixel.")
        cancel.check()
        return self._fit(rgb, settings, cancel)

    def segment(
        self, rgb: RgbArray, settings: Settings, um_per_px: float | None, cancel: CancelToken | None = None
    ) -> PartMask:
        """Nucleus and cytoplasm of a picture: uint8 (height, width) of 0, 128 and 255.

        Args:
            rgb: uint8 (height, width, 3).
            settings: from `settings`.
            um_per_px: for the sizes of the cleaning; None: cells are taken to be as large as at 0.15.
        """
        token = cancel or CancelToken()
        return self.fit(rgb, settings, token)(rgb, um_per_px, token)


@dataclass(frozen=True, slots=True)
class ChosenMethod:
    """A method with all its settings, as detection takes it."""

    method: Method
    settings: Settings

    @property
    def identity(self) -> str:
        return self.method.identity(self.settings)

    @property
    def finds_cytoplasm(self) -> bool:
        return self.method.finds != "nucleus" and self.settings.get("cytoplasm") != "none"

    def fit(self, rgb: RgbArray, cancel: CancelToken) -> Fitted:
        return self.method.fit(rgb, self.settings, cancel)


def find_method(name: str) -> Method:
    """The method of a name. Raises `UserError`."""
    for method in METHODS:
        if method.name == name:
            return method
    raise UserError(f"There is no method named '{name}'.", f"There are: {', '.join(m.name for m in METHODS)}.")


# what the methods need is imported when one is used: the table is read whenever the window opens


def _pgs(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
    from allviewer.classical.pgs import fit

    return fit(rgb, settings, cancel)


def _grey_clusters(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
    from allviewer.classical.grey_clusters import fit

    return fit(rgb, settings)


def _hsv_threshold(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
    from allviewer.classical.hsv_threshold import fit

    return fit(rgb, settings)


def _modified_hsv(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
    from allviewer.classical.modified_hsv import fit

    return fit(rgb, settings)


def _chain(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
    from allviewer.classical.chains import fit

    return fit(rgb, settings)


def _marker_watershed(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
    from allviewer.classical.marker_watershed import fit

    return fit(rgb, settings)


METHODS: tuple[Method, ...] = (
    Method(
        "pgs",
        "Pivot-Growing Segmentation",
        "Asaad et al., Advanced Blast Identification in ALL Using Pivot-Growing Segmentation and U-NET PLR",
        "section 3, equations 1-8 and steps 1-11",
        "nucleus and cytoplasm",
        "Pivots are found among the colours of the picture by k-medoids; clusters grow round them up to a threshold.",
        table.PGS,
        _pgs,
    ),
    Method(
        "grey-clusters",
        "Three grey clusters",
        "Zaiter and Zwiggelaar, Acute Lymphocytic Leukemia Detection Using Deep Learning Methods",
        "section 4.1",
        "nucleus and cytoplasm",
        "Grey levels are put into three clusters; the highest value of one of them is the threshold.",
        table.GREY_CLUSTERS,
        _grey_clusters,
    ),
    Method(
        "hsv-threshold",
        "HSV colour threshold",
        "Reza et al., ALL diagnosis and subtype segmentation in blood smears using CNN and U-Net",
        "method, data set and table 2; the ranges are not printed",
        "nucleus",
        "What is coloured enough, or purple enough, in HSV is nucleus.",
        table.HSV_THRESHOLD,
        _hsv_threshold,
    ),
    Method(
        "modified-hsv",
        "Modified HSV and a set threshold",
        "Al-Zubaidi et al., ALL-FABNET, reviewing Najjar et al. 2023 (segmentation based on modified HSV model)",
        "section II, reference 16",
        "nucleus",
        "Saturation and brightness are changed so that nuclei stand out; then one set threshold.",
        table.MODIFIED_HSV,
        _modified_hsv,
    ),
    Method(
        "otsu-morphology",
        "Contrast, Otsu, morphology",
        "Al-Zubaidi et al., ALL-FABNET, reviewing Umamaheswari and Geetha 2018",
        "section II, reference 18",
        "nucleus",
        "Brightness and contrast are evened out, Otsu's threshold is cut, morphology cleans.",
        table.OTSU_MORPHOLOGY,
        _chain,
    ),
    Method(
        "otsu-watershed",
        "Colour space, Otsu, watershed",
        "Al-Zubaidi et al., ALL-FABNET, reviewing Safuan 2019; Zaiter and Zwiggelaar, reviewing Mohammed 2013",
        "section II, reference 17; section 2, reference 12",
        "nucleus",
        "Otsu's threshold of one colour component, cleaned, labelled, and touching nuclei parted by watershed.",
        table.OTSU_WATERSHED,
        _chain,
    ),
    Method(
        "zack-threshold",
        "Zack's threshold",
        "Al-Zubaidi et al., ALL-FABNET, reviewing Talaat et al. 2019",
        "section II, reference 23",
        "nucleus",
        "The histogram, equalised where that is chosen, is cut by Zack's triangle: what is stained from what is not.",
        table.ZACK_THRESHOLD,
        _chain,
    ),
    Method(
        "marker-watershed",
        "Marker-controlled watershed",
        "Papaioannou et al., Deep Learning Algorithms for Early Diagnosis of ALL, reviewing Gebremeskel et al. 2021",
        "literature review",
        "nucleus and cytoplasm",
        "Nuclei and glass are markers; the colour gradient between them is flooded.",
        table.MARKER_WATERSHED,
        _marker_watershed,
    ),
)

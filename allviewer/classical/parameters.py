"""What can be set of each classical method. Titles and tips are what people read beside the controls."""

from dataclasses import replace

from allviewer.exchange.parameters import Parameter

_YES_NO = (("yes", "Yes"), ("no", "No"))

CLEANING = (
    Parameter("opening", "Smoothing", 0.15, 0.0, 2.0, 0.05, "um", tip="Radius of the opening: thinner things go"),
    Parameter("min_diameter", "Smallest nucleus", 3.0, 0.0, 15.0, 0.5, "um", tip="Smaller finds go"),
    Parameter("fill", "Fill holes", "yes", choices=_YES_NO, tip="What a nucleus encloses is nucleus"),
)
"""After the threshold: opening, smallest size, holes."""

_CYTOPLASM = (
    Parameter(
        "cytoplasm",
        "Cytoplasm",
        "around",
        choices=(("around", "Around nuclei"), ("none", "Not wanted")),
        tip="Around nuclei: pixels of the middle cluster that hang together with a nucleus",
    ),
    Parameter(
        "reach",
        "Reach",
        3.0,
        0.0,
        10.0,
        0.25,
        "um",
        needs=("cytoplasm", "around"),
        tip="How far from a nucleus its cytoplasm may lie",
    ),
)

PGS = (
    Parameter("k", "Pivots", 3, 2, 8, 1, tip="k of equation 2; no number is printed (nucleus, cells, glass)"),
    Parameter(
        "feature",
        "Feature",
        "lab",
        choices=(
            ("lab", "Lab colour"),
            ("grey", "Grey level"),
            ("as_printed", "Position (equation 1 as printed)"),
            ("lab_xy", "Lab colour and position"),
        ),
        tip="What the squared distance is taken of. Equation 1 prints position alone; the text speaks of intensity",
    ),
    Parameter(
        "position_weight",
        "Weight of position",
        0.3,
        0.0,
        2.0,
        0.05,
        needs=("feature", "lab_xy"),
        tip="The longer side of the picture counts as 100 times this",
    ),
    Parameter(
        "threshold_rule",
        "Threshold",
        "quantile",
        choices=(("quantile", "From the picture"), ("fixed", "Fixed T")),
        tip="T of equation 6; the paper gives no number. From the picture: a quantile of the squared distances",
    ),
    Parameter(
        "quantile",
        "Quantile",
        0.99,
        0.0,
        1.0,
        0.01,
        needs=("threshold_rule", "quantile"),
        tip="T of each cluster: this share of the pixels nearest to its pivot lies within it",
    ),
    Parameter(
        "threshold",
        "T",
        400.0,
        0.0,
        20000.0,
        10.0,
        needs=("threshold_rule", "fixed"),
        tip="Squared distance up to which a cluster grows (Lab units)",
    ),
    Parameter(
        "growth",
        "Growth",
        "global",
        choices=(("global", "Everywhere"), ("connected", "Connected to the pivot")),
        tip="Equation 6 takes every pixel within T; growing proper goes from neighbour to neighbour (4 neighbours)",
    ),
    *_CYTOPLASM,
    *CLEANING,
    Parameter("epsilon", "Epsilon", 0.0, 0.0, 10.0, 0.1, tip="Pivots that move no further have converged (equation 8)"),
    Parameter("max_iterations", "Iterations", 10, 1, 100, 1, tip="Upper bound of step 5"),
    Parameter("starts", "Starts", 6, 1, 50, 1, tip="Random starts (step 1); the lowest J(P), equation 3, wins"),
    Parameter("sample", "Sample", 8000, 100, 200000, 100, "px", tip="Pixels that pivots are chosen among"),
    Parameter("seed", "Seed", 0, 0, 9999, 1, tip="The same seed gives the same masks"),
)

GREY_CLUSTERS = (
    Parameter("k", "Clusters", 3, 2, 6, 1, tip="Three in the paper: white cells, red cells, background"),
    Parameter(
        "rule",
        "White cells are",
        "darkest",
        choices=(("darkest", "The darkest cluster"), ("least_frequent", "The least frequent cluster")),
        tip="The paper says least frequent, which fails where one cell fills the picture",
    ),
    Parameter(
        "clustering",
        "Clustering",
        "kmeans",
        choices=(("kmeans", "k-means"), ("multi_otsu", "Multi-level Otsu"), ("fuzzy", "Fuzzy c-means")),
        tip="The paper does not name one",
    ),
    Parameter(
        "grey",
        "Grey of",
        "luma",
        choices=(("luma", "All colours"), ("green", "The green channel")),
        tip="The paper says greyscale; stains take most from green",
    ),
    *_CYTOPLASM,
    *CLEANING,
)

HSV_THRESHOLD = (
    Parameter(
        "rule",
        "Threshold",
        "saturation",
        choices=(("saturation", "Saturation, by Otsu"), ("hue", "Hue, by Otsu"), ("ranges", "Set ranges")),
        tip="The paper prints no ranges",
    ),
    Parameter("hue_low", "Hue from", 200, 0, 360, 5, "deg", needs=("rule", "ranges"), tip="Purple lies at 200 to 350"),
    Parameter("hue_high", "Hue to", 350, 0, 360, 5, "deg", needs=("rule", "ranges")),
    Parameter("saturation_low", "Saturation from", 0.3, 0.0, 1.0, 0.01, needs=("rule", "ranges")),
    Parameter("value_high", "Brightness to", 0.85, 0.0, 1.0, 0.01, needs=("rule", "ranges")),
    *CLEANING,
)

MODIFIED_HSV = (
    Parameter("saturation_gain", "Saturation", 1.4, 0.0, 4.0, 0.05, "times", tip="Saturation is multiplied by this"),
    Parameter("value_gamma", "Brightness", 1.2, 0.2, 4.0, 0.05, "gamma", tip="Brightness is raised to this power"),
    Parameter("threshold", "Threshold", 0.45, 0.0, 1.0, 0.01, tip="Nucleus: saturation times darkness reaches this"),
    *CLEANING,
)

_COMPONENT = Parameter(
    "component",
    "Component",
    "green",
    choices=(
        ("green", "Green"),
        ("luma", "Grey"),
        ("saturation", "Saturation"),
        ("lightness", "Lab lightness"),
        ("magenta", "Lab a (magenta)"),
    ),
    tip="The part of the colour that is cut",
)
_THRESHOLD = Parameter(
    "threshold",
    "Threshold",
    "multi_otsu",
    choices=(("otsu", "Otsu"), ("multi_otsu", "Otsu, three classes"), ("zack", "Zack's triangle")),
    tip="Three classes keep red cells apart from nuclei",
)
_CONTRAST = Parameter(
    "contrast",
    "Contrast",
    "none",
    choices=(("none", "As it is"), ("stretch", "Stretched"), ("equalise", "Equalised")),
    tip="Before the threshold",
)
_PART = Parameter(
    "part_touching",
    "Part touching nuclei",
    "no",
    choices=_YES_NO,
    tip="By watershed of the distance to the border",
)
_EDGES = Parameter(
    "edges",
    "Cut at edges",
    "no",
    choices=_YES_NO,
    tip="Canny edges part what touches, as in Mohammed et al.",
)


def _chain(**defaults: str) -> tuple[Parameter, ...]:
    steps = (_COMPONENT, _CONTRAST, _THRESHOLD, _EDGES, _PART)
    return (*(replace(step, default=defaults.get(step.name, step.default)) for step in steps), *CLEANING)


OTSU_MORPHOLOGY = _chain(contrast="stretch")
OTSU_WATERSHED = _chain(part_touching="yes")
ZACK_THRESHOLD = _chain(component="saturation", threshold="zack")
"""The review equalises the histogram first, which flattens the peak that Zack's triangle starts from: an option."""

MARKER_WATERSHED = (
    Parameter("marker_inset", "Inset of markers", 0.4, 0.0, 3.0, 0.1, "um", tip="Markers lie this far inside"),
    Parameter("reach", "Reach", 4.0, 0.5, 10.0, 0.25, "um", tip="What is further from a nucleus is no cell"),
    Parameter("smoothing", "Smoothing of colours", 0.2, 0.0, 2.0, 0.05, "um", tip="Before the gradient"),
    *CLEANING,
)

"""Stains as they look in real collections, and random ones between them."""

from dataclasses import replace

import numpy as np

from training.synthetic.spec import Optics, Rgb, Stain

PRESETS: dict[str, Stain] = {
    # automatic stainer and scanner: cream ground, mauve red cells, deep violet nuclei
    "cellavision": Stain(
        background=(254, 230, 203),
        haemoglobin=(0.11, 0.175, 0.105),
        chromatin=(0.49, 0.83, 0.235),
        basophilia=(0.29, 0.225, 0.03),
        eosin_granule=(0.05, 0.29, 0.27),
    ),
    # grey ground, brown-red cells, blue-violet nuclei
    "grey": Stain(
        background=(203, 203, 198),
        haemoglobin=(0.085, 0.24, 0.27),
        chromatin=(0.40, 0.56, 0.02),
        basophilia=(0.26, 0.22, 0.01),
        eosin_granule=(0.07, 0.33, 0.15),
    ),
    # eyepiece photograph: pink ground, purple red cells, magenta nuclei
    "pink": Stain(
        background=(214, 180, 166),
        haemoglobin=(0.16, 0.24, 0.12),
        chromatin=(0.31, 0.78, 0.19),
        basophilia=(0.27, 0.27, 0.03),
        eosin_granule=(0.10, 0.34, 0.20),
    ),
    # over-exposed, alkaline buffer: white ground, blue-grey red cells, blue-violet nuclei
    "bright": Stain(
        background=(262, 268, 266),
        haemoglobin=(0.20, 0.135, 0.06),
        chromatin=(0.30, 0.44, 0.02),
        basophilia=(0.26, 0.20, 0.01),
        eosin_granule=(0.12, 0.27, 0.10),
    ),
    # yellow lamp: yellow ground, pale red cells, wine-red nuclei
    "yellow": Stain(
        background=(262, 250, 185),
        haemoglobin=(0.035, 0.12, 0.12),
        chromatin=(0.42, 0.92, 0.20),
        basophilia=(0.24, 0.26, 0.06),
        eosin_granule=(0.06, 0.26, 0.16),
    ),
}


def random_stain(rng: np.random.Generator) -> Stain:
    """A stain between two presets, with hue, strength and light varied about as much as between laboratories."""
    names = list(PRESETS)
    first, second = (PRESETS[names[int(i)]] for i in rng.integers(len(names), size=2))
    share = float(rng.beta(0.6, 0.6))

    def mixed(a: Rgb, b: Rgb, spread: float) -> Rgb:
        colour = (np.asarray(a) * share + np.asarray(b) * (1 - share)) * rng.uniform(1 - spread, 1 + spread)
        red, green, blue = (float(c) for c in colour * rng.uniform(1 - spread / 2, 1 + spread / 2, 3))
        return red, green, blue

    return Stain(
        background=mixed(first.background, second.background, 0.06),
        haemoglobin=mixed(first.haemoglobin, second.haemoglobin, 0.25),
        chromatin=mixed(first.chromatin, second.chromatin, 0.15),
        basophilia=mixed(first.basophilia, second.basophilia, 0.25),
        eosin_granule=mixed(first.eosin_granule, second.eosin_granule, 0.20),
        strength=float(rng.uniform(0.8, 1.2)),
        film=float(rng.uniform(0.0, 0.008)),
    )


def random_optics(rng: np.random.Generator) -> Optics:
    """Lens and camera from very good to poor, mostly good."""
    return replace(
        Optics(),
        blur_um=float(0.10 + 0.12 * rng.gamma(1.2, 0.6)),
        sharpening=float(rng.uniform(0, 0.8)),
        aberration_um=float(rng.uniform(0, 0.15)),
        vignette=float(rng.uniform(0, 0.12)),
        tilt=float(rng.uniform(-0.06, 0.06)),
        noise=float(rng.uniform(0.5, 4.0)),
        jpeg_quality=int(rng.integers(60, 98)),
    )

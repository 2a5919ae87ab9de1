"""Synthetic smears as samples: blasts with nuclei, touching cells and rare stains, of which real masks are lacking."""

import numpy as np

from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS, Sample
from training.synthetic.crops import random_crops

NAME = "synthetic"
SIDE_PX = 256


def make_samples(count: int, mpp: float, seed: int) -> list[Sample]:
    """`count` fields of 256 x 256 px with exact truth; the same ones for the same seed."""
    samples = []
    for number, smear in enumerate(random_crops(count, SIDE_PX, mpp=mpp, seed=seed)) if count else ():
        parts = np.where(smear.cells > 0, CYTOPLASM, BACKGROUND).astype(np.uint8)
        parts[smear.nuclei > 0] = NUCLEUS
        name = f"{NAME}-{seed}-{number}"
        samples.append(Sample(smear.image, parts, smear.cells.astype(np.uint16), name, NAME, name, mpp))
    return samples

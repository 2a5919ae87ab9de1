"""Synthetic smears: pictures of blood and marrow with exact truth, from a seed. Needs no torch.

spec        what is asked for: size, scale, cells, stain, optics (`stains`: presets and random ones)
shapes, drawing, lymphoid, myeloid, unnucleated    how one cell is drawn
stamps      cells drawn once, used many times
blocks, clusters, layout    where the cells lie, block by block
optics      from dyes to a photograph
smear       renders regions: pixels and truth
truth_files, training_sets, pyramid    writes fields, training sets, whole slides
crops       random training crops
"""

from training.synthetic.smear import Smear, SmearRenderer, TrueCell, render_smear, render_tile
from training.synthetic.spec import NormalMix, Optics, SmearSpec, SpecError, Stain

__all__ = [
    "NormalMix",
    "Optics",
    "Smear",
    "SmearRenderer",
    "SmearSpec",
    "SpecError",
    "Stain",
    "TrueCell",
    "render_smear",
    "render_tile",
]

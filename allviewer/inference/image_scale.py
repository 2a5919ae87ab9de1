"""The scale of an image: what people give, what the file says, red cells, the size of white cells."""

from allviewer.domain.mask import Mask
from allviewer.domain.scale import Scale, plausible, refuse_impossible, why_no_guess
from allviewer.domain.slide import PixelSource
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.box_scale import scale_from_boxes
from allviewer.inference.cut_out import cut_out_um_per_px
from allviewer.inference.networks import Networks
from allviewer.inference.scale import scale_from_cell_size, scale_from_red_cells


def scale_of_image(
    source: PixelSource, networks: Networks, given: float | None, cut_out: Mask | None
) -> tuple[Scale, list[str]]:
    """The scale that a run uses, and sentences on what was doubted. Raises `UserError` for an impossible one given."""
    spec, mpp, notes = networks.spec, source.info.mpp, list[str]()
    if given is not None:
        refuse_impossible(given)
        return Scale(given, "given"), notes
    if cut_out is not None:
        return Scale(cut_out_um_per_px(cut_out, spec.cell_diameter_px * spec.mpp), "cut-out", 1), notes
    if plausible(mpp):
        return Scale(mpp, "file"), notes
    if mpp is not None:
        notes.append(f"The file says {mpp:g} micrometres per pixel, which no microscope gives; not used.")
    scale = _from_red_cells(source, networks.finder) or scale_from_cell_size(source, spec, networks.segmenter.maps_of)
    doubt = why_no_guess(scale)
    if doubt:
        return Scale(None, "unknown"), [*notes, doubt]
    if scale.um_per_px is None:
        notes.append("No white cell was found at any scale.")
    return scale, notes


def _from_red_cells(source: PixelSource, finder: BoxFinder | None) -> Scale | None:
    """By the boxes of a network where there is one: on fields of known scale they are right more often than the shapes
    that are measured without a network, which say where to look first (figures in docs/results/detection.md)."""
    rough = scale_from_red_cells(source)
    if finder is None:
        return rough
    boxed = scale_from_boxes(source, finder, rough)
    return boxed if boxed.um_per_px is not None else rough

"""Micrometres per pixel from what files say, believed only where a microscope could have said it."""

import math

_SMALLEST_UM, _LARGEST_UM = 0.02, 10.0
_UM_PER_INCH = 25_400.0
_UM_PER_UNIT = {
    **dict.fromkeys(("µm", "μm", "um", "micrometer", "micron"), 1.0),
    **dict.fromkeys(("pm", "picometer"), 1e-6),
    **dict.fromkeys(("Å", "angstrom"), 1e-4),
    **dict.fromkeys(("nm", "nanometer"), 1e-3),
    **dict.fromkeys(("mm", "millimeter"), 1e3),
    **dict.fromkeys(("cm", "centimeter"), 1e4),
    **dict.fromkeys(("m", "meter"), 1e6),
}


def credible_mpp(x_um: float | None, y_um: float | None = None) -> float | None:
    """One scale for both directions, or None if it is missing, absurd, or differs by more than a tenth.

    What a printer or screen writes (72 to 1200 dpi) is 21 um and more a pixel and so is never taken for a microscope's.
    """
    sizes = [size for size in (x_um, y_um) if size is not None]
    if not sizes or not all(math.isfinite(size) and _SMALLEST_UM <= size <= _LARGEST_UM for size in sizes):
        return None
    if max(sizes) > 1.1 * min(sizes):
        return None
    return sum(sizes) / len(sizes)


def mpp_from_density(x_per_unit: float, y_per_unit: float, unit_um: float) -> float | None:
    """Scale from pixels per unit of length, or None where that is no microscope's scale."""
    if x_per_unit <= 0 or y_per_unit <= 0:
        return None
    return credible_mpp(unit_um / x_per_unit, unit_um / y_per_unit)


def mpp_from_dpi(x_dpi: float, y_dpi: float) -> float | None:
    """Scale from dots per inch, or None where that is no microscope's scale."""
    return mpp_from_density(x_dpi, y_dpi, _UM_PER_INCH)


def micrometres(size: float, unit: str) -> float | None:
    """A length in micrometres, or None for a unit that is not one of length (OME writes "pixel" at times)."""
    factor = _UM_PER_UNIT.get(unit)
    return None if factor is None else size * factor

"""Arrays that know where in a picture they lie."""

from typing import Any

from numpy.typing import NDArray

from allviewer.domain.geometry import Region


def paste(values: NDArray[Any], box: Region, out: NDArray[Any], inside: Region) -> None:
    """Copy what `values`, lying at `box`, and `out`, lying at `inside`, have in common.

    `values` may be larger than the box (the padding of a tile at the edge).
    """
    shared = box.intersection(inside)
    if not shared.is_empty:
        out[shared.y - inside.y : shared.bottom - inside.y, shared.x - inside.x : shared.right - inside.x] = values[
            shared.y - box.y : shared.bottom - box.y, shared.x - box.x : shared.right - box.x
        ]

"""OME-Zarr folders as the specifications 0.4 (Zarr 2) and 0.5 (Zarr 3) describe them."""

import numpy as np
import zarr

UNITS = {"x": "micrometer", "y": "micrometer", "z": "micrometer"}
KINDS = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


def write_ome_zarr(path, levels, axes="yx", version="0.4", scale=None, omero=None, chunks=64, **options):
    """One image from arrays, finest first; `scale` gives the finest level's step along each axis."""
    zarr_format = 2 if version == "0.4" else 3
    group = zarr.create_group(path, zarr_format=zarr_format)
    steps = scale or [1.0] * len(axes)
    datasets = []
    for number, level in enumerate(levels):
        shape = tuple(1 if axis in "tcz" else chunks for axis in axes)
        group.create_array(str(number), data=np.asarray(level), chunks=shape, **options)
        ratio = [one / own for one, own in zip(levels[0].shape, level.shape, strict=True)]
        transform = {"type": "scale", "scale": [step * times for step, times in zip(steps, ratio, strict=True)]}
        datasets.append({"path": str(number), "coordinateTransformations": [transform]})
    named = [{"name": axis, "type": KINDS[axis], **({"unit": UNITS[axis]} if axis in UNITS else {})} for axis in axes]
    image = {"name": "made", "axes": named, "datasets": datasets}
    if version == "0.4":
        group.attrs.update({"multiscales": [{**image, "version": "0.4"}], **({"omero": omero} if omero else {})})
    else:
        group.attrs["ome"] = {"version": version, "multiscales": [image], **({"omero": omero} if omero else {})}
    return path

"""Where other programs put the cells of an image: in a file beside it, with the image's name in its own."""

from pathlib import Path

from allviewer.storage.polygon_cells import holds_polygons

_ENDINGS = (
    ".cells.tif",  # allviewer analyze
    ".geojson",  # QuPath
    ".json",  # labelme, X-AnyLabeling
    "_labels.tif",
    "_labels.tiff",
    "_labels.png",
    "_cp_masks.tif",  # Cellpose
    "_cp_masks.png",
    "_masks.tif",
    "_masks.png",
    "_seg.npy",  # Cellpose; named so that the reader can say why it is not opened
)


def labels_beside(image: Path) -> Path | None:
    """The first file beside an image that holds its cells, None if there is none. Raises `OSError`."""
    for ending in _ENDINGS:
        for stem in (image.stem, image.name):
            path = image.with_name(stem + ending)
            if path != image and path.is_file() and (path.suffix != ".json" or holds_polygons(path)):
                return path
    return None

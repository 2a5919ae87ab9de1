"""How a Zarr is known: a folder that holds one of the format's own files."""

from pathlib import Path

_HEADS = (".zgroup", ".zattrs", "zarr.json")


def is_zarr(folder: Path) -> bool:
    """Whether a folder is a Zarr hierarchy, which is looked at as one file."""
    return any((folder / head).is_file() for head in _HEADS)

"""Cells from pixels: model packs, patches, networks, instances, classes."""

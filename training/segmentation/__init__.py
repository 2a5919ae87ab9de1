"""The segmentation network: nucleus, cytoplasm, background, and the distance that separates touching cells."""

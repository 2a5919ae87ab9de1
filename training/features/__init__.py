"""Numbers that describe a segmented cell: shape, colour and texture, for classifiers that are no networks."""

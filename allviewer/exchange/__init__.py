"""What the viewer and the training package agree on: training sets and model packs, as plain files."""

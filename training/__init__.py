"""Training, evaluation and export of the networks. Sees the viewer only through its exchange files."""

"""The 27 classical classifiers that paper 001 compares in table 5, on the features of `training.features`."""

"""Figures, printed and never asserted: each beside a floor measured in the same run."""

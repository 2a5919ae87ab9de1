"""The tables of the five papers: the published figure, ours by picture and ours by subject, side by side."""

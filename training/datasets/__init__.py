"""Adapters: each public data set, and what the viewer exports, as `sample.Sample`."""

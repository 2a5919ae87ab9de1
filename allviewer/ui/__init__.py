"""Widgets: they show and ask, and hold no files, threads or networks."""

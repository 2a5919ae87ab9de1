"""Coarser levels and fast tiles for large images that come without them, built by a child process into a cache."""

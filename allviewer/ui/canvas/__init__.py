"""The picture: tiles, overlay and the tools that draw on it."""

"""The names of the choices of layers, for the command line, which does not load torch."""

LAYERS = ("all", "decoder", "head")

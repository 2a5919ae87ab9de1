"""Expected failures of training that the viewer does not know of."""

from allviewer.errors import UserError


class ConfigError(UserError):
    """A configuration file or flag is wrong."""


class TrainingError(UserError):
    """Training cannot go on (numbers that are no numbers, nothing to learn from)."""

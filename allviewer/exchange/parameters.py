"""Parameters of methods: numbers and choices that a person, a command line or an experiment can set."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allviewer.errors import UserError

Value = float | str
Settings = Mapping[str, Value]
"""A value for each parameter of a method, by name."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be set: a number between two bounds, or one of some choices.

    Attributes:
        name: as on the command line ("k"); title: for people ("Clusters").
        low, high, step: of a number; a whole `step` from a whole `low` means whole numbers.
        unit: of a number, for people ("um").
        choices: (value, title) pairs; a parameter with choices is no number.
        needs: (name, value) of a choice without which this parameter is not used; None: always used.
        tip: what it does, and where it comes from.
    """

    name: str
    title: str
    default: Value
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, str] | None = None
    tip: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return not self.choices and float(self.step).is_integer() and float(self.low).is_integer()

    def is_used(self, settings: Settings) -> bool:
        """Whether it has a meaning beside the other settings."""
        return self.needs is None or settings.get(self.needs[0]) == self.needs[1]

    def checked(self, value: object) -> Value:
        """The value as it is used; text is read as a number where one is wanted. Raises `UserError`."""
        if self.choices:
            known = [key for key, _ in self.choices]
            if value not in known:
                raise UserError(f"'{value}' is no choice for {self.name}.", f"Choose from: {', '.join(known)}.")
            return str(value)
        try:
            number = float(value) if isinstance(value, int | float | str) else math.nan
        except ValueError:
            number = math.nan
        if not self.low <= number <= self.high:
            raise UserError(f"'{value}' cannot be {self.name}.", f"Give a number from {self.low:g} to {self.high:g}.")
        if self.is_whole and not number.is_integer():
            raise UserError(f"'{value}' cannot be {self.name}.", "Give a whole number.")
        return number


def completed(parameters: Sequence[Parameter], given: Mapping[str, object], owner: str) -> dict[str, Value]:
    """Checked values for all parameters, with the defaults for what is not given.

    Args:
        owner: whose parameters these are, for the sentence.

    Raises:
        UserError: for an unknown name, a value out of bounds, or one that has no meaning beside the other values.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    unknown = [name for name in given if name not in by_name]
    if unknown:
        raise UserError(f"{owner} has no parameter '{unknown[0]}'.", f"It has: {', '.join(by_name)}.")
    settings = {p.name: p.checked(given[p.name]) if p.name in given else p.default for p in parameters}
    for name in given:
        parameter = by_name[name]
        if parameter.needs is not None and settings[name] != parameter.default and not parameter.is_used(settings):
            other, value = parameter.needs
            raise UserError(f"'{name}' is used only with {other}={value}.", f"Set {other}={value}, or leave it out.")
    return settings


def number(settings: Settings, name: str) -> float:
    """A setting that is a number."""
    return float(settings[name])


def choice(settings: Settings, name: str) -> str:
    """A setting that is one of some choices."""
    return str(settings[name])


def shown(settings: Settings, parameters: Sequence[Parameter]) -> str:
    """What differs from the defaults, as "k=4, feature=grey"; empty if nothing does."""
    texts = [
        f"{p.name}={settings[p.name]}" if p.choices else f"{p.name}={float(settings[p.name]):g}"
        for p in parameters
        if p.name in settings and settings[p.name] != p.default and p.is_used(settings)
    ]
    return ", ".join(texts)

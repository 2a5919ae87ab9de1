"""Typed settings of a job: a TOML or JSON file, checked field by field, with a few flags on top."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from training.errors import ConfigError

Settings = TypeVar("Settings", bound=msgspec.Struct)


def load_config(path: Path | None, kind: type[Settings], overrides: Mapping[str, object] | None = None) -> Settings:
    """Settings of type `kind`: its defaults, over them the file, over it `overrides` (those that are not None).

    Raises:
        ConfigError: unreadable file, unknown setting, wrong type or value; the sentence names it.
    """
    values = read_settings(path) if path else {}
    values.update({key: value for key, value in (overrides or {}).items() if value is not None})
    try:
        return msgspec.convert(values, type=kind)
    except msgspec.ValidationError as error:
        where = f"The configuration {path}" if path else "The configuration"
        known = ", ".join(field.name for field in msgspec.structs.fields(kind))
        raise ConfigError(f"{where} does not fit: {error}.", f"Known settings: {known}.") from error


def read_settings(path: Path) -> dict[str, object]:
    """The table of a TOML or JSON file. Raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration {path} cannot be read: {error}.") from error
    try:
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"The configuration {path} is not valid {path.suffix or 'TOML'}: {error}.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"The configuration {path} holds no settings.", "It must be a table of names and values.")
    return values

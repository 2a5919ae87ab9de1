"""The settings: one typed table, kept as JSON. The dialog and the guide are made from the same table."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import msgspec

from allviewer.storage import atomic

T = TypeVar("T")


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting.

    Attributes:
        key: its name in the file; part before the point groups settings in the dialog.
        kind: the type of its value: str, int, float, bool, or a dict.
        text: one sentence for people; title: a word or two for the dialog; empty: it does not stand there.
        bounds: the lowest and the highest value of a number.
    """

    key: str
    kind: Any
    default: T
    text: str
    bounds: tuple[float, float] | None = None
    choices: tuple[T, ...] = ()
    title: str = ""

    @property
    def allowed(self) -> str:
        """What values may be, for people."""
        return "" if self.bounds is None else f"{self.bounds[0]:g} to {self.bounds[1]:g}"

    def accepts(self, value: object) -> bool:
        """Whether a value, as read from JSON, is of the type and within bounds."""
        try:
            converted: T = msgspec.convert(value, self.kind, strict=True)
        except msgspec.ValidationError:
            return False
        if self.bounds is not None and not self.bounds[0] <= cast("float", converted) <= self.bounds[1]:
            return False
        return not self.choices or converted in self.choices


PERSON = Setting(
    "person.name",
    str,
    "",
    "Name that is written beside every correction; empty: the system's name.",
    title="Your name",
)
DEVICE = Setting(
    "models.device",
    str,
    "auto",
    "Where the networks run.",
    choices=("auto", "cpu", "cuda", "tensorrt", "directml", "coreml", "openvino"),
    title="Device",
)
BRUSH_RADIUS_PX = Setting(
    "tools.brush_radius_px", float, 8.0, "Radius of the brush in pixels of the image.", (0.5, 500), title="Brush size"
)
OVERLAY_OPACITY = Setting(
    "view.overlay_opacity", float, 0.12, "How strongly masks are tinted; 0: outlines alone.", (0, 1), title="Overlay"
)
MEMORY_MB = Setting(
    "view.memory_mb",
    int,
    0,
    "Memory for decoded pictures, tiles and drawn cells together, in megabytes, at least 256; 0: by the machine's.",
    (0, 65536),
    title="Memory for pictures",
)
PYRAMID_CACHE_MB = Setting(
    "view.pyramid_cache_mb",
    int,
    8192,
    "Disk space for levels made for large images, in megabytes; never more than half of what is free.",
    (256, 1 << 20),
    title="Image cache on disk",
)

ANY, SIGNED = "any", "signed"
PACKS_TAKEN = Setting(
    "models.packs_taken",
    str,
    ANY,
    "Which model packs may be installed: any that passes the checks, or only those signed with a trusted key.",
    choices=(ANY, SIGNED),
    title="Model packs",
)

KEYS_PRESET = Setting(
    "keys.preset", str, "allviewer", "Whose keys the window has: allviewer, qupath, cvat, labelme, napari."
)
KEYS_OWN: Setting[dict[str, list[str]]] = Setting(
    "keys.own", dict[str, list[str]], {}, "Keys of single actions that differ from the preset."
)

SETTINGS: tuple[Setting[Any], ...] = (
    PERSON,
    KEYS_PRESET,
    KEYS_OWN,
    DEVICE,
    BRUSH_RADIUS_PX,
    OVERLAY_OPACITY,
    MEMORY_MB,
    PYRAMID_CACHE_MB,
    PACKS_TAKEN,
)


class Settings:
    """The settings of one person. Reading never fails: what is wrong in the file becomes the default and a notice.

    Attributes:
        notices: sentences about values that could not be used.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._values: dict[str, object] = {}
        self.notices: tuple[str, ...] = ()
        self._read()

    def get(self, setting: Setting[T]) -> T:
        value = self._values.get(setting.key, setting.default)
        return msgspec.convert(value, setting.kind)  # type: ignore[no-any-return]

    def set(self, setting: Setting[T], value: T) -> None:
        """Change a setting and write it down. Raises ValueError for a bad value, `OutputError` if it cannot be kept."""
        if not setting.accepts(value):
            raise ValueError(f"{setting.key} cannot be {value!r}: {setting.allowed or setting.text}")
        values = {**self._values, setting.key: value}
        atomic.make_folder(self._file.parent)
        atomic.write_bytes(self._file, msgspec.json.format(msgspec.json.encode(values), indent=2) + b"\n")
        self._values = values

    def reset(self, setting: Setting[T]) -> None:
        """Back to the default."""
        self.set(setting, setting.default)

    def _read(self) -> None:
        if not self._file.exists():
            return
        try:
            values = msgspec.json.decode(self._file.read_bytes(), type=dict[str, Any])
        except (msgspec.DecodeError, OSError) as error:
            self.notices = (f"The settings in {self._file} cannot be read ({error}); {self._set_aside()}",)
            return
        known = {setting.key: setting for setting in SETTINGS}
        bad = [key for key, value in values.items() if key in known and not known[key].accepts(value)]
        self.notices = tuple(
            f"The setting {key} cannot be {values[key]!r}, so it is {known[key].default!r} again." for key in bad
        )
        # keys of another version stay in the file untouched
        self._values = {key: value for key, value in values.items() if key not in bad}

    def _set_aside(self) -> str:
        kept = self._file.with_suffix(".damaged.json")
        try:
            self._file.replace(kept)
        except OSError:
            return "the defaults are used."
        return f"the defaults are used, and the old file is kept as {kept.name}."

"""Change the settings: what is changed holds at once and is written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from allviewer.errors import OutputError
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.session.workspace import Workspace
from allviewer.storage.settings import (
    BRUSH_RADIUS_PX,
    DEVICE,
    MEMORY_MB,
    OVERLAY_OPACITY,
    PERSON,
    PYRAMID_CACHE_MB,
    SETTINGS,
    Settings,
)
from allviewer.workflows.ports import Notices

_TABLE = {setting.key: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting as a dialog shows it; what it may be is what the table of settings says."""

    key: str
    title: str
    text: str
    value: Any
    kind: Any
    bounds: tuple[float, float] | None
    choices: tuple[Any, ...]


class ChangeSettings(QObject):
    """What stands in the dialog: every setting of the table that has a title."""

    device_chosen = Signal(str)
    memory_changed = Signal(int)
    pyramid_cache_changed = Signal(int)
    """Both in megabytes."""

    def __init__(
        self,
        settings: Settings,
        workspace: Workspace,
        view: ViewState,
        tools: ToolState,
        device: Callable[[], str],
        notices: Notices,
    ) -> None:
        """`device` gives the device that is chosen now."""
        super().__init__(workspace)
        self._settings, self._workspace, self._notices = settings, workspace, notices
        self._view, self._tools, self._device = view, tools, device

    @property
    def rows(self) -> list[SettingRow]:
        """The settings that people change in a dialog, as they are now."""
        return [
            SettingRow(s.key, s.title, s.text, self._value(s.key), s.kind, s.bounds, s.choices)
            for s in SETTINGS
            if s.title
        ]

    @property
    def person(self) -> str:
        """Who signs corrections: the name in the settings, else the system's."""
        from allviewer.storage.case_lock import user_name

        return self._settings.get(PERSON).strip() or user_name()

    def _value(self, key: str) -> object:
        """What holds now; brush, overlay and device may have been changed in the window meanwhile."""
        live: dict[str, object] = {
            BRUSH_RADIUS_PX.key: self._tools.radius_px,
            OVERLAY_OPACITY.key: self._view.overlay.fill_opacity,
            DEVICE.key: self._device(),
        }
        return live[key] if key in live else self._settings.get(_TABLE[key])

    def change(self, values: Mapping[str, object]) -> None:
        """Take new values by key. Raises ValueError, and changes nothing, if the table refuses one."""
        for key, value in values.items():
            setting = _TABLE[key]
            if not setting.accepts(value):
                raise ValueError(f"{setting.title or setting.key} cannot be {value!r}: {setting.allowed}")
        try:
            for key, value in values.items():
                if value != self._settings.get(_TABLE[key]):
                    self._settings.set(_TABLE[key], value)
        except OutputError as error:
            self._notices.warn(error)
            return
        self._apply(values)

    def _apply(self, values: Mapping[str, Any]) -> None:
        effects: dict[str, Callable[[Any], object]] = {
            BRUSH_RADIUS_PX.key: self._tools.set_radius,
            OVERLAY_OPACITY.key: lambda opacity: self._view.set_overlay(fill_opacity=opacity),
            DEVICE.key: self.device_chosen.emit,
            MEMORY_MB.key: self.memory_changed.emit,
            PYRAMID_CACHE_MB.key: self.pyramid_cache_changed.emit,
            PERSON.key: lambda _name: self._sign(),
        }
        for key, value in values.items():
            if key in effects:
                effects[key](value)

    def _sign(self) -> None:
        if self._workspace.case is not None:
            self._workspace.case.journal.sign_as(self.person)

"""Change the settings: what is changed holds at once and is written down."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from allviewer.errors import OutputError
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.session.workspace import Workspace
from allviewer.storage.settings import (
    BRUSH_RADIUS_PX,
    DEVICE,
    OVERLAY_OPACITY,
    PERSON,
    SETTINGS,
    TILE_CACHE_MB,
    Setting,
    Settings,
)
from allviewer.workflows.detect_cells import DetectCells
from allviewer.workflows.ports import Notices


class ChangeSettings(QObject):
    """What stands in the dialog: every setting of the table that has a title."""

    device_chosen = Signal(str)
    tile_cache_changed = Signal(int)
    """In megabytes."""

    def __init__(
        self,
        settings: Settings,
        workspace: Workspace,
        view: ViewState,
        tools: ToolState,
        detect: DetectCells,
        notices: Notices,
    ) -> None:
        super().__init__(workspace)
        self._settings, self._workspace, self._notices = settings, workspace, notices
        self._view, self._tools, self._detect = view, tools, detect

    @property
    def shown(self) -> tuple[Setting[Any], ...]:
        """The settings that people change in a dialog."""
        return tuple(setting for setting in SETTINGS if setting.title)

    @property
    def person(self) -> str:
        """Who signs corrections: the name in the settings, else the system's."""
        from allviewer.storage.case_lock import user_name

        return self._settings.get(PERSON).strip() or user_name()

    def value(self, setting: Setting[Any]) -> object:
        """What holds now; brush, overlay and device may have been changed in the window meanwhile."""
        live: dict[str, object] = {
            BRUSH_RADIUS_PX.key: self._tools.radius_px,
            OVERLAY_OPACITY.key: self._view.overlay.fill_opacity,
            DEVICE.key: self._detect.choice.device,
        }
        return live.get(setting.key, self._settings.get(setting))

    def change(self, values: Mapping[Setting[Any], object]) -> None:
        """Take new values. Raises ValueError, and changes nothing, if the table refuses one."""
        for setting, value in values.items():
            if not setting.accepts(value):
                raise ValueError(f"{setting.title or setting.key} cannot be {value!r}: {setting.allowed}")
        try:
            for setting, value in values.items():
                if value != self._settings.get(setting):
                    self._settings.set(setting, value)
        except OutputError as error:
            self._notices.warn(error)
            return
        self._apply({setting.key: value for setting, value in values.items()})

    def _apply(self, values: Mapping[str, Any]) -> None:
        effects: dict[str, Callable[[Any], object]] = {
            BRUSH_RADIUS_PX.key: self._tools.set_radius,
            OVERLAY_OPACITY.key: lambda opacity: self._view.set_overlay(fill_opacity=opacity),
            DEVICE.key: self.device_chosen.emit,
            TILE_CACHE_MB.key: self.tile_cache_changed.emit,
            PERSON.key: lambda _name: self._sign(),
        }
        for key, value in values.items():
            if key in effects:
                effects[key](value)

    def _sign(self) -> None:
        if self._workspace.case is not None:
            self._workspace.case.journal.sign_as(self.person)

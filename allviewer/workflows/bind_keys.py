"""Which keys a person works with: a preset, and single keys that differ from it. What they mean is up to the window."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from allviewer.errors import OutputError
from allviewer.storage.settings import KEYS_OWN, KEYS_PRESET, Settings
from allviewer.workflows.ports import Ask, Notices


class BindKeys(QObject):
    """Keeps keys in the settings.

    Signals:
        changed: other keys hold from now on.
    """

    changed = Signal()

    def __init__(self, settings: Settings, notices: Notices, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._notices, self._ask = settings, notices, ask

    @property
    def preset(self) -> str:
        return self._settings.get(KEYS_PRESET)

    @property
    def own(self) -> Mapping[str, Sequence[str]]:
        """Keys by the id of an action, where they differ from the preset."""
        return self._settings.get(KEYS_OWN)

    def write_page(self, page: str) -> None:
        """Write the page of all keys to a file that is asked for."""
        from allviewer.storage import atomic

        path = self._ask.page_to_write("allviewer keys.html")
        if path is None:
            return
        try:
            atomic.write_text(path, page)
        except OutputError as error:
            self._notices.warn(error)
        else:
            self._notices.tell(f"All keys are in {path.name}.")

    def take(self, preset: str, own: Mapping[str, Sequence[str]]) -> None:
        """Work with other keys from now on, and after the next start."""
        try:
            self._settings.set(KEYS_PRESET, preset)
            self._settings.set(KEYS_OWN, {name: list(keys) for name, keys in own.items()})
        except OutputError as error:
            self._notices.warn(error)
        self.changed.emit()

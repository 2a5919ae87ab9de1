"""Joins the method that is chosen, its panel, its preview on the canvas, and what is remembered of it."""

import json

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QWidget

from allviewer.errors import UserError
from allviewer.exchange.parameters import Value
from allviewer.ui.canvas.mask_preview import MaskPreview
from allviewer.ui.panels.method_panel import MethodPanel
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.workflows.ports import Notices


class MethodDesk(QObject):
    """Everything of the window that belongs to methods without a network."""

    def __init__(
        self,
        session: Session,
        work: Workflows,
        notices: Notices,
        canvas: QWidget,
        memory: QSettings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._work, self._notices, self._memory = work, notices, memory
        self._rows = {method.name: method for method in work.tune.methods}
        self._is_open = True
        self.panel = MethodPanel()
        self.preview = MaskPreview(canvas, session.view)
        self.panel.float_over(canvas)
        for name in self._rows:
            work.tune.remember(name, _read(memory, name))
        self.panel.set.connect(self._set)
        self.panel.reset_wanted.connect(work.tune.reset)
        self.panel.run_wanted.connect(work.detect.run_on_image)
        self.panel.closed.connect(lambda: self._show(False))
        self.panel.watched.connect(lambda _on: self._follow())
        work.tune.changed.connect(self._follow)
        work.tune.previewed.connect(self.preview.show_preview)
        work.tune.unseen.connect(self.panel.say_unseen)
        # the preview would only hide the cells; it comes back when a setting is touched
        work.detect.started.connect(lambda: self.panel.preview.setChecked(False))
        self._follow()

    def toggle(self) -> None:
        """Show or hide the settings of the method in hand."""
        if not self._work.tune.name:
            self._notices.tell("Choose a method that needs no network first, in the box above the picture.")
            return
        self._show(not self.panel.isVisible())

    def _show(self, is_open: bool) -> None:
        self._is_open = is_open
        self._follow()

    def _set(self, name: str, value: Value) -> None:
        try:
            self._work.tune.set(name, value)
        except UserError as error:
            self._notices.warn(error)
        self.panel.preview.setChecked(True)

    def _follow(self) -> None:
        """Another method or other settings: the panel, the preview and the memory follow."""
        tune = self._work.tune
        method = self._rows.get(tune.name)
        self.panel.show_method(method, tune.settings)
        self.panel.setVisible(method is not None and self._is_open)
        tune.watch(method is not None and self._is_open and self.panel.preview.isChecked())
        if method is not None:
            self._memory.setValue(f"methods/{method.name}", json.dumps(tune.given(method.name)))


def _read(memory: QSettings, name: str) -> dict[str, Value]:
    """What was remembered; anything else than settings is nothing."""
    try:
        found = json.loads(str(memory.value(f"methods/{name}", "{}")))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""The dialogs that the window's actions open; each is loaded when it is first wanted, so that the start is quick."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from allviewer.session.tool_state import ToolKind
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.workflows.install_pack import PackRow

if TYPE_CHECKING:
    from allviewer.ui.main_window import MainWindow


_RECENT_COMMANDS = "palette/recent"


class WindowDialogs:
    """Makes them when they are asked for."""

    def __init__(self, session: Session, work: Workflows, memory: QSettings, window: "MainWindow") -> None:
        self._session, self._work, self._memory, self._window = session, work, memory, window

    def show_export(self) -> None:
        from allviewer.ui.dialogs.export_dialog import ExportDialog

        ExportDialog(self._work.export_training, self._window).exec()

    def show_settings(self) -> None:
        from allviewer.ui.dialogs.settings_dialog import SettingsDialog

        SettingsDialog(self._work.settings, self._window).exec()

    def show_fine_tune(self) -> None:
        from allviewer.ui.dialogs.fine_tune_dialog import FineTuneDialog

        dialog = FineTuneDialog(self._work.fine_tune, self._work.plan_training, self._work.packs, self._window)
        dialog.pack_taken.connect(self.try_out)
        dialog.show()

    def show_what_next(self) -> None:
        from allviewer.ui.dialogs.what_next_dialog import WhatNextDialog

        WhatNextDialog(self._work.what_next, self._window).show()

    def show_devices(self) -> None:
        from allviewer.ui.dialogs.devices_dialog import DevicesDialog

        DevicesDialog(self._work.devices, self._window).show()

    def show_scale(self) -> None:
        """Stays open beside the picture, for the ruler."""
        from allviewer.ui.dialogs.scale_dialog import ScaleDialog

        document = self._session.workspace.document
        if document is None:
            return
        dialog = ScaleDialog(document, self._work.scale, self._take_ruler, self._window)
        self._session.workspace.shown_changed.connect(dialog.reject)
        self._window.canvas.length_drawn.connect(dialog.set_ruler)
        dialog.show()

    def _take_ruler(self) -> None:
        self._session.tools.take(ToolKind.RULER)
        self._window.activateWindow()
        self._window.canvas.setFocus()

    def show_properties(self) -> None:
        from allviewer.ui.dialogs.properties_dialog import PropertiesDialog

        document = self._session.workspace.document
        if document is not None:
            PropertiesDialog(document, self._work.describe, self._window).exec()

    def show_compare(self) -> None:
        from allviewer.ui.dialogs.compare_dialog import CompareDialog

        document, work = self._session.workspace.document, self._work
        if document is None:
            return
        in_view = self._session.view.visible_region

        def with_file() -> None:
            path = work.import_cells.ask()
            if path is not None:
                work.compare.with_file(path)

        CompareDialog(
            self._session.workspace, document, work.compare, work.packs, work.tune, in_view, with_file, self._window
        ).exec()

    def copy_view(self) -> None:
        """What is on the screen, with its cells and its scale bar."""
        picture = self._window.shown.picture(with_cells=True, with_scale_bar=True)
        if picture is not None:
            self._work.export_view.copy(picture.draw)

    def show_export_view(self) -> None:
        from allviewer.ui.dialogs.picture_dialog import PictureDialog

        document, make = self._session.workspace.document, self._window.shown.picture
        if document is None:
            return
        name = f"{Path(document.name).stem} view.png"
        has_cells = self._session.view.overlay.visible and len(document.annotations) > 0
        work = self._work.export_view
        PictureDialog(make, work, lambda: work.ask_path(name), has_cells, self._window).exec()

    def show_packs(self) -> None:
        from allviewer.ui.dialogs.packs_dialog import PacksDialog

        PacksDialog(self._work.packs, self._work.adopt, self.try_out, self._window).show()

    def try_out(self, pack: PackRow) -> None:
        """Hold a network against others; it can be adopted there."""
        from allviewer.ui.dialogs.trial_dialog import TrialDialog

        work, workspace = self._work, self._session.workspace

        def case() -> Path | None:
            return workspace.case.path if workspace.case is not None else None

        TrialDialog(work.judge, work.adopt, work.packs, pack, case, self._window).show()

    def show_classes(self) -> None:
        from allviewer.ui.dialogs.classes_dialog import ClassesDialog

        ClassesDialog(self._work.classes, self._session.workspace, self._window).exec()

    def show_tags(self) -> None:
        from allviewer.ui.dialogs.tag_dialog import TagDialog

        workspace = self._session.workspace
        if workspace.document is not None:
            TagDialog(workspace.class_set, workspace.document.annotations, self._work.correct, self._window).exec()

    def show_keys(self) -> None:
        from allviewer.ui.dialogs.cheat_sheet import CheatSheet
        from allviewer.ui.keys.key_page import as_html, key_groups

        desk = self._window.keys
        groups = key_groups(desk.keys, self._session.workspace.class_set, desk.preset.class_prefixes)
        page = as_html(groups, desk.preset)
        CheatSheet(groups, page, lambda: self._work.keys.write_page(page), self._window).exec()

    def show_bind_keys(self) -> None:
        from allviewer.ui.dialogs.keys_dialog import KeysDialog

        KeysDialog(self._work.keys, self._session.workspace.class_set, self._window).exec()

    def show_palette(self) -> None:
        from allviewer.ui.dialogs.command_palette import CommandPalette
        from allviewer.ui.keys.commands import commands_of

        desk, memory = self._window.keys, self._memory
        commands = commands_of(self._window.actions_table, desk.class_keys(), desk.giving)
        recent = str(memory.value(_RECENT_COMMANDS, "")).splitlines()
        palette = CommandPalette(commands, recent, self._window)
        palette.used.connect(lambda names: memory.setValue(_RECENT_COMMANDS, "\n".join(names)))
        palette.show_over(self._window)

    def show_about(self) -> None:
        from allviewer.ui.dialogs.about import AboutDialog

        AboutDialog(self._window).exec()

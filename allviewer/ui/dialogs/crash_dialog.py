"""Something went wrong that nobody foresaw: say so once, with a report that can be copied."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from allviewer.ui.panels.parts import muted


class CrashReports(QObject):
    """Brings reports from any thread to the screen, one dialog at a time."""

    _arrived = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parent = parent
        self._dialog: CrashDialog | None = None
        self._arrived.connect(self._show)

    def show(self, report: str) -> None:
        """Show a report. May be called from any thread."""
        self._arrived.emit(report)

    def show_last(self, report: str) -> None:
        """The previous run ended by its own fault: offer what it left behind."""
        sentence = "What was saved before is still there. The report may help to find the cause."
        self._dialog = CrashDialog("The program did not end properly last time", sentence, report, self._parent)
        self._dialog.show()

    def _show(self, report: str) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.add(report)
            return
        self._dialog = CrashDialog(
            "Something went wrong inside the program",
            "Your edits are saved as they are made; you can go on working. If something looks odd, close the window "
            "and open it again.",
            report,
            self._parent,
        )
        self._dialog.show()


class CrashDialog(QDialog):
    """A sentence, a report, and a button that copies it."""

    def __init__(self, title: str, sentence: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("allviewer")
        self._report = QPlainTextEdit(report)
        self._report.setReadOnly(True)
        self._report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        heading = QLabel(f"<b>{title}</b>")
        words = muted(sentence, wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._report.toPlainText()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        for widget in (heading, words, self._report, buttons):
            layout.addWidget(widget)
        self.resize(680, 420)

    def add(self, report: str) -> None:
        """One more report while the first is still being read."""
        self._report.appendPlainText(f"\n{report}")

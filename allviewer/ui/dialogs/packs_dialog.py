"""Installed networks: their cards, figures and limits."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from allviewer.exchange.model_card import ClassificationSpec, Figure, ModelCard
from allviewer.workflows.install_pack import InstallPack, PackRow

_TASKS = {"segmentation": "Finds nucleus and cytoplasm", "classification": "Classifies cells"}


class PacksDialog(QDialog):
    """A list at the left, the card at the right."""

    def __init__(self, packs: InstallPack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._packs = packs
        self.setWindowTitle("Model packs")
        self._list = QListWidget()
        self._list.setMinimumWidth(250)
        self._list.setWordWrap(True)
        self._list.setSpacing(3)
        self._list.currentItemChanged.connect(lambda item, _before: self._show(item))
        self._card = QTextBrowser()
        self._card.setOpenExternalLinks(True)
        install = QPushButton("Install…")
        install.clicked.connect(packs.choose)
        self._remove = QPushButton("Remove")
        self._remove.clicked.connect(self._remove_chosen)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        body = QHBoxLayout()
        body.addWidget(self._list, 1)
        body.addWidget(self._card, 3)
        foot = QHBoxLayout()
        foot.addWidget(install)
        foot.addWidget(self._remove)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(12)
        layout.addLayout(body, 1)
        layout.addLayout(foot)
        self.resize(820, 520)
        packs.packs_changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        self._list.clear()
        for pack in self._packs.packs():
            origin = "ships with the program" if pack.shipped else "installed by you"
            item = QListWidgetItem(f"{pack.card.title}\n{pack.card.version}, {origin}")
            item.setData(Qt.ItemDataRole.UserRole, pack)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        if not self._list.count():
            self._card.setHtml("<p>No pack is installed. Networks come as a folder or a .zip file: Install…</p>")
            self._remove.setEnabled(False)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        pack: PackRow = item.data(Qt.ItemDataRole.UserRole)
        self._remove.setEnabled(not pack.shipped)
        self._card.setHtml(card_html(pack.card))

    def _remove_chosen(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._packs.remove(item.data(Qt.ItemDataRole.UserRole))


def card_html(card: ModelCard) -> str:
    """A card as a page; everything in it is text from a file, so nothing is taken as markup."""
    from html import escape

    facts = [
        ("Task", _TASKS[card.task]),
        ("Identity", card.identity),
        ("Parameters", f"{card.network.parameters:,}"),
        ("Scale", f"{card.spec.mpp:g} µm per pixel"),
        ("Trained on", ", ".join(card.training.data)),
        ("Terms", card.training.terms),
        ("Command", card.training.command),
        ("Parent", card.training.parent),
        ("Limits", card.limits),
    ]
    if isinstance(card.spec, ClassificationSpec):
        facts.insert(2, ("Classes", ", ".join(card.spec.classes)))
    rows = "".join(
        f"<tr><td style='padding:3px 14px 3px 0'><b>{name}</b></td><td style='padding:3px 0'>{escape(text)}</td></tr>"
        for name, text in facts
        if text
    )
    figures = "".join(_figure_row(figure) for figure in card.figures)
    table = f"<h4>Figures</h4><table cellspacing=0>{figures}</table>" if figures else ""
    return f"<h3>{escape(card.title)}</h3><table cellspacing=0>{rows}</table>{table}<p>Research use only.</p>"


def _figure_row(figure: Figure) -> str:
    from html import escape

    value = f"{figure.value:.3f}"
    if figure.low is not None and figure.high is not None:
        value += f" ({figure.low:.3f} to {figure.high:.3f})"
    behind = f"{figure.groups} groups" if figure.groups else ""
    cells = (escape(figure.metric), escape(figure.source), value, behind, escape(figure.protocol))
    return "<tr>" + "".join(f"<td style='padding:2px 14px 2px 0'>{cell}</td>" for cell in cells) + "</tr>"

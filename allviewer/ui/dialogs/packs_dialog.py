"""Installed networks: which is in use, what became of each, their cards, figures and limits."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from allviewer.ui.dialogs.pack_pages import card_html, history_html
from allviewer.workflows.adopt_pack import AdoptPack
from allviewer.workflows.install_pack import InstallPack, PackRow


class PacksDialog(QDialog):
    """A list at the left; the card and the history of the chosen pack at the right."""

    def __init__(
        self,
        packs: InstallPack,
        adopt: AdoptPack,
        try_out: Callable[[PackRow], object],
        parent: QWidget | None = None,
    ) -> None:
        """`try_out` holds a pack against others, and adopts it if the guard agrees."""
        super().__init__(parent)
        self._packs, self._adopt, self._try_out = packs, adopt, try_out
        self.setWindowTitle("Model packs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setMinimumWidth(270)
        self.list.setWordWrap(True)
        self.list.setSpacing(3)
        self.list.currentItemChanged.connect(lambda _item, _before: self._show())
        self.card, self.history = QTextBrowser(), QTextBrowser()
        self.card.setOpenExternalLinks(True)
        self.buttons = {
            name: self._button(text, tip, press)
            for name, text, tip, press in (
                (
                    "use",
                    "Use…",
                    "Hold it against the network in use, and use it from now on if it is no worse",
                    self._use,
                ),
                ("compare", "Compare…", "Side by side with another network, on cells that people know", self._use),
                ("back", "Roll back", "Use again the network that was in use before", self._roll_back),
                (
                    "archive",
                    "Archive",
                    "Put it away: old results still find it, it is no longer offered",
                    self._archive,
                ),
                ("file", "Save as one file…", "For another machine, by USB stick", self._save),
                ("remove", "Remove", "Delete it from this machine", self._remove),
                ("install", "Install…", "Add a network from a folder or a .zip file", packs.choose),
            )
        }
        self._arrange()
        packs.packs_changed.connect(self._fill)
        self._fill()

    def choose(self, name: str) -> None:
        """Show the pack of a "name version"."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole).name == name:
                self.list.setCurrentRow(row)

    def _button(self, text: str, tip: str, press: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(press)
        return button

    def _arrange(self) -> None:
        pages = QTabWidget()
        pages.addTab(self.card, "Card")
        pages.addTab(self.history, "History")
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        body, acts, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        right = QVBoxLayout()
        right.addWidget(pages, 1)
        for name in ("use", "back", "compare", "archive", "file", "remove"):
            acts.addWidget(self.buttons[name])
        acts.addStretch(1)
        right.addLayout(acts)
        body.addWidget(self.list, 1)
        body.addLayout(right, 3)
        foot.addWidget(self.buttons["install"])
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(12)
        layout.addLayout(body, 1)
        layout.addLayout(foot)
        self.resize(900, 560)

    @property
    def _chosen(self) -> PackRow | None:
        items = self.list.selectedItems()
        pack: PackRow | None = items[0].data(Qt.ItemDataRole.UserRole) if items else None
        return pack

    def _fill(self) -> None:
        before, away = self._chosen, self._adopt.archived()
        self.list.clear()
        for pack in self._packs.packs(with_archived=True):
            words = [pack.card.version, "ships with the program" if pack.shipped else "installed by you"]
            if self._is_in_use(pack):
                words.append("in use")
            if pack.name in away:
                words.append("archived")
            item = QListWidgetItem(f"{pack.card.title}\n{', '.join(words)}")
            item.setData(Qt.ItemDataRole.UserRole, pack)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        if before is not None:
            self.choose(before.name)
        if not self.list.count():
            self.card.setHtml("<p>No pack is installed. Networks come as a folder or a .zip file: Install…</p>")
        self._show()

    def _is_in_use(self, pack: PackRow) -> bool:
        used = self._packs.default(pack.card.task)
        return used is not None and used.folder == pack.folder

    def _show(self) -> None:
        pack = self._chosen
        for name in ("use", "compare", "archive", "file", "remove", "back"):
            self.buttons[name].setEnabled(pack is not None)
        if pack is None:
            return
        in_use, away = self._is_in_use(pack), pack.name in self._adopt.archived()
        self.buttons["use"].setEnabled(not in_use)
        self.buttons["back"].setEnabled(self._adopt.can_roll_back(pack.card.task))
        self.buttons["archive"].setText("Bring back" if away else "Archive")
        self.buttons["archive"].setEnabled(away or not (in_use or pack.shipped))
        self.buttons["remove"].setEnabled(not pack.shipped and not in_use)
        self.card.setHtml(card_html(pack.card, self._packs.signer(pack)))
        self.history.setHtml(history_html(self._adopt.history(), pack.name))

    def _use(self) -> None:
        self._with_chosen(self._try_out)

    def _roll_back(self) -> None:
        self._with_chosen(lambda pack: self._adopt.roll_back(pack.card.task))

    def _archive(self) -> None:
        away = self._adopt.archived()
        self._with_chosen(
            lambda pack: self._adopt.restore(pack.card) if pack.name in away else self._adopt.archive(pack.card)
        )

    def _save(self) -> None:
        self._with_chosen(self._packs.save_file)

    def _remove(self) -> None:
        self._with_chosen(self._packs.remove)

    def _with_chosen(self, act: Callable[[PackRow], object]) -> None:
        pack = self._chosen
        if pack is not None:
            act(pack)

"""Install, list and remove model packs. A pack is data: it is checked, copied, and never executed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from allviewer.errors import UserError, for_people
from allviewer.exchange.model_card import ModelCard
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.workflows.ports import Ask, Notices

if TYPE_CHECKING:
    from allviewer.inference.catalogue import Catalogue
from allviewer.inference.installed_pack import InstalledPack


@dataclass(frozen=True, slots=True)
class PackRow:
    """One installed pack, as the window shows it."""

    card: ModelCard
    shipped: bool
    folder: Path

    @property
    def name(self) -> str:
        """What the catalogue finds it by."""
        return f"{self.card.name} {self.card.version}"


class InstallPack(QObject):
    """What people do with packs."""

    packs_changed = Signal()
    installed = Signal(object)
    """The `PackRow` that was taken in."""

    def __init__(self, runner: JobRunner, notices: Notices, ask: Ask, catalogue: "Catalogue") -> None:
        super().__init__()
        self._runner = runner
        self._notices = notices
        self._ask = ask
        self._catalogue = catalogue

    def packs(self, task: str | None = None) -> list[PackRow]:
        return [PackRow(pack.card, pack.shipped, pack.folder) for pack in self._catalogue.packs(task)]

    def choose(self) -> None:
        path = self._ask.pack_to_install()
        if path is not None:
            self.install(path)

    def install(self, path: Path) -> None:
        """Check a pack and take it in; a pack that fails a check changes nothing."""

        def done(pack: "InstalledPack") -> None:
            self.packs_changed.emit()
            self._notices.tell(f"{pack.card.title} {pack.card.version} is installed.")
            self.installed.emit(PackRow(pack.card, pack.shipped, pack.folder))

        self._runner.submit(
            Lane.FILES, f"Install {path.name}", lambda cancel, report: self._catalogue.install(path), done, self._failed
        )

    def remove(self, pack: PackRow) -> None:
        """Delete a pack that was installed by hand."""
        if not self._ask.confirm(f"Remove {pack.card.title} {pack.card.version}?", str(pack.folder), "Remove"):
            return
        try:
            self._catalogue.remove(pack.name)
        except UserError as error:
            self._notices.warn(error)
        self.packs_changed.emit()

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The pack was not installed"))

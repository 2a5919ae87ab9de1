"""Install, list and remove model packs. A pack is data: it is checked, copied, and never executed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from allviewer.errors import UserError, for_people
from allviewer.exchange.model_card import ModelCard
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
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

    removed = Signal(object)
    """The `PackRow` that was deleted."""

    def __init__(
        self,
        runner: JobRunner,
        notices: Notices,
        ask: Ask,
        catalogue: "Catalogue",
        archived: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """`archived` gives the packs ("name version") that are put away."""
        super().__init__()
        self._archived = archived
        self._runner = runner
        self._notices = notices
        self._ask = ask
        self._catalogue = catalogue

    def packs(self, task: str | None = None, with_archived: bool = False) -> list[PackRow]:
        """What is installed; packs that were put away only if they are asked for."""
        away = frozenset() if with_archived else self._archived()
        rows = [PackRow(pack.card, pack.shipped, pack.folder) for pack in self._catalogue.packs(task)]
        return [row for row in rows if row.name not in away]

    def default(self, task: str) -> PackRow | None:
        """The pack in use for a task, as the command line would take it."""
        try:
            pack = self._catalogue.default(task)
        except UserError:
            return None
        return PackRow(pack.card, pack.shipped, pack.folder)

    def signer(self, pack: PackRow) -> str:
        """Who signed a pack, in words."""
        from allviewer.inference.signatures import signer_of

        try:
            signer = signer_of(pack.folder, self._catalogue.keys)
        except UserError as error:
            return str(error)
        return signer.text if signer else "not signed"

    def save_file(self, pack: PackRow) -> None:
        """Write a pack as one file, for another machine."""
        path = self._ask.pack_to_write(f"{pack.card.name}-{pack.card.version}.zip")
        if path is None:
            return
        installed = self._catalogue.find(str(pack.folder))

        def work(cancel: CancelToken, report: Report) -> None:
            self._catalogue.write_file(installed, path)

        def done(_nothing: None) -> None:
            self._notices.tell(f"{pack.card.title} {pack.card.version} was written to {path}.")

        self._runner.submit(Lane.FILES, f"Write {path.name}", work, done, self._failed)

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
        else:
            self.removed.emit(pack)
        self.packs_changed.emit()

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The pack was not installed"))

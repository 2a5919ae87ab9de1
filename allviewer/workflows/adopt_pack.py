"""Which pack is in use: adopt one, go back to the one before, put packs away; every step stands in a list for good."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from allviewer.errors import UserError
from allviewer.exchange.model_card import ModelCard
from allviewer.exchange.pack_history import RegistryEntry, What
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.storage.pack_registry import PackRegistry


class AdoptPack(QObject):
    """What people decide about packs.

    Signals:
        in_use: (task, "name version" of the pack in use from now on; empty: the one that ships).
        changed: the list has a new line.
    """

    in_use = Signal(str, str)
    changed = Signal()

    def __init__(self, notices: Notices, registry: "PackRegistry", person: Callable[[], str]) -> None:
        super().__init__()
        self._notices, self._registry, self._person = notices, registry, person

    def adopt(self, card: ModelCard, verdict: Sequence[str] = (), override: str = "") -> None:
        """Use a pack from now on; `override` says why, where the guard refused it."""
        if self._note("adopted", card, verdict, override):
            self._notices.tell(f"{card.title} {card.version} is in use from now on.")
            self.in_use.emit(card.task, f"{card.name} {card.version}")

    def roll_back(self, task: str) -> None:
        """Use again what was in use before."""
        try:
            before = self._registry.roll_back(task, self._person())
        except UserError as error:
            self._notices.warn(error)
            return
        self._notices.tell(f"{before or 'The pack that ships with the program'} is in use again.")
        self.changed.emit()
        self.in_use.emit(task, before)

    def archive(self, card: ModelCard) -> None:
        """Put a pack away: it is no longer offered, old results still find it."""
        if f"{card.name} {card.version}" == self._registry.adopted(card.task):
            self._notices.warn(UserError(f"{card.title} {card.version} is in use.", "Go back to another pack first."))
            return
        self._note("archived", card)

    def restore(self, card: ModelCard) -> None:
        """Offer a pack again."""
        self._note("restored", card)

    def judged(self, card: ModelCard, verdict: Sequence[str]) -> None:
        """Write down what the guard said of a pack."""
        self._note("judged", card, verdict)

    def installed(self, card: ModelCard) -> None:
        self._note("installed", card)

    def removed(self, card: ModelCard) -> None:
        self._note("removed", card)

    def adopted(self, task: str) -> str:
        """ "name version" of the pack in use; empty: the one that ships."""
        return self._registry.adopted(task)

    def can_roll_back(self, task: str) -> bool:
        return self._registry.before(task) is not None

    def archived(self) -> frozenset[str]:
        return self._registry.archived()

    def history(self) -> list[RegistryEntry]:
        """Every step, oldest first."""
        return self._registry.entries()

    def _note(self, what: What, card: ModelCard, verdict: Sequence[str] = (), override: str = "") -> bool:
        try:
            self._registry.note(what, card, self._person(), verdict, override)
        except UserError as error:
            self._notices.warn(error)
            return False
        self.changed.emit()
        return True

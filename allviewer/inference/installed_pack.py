"""A pack that lies in a folder, read and ready to be used."""

from dataclasses import dataclass
from pathlib import Path

from allviewer.exchange.model_card import ModelCard


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack and the folder it lies in."""

    card: ModelCard
    folder: Path
    shipped: bool

    @property
    def name(self) -> str:
        return self.card.name

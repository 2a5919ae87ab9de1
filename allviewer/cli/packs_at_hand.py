"""The packs of this program and this person, for every command that needs them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allviewer.inference.catalogue import Catalogue
    from allviewer.storage.locations import Locations
    from allviewer.storage.pack_registry import PackRegistry


def catalogue_of(locations: "Locations") -> "Catalogue":
    """All packs; the default of a task is the one that was adopted."""
    from allviewer.inference.catalogue import Catalogue
    from allviewer.resources import resources_dir
    from allviewer.storage.settings import PACKS_TAKEN, SIGNED, Settings

    def signed_only() -> bool:
        return Settings(locations.settings_file).get(PACKS_TAKEN) == SIGNED

    return Catalogue(resources_dir() / "models", locations.packs_dir, registry_of(locations).adopted, signed_only)


def registry_of(locations: "Locations") -> "PackRegistry":
    """What became of every pack."""
    from allviewer.storage.pack_registry import PackRegistry

    return PackRegistry(locations.registry_file)

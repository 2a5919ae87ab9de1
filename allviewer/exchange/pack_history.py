"""One step in the life of a pack, as the registry keeps it: a JSON object a line."""

from typing import Literal

import msgspec

What = Literal["installed", "adopted", "rolled back", "archived", "restored", "removed", "judged", "locked"]


class RegistryEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line.

    Attributes:
        pack: name and version, as the catalogue finds it; sha256: of its network.
        parent: identity of the pack it was made from, as its card says.
        person: who did it.
        verdict: of the guard: what was measured and what came of it, in words, a line each.
        override: why a person adopted the pack although the guard refused it; empty otherwise.
        data: what a pack was taught with or judged on, by checksum.
    """

    when_utc: str
    what: What
    task: str
    pack: str
    sha256: str = ""
    parent: str = ""
    person: str = ""
    verdict: tuple[str, ...] = ()
    override: str = ""
    data: str = ""

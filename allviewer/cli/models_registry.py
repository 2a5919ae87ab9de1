"""`allviewer models rollback|archive|history|pack|sign|...`: which pack is in use, and whose it is."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.cli.packs_at_hand import registry_of

if TYPE_CHECKING:
    from allviewer.exchange.model_card import ModelCard
    from allviewer.exchange.pack_history import What
    from allviewer.inference.catalogue import Catalogue
    from allviewer.storage.pack_registry import PackRegistry

TASKS = ("segmentation", "classification")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    rollback = commands.add_parser("rollback", help="use again the pack that was in use before")
    rollback.add_argument("task", choices=TASKS)
    for name, about in (("archive", "put a pack away: old results still find it"), ("restore", "offer it again")):
        commands.add_parser(name, help=about).add_argument("pack", metavar="PACK")
    history = commands.add_parser("history", help="what became of every pack, and who did it")
    history.add_argument("--json", action="store_true", help="one JSON array")
    pack = commands.add_parser("pack", help="write a pack as one file, for another machine")
    pack.add_argument("pack", metavar="PACK")
    pack.add_argument("--out", type=Path, required=True, metavar="FILE")
    sign = commands.add_parser("sign", help="sign a pack (a folder) with a secret key")
    sign.add_argument("folder", type=Path, metavar="FOLDER")
    sign.add_argument("--key", type=Path, required=True, metavar="FILE", help="made by new-key")
    key = commands.add_parser("new-key", help="make a key to sign with; FILE.pub is what others trust")
    key.add_argument("file", type=Path, metavar="FILE")
    trust = commands.add_parser("trust", help="trust the packs that are signed with a key")
    trust.add_argument("file", type=Path, metavar="FILE.pub")


def _rollback(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    registry().roll_back(options.task, _person())
    print(f"{catalogue.default(options.task).card.identity} is in use for {options.task} again.")
    return 0


def _put(what: "What", catalogue: "Catalogue", options: argparse.Namespace) -> int:
    card = catalogue.find(options.pack).card
    note(what, card)
    print(f"{card.identity} is {what}.")
    return 0


def _history(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    import msgspec

    entries = registry().entries()
    if options.json:
        print(json.dumps([msgspec.to_builtins(entry) for entry in entries], indent=2))
        return 0
    for entry in entries:
        words = [entry.when_utc, f"{entry.pack} ({entry.sha256[:8]})", entry.what, f"by {entry.person}"]
        print("  ".join(words))
        for line in (*entry.verdict, f"Adopted all the same: {entry.override}" if entry.override else ""):
            if line:
                print(f"      {line}")
    return 0


def _pack(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    pack = catalogue.find(options.pack)
    catalogue.verify(pack)
    catalogue.write_file(pack, options.out)
    print(f"Wrote {pack.card.identity} to {options.out}.")
    return 0


def _sign(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from allviewer.inference.catalogue import read_pack
    from allviewer.inference.signatures import sign_pack

    pack = read_pack(options.folder, shipped=False)
    catalogue.verify(pack)
    signature = sign_pack(pack.folder, options.key)
    print(f"{pack.card.identity} is signed with the key {signature.key}.")
    return 0


def _new_key(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from allviewer.inference.signatures import make_key

    public = make_key(options.file)
    print(f"{options.file} is the secret key: keep it to yourself. {public} is for those who shall trust your packs.")
    return 0


def _trust(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    print(f"Packs signed by {catalogue.keys.trust(options.file)} are trusted.")
    return 0


def note(what: "What", card: "ModelCard", verdict: Sequence[str] = (), override: str = "") -> None:
    """A line in the history of packs, by the person at the keyboard."""
    registry().note(what, card, _person(), verdict, override)


def registry() -> "PackRegistry":
    """What became of every pack."""
    from allviewer.storage.locations import find_locations

    return registry_of(find_locations())


def _person() -> str:
    from allviewer.storage.case_lock import user_name
    from allviewer.storage.locations import find_locations
    from allviewer.storage.settings import PERSON, Settings

    return Settings(find_locations().settings_file).get(PERSON).strip() or user_name()


COMMANDS = {
    "rollback": _rollback,
    "archive": lambda catalogue, options: _put("archived", catalogue, options),
    "restore": lambda catalogue, options: _put("restored", catalogue, options),
    "history": _history,
    "pack": _pack,
    "sign": _sign,
    "new-key": _new_key,
    "trust": _trust,
}

"""`allviewer models COMMAND`: the model packs of this program and this person."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.cli import EXIT_FAILED, models_registry, models_trial
from allviewer.cli.models_registry import note
from allviewer.cli.packs_at_hand import catalogue_of
from allviewer.errors import UserError

if TYPE_CHECKING:
    from allviewer.inference.catalogue import Catalogue
from allviewer.inference.installed_pack import InstalledPack


def run(arguments: list[str]) -> int:
    """Exit code 0: done and sound; 1: a pack is missing, unfit or damaged, with the reason."""
    options = _parser().parse_args(arguments)
    from allviewer.storage.locations import find_locations

    catalogue = catalogue_of(find_locations())
    try:
        return _COMMANDS[options.command](catalogue, options)
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="allviewer models", description="Look after model packs.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="all packs at hand")
    listing.add_argument("--json", action="store_true", help="one JSON array")
    show = commands.add_parser("show", help="a pack's card: data and terms, figures, limits")
    show.add_argument("pack", metavar="PACK", help="name, 'name version', or folder")
    show.add_argument("--json", action="store_true", help="the card as JSON")
    verify = commands.add_parser("verify", help="run a pack and compare with its card (all packs if none is named)")
    verify.add_argument("packs", nargs="*", metavar="PACK")
    install = commands.add_parser("install", help="check a pack and install it")
    install.add_argument("path", type=Path, metavar="PATH", help="a pack's folder, or one .zip of it")
    clicks = commands.add_parser("clicks", help="make a pack of your own encoder and decoder (SAM and its kin)")
    clicks.add_argument("encoder", type=Path, metavar="ENCODER")
    clicks.add_argument("decoder", type=Path, metavar="DECODER")
    clicks.add_argument("folder", type=Path, metavar="FOLDER", help="where the pack goes; 'models install' takes it")
    clicks.add_argument("--name", default="clicks", help="of the pack (default: clicks)")
    clicks.add_argument("--side", type=int, default=1024, help="pixels a side of the encoder's picture (default: 1024)")
    remove = commands.add_parser("remove", help="delete a pack that was installed")
    remove.add_argument("name", metavar="NAME", help="name, or 'name version'")
    models_registry.add_commands(commands)
    models_trial.add_commands(commands)
    return parser


def _list(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    packs, damaged = catalogue.packs(), catalogue.damaged()
    if options.json:
        print(json.dumps([_summary(pack) for pack in packs], indent=2))
    else:
        for pack in packs:
            origin = "shipped" if pack.shipped else "installed"
            if pack.folder == catalogue.default(pack.card.task).folder:
                origin += ", in use"
            print(f"{pack.card.task:15} {pack.name} {pack.card.version}  {pack.card.title} ({origin})")
        if not packs:
            print("No packs.")
    for sentence in damaged:
        print(sentence, file=sys.stderr)
    return EXIT_FAILED if damaged else 0


def _show(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from allviewer.exchange.model_card import encode_card

    pack = catalogue.find(options.pack)
    text = pack.folder / "CARD.md"
    if options.json or not text.is_file():
        print(encode_card(pack.card).decode(), end="")
    else:
        print(text.read_text(encoding="utf-8", errors="replace"), end="")
    return 0


def _verify(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from allviewer.inference.signatures import signer_of

    packs = [catalogue.find(name) for name in options.packs] if options.packs else catalogue.packs()
    problems = [] if options.packs else catalogue.damaged()
    for pack in packs:
        try:
            catalogue.verify(pack)
            signer = signer_of(pack.folder, catalogue.keys)
            print(f"{pack.card.identity}: sound, {signer.text if signer else 'not signed'}")
        except UserError as error:
            problems.append(str(error))
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return EXIT_FAILED if problems else 0


def _install(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    pack = catalogue.install(options.path)
    note("installed", pack.card)
    print(f"Installed {pack.card.identity}.")
    return 0


def _clicks(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    from allviewer.inference.click_pack import make_click_pack

    make_click_pack(options.encoder, options.decoder, options.folder, options.name, options.side)
    print(f"Made {options.folder}. Install it: allviewer models install {options.folder}")
    return 0


def _remove(catalogue: "Catalogue", options: argparse.Namespace) -> int:
    card = catalogue.find(options.name).card
    catalogue.remove(options.name)
    note("removed", card)
    print(f"Removed {options.name}.")
    return 0


def _summary(pack: "InstalledPack") -> dict[str, object]:
    card = pack.card
    return {
        "name": card.name,
        "version": card.version,
        "task": card.task,
        "title": card.title,
        "shipped": pack.shipped,
        "parent": card.training.parent,
        "folder": str(pack.folder),
        "sha256": card.network.sha256,
    }


_COMMANDS = {
    "list": _list,
    "show": _show,
    "verify": _verify,
    "install": _install,
    "remove": _remove,
    "clicks": _clicks,
    **models_registry.COMMANDS,
    **models_trial.COMMANDS,
}

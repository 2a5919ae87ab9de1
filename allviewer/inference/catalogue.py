"""The packs at hand: those that ship with the program and those a person installed."""

import contextlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from allviewer.errors import PackError
from allviewer.exchange.model_card import CARD_FILE, decode_card
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.signatures import KeyRing, signer_of
from allviewer.inference.unpack import copy_pack

TASKS = ("segmentation", "classification", "detection", "click")
CARD_MAX_BYTES = 1 << 20


class Catalogue:
    """All packs of two folders.

    Args:
        shipped_dir: packs of the program, never changed.
        user_dir: packs that a person installed; made when the first one comes.
        adopted: the pack ("name version") that is in use for a task; empty: the one that ships.
        signed_only: whether only packs with the signature of a trusted key are taken in.
    """

    def __init__(
        self,
        shipped_dir: Path,
        user_dir: Path,
        adopted: Callable[[str], str] = lambda task: "",
        signed_only: Callable[[], bool] = lambda: False,
    ) -> None:
        self._shipped_dir = shipped_dir
        self._user_dir = user_dir
        self._adopted = adopted
        self._signed_only = signed_only
        self.keys = KeyRing(user_dir.parent / "trusted-keys")

    def packs(self, task: str | None = None) -> list[InstalledPack]:
        """Shipped packs, then the user's, by name. Folders without a readable card are left out (see `damaged`)."""
        found = [pack for pack, _ in self._scan() if pack is not None]
        return [pack for pack in found if task is None or pack.card.task == task]

    def damaged(self) -> list[str]:
        """One sentence for every folder that should hold a pack and does not."""
        return [reason for pack, reason in self._scan() if pack is None]

    def find(self, name_or_path: str) -> InstalledPack:
        """The pack of a name, of "name version", or in a folder. Raises `PackError`."""
        for pack in reversed(self.packs()):
            if name_or_path in (pack.name, f"{pack.name} {pack.card.version}"):
                return pack
        path = Path(name_or_path)
        if path.is_dir():
            return read_pack(path, shipped=False)
        if path.is_file():
            raise PackError(f"'{path.name}' is a file, not an installed pack.", "Install it first: models install.")
        known = ", ".join(pack.name for pack in self.packs()) or "none"
        raise PackError(f"There is no pack named '{name_or_path}'.", f"Installed: {known}.")

    def default(self, task: str) -> InstalledPack:
        """The pack that was adopted for a task, else the shipped one, else the user's first. Raises `PackError`."""
        packs = self.packs(task)
        adopted = self._adopted(task)
        packs.sort(key=lambda pack: f"{pack.name} {pack.card.version}" != adopted)
        if not packs:
            raise PackError(f"No {task} pack is installed.", "Install one: models install FILE.")
        return packs[0]

    def install(self, path: Path) -> InstalledPack:
        """Check a pack (a folder, or one .zip of it) and take it into the user's folder.

        A pack of the same name and version is replaced. Raises `PackError` and changes nothing if a check fails: a
        signature that does not hold is never taken, a missing one where only signed packs may come.
        """
        try:
            self._user_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".install-", dir=self._user_dir) as place:
                staged = Path(place) / "pack"
                copy_pack(path, staged)
                pack = read_pack(staged, shipped=False)
                self._check_signer(pack)
                self.verify(pack)
                return self._take(pack)
        except OSError as error:
            raise PackError(f"The pack '{path.name}' cannot be installed: {error.strerror or error}.") from error

    def verify(self, pack: InstalledPack) -> None:
        """Check that a pack is what its card says, by running it, and its signature, if it has one.

        Raises `PackError` with the first thing wrong.
        """
        from allviewer.inference.pack_check import check_pack

        signer_of(pack.folder, self.keys)
        check_pack(pack)

    def write_file(self, pack: InstalledPack, path: Path) -> None:
        """Write a pack as one .zip, for another machine. Raises `PackError`."""
        part = path.with_name(f".{path.name}.part")
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in sorted(pack.folder.iterdir()):
                    if file.is_file():
                        archive.write(file, f"{pack.name}-{pack.card.version}/{file.name}")
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise PackError(f"The pack '{pack.name}' cannot be written to {path}: {error.strerror}.") from error

    def _check_signer(self, pack: InstalledPack) -> None:
        signer = signer_of(pack.folder, self.keys)
        if self._signed_only() and (signer is None or not signer.name):
            raise PackError(
                f"The pack '{pack.name}' is refused: it is {signer.text if signer else 'not signed'}.",
                "Only packs signed by a trusted key are taken in here (Settings).",
            )

    def remove(self, name: str) -> None:
        """Delete a pack that a person installed. Raises `PackError` for a shipped or unknown one."""
        own = [p for p in self.packs() if not p.shipped and name in (p.name, f"{p.name} {p.card.version}")]
        if not own:
            shipped = any(p.name == name for p in self.packs())
            raise PackError(
                f"The pack '{name}' ships with the program and stays."
                if shipped
                else f"There is no installed pack named '{name}'."
            )
        for pack in own:
            try:
                shutil.rmtree(pack.folder)
            except OSError as error:
                raise PackError(f"The pack '{name}' cannot be removed: {error.strerror}.") from error

    def _take(self, pack: InstalledPack) -> InstalledPack:
        """Move a checked pack to its place; the old one of the same name and version goes only then."""
        target = self._user_dir / f"{pack.name}-{pack.card.version}"
        old = pack.folder.with_name("old")
        if target.exists():
            target.rename(old)
        try:
            pack.folder.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        return InstalledPack(pack.card, target, shipped=False)

    def _scan(self) -> list[tuple[InstalledPack | None, str]]:
        entries: list[tuple[InstalledPack | None, str]] = []
        for root, shipped in ((self._shipped_dir, True), (self._user_dir, False)):
            folders: list[Path] = []
            with contextlib.suppress(FileNotFoundError):
                folders = sorted(f for f in root.iterdir() if f.is_dir() and not f.name.startswith("."))
            for folder in folders:
                try:
                    entries.append((read_pack(folder, shipped), ""))
                except PackError as error:
                    entries.append((None, str(error)))
        return entries


def read_pack(folder: Path, shipped: bool) -> InstalledPack:
    """The pack of a folder, by its card alone. Raises `PackError`."""
    path = folder / CARD_FILE
    try:
        with path.open("rb") as file:
            content = file.read(CARD_MAX_BYTES + 1)
        if len(content) > CARD_MAX_BYTES:
            raise PackError(f"The card of the pack '{folder.name}' is too large to be one.")
        return InstalledPack(decode_card(content), folder, shipped)
    except FileNotFoundError as error:
        raise PackError(f"'{folder.name}' is not a model pack: it has no {CARD_FILE}.") from error
    except OSError as error:
        raise PackError(f"The card of the pack '{folder.name}' cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise PackError(
            f"The card of the pack '{folder.name}' is not valid: {error}.",
            "It is damaged, or made for a newer version of the program.",
        ) from error

"""Signing packs, and knowing whose signature a pack carries. The only file that knows the library for ed25519."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from allviewer.errors import PackError
from allviewer.exchange.pack_signature import (
    KEY_SUFFIX,
    SIGNATURE_FILE,
    PackSignature,
    decode_signature,
    encode_signature,
    signed_bytes,
)

_MAX_BYTES = 1 << 16
_KEY_HEX = 64


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed a pack: `key` in hexadecimal, and under which name this person trusts it (empty: not at all)."""

    key: str
    name: str

    @property
    def text(self) -> str:
        if self.name:
            return f"signed by {self.name}"
        return f"signed by an unknown key ({self.key[:16]}…)"


class KeyRing:
    """The public keys that this person trusts: one file NAME.pub a key, 64 hexadecimal digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> dict[str, str]:
        """Name of each key, by key. Files that hold none are passed over."""
        keys = {}
        for path in sorted(self._folder.glob(f"*{KEY_SUFFIX}")) if self._folder.is_dir() else ():
            key = _key_in(path)
            if key:
                keys[key] = path.stem
        return keys

    def trust(self, path: Path) -> str:
        """Take a key in; gives its name. Raises `PackError` if the file holds none."""
        key = _key_in(path)
        if not key:
            raise PackError(f"'{path.name}' holds no public key.", "It is a file of 64 hexadecimal digits.")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{path.stem}{KEY_SUFFIX}").write_text(key + "\n", encoding="ascii")
        except OSError as error:
            raise PackError(f"The key '{path.name}' cannot be kept: {error.strerror}.") from error
        return path.stem


def make_key(path: Path) -> Path:
    """Write a new secret key to `path` (only its owner may read it) and the public one beside it; gives the latter.

    Raises:
        PackError: the file exists already, or cannot be written.
    """
    from nacl.signing import SigningKey

    secret = SigningKey.generate()
    public = path.with_suffix(KEY_SUFFIX)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(bytes(secret).hex() + "\n")
        public.write_text(bytes(secret.verify_key).hex() + "\n", encoding="ascii")
    except OSError as error:
        raise PackError(f"The key {path} cannot be written: {error.strerror}.", "Choose a new file.") from error
    return public


def sign_pack(folder: Path, secret_key: Path) -> PackSignature:
    """Write `signature.json` into a pack. Raises `PackError` if the key is none, or the pack cannot be written."""
    from nacl.signing import SigningKey

    digits = _key_in(secret_key)
    if not digits:
        raise PackError(f"'{secret_key.name}' holds no secret key.", "Make one: allviewer models new-key FILE.")
    secret = SigningKey(bytes.fromhex(digits))
    files = _checksums(folder)
    signature = PackSignature(
        1, bytes(secret.verify_key).hex(), files, secret.sign(signed_bytes(files)).signature.hex()
    )
    try:
        (folder / SIGNATURE_FILE).write_bytes(encode_signature(signature))
    except OSError as error:
        raise PackError(f"The pack in {folder} cannot be signed: {error.strerror}.") from error
    return signature


def signer_of(folder: Path, keys: KeyRing) -> Signer | None:
    """Who signed a pack; None if nobody did.

    Raises:
        PackError: the signature is damaged, is not of its key, or is not of these files.
    """
    path = folder / SIGNATURE_FILE
    if not path.exists():
        return None
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _refused(folder, "it is too large")
        signature = decode_signature(path.read_bytes())
        VerifyKey(bytes.fromhex(signature.key)).verify(
            signed_bytes(signature.files), bytes.fromhex(signature.signature)
        )
    except (OSError, msgspec.DecodeError) as error:
        raise _refused(folder, "it cannot be read") from error
    except (BadSignatureError, ValueError) as error:
        raise _refused(folder, "it was not made with the key it names") from error
    if signature.files != _checksums(folder):
        raise _refused(folder, "files of the pack were changed, added or taken away since")
    return Signer(signature.key, keys.names().get(signature.key, ""))


def _checksums(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name != SIGNATURE_FILE]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _key_in(path: Path) -> str:
    """The 64 hexadecimal digits of a key file, or nothing."""
    try:
        with path.open(encoding="ascii") as file:
            text = file.read(_KEY_HEX + 8).strip().lower()
        return text if len(bytes.fromhex(text)) * 2 == _KEY_HEX else ""
    except (OSError, ValueError):
        return ""


def _refused(folder: Path, why: str) -> PackError:
    return PackError(f"The signature of the pack '{folder.name}' does not hold: {why}.", "Get the pack again.")

"""The signature of a pack: `signature.json` beside its card names every other file by checksum, signed with ed25519."""

from typing import Annotated, Literal

import msgspec

from allviewer.exchange.model_card import Sha256

SIGNATURE_FILE = "signature.json"
KEY_SUFFIX = ".pub"

PublicKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class PackSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who vouches for which content.

    Attributes:
        key: the signer's ed25519 public key (32 bytes), in hexadecimal.
        files: sha256 of every file of the pack but this one, by name.
        signature: ed25519 over `signed_bytes(files)` (64 bytes), in hexadecimal.
    """

    format: Literal[1]
    key: PublicKey
    files: dict[str, Sha256]
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}\Z")]


def signed_bytes(files: dict[str, str]) -> bytes:
    """What is signed: names and checksums in one order, so that every machine signs the same bytes."""
    return b"allviewer pack 1\n" + msgspec.json.encode(sorted(files.items()))


def encode_signature(signature: PackSignature) -> bytes:
    """As indented JSON."""
    return msgspec.json.format(msgspec.json.encode(signature), indent=2) + b"\n"


def decode_signature(data: bytes) -> PackSignature:
    """Raises `msgspec.DecodeError` for anything else."""
    return msgspec.json.decode(data, type=PackSignature)

"""A pack of a user's own encoder and decoder, as they come from the exporters of the SAM family."""

import hashlib
import shutil
from pathlib import Path

from allviewer.errors import PackError
from allviewer.exchange.model_card import (
    CARD_FILE,
    ClickSpec,
    ModelCard,
    NetworkFile,
    TrainingRecord,
    encode_card,
)

_BYTES_A_PARAMETER = 4
_TERMS = "Not known to this program: see where the networks come from."


def make_click_pack(encoder: Path, decoder: Path, folder: Path, name: str, side_px: int = 1024) -> None:
    """Write a click pack of two ONNX files into a new folder; installing it checks that they fit each other.

    Raises:
        PackError: a file cannot be read, or the folder exists.
    """
    try:
        folder.mkdir(parents=True)
        files = [_take(path, folder / f"{part}.onnx") for path, part in ((encoder, "encoder"), (decoder, "decoder"))]
    except FileExistsError as error:
        raise PackError(f"'{folder}' is there already.", "Give a new folder.") from error
    except OSError as error:
        raise PackError(f"The pack '{name}' cannot be made: {error.strerror}.") from error
    card = ModelCard(
        format=1,
        name=name,
        version="1.0.0",
        title=f"Outlines what is clicked: {encoder.stem}",
        spec=ClickSpec(decoder=files[1], side_px=side_px),
        network=files[0],
        training=TrainingRecord("not trained here", 0, (), _TERMS),
        limits="Nobody has measured it on blood smears with this program.",
    )
    (folder / CARD_FILE).write_bytes(encode_card(card))


def _take(path: Path, target: Path) -> NetworkFile:
    shutil.copyfile(path, target)
    content = target.read_bytes()
    # ONNX does not say how many parameters it holds; nearly all of a file are 32-bit ones
    return NetworkFile(target.name, hashlib.sha256(content).hexdigest(), max(1, len(content) // _BYTES_A_PARAMETER))

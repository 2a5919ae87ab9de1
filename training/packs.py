"""Packs: a trained network as a file that the viewer runs, checked against torch before it is written."""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from allviewer.errors import PackError
from allviewer.exchange.model_card import (
    CARD_FILE,
    GOLDEN_FILE,
    ClassificationSpec,
    ModelCard,
    NetworkFile,
    decode_card,
    encode_card,
)
from training.card_text import card_text
from training.golden import golden_inputs
from training.onnx_export import export_onnx, read_weights, trace_onnx

NETWORK_FILE = "network.onnx"
CARD_TEXT_FILE = "CARD.md"
PARITY_TOLERANCE = 1e-4
UNKNOWN_NETWORK = NetworkFile(NETWORK_FILE, "0" * 64, 1)
"""To put into a card until `write_pack` sets the real one."""


def write_pack(
    folder: Path,
    card: ModelCard,
    network: nn.Module,
    samples: NDArray[np.uint8],
    outputs: str | Sequence[str],
    multiple_of: int = 0,
    tracing: bool = False,
) -> ModelCard:
    """Write a pack and return its card with the checksum set; a pack that was there is replaced.

    Args:
        folder: of the pack; appears only when all is well.
        network: takes uint8 (N, H, W, 3) and gives what the card's task demands; exported in eval mode.
        samples: uint8 (N, H, W, 3), real inputs for the parity check, N >= 1; none of them goes into the pack.
        outputs: names of what the network gives: "maps", or "probabilities", or "probabilities" and "heat".
        multiple_of: height and width may be any multiple of this; 0 when they are fixed.
        tracing: use the exporter of large networks, see `onnx_export.trace_onnx`.

    Raises:
        PackError: torch and onnxruntime differ by more than 1e-4 on any sample (of maps and probabilities as they are,
            of heat relative to its highest value).
    """
    named = (outputs,) if isinstance(outputs, str) else tuple(outputs)
    staging = start_pack(folder)
    network = network.eval()
    write = trace_onnx if tracing else export_onnx
    write(staging / NETWORK_FILE, network, samples[:1], named, multiple_of)
    _check_parity(staging / NETWORK_FILE, network, samples)
    size = (int(samples.shape[1]), int(samples.shape[2]))
    return finish_pack(staging, folder, card, size, named[0], sum(p.numel() for p in network.parameters()))


def start_pack(folder: Path) -> Path:
    """An empty folder beside that of a pack, for `finish_pack` to put into its place."""
    staging = folder.with_name(folder.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    return staging


def finish_pack(
    staging: Path, folder: Path, card: ModelCard, size: tuple[int, int], output: str, parameters: int
) -> ModelCard:
    """Add card and golden outputs to the network that lies in `staging`, and put it all into the place of `folder`.

    Args:
        size: (height, width) of the golden inputs, which are synthetic: no photograph may travel in a pack.
    """
    digest = hashlib.sha256((staging / NETWORK_FILE).read_bytes()).hexdigest()
    architecture = card.network.architecture
    card = msgspec.structs.replace(card, network=NetworkFile(NETWORK_FILE, digest, parameters, architecture))
    write_golden(staging, golden_inputs(*size, cut_out=isinstance(card.spec, ClassificationSpec)), output)
    rewrite_card(staging, card)
    shutil.rmtree(folder, ignore_errors=True)
    staging.rename(folder)
    return card


def rewrite_card(folder: Path, card: ModelCard) -> None:
    """Write card.json and CARD.md, for people, anew (after the figures were measured)."""
    (folder / CARD_FILE).write_bytes(encode_card(card))
    (folder / CARD_TEXT_FILE).write_text(card_text(card), encoding="utf-8")


def read_card(folder: Path) -> ModelCard:
    """The card of a pack whose network is complete. Raises `PackError` in words."""
    try:
        card = decode_card((folder / CARD_FILE).read_bytes())
        digest = hashlib.sha256((folder / card.network.file).read_bytes()).hexdigest()
    except OSError as error:
        raise PackError(
            f"{folder} is not a complete pack: {error}.", "Choose a folder that holds card.json."
        ) from error
    except msgspec.DecodeError as error:
        raise PackError(f"The card of the pack {folder} does not fit: {error}.") from error
    if digest != card.network.sha256:
        raise PackError(f"The network of the pack {folder} has been altered: its checksum differs from the card's.")
    return card


def load_weights(folder: Path, network: nn.Module) -> ModelCard:
    """Put a pack's weights into a torch network of the same shape; returns the card.

    The exported network keeps the names of its weights, so that no second file of weights is needed.

    Raises:
        PackError: incomplete or altered pack, or a network of another shape.
    """
    card = read_card(folder)
    found = read_weights(folder / card.network.file)
    state = network.state_dict()
    wanted = {name for name in state if not name.endswith("num_batches_tracked")}
    misfits = [name for name in wanted if name not in found or found[name].shape != state[name].shape]
    if misfits:
        raise PackError(
            f"The pack {card.identity} cannot be continued: its network is not of the kind that is trained here.",
            f"{len(misfits)} of {len(wanted)} sets of weights do not fit.",
        )
    network.load_state_dict({**state, **{name: found[name] for name in wanted}})
    return card


def _check_parity(path: Path, network: nn.Module, samples: NDArray[np.uint8]) -> None:
    """Every sample by itself, and the first ones together: the viewer runs batches."""
    session = _session(path)
    for batch in (*(sample[None] for sample in samples), samples[:3]):
        given = session.run(None, {"image": np.ascontiguousarray(batch)})
        with torch.no_grad():
            found = network(torch.from_numpy(batch.copy()))
        for mine, theirs in zip(found if isinstance(found, tuple) else (found,), given, strict=True):
            expected = mine.numpy()
            difference = float(np.abs(theirs - expected).max() / max(1.0, float(np.abs(expected).max())))
            if not difference <= PARITY_TOLERANCE:
                raise PackError(
                    f"The exported network differs from the trained one by {difference:.1e}; it was not written."
                )


def run_onnx(path: Path, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The first output of an exported network, run once on the processor, one thread."""
    return answering(path)(batch)


def answering(path: Path) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """An exported network, loaded once: batch -> its first output, on the processor, one thread."""
    session = _session(path)

    def answer(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = session.run(None, {"image": np.ascontiguousarray(batch)})[0]
        return result

    return answer


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def write_golden(folder: Path, inputs: NDArray[np.uint8], output: str) -> None:
    """Keep inputs beside the network, and what it must give for them."""
    arrays: dict[str, NDArray[Any]] = {"image": inputs, output: run_onnx(folder / NETWORK_FILE, inputs)}
    np.savez_compressed(folder / GOLDEN_FILE, allow_pickle=False, **arrays)

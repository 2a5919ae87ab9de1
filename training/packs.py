"""Packs: a trained network as a file that the viewer runs, checked against torch before it is written."""

import hashlib
import logging
import shutil
import warnings
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from allviewer.errors import PackError
from allviewer.exchange.model_card import CARD_FILE, GOLDEN_FILE, ModelCard, NetworkFile, decode_card, encode_card
from training.card_text import card_text

NETWORK_FILE = "network.onnx"
CARD_TEXT_FILE = "CARD.md"
PARITY_TOLERANCE = 1e-4
UNKNOWN_NETWORK = NetworkFile(NETWORK_FILE, "0" * 64, 1)
"""To put into a card until `write_pack` sets the real one."""


def write_pack(
    folder: Path, card: ModelCard, network: nn.Module, samples: NDArray[np.uint8], output: str, multiple_of: int = 0
) -> ModelCard:
    """Write a pack and return its card with the checksum set; a pack that was there is replaced.

    Args:
        folder: of the pack; appears only when all is well.
        network: takes uint8 (N, H, W, 3) and gives what the card's task demands; exported in eval mode.
        samples: uint8 (N, H, W, 3), real inputs for the parity check, N >= 1; the first becomes the golden one.
        output: name of the network's output, "maps" or "probabilities".
        multiple_of: height and width may be any multiple of this; 0 when they are fixed.

    Raises:
        PackError: torch and onnxruntime differ by more than 1e-4 on any sample.
    """
    staging = folder.with_name(folder.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    network = network.eval()
    _export_onnx(staging / NETWORK_FILE, network, samples, output, multiple_of)
    _check_parity(staging / NETWORK_FILE, network, samples)
    parameters = sum(p.numel() for p in network.parameters())
    digest = hashlib.sha256((staging / NETWORK_FILE).read_bytes()).hexdigest()
    card = msgspec.structs.replace(card, network=NetworkFile(NETWORK_FILE, digest, parameters))
    _write_golden(staging, samples[:1], output)
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
    import onnx
    from onnx import numpy_helper

    card = read_card(folder)
    graph = onnx.load(folder / card.network.file).graph
    found = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    state = network.state_dict()
    wanted = {name for name in state if not name.endswith("num_batches_tracked")}
    misfits = [name for name in wanted if name not in found or found[name].shape != tuple(state[name].shape)]
    if misfits:
        raise PackError(
            f"The pack {card.identity} cannot be continued: its network is not of the kind that is trained here.",
            f"{len(misfits)} of {len(wanted)} sets of weights do not fit.",
        )
    network.load_state_dict({**state, **{name: torch.from_numpy(found[name].copy()) for name in wanted}})
    return card


def _export_onnx(path: Path, network: nn.Module, samples: NDArray[np.uint8], output: str, multiple_of: int) -> None:
    batch = torch.export.Dim("n")
    sides: dict[int, object] = {}
    if multiple_of:
        sides = {
            1: multiple_of * torch.export.Dim("rows", min=1, max=4096),
            2: multiple_of * torch.export.Dim("columns", min=1, max=4096),
        }
    example = torch.from_numpy(np.ascontiguousarray(np.repeat(samples[:1], 2, axis=0)))
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            (example,),
            dynamo=True,
            optimize=False,  # would fold the weights and lose their names, which `load_weights` needs
            input_names=["image"],
            output_names=[output],
            opset_version=18,
            dynamic_shapes=({0: batch, **sides},),
            verbose=False,
        )
    if program is None:
        raise PackError("The network could not be exported.")
    program.save(path)


def _check_parity(path: Path, network: nn.Module, samples: NDArray[np.uint8]) -> None:
    for sample in samples:
        given = run_onnx(path, sample[None])
        with torch.no_grad():
            expected = network(torch.from_numpy(sample[None].copy())).numpy()
        difference = float(np.abs(given - expected).max())
        if not difference <= PARITY_TOLERANCE:
            raise PackError(
                f"The exported network differs from the trained one by {difference:.1e}; it was not written."
            )


def run_onnx(path: Path, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Run an exported network once on the processor, one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    result: NDArray[np.float32] = session.run(None, {"image": np.ascontiguousarray(batch)})[0]
    return result


def _write_golden(folder: Path, sample: NDArray[np.uint8], output: str) -> None:
    expected = run_onnx(folder / NETWORK_FILE, sample)
    arrays: dict[str, NDArray[Any]] = {"image": sample, output: expected}
    np.savez_compressed(folder / GOLDEN_FILE, allow_pickle=False, **arrays)

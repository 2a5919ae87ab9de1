"""From torch to ONNX. Weights keep their names, so that a network can be read back from the exported file."""

import logging
import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from allviewer.errors import PackError

OPSET = 18
_LARGEST_SIDE_STEPS = 4096


def export_onnx(
    path: Path, network: nn.Module, sample: NDArray[np.uint8], outputs: tuple[str, ...], multiple_of: int
) -> None:
    """Write a network by `torch.export`.

    Args:
        sample: uint8 (1, H, W, 3), a picture such as it will get.
        outputs: names of what it gives.
        multiple_of: height and width may be any multiple of this; 0 when they are fixed. The batch is always free.
    """
    batch = torch.export.Dim("n")
    sides: dict[int, object] = {}
    if multiple_of:
        sides = {
            1: multiple_of * torch.export.Dim("rows", min=1, max=_LARGEST_SIDE_STEPS),
            2: multiple_of * torch.export.Dim("columns", min=1, max=_LARGEST_SIDE_STEPS),
        }
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            (_example(sample),),
            dynamo=True,
            optimize=False,  # would fold the weights and lose their names
            input_names=["image"],
            output_names=list(outputs),
            opset_version=OPSET,
            dynamic_shapes=({0: batch, **sides},),
            verbose=False,
        )
    if program is None:
        raise PackError("The network could not be exported.")
    program.save(path)


def trace_onnx(
    path: Path, network: nn.Module, sample: NDArray[np.uint8], outputs: tuple[str, ...], multiple_of: int
) -> None:
    """Write a network by tracing it, arguments as `export_onnx`.

    For the networks of the registry: hundreds of layers take `torch.export` half a minute and this a second, and some
    of them (ALL-FABNET of any size) it refuses. What tracing cannot see, a choice that depends on the picture, none of
    them has; the parity check that follows would tell.
    """
    free = {"image": {0: "n", 1: "rows", 2: "columns"}, **{key: {0: "n", 2: "rows", 3: "columns"} for key in outputs}}
    axes = free if multiple_of else {name: {0: "n"} for name in ("image", *outputs)}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (_example(sample),),
            path,
            dynamo=False,
            do_constant_folding=False,  # both would lose the names of weights
            training=torch.onnx.TrainingMode.PRESERVE,
            input_names=["image"],
            output_names=list(outputs),
            opset_version=OPSET,
            dynamic_axes=axes,
        )


def read_weights(path: Path) -> dict[str, Tensor]:
    """All weights of an exported network by their names in torch."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(path).graph
    found = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer}
    for node in graph.node:  # weights of equal values are kept once, the other names point to them
        if node.op_type == "Identity" and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]].clone()
    return found


def _example(sample: NDArray[np.uint8]) -> Tensor:
    """Two pictures: a batch of one is taken for a fixed number."""
    return torch.from_numpy(np.ascontiguousarray(np.repeat(sample, 2, axis=0)))

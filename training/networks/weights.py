"""Weights from a file or from the library's own download. Nothing here loads a pickle of code."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.errors import TrainingError
from training.networks.network import Network
from training.onnx_export import read_weights

TRUNK = "features."
"""What pytorchcv calls the part of a network before its classifier."""
_WRAPPERS = ("state_dict", "model", "model_state_dict")
_PREFIXES = ("module.", "network.", "net.")
_ASIDE = ("num_batches_tracked",)


def load_file(network: Network, path: Path, trunk: str = TRUNK) -> None:
    """Put the weights of a file into a network, in place: all of them, or else the trunk (another head's are left out).

    Args:
        path: .pt or .pth (read with weights_only), .safetensors, an exported .onnx, or the folder of a pack.
        trunk: prefix in `network` of what an ImageNet file calls "features.".

    Raises:
        TrainingError: no such file, not a file of weights, or of another network.
    """
    given = _without_prefixes(_read(path))
    wanted = _wanted(network, "")
    if _misfits(wanted, given):
        wanted = _wanted(network, trunk, slopes=False)
        sources = {name: TRUNK + name.removeprefix(trunk) for name in wanted}
        given = {name: given[source] for name, source in sources.items() if source in given}
    _put(network, wanted, given, path)


def load_whole(network: Network, path: Path) -> None:
    """As `load_file`, but all of the network has to be there: what goes on from a pack starts with its head as well."""
    _put(network, _wanted(network, ""), _without_prefixes(_read(path)), path)


def load_imagenet(network: Network, library_name: str, trunk: str = TRUNK) -> None:
    """Put pytorchcv's ImageNet weights into the trunk, in place; fetched on first use into ~/.torch/models.

    Raises:
        TrainingError: they could not be fetched.
    """
    from pytorchcv.models.model_store import get_model_file

    try:
        path = Path(get_model_file(library_name))
    except (OSError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"The ImageNet weights of {library_name} could not be fetched: {_first_line(error)}.",
            "Without a network, give a file: --weights FILE (pytorchcv's .pth), or train from scratch.",
        ) from error
    load_file(network, path, trunk)


def _read(path: Path) -> Mapping[str, Tensor]:
    try:
        if path.is_dir() or path.suffix == ".onnx":
            return _read_onnx(path)
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file as load_safetensors

            return load_safetensors(path)
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except TrainingError:
        raise
    except FileNotFoundError as error:
        raise TrainingError(f"There is no file of weights at {path}.") from error
    except Exception as error:  # the readers of three formats raise classes of their own without a common base
        raise TrainingError(
            f"{path.name} is not a file of weights that can be read safely: {_first_line(error)}.",
            "Save it as a state_dict (torch.save of tensors only), as .safetensors, or export it to ONNX.",
        ) from error
    for wrapper in _WRAPPERS:
        if isinstance(stored, dict) and isinstance(stored.get(wrapper), dict):
            stored = stored[wrapper]
    return _only_tensors(stored, path)


def _read_onnx(path: Path) -> dict[str, Tensor]:
    files = sorted(path.glob("*.onnx")) if path.is_dir() else [path]
    if len(files) != 1:
        raise TrainingError(f"{path} is no folder of a pack: it holds {len(files)} .onnx files.")
    return read_weights(files[0])


def _only_tensors(stored: Any, path: Path) -> dict[str, Tensor]:
    tensors = {str(k): v for k, v in stored.items() if isinstance(v, Tensor)} if isinstance(stored, dict) else {}
    if not tensors:
        raise TrainingError(f"{path.name} holds no weights by name.", "Give a state_dict.")
    return tensors


def _without_prefixes(given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Names without what wrappers put before all of them."""
    names = dict(given)
    for prefix in _PREFIXES * 2:
        cut = {name.removeprefix(prefix): value for name, value in names.items() if name.startswith(prefix)}
        names = {**names, **cut}
    return names


def _wanted(network: nn.Module, prefix: str, slopes: bool = True) -> dict[str, Tensor]:
    """The weights of a part of a network; without `slopes`, not those of parametric leaky ReLU."""
    plr = {f"{name}.weight" for name, module in network.named_modules() if isinstance(module, nn.PReLU)}
    aside = plr if not slopes else set()
    state = network.state_dict()
    return {k: v for k, v in state.items() if k.startswith(prefix) and not k.endswith(_ASIDE) and k not in aside}


def _misfits(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> list[str]:
    return [name for name, value in wanted.items() if name not in given or given[name].shape != value.shape]


def _put(network: nn.Module, wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], path: Path) -> None:
    if misfits := _misfits(wanted, given):
        raise TrainingError(
            f"The weights in {path.name} are not of this network: {len(misfits)} of {len(wanted)} sets do not fit "
            f"(such as '{misfits[0]}').",
            "Give a file of the same network and width, with the names of pytorchcv or of this program.",
        )
    network.load_state_dict({**network.state_dict(), **{name: given[name] for name in wanted}})


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]

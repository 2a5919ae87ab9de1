"""Which device a network runs on: names for people, providers of the runtime, and the choice. Pure."""

from collections.abc import Sequence

from allviewer.errors import UserError

PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Device name to provider; `auto` takes the first of these that is installed."""

MEMORY_LIMITS_MB = {"cuda": 4096, "tensorrt": 4096}
"""What our networks may take of a card's memory, so that others can use it, too; patches of 1024 pixels need less."""

DEVICES = ("auto", *PROVIDERS)


def choose_provider(device: str, installed: Sequence[str]) -> tuple[str, str]:
    """The provider to try for a device name, and why it is not the one asked for (empty if it is).

    Raises:
        UserError: for a name that is not in `DEVICES`.
    """
    if device not in DEVICES:
        raise UserError(f"There is no device named '{device}'.", f"Choose one of {', '.join(DEVICES)}.")
    if device == "auto":
        return next((p for p in PROVIDERS.values() if p in installed), PROVIDERS["cpu"]), ""
    if PROVIDERS[device] not in installed:
        return PROVIDERS["cpu"], f"{device} is not part of the installed runtime; the CPU does the work."
    return PROVIDERS[device], ""


def provider_options(device: str) -> dict[str, str]:
    """How a provider is set up: limits of memory, and arrays no larger than are asked for."""
    limit = MEMORY_LIMITS_MB.get(device, 0) << 20
    if device == "cuda":
        return {"gpu_mem_limit": str(limit), "arena_extend_strategy": "kSameAsRequested"}
    if device == "tensorrt":
        return {"trt_max_workspace_size": str(limit)}
    return {}


def device_name(provider: str) -> str:
    """The name of a provider for people."""
    return next((name for name, known in PROVIDERS.items() if known == provider), provider)

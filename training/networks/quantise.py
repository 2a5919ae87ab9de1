"""A pack with 8-bit numbers: a quarter of the size, and what that costs stated in its card."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.exchange.model_card import OUTPUTS, Figure, ModelCard, NetworkFile
from training import packs
from training.errors import TrainingError

Pictures = NDArray[np.uint8]
Answer = Callable[[Pictures], NDArray[np.float32]]
"""What a network gives for a batch: probabilities or maps."""

LEAST_PICTURES = 8
"""To learn the ranges of values from."""
_BATCH = 16
_OPERATIONS = ("Conv", "ConvTranspose", "Gemm")


@dataclass(frozen=True)
class Measure:
    """How good a network is, on pictures that it has not learnt from.

    Attributes:
        metric: such as "accuracy" or "Dice of the cell"; source, groups, items, protocol: as in a card's `Figure`.
        of: computes it from a network's answers to batches.
    """

    metric: str
    source: str
    of: Callable[[Answer], float]
    items: int | None = None
    groups: int | None = None
    protocol: str = ""


def accuracy_measure(pictures: Pictures, truth: Sequence[int], source: str, protocol: str = "") -> Measure:
    """The share of pictures uint8 (n, side, side, 3) whose most probable class is the true one."""
    known = np.asarray(truth)

    def of(answer: Answer) -> float:
        parts = [answer(pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)]
        return float(np.mean(np.concatenate(parts).argmax(axis=1) == known))

    return Measure("accuracy", source, of, items=len(pictures), protocol=protocol)


def dice_measure(
    pictures: Sequence[Pictures], parts: Sequence[NDArray[np.integer]], part: int, source: str, protocol: str = ""
) -> Measure:
    """Mean Dice of one map where it is the highest, over pictures uint8 (h, w, 3) and their true parts (h, w)."""

    def of(answer: Answer) -> float:
        found = [answer(picture[None])[0].argmax(axis=0) == part for picture in pictures]
        pairs = [(mine, truth == part) for mine, truth in zip(found, parts, strict=True)]
        return float(np.mean([2 * (a & b).sum() / max(1, a.sum() + b.sum()) for a, b in pairs]))

    return Measure("Dice", source, of, items=len(pictures), protocol=protocol)


def quantise_pack(source: Path, folder: Path, calibration: Pictures, measure: Measure) -> ModelCard:
    """Write the 8-bit twin of a pack beside it; weights by channel, values by the ranges that the calibration shows.

    Args:
        source: folder of the pack with 32-bit numbers.
        folder: of the new pack, whose name ends in "-int8".
        calibration: uint8 (n, h, w, 3), real pictures such as it will get, n >= 8.
        measure: taken of both packs; both figures and the loss stand in the new card.

    Raises:
        PackError: the pack is damaged. TrainingError: too few pictures, or it cannot be quantised.
    """
    if len(calibration) < LEAST_PICTURES:
        raise TrainingError(
            f"{len(calibration)} pictures are too few to learn ranges of values from.", "Give 8 or more."
        )
    card = packs.read_card(source)
    output = OUTPUTS[type(card.spec)]
    staging = packs.start_pack(folder)
    _quantise(source / card.network.file, staging / packs.NETWORK_FILE, calibration)
    before = measure.of(packs.answering(source / card.network.file))
    after = measure.of(packs.answering(staging / packs.NETWORK_FILE))
    told = _told(card, measure, before, after)
    size = (int(calibration.shape[1]), int(calibration.shape[2]))
    return packs.finish_pack(staging, folder, told, size, output, card.network.parameters)


def _told(card: ModelCard, measure: Measure, before: float, after: float) -> ModelCard:
    """The card of the twin: whose it is, and what 8 bits cost."""
    figures = tuple(
        Figure(
            f"{measure.metric} with {bits}-bit numbers", measure.source, round(value, 4),
            groups=measure.groups, items=measure.items, protocol=measure.protocol,
        )
        for bits, value in ((32, before), (8, after))
    )  # fmt: skip
    lost = (
        f"Its numbers have 8 bits: {measure.metric} on {measure.source} is {after:.4f}, against {before:.4f} with 32 "
        f"bits ({after - before:+.4f})."
    )
    return msgspec.structs.replace(
        card,
        name=f"{card.name[:59]}-int8",
        title=f"{card.title}, 8-bit",
        network=NetworkFile(packs.NETWORK_FILE, "0" * 64, card.network.parameters),
        training=msgspec.structs.replace(card.training, parent=card.identity),
        figures=card.figures + figures,
        limits=f"{card.limits} {lost}".strip(),
    )


def _quantise(path: Path, target: Path, calibration: Pictures) -> None:
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Pictured(CalibrationDataReader):
        def __init__(self) -> None:
            self._rows: Iterator[dict[str, Any]] = iter([{"image": picture[None]} for picture in calibration])

        def get_next(self) -> dict[str, Any] | None:
            return next(self._rows, None)

    prepared = target.with_name("prepared.onnx")
    with_heat = any(output.name == "heat" for output in onnx.load(path).graph.output)
    # heat multiplies by the very weights of the dense layers, which would have to be rounded in two ways
    operations = [*_OPERATIONS] if with_heat else [*_OPERATIONS, "MatMul"]
    try:
        quant_pre_process(path, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            target,
            Pictured(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=operations,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    except Exception as error:  # onnxruntime's tools raise whatever their steps do
        raise TrainingError(f"{path.parent.name} cannot be brought to 8 bits: {error}.") from error
    finally:
        prepared.unlink(missing_ok=True)

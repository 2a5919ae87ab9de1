"""Outlines from clicks by a user's own pair of networks, an encoder and a decoder of the SAM family.

Kirillov et al. 2023 (Segment Anything), section 3: the encoder's look at the picture is kept, a click costs the
decoder alone. Any pair that keeps to `ClickSpec` will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import PackError
from allviewer.exchange.model_card import ClickSpec
from allviewer.inference.clicks import Click, Outline, wanted_pieces
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.instances import MapFrame
from allviewer.inference.onnx_session import FedSession, Port
from allviewer.inference.resample import read_scaled, resized

_COORDS, _LABELS, _SIZE = "point_coords", "point_labels", "orig_im_size"
_MASK, _HAS_MASK = "mask_input", "has_mask_input"
_PROMPTS = {_COORDS, _LABELS, _SIZE, _MASK, _HAS_MASK}
_MASKS = ("masks", "low_res_masks")
_SCORES = "iou_predictions"
_INSIDE, _OUTSIDE, _PADDING = 1.0, 0.0, -1.0

Embedding = dict[str, NDArray[Any]]
Plane = NDArray[np.float32]


class PromptedNetwork:
    """A click pack, ready to be asked. Raises `PackError` where it is not what its card says."""

    def __init__(self, pack: InstalledPack, threads: int | None = None) -> None:
        if not isinstance(pack.card.spec, ClickSpec):
            raise PackError(f"The pack '{pack.card.name}' does not answer clicks.", "Choose another pack.")
        self.pack, self.spec = pack, pack.card.spec
        self._encoder = FedSession(pack, pack.card.network, threads)
        self._decoder = FedSession(pack, self.spec.decoder, threads)
        self._check_ports()

    def embed(self, rgb: RgbArray) -> Embedding:
        """The encoder's look at a picture of at most `side_px` a side, as inputs of the decoder."""
        (port,) = self._encoder.inputs
        outputs = self._encoder.run({port.name: self._as_input(rgb, port)})
        wanted = [p.name for p in self._decoder.inputs if p.name not in _PROMPTS]
        if all(name in outputs for name in wanted):
            return {name: outputs[name] for name in wanted}
        return {wanted[0]: next(iter(outputs.values()))}

    def logits(self, embedding: Embedding, points: Plane, labels: Plane) -> Plane:
        """(side_px, side_px): above 0 inside, for points (n, 2) in pixels of the encoder's picture."""
        side = self.spec.side_px
        prompts: dict[str, NDArray[Any]] = {
            _COORDS: np.concatenate([points, [[0, 0]]])[None].astype(np.float32),
            _LABELS: np.concatenate([labels, [_PADDING]])[None].astype(np.float32),
            _MASK: np.zeros((1, 1, *self._mask_size), np.float32),
            _HAS_MASK: np.zeros(1, np.float32),
            _SIZE: np.array([side, side], self._size_type),
        }
        feeds = {port.name: prompts[port.name] for port in self._decoder.inputs if port.name in prompts}
        outputs = self._decoder.run(embedding | feeds)
        masks = next(outputs[name] for name in _MASKS if name in outputs)
        if masks.ndim != 4 or not np.isfinite(masks).all():
            raise PackError(f"The decoder of '{self.pack.card.name}' gives masks of shape {masks.shape}.")
        best = int(outputs[_SCORES][0].argmax()) if masks.shape[1] > 1 and _SCORES in outputs else 0
        return np.asarray(cv2.resize(masks[0, best].astype(np.float32), (side, side)), np.float32)

    def _as_input(self, rgb: RgbArray, port: Port) -> NDArray[Any]:
        """The picture as the encoder takes it: standardised planes, or the pixels as they are; padded with nothing."""
        side = self.spec.side_px
        planes_first = len(port.shape) == 4 and port.shape[1] == 3
        picture = rgb.astype(np.float32)
        if planes_first:
            picture -= np.array(self.spec.mean, np.float32)
            picture /= np.array(self.spec.deviation, np.float32)
        filled = np.zeros((side, side, 3), np.float32)
        filled[: rgb.shape[0], : rgb.shape[1]] = picture
        ready = filled.transpose(2, 0, 1)[None] if planes_first else filled[None] if len(port.shape) == 4 else filled
        return np.ascontiguousarray(ready, np.uint8 if port.type == "tensor(uint8)" else np.float32)

    @property
    def _mask_size(self) -> tuple[int, int]:
        port = next((port for port in self._decoder.inputs if port.name == _MASK), None)
        rows, columns = port.shape[-2:] if port is not None and len(port.shape) == 4 else (None, None)
        return rows or self.spec.side_px // 4, columns or self.spec.side_px // 4

    @property
    def _size_type(self) -> type:
        port = next((port for port in self._decoder.inputs if port.name == _SIZE), None)
        return {"tensor(int64)": np.int64, "tensor(int32)": np.int32}.get(port.type if port else "", np.float32)

    def _check_ports(self) -> None:
        """Raises `PackError` with the first thing that does not fit `ClickSpec`."""
        name, side = self.pack.card.name, self.spec.side_px
        inputs = self._encoder.inputs
        if len(inputs) != 1 or len(inputs[0].shape) not in (3, 4):
            raise PackError(f"The encoder of '{name}' does not take one picture.")
        sides = [size for size in inputs[0].shape if size not in (None, 1, 3)]
        if any(size != side for size in sides):
            raise PackError(f"The encoder of '{name}' takes pictures of {sides}, its card says {side} pixels a side.")
        present = {port.name for port in self._decoder.inputs}
        if not {_COORDS, _LABELS} <= present or present <= _PROMPTS:
            raise PackError(f"The decoder of '{name}' does not take an embedding, {_COORDS} and {_LABELS}.")
        embeddings, made = present - _PROMPTS, {port.name for port in self._encoder.outputs}
        if not embeddings <= made and (len(embeddings) != 1 or len(made) != 1):
            raise PackError(f"The decoder of '{name}' takes {sorted(embeddings)}, its encoder gives {sorted(made)}.")
        if not any(port.name in _MASKS for port in self._decoder.outputs):
            raise PackError(f"The decoder of '{name}' gives no {' or '.join(_MASKS)}.")


@dataclass(frozen=True, slots=True)
class PromptedGround:
    """What an encoder saw of a part of the image.

    Attributes:
        region: the part, level-0 pixels; frame: where the encoder's pixels lie in it.
    """

    network: PromptedNetwork
    embedding: Embedding
    region: Region
    frame: MapFrame

    def outline(self, clicks: Sequence[Click]) -> Outline:
        mask = self._mask_of([click for click in clicks if click.part != "nucleus"])
        nucleus = self._mask_of([click for click in clicks if click.part == "nucleus"])
        return Outline(mask | nucleus, nucleus)

    def _mask_of(self, clicks: Sequence[Click]) -> Mask:
        if not any(click.is_inside for click in clicks):
            return Mask.empty()
        frame = self.frame
        points = [[(c.x - frame.x) / frame.step_x, (c.y - frame.y) / frame.step_y] for c in clicks]
        labels = [_INSIDE if click.is_inside else _OUTSIDE for click in clicks]
        logits = self.network.logits(self.embedding, np.array(points, np.float32), np.array(labels, np.float32))
        box = self.region
        rows, columns = round(box.height / frame.step_y), round(box.width / frame.step_x)
        inside = np.asarray(cv2.resize(logits[:rows, :columns], (box.width, box.height))) > 0
        return Mask(wanted_pieces(inside, np.zeros_like(inside), clicks, box), box.x, box.y)


def prompted_ground(
    network: PromptedNetwork, source: PixelSource, click: Click, um_per_px: float | None
) -> PromptedGround:
    """Have the encoder look at the surroundings of a click; without a scale at the image's own pixels."""
    spec, bounds = network.spec, source.info.bounds
    step = spec.mpp / um_per_px if um_per_px else 1.0
    side = min(round(spec.side_px * step), max(bounds.width, bounds.height))
    left = max(0, min(round(click.x - side / 2), bounds.width - side))
    top = max(0, min(round(click.y - side / 2), bounds.height - side))
    window = Region(left, top, side, side).intersection(bounds)
    rgb, frame = read_scaled(source, window, step)
    if max(rgb.shape[:2]) > spec.side_px:  # whole pixels of a coarser level may be one more
        rgb = resized(rgb, min(rgb.shape[1], spec.side_px), min(rgb.shape[0], spec.side_px))
    region = Region(round(frame.x), round(frame.y), window.width, window.height).intersection(bounds)
    steps = region.width / rgb.shape[1], region.height / rgb.shape[0]
    return PromptedGround(network, network.embed(rgb), region, MapFrame(region.x, region.y, *steps))

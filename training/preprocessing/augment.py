"""Random changes of training pictures, and of their masks with them, by MONAI; the same again for the same seed."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import torch
from monai.data.meta_obj import set_track_meta
from monai.transforms.compose import Compose
from monai.transforms.intensity.dictionary import RandCoarseDropoutd
from monai.transforms.spatial.dictionary import RandFlipd, RandRotate90d, RandRotated
from monai.transforms.transform import MapTransform, Randomizable
from torch import Tensor

from training.preprocessing.settings import Augmentation
from training.preprocessing.stain import jitter_stain

PICTURE, MASK = "picture", "mask"


class Augmenter:
    """Changes pictures as the settings say.

    Args:
        side: of the pictures, px.
        masks: masks are given with the pictures and move with them.
    """

    def __init__(self, settings: Augmentation, side: int, masks: bool) -> None:
        self._steps = _steps(settings, side, [PICTURE, MASK] if masks else [PICTURE])
        self._chain = Compose(self._steps) if self._steps else None
        set_track_meta(False)  # plain tensors: the history that MONAI keeps of each costs more than the change

    @property
    def changes_anything(self) -> bool:
        return self._chain is not None

    def __call__(self, picture: Tensor, mask: Tensor | None, seed: Sequence[int]) -> tuple[Tensor, Tensor | None]:
        """float32 (channels, side, side), 0 to 1, and a mask (side, side) or None -> the same, changed."""
        if self._chain is None:
            return picture, mask
        self._chain.set_random_state(seed=int(np.random.SeedSequence(seed).generate_state(1)[0]))
        given: dict[Hashable, Any] = {PICTURE: picture}
        if mask is not None:
            given[MASK] = mask[None]
        changed = self._chain(given)
        return changed[PICTURE], changed[MASK][0].to(mask.dtype) if mask is not None else None


def _steps(settings: Augmentation, side: int, keys: list[str]) -> list[Any]:
    modes = ["bilinear", "nearest"][: len(keys)]
    steps: list[Any] = []
    if settings.flips:
        steps += [RandFlipd(keys, settings.flips, spatial_axis=axis) for axis in (0, 1)]
    if settings.quarter_turns:
        steps.append(RandRotate90d(keys, settings.quarter_turns))
    if settings.rotate_degrees:
        angle = float(np.deg2rad(settings.rotate_degrees))
        steps.append(RandRotated(keys, range_x=angle, prob=1.0, mode=modes, padding_mode="border"))
    if settings.crop < 1:
        # a crop enlarged to the full side is a zoom whose margins are cut away, at a random place
        steps.append(_RandomCrop(keys, settings.crop, modes))
    steps += _colour_steps(settings)
    if settings.cutout:
        hole = max(1, side // 4)
        steps.append(RandCoarseDropoutd([PICTURE], 1, (hole, hole), fill_value=0, prob=settings.cutout))
    return steps


def _colour_steps(settings: Augmentation) -> list[Any]:
    named = (settings.brightness, settings.contrast, settings.colour, settings.stain_jitter)
    return [_Colours(settings)] if any(named) else []


class _RandomCrop(MapTransform, Randomizable):
    """A square of a random share of the side, at a random place, enlarged to the full side."""

    def __init__(self, keys: list[str], smallest: float, modes: list[str]) -> None:
        super().__init__(keys)
        self._smallest, self._modes = smallest, modes

    def __call__(self, data: dict[Hashable, Any]) -> dict[Hashable, Any]:
        share, x, y = self.R.uniform(self._smallest, 1), self.R.uniform(), self.R.uniform()
        changed = dict(data)
        for key, mode in zip(self.keys, self._modes, strict=True):
            full = data[key]
            side = full.shape[-1]
            cut = max(2, round(share * side))
            top, left = int(y * (side - cut + 1)), int(x * (side - cut + 1))
            part = full[None, :, top : top + cut, left : left + cut].float()
            how = {"mode": "bilinear", "antialias": False} if mode == "bilinear" else {"mode": "nearest"}
            changed[key] = torch.nn.functional.interpolate(part, size=(side, side), **how)[0].to(full.dtype)
        return changed


class _Colours(MapTransform, Randomizable):
    """Brightness, contrast, each channel for itself and the stain; exact black stays black, as around cut-outs."""

    def __init__(self, settings: Augmentation) -> None:
        super().__init__([PICTURE])
        self._settings = settings

    def __call__(self, data: dict[Hashable, Any]) -> dict[Hashable, Any]:
        settings, picture = self._settings, data[PICTURE]
        black = picture.amax(dim=0, keepdim=True) == 0
        if settings.stain_jitter and len(picture) == 3:
            rng = np.random.default_rng(self.R.randint(2**32, dtype=np.uint64))
            jittered = jitter_stain(picture.permute(1, 2, 0).numpy(), settings.stain_jitter, rng)
            picture = torch.from_numpy(jittered).permute(2, 0, 1)
        bright, contrast = self._factor(settings.brightness), self._factor(settings.contrast)
        channel = torch.tensor([self._factor(settings.colour) for _ in picture], dtype=torch.float32)[:, None, None]
        middle = picture[:, ~black[0]].mean() if not black.all() else 0.0
        changed = ((picture - middle) * contrast + middle) * bright * channel
        return {**data, PICTURE: changed.clamp(0, 1).masked_fill(black, 0)}

    def _factor(self, most: float) -> float:
        return float(self.R.uniform(1 - most, 1 + most)) if most else 1.0

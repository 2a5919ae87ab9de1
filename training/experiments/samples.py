"""Pictures to learn from and to test on: read once, prepared once for each way of preparing, kept in memory."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.doubles import find_doubles, look_of
from training.datasets.files import check_same_size, read_rgb
from training.datasets.listing import DataSet, Grouping, Picture
from training.datasets.sample import PartMap
from training.experiments.experiment import Target
from training.preprocessing.prepare import mask_to_square, prepare_picture
from training.preprocessing.settings import Preparation
from training.preprocessing.targets import target_map
from training.splits import Indices
from training.tasks import Tell

READERS = 2
"""Threads that read; decoding and resizing let go of the interpreter."""
KEPT_WAYS = 4
TELL_EVERY = 500


class _Store:
    """Prepared pictures by way of preparing and row; of the ways the latest few."""

    def __init__(self) -> None:
        self._made: dict[bytes, dict[int, NDArray[np.uint8]]] = {}

    def of(self, key: bytes) -> dict[int, NDArray[np.uint8]]:
        made = self._made.pop(key, {})
        self._made[key] = made
        while len(self._made) > KEPT_WAYS:
            del self._made[next(iter(self._made))]
        return made


@dataclass(frozen=True)
class Samples:
    """n pictures of one data set.

    Attributes:
        labels: class of each picture; empty where it has none (segmentation).
        classes: all that can occur, in the order of the network's answers.
        groups, group_kind: what stays on one side of a split by subject, and what that is.
        same: int64 (n,), doubles have the same number.
        read: picture by row, uint8 (H, W, 3). read_parts: the truth of its pixels, or None.
        rows: of each picture, for `read`.
    """

    source: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    classes: tuple[str, ...]
    groups: tuple[str, ...]
    group_kind: Grouping
    same: NDArray[np.int64]
    read: Callable[[int], RgbArray]
    read_parts: Callable[[int, RgbArray], PartMap] | None = None
    rows: tuple[int, ...] = ()
    _store: _Store = field(default_factory=_Store, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.names)

    def take(self, indices: Indices) -> "Samples":
        """Some of the pictures; what is prepared of one is prepared for the other."""
        chosen = [int(index) for index in indices]
        return replace(
            self,
            names=tuple(self.names[i] for i in chosen),
            labels=tuple(self.labels[i] for i in chosen),
            groups=tuple(self.groups[i] for i in chosen),
            same=self.same[indices],
            rows=tuple(self.rows[i] for i in chosen),
        )

    def class_indices(self) -> NDArray[np.int64]:
        """(n,) index of each picture's class."""
        return np.array([self.classes.index(label) for label in self.labels], np.int64)

    def pictures(self, how: Preparation, cancel: CancelToken, tell: Tell) -> NDArray[np.uint8]:
        """(n, side, side, channels), read and prepared the first time, from memory after that."""
        return self._once(b"p" + _key(how), lambda row: prepare_picture(self.read(row), how), cancel, tell)

    def maps(self, how: Preparation, target: Target, cancel: CancelToken, tell: Tell) -> NDArray[np.uint8]:
        """(n, side, side) of class numbers, or of `training.preprocessing.targets.IGNORED`.

        Raises:
            DatasetError: no truth of pixels, or a mask that does not fit its picture.
        """
        parts_of = self.read_parts
        if parts_of is None:
            raise DatasetError(f"{self.source} has no masks: it cannot teach segmentation.")

        names = dict(zip(self.rows, self.names, strict=True))

        def one(row: int) -> NDArray[np.uint8]:
            image = self.read(row)
            parts = parts_of(row, image)
            check_same_size(image, parts, names[row])
            return target_map(mask_to_square(parts, how.size_px, how.keep_aspect), target)

        return self._once(b"m" + target.encode() + _key(how), one, cancel, tell)

    def _once(
        self, key: bytes, make: Callable[[int], NDArray[np.uint8]], cancel: CancelToken, tell: Tell
    ) -> NDArray[np.uint8]:
        made = self._store.of(key)
        wanted = [row for row in self.rows if row not in made]
        with ThreadPoolExecutor(READERS) as pool:
            for count, (row, result) in enumerate(zip(wanted, pool.map(make, wanted), strict=True), 1):
                made[row] = result
                cancel.check()
                if count % TELL_EVERY == 0:
                    tell(Progress(0.0, f"Preparing {self.source}: {count} of {len(wanted)}"))
        return np.stack([made[row] for row in self.rows])


def _key(how: Preparation) -> bytes:
    return msgspec.json.encode(how)


def read_samples(
    data: DataSet, cancel: CancelToken, tell: Tell, *, need_labels: bool = True, classes: Sequence[str] = ()
) -> Samples:
    """The samples of a data set, every picture read once to find doubles.

    Args:
        need_labels: only pictures with a class.
        classes: only these; all of the data set if empty.

    Raises:
        DatasetError: a file is missing or cannot be read, a class is unknown, or nothing is left.
    """
    wanted = tuple(classes) or data.classes
    pictures = data.complete().labelled() if need_labels else data.pictures
    for picture in pictures:
        if picture.label and picture.label not in data.classes:
            raise DatasetError(
                f"The class {picture.label!r} of {picture.name} is unknown.", f"Known are: {', '.join(data.classes)}."
            )
    pictures = tuple(picture for picture in pictures if not need_labels or picture.label in wanted)
    if not pictures:
        raise DatasetError(f"{data.name} holds no picture of {', '.join(wanted) or 'a known class'}.")
    return _samples(data, pictures, wanted, find_same(pictures, cancel, tell))


def find_same(pictures: Sequence[Picture], cancel: CancelToken, tell: Tell) -> NDArray[np.int64]:
    """(n,) numbers that doubles share."""
    looks = []
    with ThreadPoolExecutor(READERS) as pool:
        for number, look in enumerate(pool.map(lambda picture: look_of(read_picture(picture)), pictures)):
            cancel.check()
            looks.append(look)
            if number % TELL_EVERY == TELL_EVERY - 1:
                tell(Progress(0.0, f"Looking for doubles: {number + 1} of {len(pictures)}"))
    return find_doubles(looks)


def read_picture(picture: Picture) -> RgbArray:
    """The pixels of a picture, or of its box. Raises `DatasetError`."""
    image = read_rgb(picture.file)
    if picture.box is None:
        return image
    box = picture.box
    cut = image[max(0, box.y) : box.bottom, max(0, box.x) : box.right]
    if not cut.size:
        raise DatasetError(f"The box of {picture.name} lies outside its picture.")
    return cut


def _samples(
    data: DataSet, pictures: tuple[Picture, ...], classes: tuple[str, ...], same: NDArray[np.int64]
) -> Samples:
    read_parts = data.read_parts
    return Samples(
        data.name,
        tuple(picture.name for picture in pictures),
        tuple(picture.label for picture in pictures),
        classes,
        tuple(f"{data.name}/{picture.group}" for picture in pictures),
        data.grouping,
        same,
        lambda row: read_picture(pictures[row]),
        None if read_parts is None else lambda row, image: read_parts(pictures[row], image),
        tuple(range(len(pictures))),
    )

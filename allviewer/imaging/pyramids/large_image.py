"""A large image that is looked at while its pyramid is being built."""

import threading
from dataclasses import replace
from pathlib import Path

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, RgbArray
from allviewer.errors import ImageError, OutputError, UserError
from allviewer.imaging.colouring import managed
from allviewer.imaging.image_source import ImageSource
from allviewer.imaging.orientation import UPRIGHT, stored_region, upright
from allviewer.imaging.pyramids.bands import sparse_look
from allviewer.imaging.pyramids.child import build_in_child
from allviewer.imaging.pyramids.growth import Growth
from allviewer.imaging.pyramids.messages import BuildRequest, Message, Progress, SparseLook, level_sizes
from allviewer.imaging.pyramids.store import PyramidStore
from allviewer.imaging.stored_image import StoredImage
from allviewer.imaging.tiff_image import open_tiff_levels
from allviewer.memory.byte_budget import ByteBudget
from allviewer.progress import Cancelled, CancelToken, Report, no_report

_COARSE_PX = 4096
"""The coarse picture's longer side is at most this: 50 MB."""
_LIKELY_BYTES_PER_PX = 2.8
"""Three bytes, of which compression leaves two to two and a half, and a third more for the coarser levels."""
_FIRST_LOOK_PX = 8_000_000
"""Decoded in a tenth of a second."""
_DIRECT_HALVINGS = 2
"""Meanwhile levels down to a quarter are read from the file itself, where its reader can."""


class LargeImage(ImageSource):
    """A `PixelSource` that gives exact pixels, and meanwhile (`sketch`) what there is.

    Level 0 of a tiled file is read from the file. Of all others the cache keeps a copy without loss.
    """

    def __init__(self, image: StoredImage, store: PyramidStore, budget: ByteBudget, threads: int = 2) -> None:
        self._image, self._store, self._budget, self._threads = image, store, budget, threads
        self._own_levels = len(image.info.levels)
        self._looking = threading.Lock()
        sizes = level_sizes(*image.stored)
        self._first = min(_DIRECT_HALVINGS, len(sizes) - 1) if image.is_tiled else 0
        self._coarse = next((n for n, size in enumerate(sizes) if max(size) <= _COARSE_PX), len(sizes) - 1)
        self._growth = Growth(sizes[self._first :], sizes[self._coarse])
        super().__init__(replace(image.info, levels=_with_halvings(image.info.levels, len(sizes) - 1)))
        self._key = store.key(image.path, self._first)
        found = store.find(self._key)
        if found is not None:
            self._use(found)

    @property
    def is_whole(self) -> bool:
        """Whether every pixel can be had at once."""
        return self._growth.is_whole

    @property
    def failure(self) -> UserError | None:
        """Why the rest will not come."""
        return self._growth.failure

    def is_exact(self, level: int, x: int, y: int, width: int, height: int) -> bool:
        """See `PixelSource.is_exact`."""
        return self._is_kept(level, Region(x, y, width, height)) or self._is_direct(level)

    def sketch(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray | None:
        """See `PixelSource.sketch`: from the coarse picture, white where that has not come to."""
        if not self._growth.has_begun:
            self._look_first()
        box = self._stored_box(level, Region(x, y, width, height))
        pixels = self._growth.glance(box, 2.0 ** (self._coarse - self._halvings(level)))
        return None if pixels is None else self._as_seen(pixels)

    def complete(self, cancel: CancelToken, report: Report) -> None:
        """Build what is missing; returns at once if nothing is, and waits while another thread builds.

        Raises:
            ImageError: the image is damaged. OutputError: there is no room for the pyramid. Cancelled.
        """
        while not self._growth.building.acquire(timeout=0.1):
            cancel.check()
        try:
            if not self.is_whole:
                self._growth.begin_again()
                self._build(cancel, report)
        except UserError as error:
            self._growth.failure = error
            raise
        except Cancelled:
            name = self._image.path.name
            self._growth.failure = ImageError(f"{name} was not read to its end, because that was cancelled.")
            raise
        finally:
            self._growth.building.release()

    def close(self) -> None:
        self._growth.close()
        if self._image.reader is not None:
            self._image.reader.close()

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        if not self._is_kept(level, inside):
            if self._image.reader is not None and self._is_direct(level):
                reader = self._image.reader.look(managed=self._look.managed)
                return reader.read(level, inside.x, inside.y, inside.width, inside.height)
            if self._growth.failure is not None:
                raise self._growth.failure
            self.complete(CancelToken(), no_report)
        kept = self._halvings(level) - self._first
        return self._as_seen(self._growth.read(kept, self._stored_box(level, inside)))

    def _look_first(self) -> None:
        """A first look at a tiled file, before the process that builds its pyramid has started."""
        image = self._image
        if image.reader is None or not image.is_tiled or image.orientation != UPRIGHT:
            return
        with self._looking:
            if not self._growth.has_begun:
                source = image.reader.look(managed=False)
                look = sparse_look(source, self._own_levels - 1, image.segment_px, _FIRST_LOOK_PX)
                if look is not None:
                    self._growth.take(SparseLook(look), None)

    def _halvings(self, level: int) -> int:
        """Of the coarsest level that the file has; negative for its finer ones."""
        return level - self._own_levels + 1

    def _is_kept(self, level: int, seen: Region) -> bool:
        return self._growth.has(self._halvings(level) - self._first, self._stored_box(level, seen))

    def _is_direct(self, level: int) -> bool:
        """Whether the file's reader gives a level in good time."""
        most = self._first - 1 if self.is_whole else _DIRECT_HALVINGS
        return self._image.reader is not None and self._halvings(level) <= most

    def _stored_box(self, level: int, seen: Region) -> Region:
        extent = self._info.levels[level]
        return stored_region(seen, self._image.orientation, extent.width, extent.height)

    def _as_seen(self, pixels: RgbArray) -> RgbArray:
        """Upright, and with the colours of the profile."""
        pixels = upright(pixels, self._image.orientation)
        return managed(pixels, self._image.profile if self._look.managed else None)

    def _read_associated(self, name: str) -> RgbArray:
        assert self._image.reader is not None
        return self._image.reader.associated_image(name)

    def _build(self, cancel: CancelToken, report: Report) -> None:
        image = self._image
        width, height = image.stored
        no_room: OutputError | None = None
        part, room = None, 0
        try:
            part, room = self._store.begin(self._key, int(width * height * _LIKELY_BYTES_PER_PX) >> 2 * self._first)
        except OutputError as error:
            no_room = error  # then at least the coarse picture
        request = BuildRequest(
            path=image.path,
            kind=image.kind,
            level=self._own_levels - 1,
            width=width,
            height=height,
            segment_px=image.segment_px,
            part=part,
            first=self._first,
            coarse=self._coarse,
            most_bytes=room,
            orientation=image.orientation,
            threads=self._threads,
        )

        def receive(message: Message) -> None:
            if isinstance(message, Progress):
                report(message.fraction, f"{message.fraction:.0%}")
            else:
                self._growth.take(message, part)

        report(0.0, "")
        try:
            build_in_child(request, cancel, receive)
            if no_room is not None:
                raise no_room
            assert part is not None
            self._growth.finish(lambda: open_tiff_levels(self._store.keep(part, self._key), self._budget))
        except BaseException:
            if part is not None:
                self._store.drop(part)
            raise

    def _use(self, found: Path) -> None:
        try:
            self._growth.finish(lambda: open_tiff_levels(found, self._budget))
        except ImageError:
            self._store.drop(found)  # damaged on the disk: it is built again


def _with_halvings(levels: tuple[Level, ...], count: int) -> tuple[Level, ...]:
    """The levels and so many further ones, each half of the one before."""
    made = list(levels)
    for _ in range(count):
        last = made[-1]
        made.append(Level((last.width + 1) // 2, (last.height + 1) // 2, last.downsample * 2))
    return tuple(made)

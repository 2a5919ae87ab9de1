"""Builds the pyramid of one large image. Runs in a process of its own: a decoder that crashes takes nothing with it."""

import contextlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import ImageError, OutputError
from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.openers import open_stored
from allviewer.imaging.plain_image import reduced_look
from allviewer.imaging.pyramids.bands import REDUCED_WHILE_DECODING, bands_of, can_stream, sparse_look, streamed
from allviewer.imaging.pyramids.messages import (
    MORE_ROOM,
    BuildRequest,
    CoarseRows,
    Progress,
    Send,
    SparseLook,
    TileRow,
    level_sizes,
)
from allviewer.imaging.pyramids.tile_file import TILE_PX, Place, TileFile, encoded_tile

_ROWS_UNDER_WAY = 2
SEEN_FROM_RIGHT, SEEN_FROM_BELOW = (2, 3, 7, 8), (3, 4, 6, 7)
"""Orientations whose upright left edge was stored at the right (or, turned, its top edge), and likewise below."""
_MOST_REDUCED = 3
_COARSE_SHARE = 0.25
"""Of the whole time, what the coarse picture of a JPEG takes."""


def build(request: BuildRequest, send: Send) -> None:
    """Read the image once and write its levels; everything that is ready is told at once.

    Raises:
        ImageError: the image is damaged.
        OutputError: there is no more room.
        OSError: the disk refuses.
    """
    if request.kind == "JPEG2000":
        with contextlib.suppress(ImageError):  # it has fewer resolutions than that, or is damaged: the whole will tell
            send(SparseLook(reduced_look(request.path, min(_MOST_REDUCED, request.coarse))))
    source = None if can_stream(request.kind) else open_stored(request.path).look(managed=False)
    has_coarse = _send_coarse_first(request, source, send)
    if has_coarse and request.part is None:
        return
    before = _COARSE_SHARE if has_coarse else 0.0
    with _Target(request, send) as target:
        halvings = _halved_at_once(request, source)
        finest = _levels(request, target, None if has_coarse else send)[halvings]
        done_px, all_px = 0, level_sizes(request.width, request.height)[halvings][1]
        for band in _bands(request, source, halvings):
            finest.add(band)
            done_px += band.shape[0]
            send(Progress(before + (1 - before) * done_px / all_px))
        if done_px != all_px:
            raise ImageError(f"{request.path.name} is cut off: only {done_px} of {all_px} rows are there.")
        finest.end()
        target.finish()


def _bands(request: BuildRequest, source: PixelSource | None, halvings: int) -> Iterator[RgbArray]:
    if source is None:
        return streamed(request.path, request.kind)
    return bands_of(source, request.level, _band_px(request), request.threads, halvings)


def _band_px(request: BuildRequest) -> int:
    tall = request.segment_px[1]
    return tall * max(1, TILE_PX // tall)


def _halved_at_once(request: BuildRequest, source: PixelSource | None) -> int:
    """How many levels nobody needs and so are not put together: a band of 100 000 px takes 120 MB."""
    pairs_from_start = request.orientation not in (*SEEN_FROM_RIGHT, *SEEN_FROM_BELOW)
    halvings = min(request.first, request.coarse)
    fits = source is not None and pairs_from_start and _band_px(request) % (1 << halvings) == 0
    return halvings if fits else 0


def _send_coarse_first(request: BuildRequest, source: PixelSource | None, send: Send) -> bool:
    """What can be had much sooner than the whole; True if that is the coarse picture itself."""
    if source is not None:
        look = sparse_look(source, request.level, request.segment_px)
        if look is not None:
            send(SparseLook(look))
        return False
    if request.kind not in REDUCED_WHILE_DECODING:
        return False
    by_decoder = min(request.coarse, 3)
    top = 0
    for band in streamed(request.path, request.kind, 1 << by_decoder):
        rows = band
        for _ in range(request.coarse - by_decoder):
            rows = halved(rows)
        send(CoarseRows(top, rows))
        top += rows.shape[0]
        send(Progress(_COARSE_SHARE * min(1.0, (top << request.coarse) / request.height)))
    return True


def _levels(request: BuildRequest, target: "_Target", send_coarse: Send | None) -> list["_LevelRows"]:
    """The level itself and its halvings, each joined to the next."""
    sizes = level_sizes(request.width, request.height)
    levels: list[_LevelRows] = []
    for halvings in reversed(range(len(sizes))):
        coarser = levels[0] if levels else None
        kept = target if halvings >= request.first else None
        is_coarse = send_coarse is not None and halvings == request.coarse
        alone = sizes[halvings][1] % 2 == 1 and request.orientation in SEEN_FROM_BELOW
        pairs = _Pairs(alone, request.orientation in SEEN_FROM_RIGHT)
        rows = _LevelRows(halvings - request.first, kept, coarser, pairs, send_coarse if is_coarse else None)
        levels.insert(0, rows)
    return levels


class _LevelRows:
    """Takes the rows of a level as they come, makes tiles of them, and hands half of them to the next coarser level."""

    def __init__(
        self,
        number: int,
        target: "_Target | None",
        coarser: "_LevelRows | None",
        pairs: "_Pairs",
        send_coarse: Send | None,
    ) -> None:
        self._number, self._target, self._coarser, self._send_coarse = number, target, coarser, send_coarse
        self._for_tiles = _Waiting()
        self._pairs = pairs
        self._seen_px = 0

    def add(self, rows: RgbArray) -> None:
        """The next rows; complete rows of tiles are written."""
        if self._send_coarse is not None:
            self._send_coarse(CoarseRows(self._seen_px, rows))
        self._seen_px += rows.shape[0]
        if self._target is not None:
            self._for_tiles.add(rows)
            while (tall := self._for_tiles.take(TILE_PX)) is not None:
                self._target.write_row(self._number, tall)
        if self._coarser is not None:
            for half in self._pairs.add(rows):
                self._coarser.add(half)

    def end(self) -> None:
        """There are no more rows."""
        rest = self._for_tiles.take(self._for_tiles.count_px)
        if rest is not None and self._target is not None:
            self._target.write_row(self._number, rest)
        if self._coarser is not None:
            for half in self._pairs.end():
                self._coarser.add(half)
            self._coarser.end()


class _Pairs:
    """Averages 2 x 2 pixels of rows as they come.

    Args:
        first_alone: the first row has no partner, rather than the last.
        from_right: so has the first column of an odd number.
    """

    def __init__(self, first_alone: bool, from_right: bool) -> None:
        self._first_alone, self._from_right = first_alone, from_right
        self._waiting = _Waiting()

    def add(self, rows: RgbArray) -> Iterator[RgbArray]:
        """The next rows; gives the halved rows that are complete."""
        self._waiting.add(rows)
        if self._first_alone:
            self._first_alone = False
            yield from self._halved(1)
        yield from self._halved(self._waiting.count_px // 2 * 2)

    def end(self) -> Iterator[RgbArray]:
        """The last row, if it is alone."""
        yield from self._halved(self._waiting.count_px)

    def _halved(self, count_px: int) -> Iterator[RgbArray]:
        rows = self._waiting.take(count_px)
        if rows is not None:
            if self._from_right and rows.shape[1] % 2:
                rows = np.pad(rows, ((0, 0), (1, 0), (0, 0)), mode="edge")
            yield halved(rows)


class _Waiting:
    """Rows that came in pieces and are taken in others."""

    def __init__(self) -> None:
        self._pieces: list[RgbArray] = []
        self.count_px = 0

    def add(self, rows: RgbArray) -> None:
        self._pieces.append(rows)
        self.count_px += rows.shape[0]

    def take(self, count_px: int) -> RgbArray | None:
        """The first so many rows; None if there are not as many, or none are wanted."""
        if not 0 < count_px <= self.count_px:
            return None
        rows = self._pieces[0] if len(self._pieces) == 1 else np.concatenate(self._pieces)
        rest = rows[count_px:]
        self._pieces, self.count_px = ([rest] if rest.size else []), rest.shape[0]
        return rows[:count_px]


class _Target:
    """The file under way, or nowhere. Tiles are compressed by threads while the next rows are decoded."""

    def __init__(self, request: BuildRequest, send: Send) -> None:
        self._request, self._send = request, send
        self._sizes = level_sizes(request.width, request.height)[request.first :]
        self._places: list[list[Place]] = [[] for _ in self._sizes]
        self._rows = [0] * len(self._sizes)
        self._file: TileFile | None = None
        self._pool = ThreadPoolExecutor(request.threads)
        self._under_way: deque[tuple[int, list[Future[bytes]]]] = deque()

    def __enter__(self) -> "_Target":
        if self._request.part is not None:
            self._file = TileFile(self._request.part)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        if self._file is not None:
            self._file.close()

    def write_row(self, level: int, rows: RgbArray) -> None:
        """One row of tiles of a level; it is written a little later."""
        if self._file is not None:
            tiles = [rows[:, left : left + TILE_PX] for left in range(0, rows.shape[1], TILE_PX)]
            self._under_way.append((level, [self._pool.submit(encoded_tile, tile) for tile in tiles]))
            while len(self._under_way) > _ROWS_UNDER_WAY:
                self._write_first(self._file)

    def finish(self) -> None:
        """Make the file an image."""
        if self._file is not None:
            while self._under_way:
                self._write_first(self._file)
            self._file.finish(self._sizes, self._places)

    def _write_first(self, file: TileFile) -> None:
        level, futures = self._under_way.popleft()
        places = [file.append(future.result()) for future in futures]
        if file.size_bytes > self._request.most_bytes:
            raise OutputError(f"The cache has no room for all of {self._request.path.name}.", MORE_ROOM)
        self._places[level] += places
        self._send(TileRow(level, self._rows[level], places))
        self._rows[level] += 1

"""The process that opens damaged files: paths come in, one a line; for each a line of JSON says what became of it."""

import json
import logging
import sys
import traceback
import warnings
from pathlib import Path

from allviewer.errors import ImageError
from allviewer.imaging.openers import open_image
from allviewer.imaging.plain_image import open_streamable
from allviewer.imaging.pyramids.bands import streamed

_MOST = 3
_SIDE = 200


def look_at(source):
    """Regions of every level, of other planes and channels, and the further pictures."""
    info = source.info
    for index, level in enumerate(info.levels[:12]):
        for x, y in ((0, 0), (level.width // 2, level.height // 2), (level.width - 50, level.height - 50)):
            pixels = source.read(index, x, y, _SIDE, _SIDE)
            assert pixels.shape == (_SIDE, _SIDE, 3)
            assert pixels.dtype == "uint8"
    coarsest = len(info.levels) - 1
    others = [source.look(plane=plane) for plane in range(min(_MOST, info.plane_count))]
    others += [source.look(channel=channel) for channel in range(min(_MOST, len(info.channels)))]
    others.append(source.look(managed=False))
    for other in others:
        other.read(coarsest, 0, 0, 50, 50)
    for name in info.associated:
        assert source.associated_image(name).ndim == 3


def stream(path):
    """As the builder of pyramids reads it, however small it is."""
    found = open_streamable(path)
    if found is not None:
        rows = sum(band.shape[0] for band in streamed(path, found.kind))
        if rows != found.stored[1]:
            raise ImageError(f"{path.name} is cut off.")


def outcome(what, path):
    """ "opened", "refused" with the sentence, or "broke" with the traceback."""
    try:
        what(path)
    except ImageError as error:
        return ("refused", str(error)) if path.name in str(error) else ("broke", f"names no file: {error}")
    except Exception:  # noqa: BLE001 - whatever it is, it is reported
        return "broke", traceback.format_exc()
    return "opened", ""


def open_and_look(path):
    source = open_image(path)
    try:
        look_at(source)
    finally:
        source.close()


def main():
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        path = Path(json.loads(line))
        kinds = {"open": outcome(open_and_look, path)}
        if path.suffix in (".png", ".jpg", ".webp", ".gif"):
            kinds["stream"] = outcome(stream, path)
        print(json.dumps(kinds), flush=True)


if __name__ == "__main__":
    # every image is large, so that small ones are streamed too
    import allviewer.imaging.plain_image as plain_image

    plain_image.LARGE_PX = 0
    main()

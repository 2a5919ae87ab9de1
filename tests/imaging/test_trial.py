"""What OpenSlide does not survive ends a process that nobody misses, and is refused in words."""

import re
import struct

import numpy as np
import pytest

from allviewer.errors import ImageError
from allviewer.imaging import trial
from allviewer.imaging.openers import open_image
from tests.imaging import vendor_files

LABEL = np.zeros((90, 120, 3), np.uint8)


def slide(path, picture):
    pixels = picture(512, 480)
    return vendor_files.write_aperio(path, [pixels, pixels[::2, ::2].copy()], LABEL, compression="jpeg")


def test_a_tile_of_terabytes_is_refused(tmp_path, picture):
    path = slide(tmp_path / "huge.svs", picture)
    data = bytearray(path.read_bytes())
    for tag in (322, 323):  # width and height of tiles
        for found in re.finditer(re.escape(struct.pack("<H", tag)) + rb"[\x03\x04]\x00\x01\x00\x00\x00", bytes(data)):
            struct.pack_into("<HII", data, found.start() + 2, 4, 1, 1 << 20)
    path.write_bytes(data)
    with pytest.raises(ImageError, match=r"huge\.svs cannot be"):
        open_image(path)


def test_one_that_keeps_its_reader_busy_is_given_up(tmp_path, picture, monkeypatch):
    path = slide(tmp_path / "endless.svs", picture)
    monkeypatch.setattr(trial, "_WAIT_S", 0.0)
    with pytest.raises(ImageError, match=r"endless\.svs cannot be opened: its reader came to no end"):
        open_image(path)


def test_a_sound_slide_passes(tmp_path, picture):
    assert open_image(slide(tmp_path / "sound.svs", picture)).info.associated

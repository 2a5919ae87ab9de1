"""The identity of a file follows its bytes."""

import hashlib

import pytest

from allviewer.errors import ImageError
from allviewer.imaging.content_hash import hash_file
from allviewer.progress import Cancelled, CancelToken


def test_is_the_sha256_of_the_bytes(tmp_path):
    content = bytes(range(256)) * 10_000
    (tmp_path / "a").write_bytes(content)
    assert hash_file(tmp_path / "a", CancelToken()) == hashlib.sha256(content).hexdigest()


def test_can_be_cancelled(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        hash_file(tmp_path / "a", cancel)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ImageError, match="gone"):
        hash_file(tmp_path / "gone")

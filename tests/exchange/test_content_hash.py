"""The identity of a file follows its bytes."""

import hashlib

import pytest

from allviewer.errors import ImageError
from allviewer.exchange.content_hash import hash_file, identity, is_known_as, size_bytes
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


def test_a_folder_is_all_its_files(tmp_path):
    for name in ("a.zarr", "b.zarr"):
        (tmp_path / name / "0").mkdir(parents=True)
        (tmp_path / name / "0" / "0.0").write_bytes(b"12345")
        (tmp_path / name / ".zattrs").write_bytes(b"{}")
    assert hash_file(tmp_path / "a.zarr") == hash_file(tmp_path / "b.zarr")
    assert size_bytes(tmp_path / "a.zarr") == 7
    (tmp_path / "b.zarr" / "0" / "0.0").rename(tmp_path / "b.zarr" / "0" / "0.1")
    assert hash_file(tmp_path / "a.zarr") != hash_file(tmp_path / "b.zarr")
    with pytest.raises(ImageError, match=r"none\.png"):
        size_bytes(tmp_path / "none.png")


def test_a_large_file_is_known_by_samples_of_it(tmp_path, monkeypatch):
    path = tmp_path / "slide"
    content = bytearray(range(256)) * 40_000
    path.write_bytes(content)
    assert identity(path) == hash_file(path)
    monkeypatch.setattr("allviewer.exchange.content_hash.SAMPLED_ABOVE_BYTES", 1000)
    sampled = identity(path)
    assert sampled != hash_file(path)
    assert is_known_as(path, sampled)
    assert is_known_as(path, hash_file(path)), "as it was known before"
    for change in (lambda: content.append(0), lambda: content.__setitem__(0, 9), lambda: content.__setitem__(-1, 9)):
        change()
        path.write_bytes(content)
        assert identity(path) != sampled
        sampled = identity(path)
    (tmp_path / "copy").write_bytes(content)
    assert identity(tmp_path / "copy") == sampled

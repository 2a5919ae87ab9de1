"""Whose a pack is: a signature that holds is told, one that does not is refused, wherever the pack was touched."""

import zipfile

import pytest

from allviewer.errors import PackError
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.signatures import make_key, sign_pack
from tests.inference.networks import write_pack


@pytest.fixture
def secret(tmp_path):
    make_key(tmp_path / "lab.key")
    return tmp_path / "lab.key"


@pytest.fixture
def signed(tmp_path, secret):
    folder = write_pack(tmp_path / "new")
    sign_pack(folder, secret)
    return folder


def catalogue_in(tmp_path, signed_only=False):
    return Catalogue(tmp_path / "shipped", tmp_path / "data" / "models", signed_only=lambda: signed_only)


def test_only_signed_packs_of_trusted_keys_come_in_where_that_is_set(tmp_path, signed):
    strict = catalogue_in(tmp_path, signed_only=True)
    with pytest.raises(PackError, match="unknown key"):
        strict.install(signed)
    strict.keys.trust(tmp_path / "lab.pub")
    assert strict.install(signed).name == "colours"
    with pytest.raises(PackError, match="not signed"):
        strict.install(write_pack(tmp_path / "plain", version="2.0.0"))
    assert [pack.card.version for pack in strict.packs()] == ["1.0.0"]


def test_a_signature_travels_in_the_one_file(tmp_path, signed):
    here = catalogue_in(tmp_path)
    file = tmp_path / "stick" / "colours.zip"
    file.parent.mkdir()
    here.write_file(here.install(signed), file)
    there = Catalogue(tmp_path / "none", tmp_path / "other" / "models", signed_only=lambda: True)
    there.keys.trust(tmp_path / "lab.pub")
    assert there.install(file).card.identity == here.find("colours").card.identity


@pytest.mark.parametrize("touch", ["card.json", "network.onnx", "added", "removed", "signature"])
def test_what_was_touched_after_signing_is_refused_by_anyone(tmp_path, signed, touch):
    if touch == "added":
        (signed / "more.txt").write_text("more")
    elif touch == "removed":
        (signed / "CARD.md").write_text("here when it was signed")
        sign_pack(signed, tmp_path / "lab.key")
        (signed / "CARD.md").unlink()
    elif touch == "signature":
        text = (signed / "signature.json").read_text()
        digit = text.split('"signature": "')[1][0]
        other = "0" if digit != "0" else "1"
        (signed / "signature.json").write_text(text.replace(f'"signature": "{digit}', f'"signature": "{other}'))
    else:
        content = (signed / touch).read_bytes()
        (signed / touch).write_bytes(content + b" ")
    with pytest.raises(PackError, match="does not hold"):
        catalogue_in(tmp_path).install(signed)


def test_a_signature_of_another_key_is_no_signature_of_ours(tmp_path, signed):
    make_key(tmp_path / "other.key")
    text = (signed / "signature.json").read_text()
    ours, other = ((tmp_path / name).read_text().strip() for name in ("lab.pub", "other.pub"))
    (signed / "signature.json").write_text(text.replace(ours, other))
    with pytest.raises(PackError, match="not made with the key"):
        catalogue_in(tmp_path).install(signed)


def test_keys_are_never_written_over_and_rubbish_is_no_key(tmp_path, secret):
    with pytest.raises(PackError, match="cannot be written"):
        make_key(secret)
    (tmp_path / "rubbish.pub").write_text("not a key")
    with pytest.raises(PackError, match="holds no public key"):
        catalogue_in(tmp_path).keys.trust(tmp_path / "rubbish.pub")
    with pytest.raises(PackError, match="holds no secret key"):
        sign_pack(write_pack(tmp_path / "new"), tmp_path / "rubbish.pub")


def test_a_pack_that_cannot_be_written_leaves_no_half_file(tmp_path, signed):
    here = catalogue_in(tmp_path)
    with pytest.raises(PackError, match="cannot be written"):
        here.write_file(here.install(signed), tmp_path / "missing" / "colours.zip")
    here.write_file(here.find("colours"), tmp_path / "c.zip")
    assert "colours-1.0.0/card.json" in zipfile.ZipFile(tmp_path / "c.zip").namelist()

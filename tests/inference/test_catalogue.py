"""Packs come in, are checked, and go; what does not fit is refused in words and changes nothing."""

import hashlib
import zipfile

import numpy as np
import pytest

from allviewer.errors import PackError
from allviewer.exchange.model_card import ClassificationSpec, SegmentationSpec
from allviewer.inference.catalogue import Catalogue
from tests.inference.networks import CLASSES, redness_network, segmentation_network, write_pack


@pytest.fixture
def catalogue(tmp_path):
    write_pack(tmp_path / "shipped" / "segmentation", name="shipped-net")
    return Catalogue(tmp_path / "shipped", tmp_path / "user")


def zipped(folder, path, prefix=""):
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, prefix + file.name)
    return path


def test_install_from_a_folder_and_from_a_zip(catalogue, tmp_path):
    folder = write_pack(tmp_path / "new")
    assert catalogue.install(folder).card.identity.startswith("colours 1.0.0 (")
    catalogue.install(zipped(write_pack(tmp_path / "other", spec=CLASSES, name="redness"), tmp_path / "p.zip", "p/"))
    assert [(p.name, p.shipped) for p in catalogue.packs()] == [
        ("shipped-net", True),
        ("colours", False),
        ("redness", False),
    ]
    assert [p.name for p in catalogue.packs("classification")] == ["redness"]
    assert catalogue.default("segmentation").name == "shipped-net"
    assert catalogue.find("colours 1.0.0").folder.parent == tmp_path / "user"
    assert catalogue.find(str(folder)).name == "colours"


def test_installing_again_replaces_and_leaves_nothing_behind(catalogue, tmp_path):
    catalogue.install(write_pack(tmp_path / "a", title="first"))
    catalogue.install(write_pack(tmp_path / "b", title="second"))
    assert catalogue.find("colours").card.title == "second"
    assert [path.name for path in (tmp_path / "user").iterdir()] == ["colours-1.0.0"]


def test_only_packs_of_the_person_are_removed(catalogue, tmp_path):
    catalogue.install(write_pack(tmp_path / "new"))
    catalogue.remove("colours")
    with pytest.raises(PackError, match="ships with the program"):
        catalogue.remove("shipped-net")
    with pytest.raises(PackError, match="no installed pack named 'colours'"):
        catalogue.remove("colours")
    assert [p.name for p in catalogue.packs()] == ["shipped-net"]


def test_damaged_packs_are_named_and_the_others_still_found(catalogue, tmp_path):
    bad = tmp_path / "user" / "bad"
    bad.mkdir(parents=True)
    (bad / "card.json").write_text('{"format": 7}')
    (tmp_path / "user" / "empty").mkdir()
    assert [p.name for p in catalogue.packs()] == ["shipped-net"]
    assert [sentence for sentence in catalogue.damaged() if "'bad'" in sentence or "'empty'" in sentence]


def test_unknown_names_are_told_with_what_there_is(catalogue, tmp_path):
    with pytest.raises(PackError, match=r"no pack named 'x'.*shipped-net"):
        catalogue.find("x")
    with pytest.raises(PackError, match="No classification pack"):
        catalogue.default("classification")
    (tmp_path / "p.zip").write_bytes(b"x")
    with pytest.raises(PackError, match="Install it first"):
        catalogue.find(str(tmp_path / "p.zip"))


def altered(folder):
    network = bytearray((folder / "network.onnx").read_bytes())
    network[-20] ^= 1
    (folder / "network.onnx").write_bytes(bytes(network))
    return folder


def without_network(folder):
    (folder / "network.onnx").unlink()
    return folder


def with_golden(folder, offset=0.0, **arrays):
    image = np.zeros((1, 32, 32, 3), np.uint8)
    maps = np.zeros((1, 4, 32, 32), np.float32)
    maps[:, 0] = 1 - offset
    np.savez(folder / "golden.npz", **{"image": image, "maps": maps, **arrays})
    return folder


UNFIT = {
    "altered network": (lambda path: altered(write_pack(path)), "wrong checksum"),
    "no network": (lambda path: without_network(write_pack(path)), "cannot be read"),
    "other input name": (lambda path: write_pack(path, segmentation_network("picture")), "takes 'picture'"),
    "too few maps": (lambda path: write_pack(path, segmentation_network(channels=3)), "promises 4 maps"),
    "a classifier's network": (lambda path: write_pack(path, redness_network()), "gives 'probabilities', not 'maps'"),
    "more classes than outputs": (
        lambda path: write_pack(path, spec=ClassificationSpec(0.25, 48, ("blast", "b", "c"))),
        "promises 3 classes",
    ),
    "one class": (lambda path: write_pack(path, spec=ClassificationSpec(0.25, 48, ("blast",))), "two classes or more"),
    "no nucleus map": (
        lambda path: write_pack(path, spec=SegmentationSpec(0.25, 40, channels=("background", "cytoplasm"))),
        "'nucleus'",
    ),
    "no network at all in it": (
        lambda path: replace_network(write_pack(path), b"not a network"),
        "cannot be loaded",
    ),
    "other golden outputs": (lambda path: with_golden(write_pack(path), 0.01), r"other values here.*0\.01"),
    "golden file of objects": (
        lambda path: with_golden(write_pack(path), maps=np.array([{"a": 1}], dtype=object)),
        "golden.npz cannot be read",
    ),
    "no card": (lambda path: without_card(write_pack(path)), "no card.json"),
}


def replace_network(folder, content):
    (folder / "network.onnx").write_bytes(content)
    card = (folder / "card.json").read_text()
    old = card.split('"sha256": "')[1][:64]
    (folder / "card.json").write_text(card.replace(old, hashlib.sha256(content).hexdigest()))
    return folder


def without_card(folder):
    (folder / "card.json").unlink()
    return folder


@pytest.mark.parametrize("case", UNFIT)
def test_what_does_not_fit_is_refused_and_changes_nothing(catalogue, tmp_path, case):
    make, sentence = UNFIT[case]
    with pytest.raises(PackError, match=sentence):
        catalogue.install(make(tmp_path / "unfit"))
    assert [p.name for p in catalogue.packs()] == ["shipped-net"]
    assert list((tmp_path / "user").iterdir()) == []


def test_golden_outputs_that_agree_pass(catalogue, tmp_path):
    catalogue.install(with_golden(write_pack(tmp_path / "new")))
    catalogue.verify(catalogue.find("colours"))


def test_weights_in_a_second_file_are_refused(catalogue, tmp_path):
    import onnx

    model = segmentation_network()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../secret.bin")
    with pytest.raises(PackError, match="second file"):
        catalogue.install(write_pack(tmp_path / "new", model))


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "..\\evil.txt", "C:evil.txt"])
def test_zip_that_reaches_outside_is_refused(catalogue, tmp_path, name):
    path = zipped(write_pack(tmp_path / "new"), tmp_path / "pack.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "evil")
    with pytest.raises(PackError, match="outside the pack"):
        catalogue.install(path)
    assert not list(tmp_path.rglob("evil.txt"))


def test_zip_bombs_and_files_that_are_no_zip_are_refused(catalogue, tmp_path, monkeypatch):
    path = tmp_path / "pack.zip"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(PackError, match="cannot be unpacked"):
        catalogue.install(path)
    monkeypatch.setattr("allviewer.inference.unpack.MAX_BYTES", 1000)
    with pytest.raises(PackError, match="not a model pack"):
        catalogue.install(zipped(write_pack(tmp_path / "new"), path))
    with pytest.raises(PackError, match="There is no pack"):
        catalogue.install(tmp_path / "nowhere.zip")

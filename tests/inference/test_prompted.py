"""A user's own encoder and decoder: a tiny pair made here, in the ways in which such pairs are exported."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from allviewer.cli.models import run as models
from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.errors import PackError
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.click_looker import ClickLooker
from allviewer.inference.click_pack import make_click_pack
from allviewer.inference.clicks import Click
from allviewer.progress import CancelToken
from tests.inference.pictures import disc

SIDE = 64


def save(path, nodes, inputs, outputs, **weights):
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info(*i) for i in inputs],
                              [helper.make_tensor_value_info(*o) for o in outputs], tensors)  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def encoder(path, layout="planes", side=SIDE):
    """Its embedding is the red plane."""
    nodes = [helper.make_node("Slice", ["image", "zero", "one", "axis"], ["red"])]
    if layout == "planes":
        shape, axis = [1, 3, side, side], 1
        nodes.append(helper.make_node("Identity", ["red"], ["image_embeddings"]))
    else:
        shape, axis = [side, side, 3], 2
        nodes.append(helper.make_node("Reshape", ["red", "as_planes"], ["image_embeddings"]))
    return save(
        path, nodes, [("image", TensorProto.FLOAT, shape)], [("image_embeddings", TensorProto.FLOAT, [1, 1, side, side])],
        zero=np.array([0]), one=np.array([1]), axis=np.array([axis]), as_planes=np.array([1, 1, side, side]),
    )  # fmt: skip


def decoder(path, embedding="image_embeddings", side=SIDE, with_mask=True):
    """Inside is what is redder than the mean, the more so the more points say inside."""
    nodes = [
        helper.make_node("ReduceMean", [embedding], ["mean"], keepdims=1),
        helper.make_node("Sub", [embedding, "mean"], ["lead"]),
        helper.make_node("ReduceSum", ["point_labels"], ["said"], keepdims=0),
        helper.make_node("ReduceSum", ["point_coords"], ["where"], keepdims=0),
        helper.make_node("Mul", ["where", "nothing"], ["unused"]),
        helper.make_node("Add", ["said", "unused"], ["clicked"]),
        helper.make_node("Add", ["lead", "clicked"], ["masks"]),
    ]
    inputs = [
        (embedding, TensorProto.FLOAT, [1, 1, side, side]),
        ("point_coords", TensorProto.FLOAT, [1, "n", 2]),
        ("point_labels", TensorProto.FLOAT, [1, "n"]),
    ]
    if with_mask:
        inputs += [("mask_input", TensorProto.FLOAT, [1, 1, 16, 16]), ("has_mask_input", TensorProto.FLOAT, [1]),
                   ("orig_im_size", TensorProto.FLOAT, [2])]  # fmt: skip
    return save(path, nodes, inputs, [("masks", TensorProto.FLOAT, [1, 1, side, side])], nothing=np.float32(0))


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue(tmp_path / "shipped", tmp_path / "own")


def installed(catalogue, tmp_path, **layouts):
    made = tmp_path / "made"
    first = encoder(tmp_path / "e.onnx", **{k: v for k, v in layouts.items() if k == "layout"})
    make_click_pack(first, decoder(tmp_path / "d.onnx"), made, "mine", SIDE)
    return catalogue.install(made)


def source_of(pixels):
    height, width = pixels.shape[:2]
    return ArraySource(pixels, SlideInfo((Level(width, height, 1.0),)))


@pytest.mark.parametrize("layout", ["planes", "pixels"])
def test_a_pair_is_installed_and_outlines_what_is_clicked(catalogue, tmp_path, layout):
    pack = installed(catalogue, tmp_path, layout=layout)
    assert [p.name for p in catalogue.packs("click")] == ["mine"]
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[disc(SIDE, SIDE, 40, 30, 12), 0] = 255
    pixels[disc(SIDE, SIDE, 10, 55, 5), 0] = 255
    looker = ClickLooker(1)
    click = Click(40.5, 30.5)
    found = looker.ground(pack, source_of(pixels), "", click, None, CancelToken()).outline([click])
    assert found.mask.iou(Mask(disc(SIDE, SIDE, 40, 30, 12))) > 0.9, "the other red thing was not clicked"
    nucleus = Click(40.5, 30.5, part="nucleus")
    found = looker.ground(pack, source_of(pixels), "", click, None, CancelToken()).outline([click, nucleus])
    assert found.mask.contains(found.nucleus)
    assert not found.nucleus.is_empty


def test_a_look_is_kept_for_clicks_near_by(catalogue, tmp_path, monkeypatch):
    pack = installed(catalogue, tmp_path)
    pixels = np.zeros((200, 300, 3), np.uint8)
    looks = []
    from allviewer.inference import prompted

    embed = prompted.PromptedNetwork.embed
    monkeypatch.setattr(
        prompted.PromptedNetwork, "embed", lambda self, rgb: (looks.append(rgb.shape), embed(self, rgb))[1]
    )
    looker, source = ClickLooker(1), source_of(pixels)

    def click(x, y, what="image 1"):
        looker.ground(pack, source, what, Click(x, y), None, CancelToken())
        return len(looks)

    assert click(100, 100) == 1
    assert click(110, 95) == 1, "the same look holds both"
    assert click(250, 100) == 2
    assert click(100, 100, "image 2") == 3
    assert all(max(shape[:2]) <= SIDE for shape in looks)


def test_a_pair_that_does_not_fit_is_refused_in_words(catalogue, tmp_path):
    good, bad = encoder(tmp_path / "e.onnx"), encoder(tmp_path / "small.onnx", side=32)
    cases = [
        (bad, decoder(tmp_path / "d.onnx"), "pixels a side"),
        (good, good, "point_coords"),
        (good, decoder(tmp_path / "d2.onnx", side=32), "failed"),
    ]
    for number, (first, second, words) in enumerate(cases):
        folder = tmp_path / f"pack{number}"
        make_click_pack(first, second, folder, "mine", SIDE)
        with pytest.raises(PackError, match=words):
            catalogue.install(folder)
    assert catalogue.packs("click") == []


def test_an_altered_decoder_is_refused(catalogue, tmp_path):
    pack = installed(catalogue, tmp_path)
    (pack.folder / "decoder.onnx").write_bytes(decoder(tmp_path / "other.onnx", with_mask=False).read_bytes())
    with pytest.raises(PackError, match="checksum"):
        catalogue.verify(pack)


def test_the_command_makes_a_pack(tmp_path, capsys):
    out = tmp_path / "pack"
    words = [
        "clicks",
        str(encoder(tmp_path / "e.onnx")),
        str(decoder(tmp_path / "d.onnx")),
        str(out),
        "--side",
        str(SIDE),
    ]
    assert models(words) == 0
    assert "models install" in capsys.readouterr().out
    assert models(words) == 1, "it is there already"
    assert models(["clicks", "nowhere.onnx", "nowhere.onnx", str(tmp_path / "p2")]) == 1

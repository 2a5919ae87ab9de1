"""Weights from files of every kind that is read, and what is refused in words."""

import pickle
from pathlib import Path

import pytest
import torch
from pytorchcv.models.densenet import densenet169
from pytorchcv.models.resnet import resnet18
from safetensors.torch import save_file

from tests.training.networks.conftest import build_small
from training.errors import TrainingError
from training.networks import registry
from training.networks import weights as weight_files

LIBRARY = {"num_classes": 5}


def same_trunk(network: torch.nn.Module, given: dict[str, torch.Tensor], prefix: str = "features.") -> bool:
    own = network.state_dict()
    trunk = [k for k in given if k.startswith("features.") and not k.endswith("num_batches_tracked")]
    return all(torch.equal(own[prefix + key.removeprefix("features.")], given[key]) for key in trunk)


def written(folder: Path, state: dict[str, torch.Tensor], kind: str) -> Path:
    path = folder / f"weights{kind}"
    if kind == ".safetensors":
        save_file(state, path)
    else:
        torch.save({"state_dict": {f"module.{k}": v for k, v in state.items()}} if kind == ".ckpt" else state, path)
    return path


@pytest.mark.parametrize("kind", [".pth", ".safetensors", ".ckpt"])
def test_the_trunk_of_the_librarys_file_is_taken_and_the_head_is_new(kind, tmp_path):
    given = resnet18(**LIBRARY).state_dict()
    network = build_small("resnet18", classes=3, weights=written(tmp_path, given, kind))
    assert same_trunk(network, given)
    assert network.head[-1].out_features == 3


def test_parametric_slopes_start_new_beside_weights_of_the_plain_network(tmp_path):
    given = resnet18(**LIBRARY).state_dict()
    network = build_small("resnet18+plr", weights=written(tmp_path, given, ".pth"), frozen=True)
    assert same_trunk(network, given)
    trained = {name for name, value in network.named_parameters() if value.requires_grad}
    assert {name.split(".")[0] for name in trained} == {"features", "head"}
    assert all(network.get_parameter(name).ndim == 1 for name in trained if name.startswith("features."))


def test_the_encoder_of_all_fabnet_takes_a_densenet(tmp_path):
    given = {k: v for k, v in densenet169(**LIBRARY).state_dict().items() if "final_pool" not in k}
    network = build_small("all-fabnet", weights=written(tmp_path, given, ".pth"))
    assert same_trunk(network, given, "features.encoder.")


def test_all_of_the_networks_own_file_is_taken(tmp_path):
    first = build_small("elu-cnn+plr")
    second = build_small("elu-cnn+plr", weights=written(tmp_path, first.state_dict(), ".pth"))
    assert all(
        torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    )


class Harmful:
    def __reduce__(self):
        return (print, ("executed",))


def test_what_is_no_file_of_these_weights_is_refused_in_words(tmp_path, capsys):
    (tmp_path / "pickle.pth").write_bytes(pickle.dumps(Harmful()))
    (tmp_path / "text.pth").write_text("no weights")
    (tmp_path / "cut.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    (tmp_path / "cut.onnx").write_bytes(b"no network")
    torch.save([1, 2], tmp_path / "list.pth")
    (tmp_path / "empty").mkdir()
    for name, message in {
        "pickle.pth": "read safely",
        "text.pth": "read safely",
        "cut.safetensors": "read safely|no weights",
        "cut.onnx": "read safely",
        "list.pth": "no weights",
        "missing.pth": "no file",
        "empty": "no folder of a pack",
    }.items():
        with pytest.raises(TrainingError, match=message):
            build_small("resnet18", weights=tmp_path / name)
    other = written(tmp_path, build_small("densenet121").state_dict(), ".pth")
    with pytest.raises(TrainingError, match=r"not of this network: .* do not fit"):
        build_small("resnet18", weights=other)
    assert "executed" not in capsys.readouterr().out


def test_without_a_network_the_download_fails_in_a_sentence(monkeypatch):
    def refuse(name: str) -> str:
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr("pytorchcv.models.model_store.get_model_file", refuse)
    with pytest.raises(TrainingError, match="could not be fetched: Name or service not known") as caught:
        build_small("resnet18", weights="imagenet")
    assert "give a file" in caught.value.hint


def test_what_was_fetched_is_read_safely(monkeypatch, tmp_path):
    given = resnet18().state_dict()
    monkeypatch.setattr("pytorchcv.models.model_store.get_model_file", lambda name: written(tmp_path, given, ".pth"))
    assert same_trunk(build_small("resnet18", weights="imagenet"), given)


def test_every_network_of_the_zoo_has_weights_that_the_library_names():
    from pytorchcv.models.model_store import get_model_name_suffix_data

    from training.networks.table import TRUNKS

    for name in registry.names("classification"):
        plain = name.removesuffix(registry.PLR)
        if plain in TRUNKS:
            assert get_model_name_suffix_data(TRUNKS[plain][1])
    assert weight_files.TRUNK == "features."

"""Tiny ONNX packs for tests: a segmentation network that reads its maps from the colours, a classifier of redness.

A picture for the segmentation network is its own truth: red is nucleus, green is cytoplasm, blue is distance.
"""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from allviewer.exchange.model_card import (
    CARD_FILE,
    ClassificationSpec,
    DetectionSpec,
    ModelCard,
    NetworkFile,
    SegmentationSpec,
    TrainingRecord,
    encode_card,
)
from allviewer.inference.catalogue import read_pack
from allviewer.inference.installed_pack import InstalledPack

SPEC = SegmentationSpec(mpp=0.25, cell_diameter_px=40.0, multiple_of=16, patch_px=256, halo_px=16, min_diameter_px=12.0)
CLASSES = ClassificationSpec(mpp=0.25, crop_px=48, classes=("blast", "lymphocyte"))


BOXES = DetectionSpec(
    mpp=0.25,
    kinds=("white-cell", "red-cell", "platelet"),
    thresholds=(0.6, 0.6, 0.6),
    patch_px=256,
    halo_px=48,
    look_mpp=0.5,
    look_threshold=0.3,
)


def segmentation_network(input_name: str = "image", channels: int = 4, repeats: int = 0) -> onnx.ModelProto:
    """uint8 NHWC to (background, cytoplasm, nucleus, distance); `repeats` adds that many slow convolutions."""
    mix = np.array([[-1, -1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]], np.float32)[:channels, :, None, None] / 255
    offset = np.array([1, 0, 0, 0], np.float32)[:channels]
    nodes = [
        helper.make_node("Cast", [input_name], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["as_float"], ["x0"], perm=[0, 3, 1, 2]),
    ]
    blur = np.zeros((3, 3, 9, 9), np.float32)
    blur[[0, 1, 2], [0, 1, 2], 4, 4] = 1
    nodes += [
        *(helper.make_node("Conv", [f"x{i}", "blur"], [f"x{i + 1}"], pads=[4] * 4) for i in range(repeats)),
        helper.make_node("Conv", [f"x{repeats}", "mix", "offset"], ["mixed"]),
        helper.make_node("Clip", ["mixed", "zero", "one"], ["maps"]),
    ]
    weights = {"mix": mix, "offset": offset, "blur": blur, "zero": np.float32(0), "one": np.float32(1)}
    return _model(nodes, weights, input_name, "maps", ["n", channels, "h", "w"])


def network_of_maps(**maps: tuple[tuple[float, float, float], float]) -> onnx.ModelProto:
    """uint8 NHWC to maps of any names: what each takes of red, green and blue (0 to 1), and its offset."""
    mix = np.array([row for row, _ in maps.values()], np.float32)[:, :, None, None] / 255
    offset = np.array([start for _, start in maps.values()], np.float32)
    nodes = [
        helper.make_node("Cast", ["image"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["as_float"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "mix", "offset"], ["mixed"]),
        helper.make_node("Clip", ["mixed", "zero", "one"], ["maps"]),
    ]
    weights = {"mix": mix, "offset": offset, "zero": np.float32(0), "one": np.float32(1)}
    return _model(nodes, weights, "image", "maps", ["n", len(maps), "h", "w"])


def box_network(side_px: float = 60.0) -> onnx.ModelProto:
    """uint8 NHWC to boxes of one size: white cells where it is brightest red, red cells green, platelets blue."""
    nodes = [
        helper.make_node("Cast", ["image"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["as_float"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["pooled"], kernel_shape=[4, 4], strides=[4, 4]),
        helper.make_node("Mul", ["pooled", "scale"], ["scores"]),
        helper.make_node("Shape", ["pooled"], ["shape"]),
        helper.make_node("Gather", ["shape", "three"], ["columns"]),
        helper.make_node("Gather", ["shape", "two"], ["rows"]),
        helper.make_node("Range", ["zero", "columns", "one"], ["across"]),
        helper.make_node("Range", ["zero", "rows", "one"], ["down"]),
        *_middles("across", "x", [0, 1, 2]),
        *_middles("down", "y", [0, 1, 3]),
        helper.make_node("Mul", ["scores", "nothing"], ["blank"]),
        helper.make_node("ReduceMax", ["blank", "channels"], ["empty"], keepdims=1),
        *(
            helper.make_node("Add", ["empty", source], [f"{source}_plane"])
            for source in ("x_low", "y_low", "x_high", "y_high")
        ),
        helper.make_node(
            "Concat", ["scores", "x_low_plane", "y_low_plane", "x_high_plane", "y_high_plane"], ["boxes"], axis=1
        ),
    ]
    weights = {
        "scale": np.float32(1 / 255), "nothing": np.float32(0), "channels": np.array([1], np.int64),
        "two": np.int64(2), "three": np.int64(3), "zero": np.int64(0), "one": np.int64(1), "stride": np.float32(4),
        "half": np.float32(2), "reach": np.float32(side_px / 2),
        "axes_x": np.array([0, 1, 2], np.int64), "axes_y": np.array([0, 1, 3], np.int64),
    }  # fmt: skip
    return _model(nodes, weights, "image", "boxes", ["n", 7, "h4", "w4"])


def _middles(counted: str, name: str, axes: list[int]) -> list:
    """Nodes that turn 0, 1, 2 ... into the edges of boxes about the middles of the map's places."""
    return [
        helper.make_node("Cast", [counted], [f"{name}_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}_float", "stride"], [f"{name}_first"]),
        helper.make_node("Add", [f"{name}_first", "half"], [f"{name}_flat"]),
        helper.make_node("Unsqueeze", [f"{name}_flat", f"axes_{name}"], [f"{name}_middle"]),
        helper.make_node("Sub", [f"{name}_middle", "reach"], [f"{name}_low"]),
        helper.make_node("Add", [f"{name}_middle", "reach"], [f"{name}_high"]),
    ]


def redness_network() -> onnx.ModelProto:
    """p(blast) grows with the share of nucleus (red) in the crop."""
    nodes = [
        helper.make_node("Cast", ["image"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["as_float", "axes"], ["colour"], keepdims=0),
        helper.make_node("MatMul", ["colour", "mix"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    weights = {"axes": np.array([1, 2], np.int64), "mix": np.array([[0.1, 0], [0, 0.1], [0, 0]], np.float32)}
    return _model(nodes, weights, "image", "probabilities", ["n", 2])


def redness_with_heat(maps: int = 2) -> onnx.ModelProto:
    """`redness_network` with a second output: red speaks for the first class, green for the second."""
    plain = redness_network()
    nodes = [
        *plain.graph.node,
        helper.make_node("Transpose", ["as_float"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["pooled"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["pooled", "pick"], ["heat"]),
    ]
    pick = np.zeros((maps, 3, 1, 1), np.float32)
    pick[0, 0], pick[-1, 1] = 1, 1
    weights = {t.name: numpy_helper.to_array(t) for t in plain.graph.initializer} | {"pick": pick}
    model = _model(nodes, weights, "image", "probabilities", ["n", 2])
    model.graph.output.append(helper.make_tensor_value_info("heat", TensorProto.FLOAT, ["n", maps, "h", "w"]))
    return model


def write_pack(
    folder: Path, model: onnx.ModelProto | None = None, spec: object = SPEC, name: str = "colours", **changes: object
) -> Path:
    """A pack folder; `changes` replace fields of the card."""
    folder.mkdir(parents=True, exist_ok=True)
    if model is None:
        model = _USUAL[type(spec)]()
    content = model.SerializeToString()
    (folder / "network.onnx").write_bytes(content)
    fields = {
        "format": 1,
        "name": name,
        "version": "1.0.0",
        "title": "For tests",
        "spec": spec,
        "network": NetworkFile("network.onnx", hashlib.sha256(content).hexdigest(), 12),
        "training": TrainingRecord("none", 0, ("colours",), "free"),
    }
    (folder / CARD_FILE).write_bytes(encode_card(ModelCard(**{**fields, **changes})))
    return folder


def segmentation_pack(folder: Path, **changes: object) -> InstalledPack:
    return read_pack(write_pack(folder / "segmentation", **changes), shipped=False)


def classification_pack(folder: Path) -> InstalledPack:
    return read_pack(write_pack(folder / "classification", spec=CLASSES, name="redness"), shipped=False)


def detection_pack(folder: Path, **changes: object) -> InstalledPack:
    return read_pack(write_pack(folder / "detection", spec=BOXES, name="colour-boxes", **changes), shipped=False)


_USUAL = {
    SegmentationSpec: segmentation_network,
    ClassificationSpec: redness_network,
    DetectionSpec: box_network,
}


def _model(nodes: list, weights: dict, input_name: str, output: str, shape: list) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(input_name, TensorProto.UINT8, ["n", "h", "w", 3])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model

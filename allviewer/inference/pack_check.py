"""Is a pack what its card says? Answered by loading and running its network, never by trust."""

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.errors import PackError
from allviewer.exchange.model_card import GOLDEN_FILE, ClassificationSpec, ClickSpec, DetectionSpec, SegmentationSpec
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import DOUBT_OUTPUTS, HEAT_OUTPUT, INPUT_NAME, OnnxSession, output_name
from allviewer.inference.prompted import PromptedNetwork
from allviewer.progress import CancelToken

GOLDEN_TOLERANCE = 1e-3
GOLDEN_MAX_BYTES = 64 << 20


def check_pack(pack: InstalledPack) -> None:
    """Check card, checksum, inputs, outputs, a trial run, and the golden outputs. Raises `PackError`."""
    if isinstance(pack.card.spec, ClickSpec):
        _check_clicks(pack)
        return
    _check_spec(pack)
    session = OnnxSession(pack, device="cpu", threads=1)
    _check_ports(pack, session)
    _check_output(pack, session.run(_trial_batch(pack), CancelToken()))
    _check_heat(pack, session)
    _check_doubt(pack, session)
    golden = pack.folder / GOLDEN_FILE
    if golden.exists():
        _check_golden(pack, session, golden)


def _picture_spec(pack: InstalledPack) -> SegmentationSpec | ClassificationSpec | DetectionSpec:
    """How to use a network that takes pictures and nothing else."""
    spec = pack.card.spec
    if isinstance(spec, ClickSpec):
        raise _wrong(pack, "it answers clicks")
    return spec


def _check_clicks(pack: InstalledPack) -> None:
    """An encoder and a decoder: their ports, and one click in the middle of noise. Raises `PackError`."""
    network = PromptedNetwork(pack, threads=1)
    side = network.spec.side_px
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    network.logits(network.embed(noise), np.array([[side / 2, side / 2]], np.float32), np.ones(1, np.float32))


def _check_spec(pack: InstalledPack) -> None:
    spec = _picture_spec(pack)
    if isinstance(spec, SegmentationSpec):
        if not {"nucleus", "cell"} & set(spec.channels) or len(set(spec.channels)) != len(spec.channels):
            raise _wrong(pack, "its card must name the map 'nucleus' or 'cell', and each map once")
        if spec.patch_px % spec.multiple_of or spec.patch_px <= 2 * spec.halo_px:
            raise _wrong(pack, "the patch size of its card does not fit its halo or its multiple")
    elif isinstance(spec, DetectionSpec):
        if not spec.kinds or len(set(spec.kinds)) != len(spec.kinds) or len(spec.thresholds) != len(spec.kinds):
            raise _wrong(pack, "its card must name what it finds, each once, and a threshold for each")
        sides = (spec.patch_px, spec.multiple_of)
        if sides[0] % sides[1] or sides[1] % spec.stride or spec.patch_px <= 2 * spec.halo_px:
            raise _wrong(pack, "the patch size of its card does not fit its halo, its multiple or its stride")
    elif len(spec.classes) < 2 or len(set(spec.classes)) != len(spec.classes):
        raise _wrong(pack, "its card must name two classes or more, each once")
    elif spec.shown_as and len(spec.shown_as) != len(spec.classes):
        raise _wrong(pack, "its card must say of every class as which one it is shown, or of none")


def _check_ports(pack: InstalledPack, session: OnnxSession) -> None:
    inputs, outputs = session.inputs, {port.name: port for port in session.outputs}
    if [port.name for port in inputs] != [INPUT_NAME]:
        raise _wrong(pack, f"its network takes {_names(p.name for p in inputs)}, not the one input '{INPUT_NAME}'")
    image = inputs[0]
    if image.type != "tensor(uint8)" or len(image.shape) != 4 or image.shape[3] not in (3, None):
        raise _wrong(
            pack,
            f"its network wants {image.type} of {len(image.shape)} axes, not 8-bit RGB pictures (N, height, width, 3)",
        )
    wanted = output_name(pack)
    if wanted not in outputs:
        raise _wrong(pack, f"its network gives {_names(outputs)}, not '{wanted}'")
    if outputs[wanted].type != "tensor(float)":
        raise _wrong(pack, f"its output '{wanted}' is {outputs[wanted].type}, not 32-bit floating point")


def _check_output(pack: InstalledPack, output: NDArray[np.float32]) -> None:
    """Shape and range of what the network gave for the trial batch."""
    spec = _picture_spec(pack)
    if isinstance(spec, ClassificationSpec):
        expected: tuple[int, ...] = (2, len(spec.classes))
        meaning = f"{len(spec.classes)} classes"
    elif isinstance(spec, DetectionSpec):
        side = _trial_side(spec) // spec.stride
        expected = (2, len(spec.kinds) + 4, side, side)
        meaning = f"scores of {len(spec.kinds)} kinds and four edges at every {spec.stride}th pixel"
    else:
        side = _trial_side(spec)
        expected = (2, len(spec.channels), side, side)
        meaning = f"{len(spec.channels)} maps of the size of the picture"
    if output.shape != expected:
        raise _wrong(pack, f"its network gives an output of shape {output.shape}, its card promises {meaning}")
    scores = output[:, : len(spec.kinds)] if isinstance(spec, DetectionSpec) else output
    if not np.isfinite(output).all() or scores.min() < -1e-3 or scores.max() > 1 + 1e-3:
        raise _wrong(pack, "its network gives values outside 0 to 1")
    if isinstance(spec, ClassificationSpec) and np.abs(output.sum(axis=1) - 1).max() > 1e-3:
        raise _wrong(pack, "the probabilities of its network do not sum to 1")


def _check_heat(pack: InstalledPack, session: OnnxSession) -> None:
    """A classifier's second output, where it has one: a map for each class."""
    spec = _picture_spec(pack)
    if not isinstance(spec, ClassificationSpec) or all(port.name != HEAT_OUTPUT for port in session.outputs):
        return
    (heat,) = session.run_outputs(_trial_batch(pack), (HEAT_OUTPUT,), CancelToken())
    if heat.ndim != 4 or heat.shape[:2] != (2, len(spec.classes)):
        raise _wrong(pack, f"its heat output has the shape {heat.shape}, not one map for each of its classes")
    if not np.isfinite(heat).all():
        raise _wrong(pack, "its heat output is not finite")


def _check_doubt(pack: InstalledPack, session: OnnxSession) -> None:
    """What a classifier says of its own doubt, where it says so: both numbers, 0 to 1."""
    given = {port.name for port in session.outputs} & set(DOUBT_OUTPUTS)
    if not given or not isinstance(pack.card.spec, ClassificationSpec):
        return
    if given != set(DOUBT_OUTPUTS):
        raise _wrong(pack, f"its network gives only one of {_names(DOUBT_OUTPUTS)}")
    answers = session.run_outputs(_trial_batch(pack), DOUBT_OUTPUTS, CancelToken())
    for name, values in zip(DOUBT_OUTPUTS, answers, strict=True):
        if values.shape != (2,) or not ((values >= 0) & (values <= 1)).all():
            raise _wrong(pack, f"its output '{name}' is not one number of 0 to 1 for each cell")


def _check_golden(pack: InstalledPack, session: OnnxSession, path: Path) -> None:
    name = output_name(pack)
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > GOLDEN_MAX_BYTES:
                raise _wrong(pack, f"its {GOLDEN_FILE} is too large")
        with np.load(path, allow_pickle=False) as arrays:
            image, expected = np.asarray(arrays[INPUT_NAME]), np.asarray(arrays[name])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise _wrong(pack, f"its {GOLDEN_FILE} cannot be read") from error
    if image.dtype != np.uint8 or image.ndim != 4:
        raise _wrong(pack, f"the picture in its {GOLDEN_FILE} is not 8-bit RGB (N, height, width, 3)")
    given = session.run(image, CancelToken())
    if given.shape != expected.shape:
        raise _wrong(pack, f"its network does not give the shape that {GOLDEN_FILE} holds")
    difference = float(np.abs(given - expected).max())
    if not difference <= GOLDEN_TOLERANCE:
        raise _wrong(pack, f"its network gives other values here than where it was made (by up to {difference:.3g})")


def _trial_batch(pack: InstalledPack) -> NDArray[np.uint8]:
    """Two pictures of seeded noise of the smallest size that the card allows."""
    spec = _picture_spec(pack)
    side = spec.crop_px if isinstance(spec, ClassificationSpec) else _trial_side(spec)
    return np.random.default_rng(0).integers(0, 256, (2, side, side, 3), np.uint8)


def _trial_side(spec: SegmentationSpec | DetectionSpec) -> int:
    return spec.multiple_of * max(2, -(-64 // spec.multiple_of))


def _names(names: object) -> str:
    listed = [f"'{name}'" for name in names]  # type: ignore[attr-defined]
    return ", ".join(listed) or "nothing"


def _wrong(pack: InstalledPack, what: str) -> PackError:
    return PackError(f"The pack '{pack.card.name}' does not fit this program: {what}.")

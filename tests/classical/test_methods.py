"""Every classical method: known answers on synthetic smears and on real cells, any picture, the same answer twice."""

from pathlib import Path

import numpy as np
import pytest

from allviewer.classical.methods import METHODS, Method, find_method
from allviewer.errors import UserError
from allviewer.progress import Cancelled, CancelToken
from training.datasets import segmentation_wbc
from training.datasets.files import read_grey, read_labels, read_rgb
from training.synthetic import Smear, SmearSpec, render_smear

MPP = 0.15
NAMES = [method.name for method in METHODS]
LEAST_DICE = {"zack-threshold": 0.7, "hsv-threshold": 0.7, "modified-hsv": 0.7}
"""Of nuclei on the synthetic smear; the others reach 0.85."""


@pytest.fixture(scope="module")
def smear() -> Smear:
    spec = SmearSpec(600, 450, MPP, seed=7, white_cells_per_mm2=2000, platelets_per_mm2=100, artefacts_per_mm2=0)
    return render_smear(spec).only_white()


@pytest.mark.parametrize("name", NAMES)
def test_nuclei_of_a_synthetic_smear_are_found(name: str, smear: Smear) -> None:
    parts = _segment(find_method(name), smear.image)
    assert parts.shape == smear.image.shape[:2]
    assert parts.dtype == np.uint8
    assert _dice(parts == 255, smear.nuclei > 0) > LEAST_DICE.get(name, 0.85)


@pytest.mark.parametrize("name", NAMES)
def test_a_mask_holds_what_the_method_says_it_finds(name: str, smear: Smear) -> None:
    method = find_method(name)
    found = set(np.unique(_segment(method, smear.image)).tolist())
    assert found == ({0, 128, 255} if method.finds == "nucleus and cytoplasm" else {0, 255})


@pytest.mark.parametrize("name", NAMES)
def test_the_same_picture_gives_the_same_mask(name: str, smear: Smear) -> None:
    method = find_method(name)
    assert np.array_equal(_segment(method, smear.image), _segment(method, smear.image))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "picture",
    [
        np.full((1, 1, 3), 200, np.uint8),
        np.full((2, 3, 3), 17, np.uint8),
        np.full((40, 50, 3), 255, np.uint8),
        np.zeros((40, 50, 3), np.uint8),
        np.repeat(np.linspace(0, 255, 2000).astype(np.uint8).reshape(40, 50, 1), 3, axis=2),
        np.where(np.arange(50)[None, :, None] < 25, np.uint8(90), np.uint8(220)).repeat(40, 0).repeat(3, 2),
    ],
    ids=["one pixel", "tiny", "white", "black", "grey ramp", "two greys"],
)
def test_any_picture_gets_an_answer(name: str, picture: np.ndarray) -> None:
    parts = _segment(find_method(name), picture)
    assert parts.shape == picture.shape[:2]
    if np.unique(picture.reshape(-1, 3), axis=0).shape[0] == 1 and name != "modified-hsv":
        assert not parts.any(), "a picture of one colour holds no nucleus"


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_is_refused_in_words(name: str) -> None:
    with pytest.raises(UserError, match="no picture"):
        _segment(find_method(name), np.zeros((0, 5, 3), np.uint8))


@pytest.mark.parametrize("name", NAMES)
def test_black_around_a_cut_out_cell_is_no_nucleus(name: str, smear: Smear) -> None:
    cell = max(smear.white_cells, key=lambda white: white.nucleus.area_px)
    box = cell.box.expanded(25)
    inside = cell.mask.within(box)
    whole = np.pad(smear.image, ((60, 60), (60, 60), (0, 0)), mode="edge")
    picture = whole[box.y + 60 : box.bottom + 60, box.x + 60 : box.right + 60].copy()
    picture[~inside] = 0
    assert not _segment(find_method(name), picture)[~inside].any()


@pytest.mark.parametrize("name", NAMES)
def test_a_cancelled_method_stops(name: str, smear: Smear) -> None:
    method, cancel = find_method(name), CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        method.segment(smear.image, method.settings(), MPP, cancel)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_every_choice_of_every_method_works(method: Method, smear: Smear) -> None:
    picture = smear.image[:150, :200]
    for parameter in method.parameters:
        for value, _ in parameter.choices:
            parts = _segment(method, picture, {parameter.name: value})
            assert set(np.unique(parts).tolist()) <= {0, 128, 255}, f"{parameter.name}={value}"


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_defaults_are_within_their_bounds(method: Method) -> None:
    for parameter in method.parameters:
        assert parameter.checked(parameter.default) == parameter.default
        assert parameter.title


def test_a_fit_to_one_part_of_a_smear_serves_another(smear: Smear) -> None:
    for method in METHODS:
        fitted = method.fit(smear.image[:, :300], method.settings(), CancelToken())
        other = fitted(smear.image[:, 300:], MPP, CancelToken())
        assert _dice(other == 255, smear.nuclei[:, 300:] > 0) > LEAST_DICE.get(method.name, 0.8) - 0.05, method.name


def test_settings_that_cannot_be_are_refused_in_words() -> None:
    pgs = find_method("pgs")
    with pytest.raises(UserError, match=r"no parameter 'q'.*It has: k,"):
        pgs.settings({"q": 1})
    with pytest.raises(UserError, match=r"'1' cannot be k\. Give a number from 2 to 8"):
        pgs.settings({"k": 1})
    with pytest.raises(UserError, match="whole number"):
        pgs.settings({"k": "2.5"})
    with pytest.raises(UserError, match=r"'blue' is no choice for feature\. Choose from: lab, grey"):
        pgs.settings({"feature": "blue"})
    with pytest.raises(UserError, match="threshold_rule=fixed"):
        pgs.settings({"threshold": 5})
    with pytest.raises(UserError, match=r"no method named 'sgp'.*pgs"):
        find_method("sgp")
    with pytest.raises(UserError, match="cannot be opening"):
        pgs.settings({"opening": "nan"})


def test_cells_record_name_version_and_settings() -> None:
    pgs = find_method("pgs")
    assert pgs.identity(pgs.settings()) == "method pgs 1.0 (defaults)"
    assert pgs.identity(pgs.settings({"k": "4", "feature": "grey"})) == "method pgs 1.0 (k=4, feature=grey)"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "given", "least"),
    [
        ("pgs", {}, {"ds1": 0.91, "ds2": 0.95}),
        ("pgs", {"feature": "grey"}, {"ds1": 0.90, "ds2": 0.92}),
        ("grey-clusters", {}, {"ds1": 0.90, "ds2": 0.92}),
        ("otsu-morphology", {}, {"ds1": 0.90, "ds2": 0.90}),
        ("marker-watershed", {}, {"ds1": 0.90, "ds2": 0.90}),
    ],
)
def test_nuclei_of_real_cells_are_found(
    name: str, given: dict[str, object], least: dict[str, float], data_dir: Path
) -> None:
    """The measured floor of the methods on both data sets, here on every sixth cell."""
    method = find_method(name)
    folder, found = data_dir / "segmentation_wbc", {"ds1": [], "ds2": []}
    for row in read_labels(folder / "labels.csv")[::6]:
        stem = row["stem"]
        picture = read_rgb(folder / "images" / f"{stem}.bmp")
        truth = read_grey(folder / "masks" / f"{stem}.png") > 192
        um_per_px = segmentation_wbc.UM_PER_PX[stem[:3]]
        parts = method.segment(picture, method.settings(given), um_per_px)
        found[stem[:3]].append(_dice(parts == 255, truth))
    assert np.mean(found["ds1"]) > least["ds1"]
    assert np.mean(found["ds2"]) > least["ds2"]


def _segment(method: Method, picture: np.ndarray, given: dict[str, object] | None = None) -> np.ndarray:
    return method.segment(picture, method.settings(given), MPP)


def _dice(found: np.ndarray, truth: np.ndarray) -> float:
    return 2 * np.count_nonzero(found & truth) / max(1, np.count_nonzero(found) + np.count_nonzero(truth))

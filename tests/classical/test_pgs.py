"""Pivot-Growing Segmentation: what must hold whatever the picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allviewer.classical.methods import find_method
from allviewer.classical.pgs import choose_pivots, features_of, grow, k_medoids
from allviewer.exchange.parameters import Value
from allviewer.progress import CancelToken

PGS = find_method("pgs")
AS_IT_COMES: dict[str, object] = {"opening": 0, "min_diameter": 0, "fill": "no", "cytoplasm": "none"}
"""Nothing after the clusters: every pixel for itself."""
pictures = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3)))
features = st.sampled_from(["lab", "grey"])


@given(pictures, st.integers(0, 99), st.sampled_from(["lab", "grey", "lab_xy", "as_printed"]))
@settings(max_examples=30)
def test_a_seed_gives_one_answer(picture: np.ndarray, seed: int, feature: str) -> None:
    chosen = PGS.settings({"seed": seed, "feature": feature})
    assert np.array_equal(PGS.segment(picture, chosen, 0.2), PGS.segment(picture.copy(), chosen, 0.2))


@given(pictures, features, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_pixels_does_not_matter(picture: np.ndarray, feature: str, random: object) -> None:
    chosen = PGS.settings({**AS_IT_COMES, "feature": feature, "sample": 100})
    height, width = picture.shape[:2]
    order = list(range(height * width))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = picture.reshape(-1, 3)[order].reshape(picture.shape)
    here, there = PGS.segment(picture, chosen, None), PGS.segment(moved, chosen, None)
    assert np.array_equal(here.ravel()[order], there.ravel())


@given(pictures, features)
@settings(max_examples=30)
def test_a_threshold_of_nought_leaves_the_pivots_alone(picture: np.ndarray, feature: str) -> None:
    chosen = PGS.settings({"feature": feature, "threshold_rule": "fixed", "threshold": 0})
    pivots = choose_pivots(picture, chosen, CancelToken())
    seen = features_of(picture, chosen)
    clusters = grow(seen, pivots, connected=False)
    equal = (seen[:, :, None] == pivots.points).all(axis=3)
    assert np.array_equal(clusters >= 0, equal.any(axis=2))


@given(pictures, features)
@settings(max_examples=30)
def test_a_large_threshold_takes_all(picture: np.ndarray, feature: str) -> None:
    chosen = PGS.settings({"feature": feature, "threshold_rule": "fixed", "threshold": 20000})
    pivots = choose_pivots(picture, chosen, CancelToken())
    far = 1e9
    pivots = type(pivots)(pivots.points, np.full_like(pivots.limits, far))
    assert (grow(features_of(picture, chosen), pivots, connected=False) >= 0).all()


@given(pictures, st.integers(0, 10), st.integers(0, 10))
@settings(max_examples=30)
def test_a_larger_threshold_never_loses_a_pixel(picture: np.ndarray, low: int, more: int) -> None:
    small, large = (PGS.settings({"threshold_rule": "fixed", "threshold": 100 * level}) for level in (low, low + more))
    clusters = [grow(features_of(picture, s), choose_pivots(picture, s, CancelToken()), False) for s in (small, large)]
    kept = clusters[0] >= 0
    assert np.array_equal(clusters[0][kept], clusters[1][kept])


@given(arrays(np.float32, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.integers(0, 20)))
@settings(max_examples=30)
def test_pivots_are_pixels_and_medoids_of_their_clusters(sample: np.ndarray) -> None:
    chosen = PGS.settings({"k": 2, "max_iterations": 100})
    pivots = k_medoids(sample, chosen, np.random.default_rng(0), CancelToken())
    assert len(pivots) == min(2, len(np.unique(sample, axis=0)))
    squared = ((sample[:, None] - pivots) ** 2).sum(axis=2)
    nearest = squared.argmin(axis=1)
    for index, pivot in enumerate(pivots):
        members = sample[nearest == index]
        assert (members == pivot).all(axis=1).any()
        sums = ((members[:, None] - members) ** 2).sum(axis=(1, 2))
        own = ((members - pivot) ** 2).sum()
        assert own <= sums.min() * (1 + 1e-5) + 1e-3, "no other member has a lower sum of squared distances"


@given(pictures, features)
@settings(max_examples=25)
def test_connected_growth_is_a_part_of_the_global_one(picture: np.ndarray, feature: str) -> None:
    chosen: dict[str, Value] = PGS.settings({"feature": feature})
    pivots, seen = choose_pivots(picture, chosen, CancelToken()), features_of(picture, chosen)
    wide, close = grow(seen, pivots, connected=False), grow(seen, pivots, connected=True)
    assert np.array_equal(close[close >= 0], wide[close >= 0])


def test_growth_from_the_pivot_stops_at_a_gap() -> None:
    picture = np.full((20, 60, 3), 240, np.uint8)
    picture[5:15, 5:20] = (80, 40, 120)
    picture[5:15, 40:55] = (84, 40, 120)
    given_: dict[str, object] = {**AS_IT_COMES, "k": 2, "threshold_rule": "fixed", "threshold": 50}
    everywhere = PGS.segment(picture, PGS.settings(given_), None)
    connected = PGS.segment(picture, PGS.settings({**given_, "growth": "connected"}), None)
    assert np.count_nonzero(everywhere == 255) == 2 * 150
    assert np.count_nonzero(connected == 255) == 150


@pytest.mark.parametrize("feature", ["lab", "grey"])
def test_position_alone_finds_almost_nothing(feature: str) -> None:
    """Equation 1 as it is printed: a third of the picture, wherever the nucleus lies."""
    ys, xs = np.mgrid[:90, :90]
    disc = (xs - 20) ** 2 + (ys - 60) ** 2 < 15**2
    picture = np.where(disc[..., None], (90, 50, 140), (235, 225, 230)).astype(np.uint8)
    by_colour = PGS.segment(picture, PGS.settings({"feature": feature, "k": 2}), None) == 255
    by_place = PGS.segment(picture, PGS.settings({"feature": "as_printed"}), None) == 255
    assert _dice(by_colour, disc) > 0.97
    assert _dice(by_place, disc) < 0.5


def _dice(found: np.ndarray, truth: np.ndarray) -> float:
    return 2 * np.count_nonzero(found & truth) / max(1, np.count_nonzero(found) + np.count_nonzero(truth))

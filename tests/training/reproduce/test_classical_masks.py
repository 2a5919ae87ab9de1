"""Classical methods are scored against drawn masks."""

from pathlib import Path

import numpy as np
import pytest

from allviewer.classical.methods import METHODS, find_method
from allviewer.errors import UserError
from allviewer.progress import CancelToken
from training.datasets.sample import UNKNOWN
from training.evaluation.mask_scores import SegmentationScores
from training.reproduce.classical_masks import classical_job, score_masks


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_is_scored_on_toy_smears(method, toy_sample, tmp_path: Path) -> None:
    samples = [toy_sample(seed) for seed in range(2)]
    run = classical_job(method, {}, "toy", lambda: samples).make(tmp_path, CancelToken(), lambda _: None)
    assert isinstance(run, SegmentationScores)
    assert run.groups == ("slide-0", "slide-1")
    assert run.leak == ""
    assert run.group_kind == "run of neighbouring pictures"
    assert run.measure(np.arange(2))["nucleus_dice"] > 0.5


def test_a_perfect_mask_scores_one_and_unknown_pixels_count_neither_way(toy_sample) -> None:
    sample = toy_sample(1)
    sample.parts[:10] = UNKNOWN
    answer = np.zeros(sample.parts.shape, np.uint8)
    answer[sample.parts == 1], answer[sample.parts == 2] = 128, 255
    answer[:10] = 255
    figures = score_masks([sample], lambda _: answer, CancelToken(), lambda _: None).measure(np.array([0]))
    assert figures["nucleus_dice"] == figures["cell_dice"] == figures["cell_pixel_accuracy"] == 1
    assert figures["cell_boundary_px"] == 0


def test_a_setting_the_method_does_not_have_is_refused() -> None:
    with pytest.raises(UserError):
        classical_job(find_method("pgs"), {"colour": "pink"}, "toy", list)

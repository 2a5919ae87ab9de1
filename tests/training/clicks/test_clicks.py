"""Simulated hands click where an outline is wrong; the command measures both tools on drawn cells."""

import msgspec
import numpy as np
import pytest

from tests.inference.networks import write_pack
from tests.inference.pictures import disc
from training.__main__ import main
from training.clicks.simulate import MOST_CLICKS, click_until_right

TRUTH = disc(60, 80, 40, 30, 15)
ALL = np.ones_like(TRUTH)


def test_a_perfect_tool_takes_one_click_in_the_middle():
    asked = []

    def tool(clicks):
        asked.append(clicks[-1])
        return TRUTH

    trial = click_until_right(TRUTH, ALL, tool)
    assert trial.clicks == 1
    assert trial.ious == (1.0,)
    assert asked[0].is_inside
    assert np.hypot(asked[0].column - 40, asked[0].row - 30) < 3


def test_clicks_go_to_the_deepest_error_and_say_which_kind():
    def tool(clicks):
        return disc(60, 80, 25, 30, 10) if len(clicks) < 3 else TRUTH

    placed = []
    trial = click_until_right(TRUTH, ALL, lambda clicks: (placed.append(clicks[-1]), tool(clicks))[1])
    assert trial.clicks == 3
    assert TRUTH[placed[1].row, placed[1].column] == placed[1].is_inside
    assert len(trial.seconds) == 3


def test_a_tool_that_never_gets_there_is_stopped():
    trial = click_until_right(TRUTH, ALL, lambda clicks: ~TRUTH)
    assert not trial.is_reached
    assert len(trial.ious) == MOST_CLICKS


def test_what_nobody_knows_does_not_count():
    known = ALL.copy()
    known[:, :20] = False
    found = TRUTH.copy()
    found[:, :20] = True
    assert click_until_right(TRUTH, known, lambda clicks: found).clicks == 1


def test_making_it_worse_is_damage():
    answers = [disc(60, 80, 40, 30, 12), disc(60, 80, 40, 30, 8), TRUTH]
    assert click_until_right(TRUTH, ALL, lambda clicks: answers[len(clicks) - 1]).damaging == 1


@pytest.mark.real_data
def test_the_command_writes_a_table_for_both_tools(data_dir, tmp_path, capsys):
    pack = write_pack(tmp_path / "pack")
    out = tmp_path / "out"
    groups = ["ds2-00"]
    words = ["clicks", "--data", str(data_dir / "segmentation_wbc"), "--pack", str(pack), "--out", str(out)]
    assert main([*words, "--groups", *groups]) == 0
    table = (out / "clicks.md").read_text()
    assert "| click to grow | nucleus | ds2 |" in table
    assert "| one click | cytoplasm | ds2 |" in table
    rows = msgspec.json.decode((out / "clicks.json").read_bytes())
    assert {row["group"] for row in rows} == set(groups)
    assert main([*words, "--groups", "nobody"]) == 1

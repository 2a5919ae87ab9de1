"""Settings are typed; what is wrong is named."""

import pytest

from training.config import load_config
from training.errors import ConfigError
from training.segmentation.config import SegmentationConfig


def test_defaults_file_and_flags_in_this_order(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text("seed = 5\nsteps = 10\n[augmentation]\npaste = 0.5\n", encoding="utf-8")
    config = load_config(path, SegmentationConfig, {"steps": 20, "name": None})
    assert (config.seed, config.steps, config.name, config.augmentation.paste) == (5, 20, "cells", 0.5)


def test_json_is_read_too(tmp_path):
    path = tmp_path / "c.json"
    path.write_text('{"seed": 9}', encoding="utf-8")
    assert load_config(path, SegmentationConfig).seed == 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sead = 5", "sead"),
        ("steps = 'many'", "steps"),
        ("steps = 0", "steps"),
        ("crop_px = 150", "crop_px"),
        ("[augmentation]\npaste = 2.0", "paste"),
        ("name = 'Not A Name'", "name"),
        ("steps = = 3", "not valid"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, says):
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_config(path, SegmentationConfig)


def test_missing_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml", SegmentationConfig)

"""Settings survive; what is wrong in their file becomes the default and a sentence."""

import json

import pytest

from allviewer.storage.locations import find_locations
from allviewer.storage.recent import KEPT, read_recent, remember
from allviewer.storage.settings import BRUSH_RADIUS_PX, DEVICE, MEMORY_MB, PERSON, SETTINGS, Settings


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config" / "settings.json"


def test_changes_survive(file):
    settings = Settings(file)
    assert settings.get(BRUSH_RADIUS_PX) == 8.0
    settings.set(BRUSH_RADIUS_PX, 20)
    settings.set(PERSON, "Ann")
    again = Settings(file)
    assert again.get(BRUSH_RADIUS_PX) == 20.0
    assert isinstance(again.get(BRUSH_RADIUS_PX), float)
    assert again.get(PERSON) == "Ann"
    assert again.notices == ()
    again.reset(BRUSH_RADIUS_PX)
    assert Settings(file).get(BRUSH_RADIUS_PX) == 8.0


@pytest.mark.parametrize(
    ("setting", "value"), [(BRUSH_RADIUS_PX, 0), (DEVICE, "toaster"), (MEMORY_MB, 64.5), (PERSON, None)]
)
def test_bad_values_are_refused(file, setting, value):
    with pytest.raises(ValueError, match=setting.key):
        Settings(file).set(setting, value)
    assert not file.exists()


def test_bad_values_in_the_file_become_defaults(file):
    file.parent.mkdir()
    file.write_text(json.dumps({"tools.brush_radius_px": "big", "person.name": "Ann", "future.thing": [1]}))
    settings = Settings(file)
    assert settings.get(BRUSH_RADIUS_PX) == 8.0
    assert settings.get(PERSON) == "Ann"
    assert settings.notices == ("The setting tools.brush_radius_px cannot be 'big', so it is 8.0 again.",)
    settings.set(PERSON, "Bob")
    assert json.loads(file.read_text())["future.thing"] == [1]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_damaged_file_is_set_aside(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    settings = Settings(file)
    assert "cannot be read" in settings.notices[0]
    assert settings.get(PERSON) == ""
    assert (file.parent / "settings.damaged.json").read_bytes() == content
    settings.set(PERSON, "Ann")
    assert Settings(file).get(PERSON) == "Ann"


def test_every_default_is_a_value_that_is_allowed():
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.accepts(setting.default), setting.key
        assert setting.text.endswith(".")


def test_recent_files(tmp_path):
    file = tmp_path / "recent.json"
    assert read_recent(file) == []
    for number in range(KEPT + 3):
        remember(file, tmp_path / f"{number}.allcase")
    remember(file, tmp_path / "9.allcase")
    recent = read_recent(file)
    assert len(recent) == KEPT
    assert recent[:2] == [tmp_path / "9.allcase", tmp_path / f"{KEPT + 2}.allcase"]
    file.write_text("{")
    assert read_recent(file) == []


def test_locations_follow_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLVIEWER_HOME", str(tmp_path))
    locations = find_locations()
    assert locations.settings_file == tmp_path / "config" / "settings.json"
    monkeypatch.delenv("ALLVIEWER_HOME")
    assert "allviewer" in str(find_locations().settings_file)

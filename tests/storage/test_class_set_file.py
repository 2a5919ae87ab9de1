"""Class sets leave and come back whole; whatever else is in a file is refused in a sentence."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.class_sets import CLASS_SETS, TAG_SETS
from allviewer.errors import ClassSetError
from allviewer.storage import class_set_file


@pytest.mark.parametrize("chosen", [*CLASS_SETS, *TAG_SETS], ids=lambda chosen: chosen.name)
def test_what_ships_is_written_and_read_back(chosen, tmp_path):
    class_set_file.write(tmp_path / "sets" / "a.json", chosen)
    assert class_set_file.read(tmp_path / "sets" / "a.json") == chosen


BLAST = {"key": "blast", "title": "Blast", "colour": "#d55e00", "hotkey": "1"}
REST = {"key": "unclassified", "title": "Unclassified", "colour": "#f0e442"}


def file(**changes) -> bytes:
    return json.dumps({"format": 1, "name": "Ours", "classes": [BLAST, REST]} | changes).encode()


def test_a_short_file_is_enough():
    found = class_set_file.decode(file(), "ours.json")
    assert [(c.key, c.line, c.group, c.counted) for c in found.classes] == [
        ("blast", "solid", "White cells", True),
        ("unclassified", "solid", "White cells", True),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ours.json is no class set"),
        (b"\xff\xfe\x00", "ours.json is no class set"),
        (b"[1, 2]", "Expected `object`"),
        (b"[" * 100_000, "ours.json is no class set"),
        (b" " * (1 << 19), "too large"),
        (file(format=2), "newer version"),
        (file(classes=[]), "neither classes nor tags"),
        (file(classes=[BLAST]), "holds the class 'unclassified'"),
        (file(classes=[BLAST, BLAST, REST]), "the same key"),
        (file(classes=[BLAST, BLAST | {"key": "b2", "title": "B 2"}, REST]), "the same hotkey"),
        (file(classes=[BLAST, BLAST | {"key": "b2", "hotkey": ""}, REST]), "the same title"),
        (file(classes=[BLAST | {"colour": "orange"}, REST]), "classes"),
        (file(classes=[BLAST | {"colour": [1, 2, 3]}, REST]), "classes"),
        (file(classes=[BLAST | {"line": "wavy"}, REST]), "wavy"),
        (file(classes=[BLAST | {"key": "../../etc"}, REST]), "key"),
        (file(classes=[BLAST | {"title": "<img src=x>"}, REST]), "title"),
        (file(classes=[BLAST | {"title": "a" * 1000}, REST]), "title"),
        (file(classes=[BLAST | {"hotkey": "Ctrl+"}, REST]), "is no key"),
        (file(classes=[BLAST | {"hotkey": "Del"}, REST]), "is no key"),
        (file(classes=[BLAST | {"surprise": 1}, REST]), "surprise"),
        (file(classes=[{**REST, "key": f"k{n}", "title": f"t{n}"} for n in range(61)] + [REST]), "classes"),
        (file(tags=[{"name": "L1"}, {"name": "L1"}]), "two tags"),
        (file(tags=[{"name": "L1", "hotkey": "1"}]), "the same hotkey"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(data, words):
    with pytest.raises(ClassSetError, match=r"^ours\.json is no class set") as refused:
        class_set_file.decode(data, "ours.json")
    assert words in str(refused.value)
    assert "\n" not in refused.value.sentence


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ClassSetError, match=r"gone\.json cannot be read"):
        class_set_file.read(tmp_path / "gone.json")


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_bytes_surprise_it(data):
    with pytest.raises(ClassSetError):
        class_set_file.decode(data, "ours.json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*BLAST, "x"]), inner, max_size=4),
    max_leaves=8,
)


@given(st.lists(st.just(REST) | json_values, max_size=4), json_values)
def test_no_values_surprise_it(classes, tags):
    with contextlib.suppress(ClassSetError):
        class_set_file.decode(file(classes=classes, tags=tags), "ours.json")

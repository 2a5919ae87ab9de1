"""Every action has a key in every preset, no key means two things, and no bare key deletes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.class_sets import CLASS_SETS, TAG_SETS
from allviewer.ui.actions import ACTIONS
from allviewer.ui.keys.class_keys import keys_of_classes
from allviewer.ui.keys.key_map import BINDABLE, as_portable, clash, may_delete, refusal, resolved, spec_of
from allviewer.ui.keys.presets import PRESETS, preset

every_preset = pytest.mark.parametrize("chosen", PRESETS, ids=lambda chosen: chosen.name)


USUAL = CLASS_SETS[0].with_tags(TAG_SETS)


def live(chosen, class_set=USUAL, own=None):
    taken = {key: text for key, text, _ in keys_of_classes(class_set, chosen.class_prefixes)}
    return resolved(chosen.keys, own or {}, taken)


@every_preset
def test_every_action_has_a_key(chosen):
    keys, conflicts = live(chosen)
    assert [name for name, bound in keys.items() if not bound] == []
    mine = [c for c in conflicts if c.loser in chosen.keys]
    assert mine == [], "a preset gives no key twice"


@every_preset
@pytest.mark.parametrize("class_set", CLASS_SETS, ids=lambda class_set: class_set.name)
def test_no_key_means_two_things(chosen, class_set):
    full = class_set.with_tags(TAG_SETS)
    keys, _ = live(chosen, full)
    given = [key for bound in keys.values() for key in bound]
    given += [key for key, _, _ in keys_of_classes(full, chosen.class_prefixes)]
    assert [(a, b) for i, a in enumerate(given) for b in given[i + 1 :] if clash(a, b)] == []
    assert [name for name, bound in keys.items() if not bound] == []


@every_preset
def test_no_bare_key_deletes(chosen):
    keys, _ = live(chosen)
    words = ("delete", "take bookmark away", "remove", "discard", "clear")
    for spec in BINDABLE:
        if any(word in spec.plain_text.lower() for word in words):
            assert spec.deletes, f"{spec.id} says that it takes something away"
        if spec.deletes:
            assert all(may_delete(key) for key in keys[spec.id]), spec.id


@every_preset
def test_keys_are_spelled_as_qt_does(chosen):
    spelled = [key for bound in chosen.keys.values() for key in bound] + [k for spec in BINDABLE for k in spec.keys]
    assert [key for key in spelled if as_portable(key) != key] == []
    assert set(chosen.keys) <= {spec.id for spec in BINDABLE}


def test_a_bare_key_is_refused_for_what_deletes():
    delete = spec_of("delete")
    for key in ("D", "3", "Backspace", "Return", "Shift+D", "X, D"):
        assert "never a bare key" in refusal(delete, key)
    for key in ("Del", "Shift+Del", "Ctrl+D", "Alt+Backspace"):
        assert refusal(delete, key) == ""
    keys, _ = live(PRESETS[0], own={"delete": ["D"]})
    assert keys["delete"] == (), "written into the settings by hand it is not taken either"


def test_own_keys_win_over_the_preset_and_classes_over_both():
    keys, conflicts = live(PRESETS[0], own={"tool_ruler": ["B"], "fit": ["1", "Ctrl+Alt+7"]})
    assert keys["tool_ruler"] == ("B",)
    assert keys["fit"] == ("Ctrl+Alt+7",)
    assert {(c.key, c.winner, c.loser) for c in conflicts} == {
        ("B", "tool_ruler", "tool_brush"),
        ("1", "class Blast", "fit"),
    }


def test_the_beginning_of_a_longer_key_is_taken_too():
    assert clash("T", "T, H")
    assert not clash("T", "Ctrl+T")
    keys, conflicts = live(PRESETS[0], own={"tool_ruler": ["B, R"]})
    assert keys["tool_ruler"] == ("B, R",)
    assert [(c.key, c.loser) for c in conflicts] == [("B", "tool_brush")]


def test_a_held_key_is_a_single_one():
    held = spec_of("hold_lens")
    assert refusal(held, "Ctrl+G")
    assert not refusal(held, "G")
    assert "Space moves" in refusal(spec_of("fit"), "Space")


def test_an_unknown_preset_is_the_usual_one():
    assert preset("photoshop") is PRESETS[0]


names = st.sampled_from([spec.id for spec in BINDABLE])
keys = st.sampled_from(["A", "B", "Ctrl+B", "Del", "F5", "T, H", "T", "1", "", "nonsense", "Space", "Shift+Tab"])


@given(st.sampled_from(PRESETS), st.dictionaries(names, st.lists(keys, max_size=3), max_size=6))
def test_whatever_is_bound_no_key_means_two_things(chosen, own):
    bound, _ = live(chosen, own=own)
    assert set(bound) == {spec.id for spec in BINDABLE}
    given_keys = [key for name in bound for key in bound[name]]
    assert len(given_keys) == len(set(given_keys))
    assert not any(clash(a, b) for i, a in enumerate(given_keys) for b in given_keys[i + 1 :])


def test_the_table_itself_is_complete():
    assert [spec.id for spec in ACTIONS if not spec.keys] == []

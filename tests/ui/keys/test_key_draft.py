"""While keys are changed, whoever loses one is named, and nothing has two meanings."""

import pytest

from allviewer.domain.labels import ALL_CLASSES
from allviewer.ui.keys.key_draft import KeyDraft
from allviewer.ui.keys.key_map import spec_of


@pytest.fixture
def draft():
    return KeyDraft("allviewer", {}, ALL_CLASSES)


def test_the_rival_is_named_and_loses_the_key(draft):
    ruler = spec_of("tool_ruler")
    assert (
        draft.conflict_sentence(ruler, "B") == "B is the key of Brush, which would lose it and is left without a key."
    )
    assert "keeps PgDown" in draft.conflict_sentence(ruler, "D").replace("PgDn", "PgDown").replace(
        "Page Down", "PgDown"
    )
    draft.bind(ruler, "B", alone=False)
    assert draft.keys["tool_ruler"] == ("Y", "B")
    assert draft.keys["tool_brush"] == ()
    assert draft.keyless_sentence == "Without a key: Brush."
    draft.bind(spec_of("tool_brush"), "Ctrl+Alt+9", alone=True)
    assert draft.keyless_sentence == ""


def test_a_free_key_takes_nothing_from_anybody(draft):
    assert draft.conflict_sentence(spec_of("fit"), "Ctrl+Alt+9") == ""
    draft.bind(spec_of("fit"), "Ctrl+Alt+9", alone=True)
    assert draft.own == {"fit": ["Ctrl+Alt+9"]}


def test_keys_of_classes_are_not_taken(draft):
    fit = spec_of("fit")
    assert "class Blast" in draft.refusal(fit, "1")
    draft.bind(fit, "1", alone=True)
    assert draft.own == {}


def test_a_way_back(draft):
    fit = spec_of("fit")
    draft.clear(fit)
    assert draft.keys["fit"] == ()
    draft.as_usual(fit)
    assert draft.keys["fit"] == ("F",)
    draft.bind(fit, "B", alone=True)
    draft.use_preset("qupath")
    assert draft.own == {}
    assert draft.keys["show_overlay"][0] == "D"
    draft.use_preset("allviewer")
    assert draft.keys["tool_brush"] == ("B",)


def test_what_the_settings_hold_of_another_version_is_passed_over():
    assert KeyDraft("gone", {"no_such_action": ["B"]}, ALL_CLASSES).own == {}

"""What became of packs: the list is only added to, and what is in use follows from it."""

import pytest

from allviewer.errors import PackError
from allviewer.exchange.model_card import ModelCard, NetworkFile, TrainingRecord
from allviewer.storage.pack_registry import PackRegistry
from tests.inference.networks import SPEC


def card(version):
    network = NetworkFile("network.onnx", version[0] * 64, 1)
    return ModelCard(1, "cells", version, "Cells", SPEC, network, TrainingRecord("none", 0, (), "free", "cells 0.9"))


@pytest.fixture
def registry(tmp_path):
    return PackRegistry(tmp_path / "data" / "packs.jsonl")


def test_going_back_leads_through_all_that_was_in_use(registry):
    for version in ("1.0.0", "2.0.0", "3.0.0"):
        registry.note("installed", card(version), "Ada")
        registry.note("adopted", card(version), "Ada")
    assert registry.adopted("segmentation") == "cells 3.0.0"
    assert [registry.roll_back("segmentation", "Ada") for _ in range(3)] == ["cells 2.0.0", "cells 1.0.0", ""]
    assert registry.adopted("segmentation") == ""
    with pytest.raises(PackError, match="none to go back from"):
        registry.roll_back("segmentation", "Ada")
    assert len(registry.entries()) == 9


def test_a_pack_that_was_removed_is_not_gone_back_to(registry):
    for version in ("1.0.0", "2.0.0"):
        registry.note("adopted", card(version), "Ada")
    registry.note("removed", card("1.0.0"), "Ada")
    assert registry.roll_back("segmentation", "Ada") == ""


def test_an_override_is_kept_with_its_reason(registry, tmp_path):
    registry.note("adopted", card("1.0.0"), "Ada", ("cell Dice fell by 0.1",), "the new stain counts more")
    (entry,) = PackRegistry(tmp_path / "data" / "packs.jsonl").entries()
    assert (entry.person, entry.override, entry.verdict) == (
        "Ada",
        "the new stain counts more",
        ("cell Dice fell by 0.1",),
    )
    assert entry.parent == "cells 0.9"


def test_a_line_that_a_crash_cut_off_harms_no_other(registry, tmp_path):
    registry.note("adopted", card("1.0.0"), "Ada")
    with (tmp_path / "data" / "packs.jsonl").open("ab") as file:
        file.write(b'{"when_utc": "2026')
    registry.note("archived", card("2.0.0"), "Ada")
    assert [entry.what for entry in registry.entries()] == ["adopted", "archived"]
    assert registry.archived() == {"cells 2.0.0"}
    registry.note("restored", card("2.0.0"), "Ada")
    assert registry.archived() == frozenset()

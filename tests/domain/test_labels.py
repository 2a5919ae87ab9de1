"""Class sets are consistent, and unknown keys are harmless."""

from dataclasses import replace

import pytest

from allviewer.domain.labels import ALL_CLASSES, UNCLASSIFIED, CellClass, ClassSet
from allviewer.domain.slide import Level, SlideInfo


def test_shipped_set():
    assert ALL_CLASSES.find("blast").title == "Blast"
    assert ALL_CLASSES.find("no such class").key == UNCLASSIFIED
    assert ALL_CLASSES.by_hotkey("1").key == "blast"
    assert ALL_CLASSES.by_hotkey("x") is None
    assert ALL_CLASSES.is_white("blast")
    assert not ALL_CLASSES.is_white("platelet")
    assert len({c.colour for c in ALL_CLASSES.classes}) == len(ALL_CLASSES.classes)


def test_inconsistent_sets_are_refused():
    blast = ALL_CLASSES.find("blast")
    rest = CellClass(UNCLASSIFIED, "Unclassified", "", (0, 0, 0))
    for classes in ((blast, blast, rest), (blast, replace(blast, key="b2"), rest), (blast,)):
        with pytest.raises(ValueError, match="class"):
            ClassSet("bad", classes)


def test_the_level_for_a_scale():
    info = SlideInfo((Level(4000, 3000, 1.0), Level(1000, 750, 4.0), Level(250, 187, 16.04)))
    assert [info.level_for(d) for d in (0.3, 1, 3.9, 4, 16.03, 100)] == [0, 0, 0, 1, 2, 2]
    assert (info.width, info.height) == (4000, 3000)

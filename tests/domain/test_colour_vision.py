"""The colours of shipped classes are told apart by colour-blind people, and the simulation is that of the paper."""

import itertools

import numpy as np
import pytest
from skimage.color import deltaE_cie76, rgb2lab

from allviewer.domain.class_sets import CLASS_SETS
from allviewer.domain.colour_vision import VISIONS, alike, distance, least_distance, seen
from allviewer.domain.labels import LINES

_SURELY_APART = 18.0
"""In CIE 1976 units, of which 2.3 are just seen."""


@pytest.mark.parametrize("class_set", CLASS_SETS, ids=lambda class_set: class_set.name)
def test_classes_with_the_same_line_differ_in_colour_to_everybody(class_set):
    for a, b in itertools.combinations(class_set.classes, 2):
        if a.line == b.line:
            assert least_distance(a.colour, b.colour) >= _SURELY_APART, (a.key, b.key)
        assert distance(a.colour, b.colour) >= _SURELY_APART, (a.key, b.key)
    assert alike(class_set) == []
    assert {c.line for c in class_set.classes} == set(LINES)


def test_blasts_stand_alone():
    """The class that matters most is told from all others by everybody, whatever the line."""
    for class_set in CLASS_SETS:
        blast = class_set.find("blast")
        solid = [c for c in class_set.classes if c.key != "blast" and c.line == blast.line]
        assert all(least_distance(blast.colour, c.colour) > 20 for c in solid)


def test_what_colour_blind_people_mix_up():
    assert distance((200, 60, 60), (90, 120, 40), "deuteranopia") < 0.4 * distance((200, 60, 60), (90, 120, 40))
    assert seen((120, 120, 120), "protanopia") == (120, 120, 120)
    assert seen((12, 200, 99), "usual") == (12, 200, 99)


def test_the_distance_is_that_of_a_known_library():
    for a, b in (((213, 94, 0), (0, 114, 178)), ((1, 2, 3), (250, 240, 230)), ((9, 9, 9), (9, 9, 9))):
        labs = [rgb2lab(np.array(c, dtype=float) / 255) for c in (a, b)]
        assert distance(a, b) == pytest.approx(float(deltaE_cie76(*labs)), abs=0.05)
    assert len(VISIONS) == 4

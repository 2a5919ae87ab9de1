"""Which tiles are fetched, and in which order."""

from dataclasses import replace

import pytest

from allviewer.domain.geometry import Region
from allviewer.session.placement import Placement
from allviewer.ui.canvas.wanted import heading_of, tiles_in_view, wanted_tiles

VIEW = Placement(Region(0, 0, 100_000, 100_000), (50_000, 50_000), 1.0, viewport=(1024, 768))


def moved(dx, dy, **changes):
    return replace(VIEW, center=(50_000 + dx, 50_000 + dy), **changes)


def test_what_is_in_view_comes_first():
    wanted = wanted_tiles(VIEW)
    seen = tiles_in_view(VIEW, 0)
    assert wanted.image[: len(seen)] == seen


@pytest.mark.parametrize(("dx", "dy"), [(300, 0), (-300, 0), (0, 300), (0, -300), (200, -200)])
def test_a_pan_fetches_what_lies_ahead_last_of_all(dx, dy):
    now = moved(dx, dy)
    plain = wanted_tiles(now)
    wanted = wanted_tiles(now, None, heading_of(VIEW, now))
    assert wanted.image[: len(plain.image)] == plain.image
    ahead = wanted.image[len(plain.image) :]
    assert ahead
    middle = (now.center[0] / 256 - 0.5, now.center[1] / 256 - 0.5)
    assert all((t.column - middle[0]) * dx + (t.row - middle[1]) * dy > 0 for t in ahead)
    assert len(set(wanted.image)) == len(wanted.image)
    assert len(wanted.cells) - len(plain.cells) == len(ahead)


def test_zooming_and_standing_still_lead_nowhere():
    assert heading_of(VIEW, VIEW) == (0, 0)
    assert heading_of(VIEW, moved(300, 0, scale=2.0)) == (0, 0)
    assert heading_of(VIEW, moved(300, 0, bounds=Region(0, 0, 60_000, 60_000))) == (0, 0)


def test_nothing_lies_ahead_of_the_edge():
    edge = replace(VIEW, center=(99_500, 50_000))
    wanted = wanted_tiles(edge, None, (1.0, 0.0))
    assert wanted == wanted_tiles(edge)

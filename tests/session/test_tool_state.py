"""The tool in hand and its settings."""

from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.edits import PARTS
from allviewer.session.tool_state import MAX_RADIUS_PX, MIN_RADIUS_PX, Part, ToolKind, ToolState


def test_parts_are_those_that_edits_know():
    assert tuple(Part) == PARTS


@given(st.lists(st.integers(-30, 30), max_size=40))
def test_the_brush_stays_within_its_limits_and_always_changes_before_them(steps):
    state = ToolState()
    for step in steps:
        before = state.radius_px
        state.scale_radius(step)
        assert MIN_RADIUS_PX <= state.radius_px <= MAX_RADIUS_PX
        if step > 0 and before < MAX_RADIUS_PX:
            assert state.radius_px > before
        if step < 0 and before > MIN_RADIUS_PX:
            assert state.radius_px < before


def test_changes_are_told_once():
    state, told = ToolState(), []
    state.changed.connect(lambda: told.append(state.tool))
    state.take(ToolKind.BRUSH)
    state.take(ToolKind.BRUSH)
    state.work_on(Part.NUCLEUS)
    state.set_label("blast")
    assert told == [ToolKind.BRUSH] * 3

"""Whatever is done in whatever order, the picture is the one that drawing everything anew would give."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allviewer.domain.edits import add, delete, relabel
from tests.ui.canvas.view_bench import Bench, distinct_pixels, make_cell

steps = st.one_of(
    st.tuples(st.just("pan"), st.integers(-150, 150), st.integers(-150, 150)),
    st.tuples(st.just("zoom"), st.integers(0, 320), st.floats(0.4, 2.5)),
    st.tuples(st.just("actual"), st.just(0), st.just(0)),
    st.tuples(st.just("fit"), st.just(0), st.just(0)),
    st.tuples(st.just("turn"), st.sampled_from([90, -90, 5, 31.7, 180]), st.just(0)),
    st.tuples(st.just("flip"), st.just(0), st.just(0)),
    st.tuples(st.just("resize"), st.integers(220, 340), st.integers(180, 260)),
    st.tuples(st.just("add"), st.integers(0, 850), st.integers(0, 650)),
    st.tuples(st.just("relabel"), st.integers(0, 100), st.just(0)),
    st.tuples(st.just("delete"), st.integers(0, 100), st.just(0)),
    st.tuples(st.just("overlay"), st.booleans(), st.just(0)),
    st.tuples(st.just("paint"), st.just(0), st.just(0)),
)


def do(bench, step, x, y):
    view, cells = bench.view, list(bench.annotations)
    if step == "pan":
        view.pan_by(x, y)
    elif step == "zoom":
        view.zoom_at((x, x // 2), y)
    elif step == "actual":
        view.to_actual_size()
    elif step == "fit":
        view.fit()
    elif step == "turn":
        view.rotate_by(x)
    elif step == "flip":
        view.flip()
    elif step == "resize":
        bench.widget.resize(x, y)
    elif step == "overlay":
        view.set_overlay(visible=x)
    elif step == "paint":
        bench.widget.grab()
    elif step == "add":
        change(bench, add(make_cell(bench.annotations.next_id, x, y, 5 + x % 20)))
    elif cells and step == "relabel":
        change(bench, relabel([cells[x % len(cells)]], "monocyte", "anna"))
    elif cells and step == "delete":
        change(bench, delete([cells[x % len(cells)]]))


def change(bench, edit):
    bench.annotations.apply(edit)
    bench.widget.refresh_cells(edit.cell_ids, edit.changes[0].region)


@given(st.lists(steps, max_size=15))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_picture_never_depends_on_how_it_came_about(qtbot, runner, todo):
    bench = Bench(qtbot, runner, 320, 240, closes_itself=True)
    bench.open(distinct_pixels(900, 700), [make_cell(i, 120 * i, 90 * i, 18) for i in range(1, 6)])
    for step in todo:
        do(bench, *step)
    shown = bench.grab()
    fresh = Bench(qtbot, runner, bench.widget.width(), bench.widget.height(), closes_itself=True)
    fresh.open(distinct_pixels(900, 700), list(bench.annotations), name="fresh")
    fresh.view.set_overlay(visible=bench.view.overlay.visible)
    fresh.view.place(bench.view.placement)
    # smoothing of strips may round differently: at an angle by a sixteenth of the step between neighbours
    rounding = 18 if bench.view.rotation_deg % 90 else 2
    assert np.abs(shown.astype(int) - fresh.grab()).max() <= rounding
    bench.close()
    fresh.close()

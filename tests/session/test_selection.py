"""The selection and what keys act on."""

from allviewer.session.selection import Selection


def test_keys_act_on_the_cell_under_the_cursor_when_none_is_selected(qapp):
    selection = Selection()
    selection.hover(4)
    assert selection.targets == {4}
    selection.select([1, 2])
    assert selection.targets == {1, 2}


def test_the_current_cell_stays_while_it_is_selected(qapp):
    selection = Selection()
    selection.select([1, 2, 3], 2)
    selection.toggle(3)
    assert selection.current == 2
    selection.toggle(2)
    assert selection.current == 1


def test_cells_that_are_gone_are_forgotten(qapp, qtbot):
    selection = Selection()
    selection.select([1, 2], 2)
    with qtbot.waitSignal(selection.changed):
        selection.keep_only([1])
    assert selection.ids == {1}
    assert selection.current == 1

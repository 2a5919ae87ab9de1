"""Cells that lie beside an image are there when it is opened: once, as one step, and never in the way of others."""

import json

import pytest
from PIL import Image

from tests.inference.pictures import draw_cells
from tests.walks.conftest import CELLS


def labels(path, width=440, height=330, **more):
    shapes = [
        {"label": "blast", "points": [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]], **more}
        for x, y, r in CELLS
    ]
    path.write_text(json.dumps({"shapes": shapes, "imageWidth": width, "imageHeight": height}))


def open_and_look(hands, path):
    """Open an image and wait until nothing is looked for any more."""
    hands.open_and_wait(path)
    hands.wait_for_rest()


def test_they_are_drawn_at_once_and_can_be_undone(start, smear):
    labels(smear.with_suffix(".json"))
    hands = start()
    hands.open_and_wait(smear)
    hands.wait(lambda: len(hands.cells) == len(CELLS))
    assert any("Imported 6 cells from smear.json" in text for text in hands.notices)
    assert [step.text for step in hands.document.history] == ["Import 6 cells from smear.json"]
    assert not any(cell.is_touched for cell in hands.cells)
    hands.do("undo")
    assert hands.cells == []


def test_they_are_not_taken_twice(start, smear):
    labels(smear.with_suffix(".json"))
    hands = start()
    hands.open_and_wait(smear)
    hands.wait(lambda: len(hands.cells) == len(CELLS))
    hands.do("undo")
    hands.wait(lambda: hands.document.saved)
    hands.close()
    again = start()
    open_and_look(again, smear)
    assert again.cells == []
    assert again.problems == []


def test_each_image_of_a_folder_has_its_own(start, smear):
    other = smear.with_name("other.png")
    Image.fromarray(draw_cells(330, 440, CELLS[:2])).save(other)
    labels(smear.with_suffix(".json"))
    hands = start()
    open_and_look(hands, smear.parent)
    assert hands.document.name == "other.png"
    assert hands.cells == []
    hands.do("next_image")
    hands.wait(lambda: hands.document is not None and len(hands.cells) == len(CELLS))


def test_labels_that_do_not_fit_are_named(start, smear):
    labels(smear.with_suffix(".json"), width=1000)
    hands = start()
    hands.open_and_wait(smear)
    hands.wait_for_problem("smear.json does not fit this image")
    assert hands.cells == []


@pytest.mark.parametrize("content", [b'{"shapes": [{"label": 1', b'{"shapes": 5}', b'{"shapes": [[[[['])
def test_broken_labels_are_named_and_the_image_is_shown(start, smear, content):
    smear.with_suffix(".json").write_bytes(content)
    hands = start()
    hands.open_and_wait(smear)
    hands.wait_for_problem("smear.json")
    assert hands.canvas.is_settled


def test_json_of_something_else_is_no_problem(start, smear):
    smear.with_suffix(".json").write_text('{"camera": "phone"}')
    hands = start()
    open_and_look(hands, smear)
    assert hands.problems == []


def test_a_pickle_beside_is_refused_in_words(start, smear):
    smear.with_name("smear_seg.npy").write_bytes(b"\x93NUMPY")
    hands = start()
    hands.open_and_wait(smear)
    hands.wait_for_problem("may run foreign code")

"""Click to grow, in the real window: a nucleus from one click, its cell from another; the wheel; Enter and Esc."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from allviewer.domain.mask import Mask
from allviewer.session.tool_state import Part, ToolKind
from tests.inference.pictures import disc

CELL, NUCLEUS = (150, 120, 40), (150, 120, 24)


@pytest.fixture
def field(tmp_path):
    """A purple nucleus in a pale blue cell, a red cell beside it, on glass; with a little noise."""
    picture = np.full((260, 340, 3), (238, 230, 232), float)
    for shape, colour in (
        (disc(260, 340, 240, 130, 30), (205, 150, 155)),
        (disc(260, 340, *CELL), (170, 185, 220)),
        (disc(260, 340, *NUCLEUS), (95, 60, 150)),
    ):
        picture[shape] = colour
    picture += np.random.default_rng(0).normal(0, 3, picture.shape)
    path = tmp_path / "field.png"
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def hands(start, toy_packs, field):
    hands = start()
    hands.open_and_wait(field)
    hands.do("tool_grow")
    assert hands.program.session.tools.tool is ToolKind.GROW
    return hands


def growth(hands):
    return hands.program.session.tools.growth


def click(hands, x, y):
    hands.click(x, y)
    hands.wait(lambda: not growth(hands).mask.is_empty)


def wheel(hands, notches):
    place = QPointF(hands.canvas.rect().center())
    turn = QWheelEvent(
        place, hands.canvas.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(hands.canvas, turn)


def test_nucleus_and_cell_from_two_clicks(hands):
    hands.program.session.tools.work_on(Part.NUCLEUS)
    click(hands, 150, 120)
    assert growth(hands).mask.iou(Mask(disc(260, 340, *NUCLEUS))) > 0.93
    assert not hands.cells, "nothing is changed before it is accepted"
    hands.do("accept")  # Enter
    (cell,) = hands.cells
    assert cell.nucleus == cell.mask
    assert growth(hands).mask.is_empty

    hands.program.session.tools.work_on(Part.CYTOPLASM)
    click(hands, 150, 88)
    hands.click(150, 88)  # the second click takes it
    (cell,) = hands.cells
    assert cell.mask.iou(Mask(disc(260, 340, *CELL))) > 0.93
    assert cell.nucleus.iou(Mask(disc(260, 340, *NUCLEUS))) > 0.93
    assert cell.mask.contains(cell.nucleus)
    assert cell.is_touched
    assert [step.text for step in hands.document.history] == ["Grow cell 1", "Grow cytoplasm, cell 1"]
    hands.do("undo")
    assert hands.cells[0].mask == hands.cells[0].nucleus
    hands.do("undo")
    assert not hands.cells


def test_the_wheel_changes_the_region_and_not_the_zoom(hands):
    click(hands, 150, 120)
    first, scale = growth(hands).threshold, hands.program.session.view.scale
    area = growth(hands).mask.area_px
    wheel(hands, 25)
    hands.wait(lambda: growth(hands).threshold > first)
    assert growth(hands).mask.area_px > area, "it has grown into the cytoplasm"
    wheel(hands, -60)
    hands.wait(lambda: growth(hands).threshold < first)
    assert growth(hands).mask.area_px < area
    assert hands.program.session.view.scale == scale
    hands.do("select_none")  # Esc
    assert growth(hands).seed is None
    wheel(hands, 1)
    assert hands.program.session.view.scale > scale, "without a region the wheel zooms again"
    assert not hands.document.history


def test_other_cells_keep_their_pixels(hands):
    hands.program.session.tools.work_on(Part.NUCLEUS)
    click(hands, 150, 120)
    hands.do("accept")
    before = hands.cells[0]
    hands.program.session.selection.clear()
    hands.program.session.tools.work_on(Part.CYTOPLASM)
    click(hands, 240, 130)
    hands.do("accept")
    assert len(hands.cells) == 2, "a click beside a cell makes a new one"
    assert hands.cells[0] == before
    assert (hands.cells[0].mask & hands.cells[1].mask).is_empty


def test_outside_the_image_and_with_another_tool_nothing_grows(hands):
    hands.program.session.tools.growth.begin((-5.0, 3.0))
    assert growth(hands).seed is None
    click(hands, 150, 120)
    hands.do("tool_select")
    assert growth(hands).seed is None
    assert growth(hands).mask.is_empty


def test_shift_adds_a_region_and_alt_takes_one_away(hands):
    hands.program.session.tools.work_on(Part.NUCLEUS)
    click(hands, 150, 120)
    first = growth(hands).mask
    hands.click(240, 130, Qt.KeyboardModifier.ShiftModifier)
    hands.wait(lambda: growth(hands).mask.area_px > first.area_px)
    assert growth(hands).mask.contains(first)
    hands.click(240, 130, Qt.KeyboardModifier.AltModifier)
    hands.wait(lambda: growth(hands).mask == first)
    hands.do("accept")
    assert len(hands.cells) == 1
    assert hands.cells[0].mask == first
    assert len(hands.document.history) == 1

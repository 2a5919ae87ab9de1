"""Keys, clicks, strokes and menu items in any order: nothing unexpected happens, and the file equals the screen."""

import random
import sys
import traceback

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from allviewer.jobs.lanes import Lane
from allviewer.storage.case_file import CaseFile
from tests.inference.pictures import draw_cells
from tests.walks.conftest import CELLS

STEPS = 150
KEYS = [Qt.Key(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B))] + [
    Qt.Key.Key_Tab,
    Qt.Key.Key_Return,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Escape,
    Qt.Key.Key_BracketLeft,
    Qt.Key.Key_BracketRight,
]
CONTROL_KEYS = [Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_S, Qt.Key.Key_A, Qt.Key.Key_R]
DIALOGS = {
    "quit",
    "settings",
    "compare",
    "export_view",
    "properties",
    "cheat_sheet",
    "palette",
    "about",
    "manage_packs",
    "export_training",
    "fine_tune",
}


@pytest.fixture
def unexpected(monkeypatch):
    errors = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: errors.append("".join(traceback.format_exception(*error))))
    return errors


@pytest.fixture
def folder(tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for number in range(4):
        Image.fromarray(draw_cells(330 + number, 440, CELLS[number:])).save(images / f"{number}.png")
    (images / "bad.png").write_bytes(b"no image")
    return images


class Monkey:
    """Does anything at all, by a seed."""

    def __init__(self, hands, answers, folder, seed):
        self.hands, self.answers, self.folder = hands, answers, folder
        self.random = random.Random(seed)

    def anywhere(self):
        canvas = self.hands.canvas
        return QPoint(self.random.randrange(canvas.width()), self.random.randrange(canvas.height()))

    def step(self):
        ways = (self.key, self.key, self.control_key, self.click, self.drag, self.menu, self.table, self.history)
        if self.random.random() < 0.03:
            self.open()
        else:
            self.random.choice(ways)()

    def key(self):
        QTest.keyClick(self.hands.canvas, self.random.choice(KEYS))

    def control_key(self):
        QTest.keyClick(self.hands.canvas, self.random.choice(CONTROL_KEYS), Qt.KeyboardModifier.ControlModifier)

    def click(self):
        keys = self.random.choice([Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier])
        QTest.mouseClick(self.hands.canvas, Qt.MouseButton.LeftButton, keys, self.anywhere())

    def drag(self):
        QTest.mousePress(self.hands.canvas, Qt.MouseButton.LeftButton, pos=self.anywhere())
        for _ in range(4):
            QTest.mouseMove(self.hands.canvas, self.anywhere())
        QTest.mouseRelease(self.hands.canvas, Qt.MouseButton.LeftButton, pos=self.anywhere())

    def menu(self):
        actions = [action for action in self.hands.window.actions() if action.objectName() not in DIALOGS]
        action = self.random.choice(actions)
        self.answers.new_case_path = self.folder.parent / f"case {self.random.randrange(2)}.allcase"
        if action.isEnabled():
            action.trigger()

    def table(self):
        self.hands.window.cells.table.selectRow(self.random.randrange(6))

    def history(self):
        self.hands.window.history.chosen.emit(self.random.randrange(8))

    def open(self):
        self.hands.open(self.random.choice([self.folder, self.folder / "2.png", self.folder / "bad.png"]))


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order(start, toy_packs, answers, folder, unexpected, qtbot, seed):
    hands = start()
    hands.open_and_wait(folder / "0.png")
    monkey = Monkey(hands, answers, folder, seed)
    for number in range(STEPS):
        monkey.step()
        if number % 10 == 0:
            qtbot.wait_until(lambda: True)
    hands.wait(lambda: not [job for job in hands.program.session.runner.jobs if job.lane is not Lane.TILES], 60_000)
    assert unexpected == []

    hands.open(folder / "1.png")
    hands.wait(lambda: hands.document is not None and hands.document.name == "1.png" and hands.document.saved)
    cells, image_id = hands.cells, hands.document.image_id
    path = hands.program.session.workspace.case.path
    hands.close()
    assert unexpected == []
    with CaseFile.open(path, read_only=True) as case:
        assert sorted(case.load(image_id).cells, key=lambda cell: cell.id) == cells
        assert case.check().is_sound

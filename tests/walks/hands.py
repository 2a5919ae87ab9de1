"""What a person does with the window, and what they see of it."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from allviewer.app import Program
from allviewer.domain.cell import Cell


class Answers:
    """Answers to questions, given in advance; a question without one counts as cancelled."""

    def __init__(self):
        self.image_paths = None
        self.folder_path = None
        self.case_path = None
        self.new_case_path = None
        self.found_path = None
        self.pack_path = None
        self.new_pack_path = None
        self.cells_path = None
        self.agrees = False
        self.picture_path = None
        self.class_set_path = None
        self.page_path = None
        self.asked = []

    def images(self):
        return self.image_paths

    def folder(self, title):
        return self.folder_path

    def case_to_open(self):
        return self.case_path

    def case_to_write(self, suggestion):
        self.asked.append(suggestion)
        return self.new_case_path

    def where_is(self, missing):
        self.asked.append(missing)
        return self.found_path

    def pack_to_install(self):
        return self.pack_path

    def pack_to_write(self, name):
        self.asked.append(name)
        return self.new_pack_path

    def cells_to_import(self):
        return self.cells_path

    def class_set_to_read(self):
        return self.class_set_path

    def page_to_write(self, name):
        self.asked.append(name)
        return self.page_path

    def class_set_to_write(self, name):
        self.asked.append(name)
        return self.class_set_path

    def picture_to_write(self, name):
        self.asked.append(name)
        return self.picture_path

    def confirm(self, question, detail, yes):
        self.asked.append(question)
        return self.agrees


class Hands:
    """Mouse and keyboard on one window."""

    def __init__(self, qtbot, program: Program):
        self.qtbot = qtbot
        self.program = program
        self.window = program.window
        self.canvas = program.window.canvas
        self._closed = False

    # seeing

    @property
    def document(self):
        return self.program.session.workspace.document

    @property
    def cells(self) -> list[Cell]:
        return sorted(self.document.annotations, key=lambda cell: cell.id) if self.document else []

    def cell(self, cell_id) -> Cell | None:
        return self.document.annotations.get(cell_id)

    @property
    def notices(self) -> list[str]:
        return self.program.notices.texts

    @property
    def problems(self) -> list[str]:
        return self.program.notices.problems

    def wait(self, holds, timeout_ms=20_000):
        self.qtbot.waitUntil(holds, timeout=timeout_ms)

    def wait_for_rest(self, timeout_ms=60_000):
        self.wait(lambda: self.program.is_at_rest and not self.program.work.detect.is_running, timeout_ms)

    def wait_for_problem(self, words, timeout_ms=20_000):
        self.wait(lambda: any(words in text for text in self.problems), timeout_ms)

    # doing

    def open(self, *paths: Path):
        self.program.work.open_images.open(list(paths))

    def open_and_wait(self, *paths: Path):
        before = self.document
        self.open(*paths)
        self.wait(lambda: self.document is not None and self.document is not before)
        self.wait_for_rest()

    def can(self, action_id: str) -> bool:
        """Whether a menu item can be chosen now."""
        return self.window.actions_table[action_id].isEnabled()

    def do(self, action_id: str):
        """Choose a menu item."""
        action = self.window.actions_table[action_id]
        assert action.isEnabled(), f"{action_id} cannot be chosen now"
        action.trigger()

    def press(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.canvas, key, modifiers)

    def at(self, x: float, y: float) -> QPoint:
        """Where a point of the image is on the canvas."""
        sx, sy = self.program.session.view.to_screen((x, y))
        return QPoint(round(sx), round(sy))

    def click(self, x: float, y: float, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, modifiers, self.at(x, y))

    def drag(self, points, modifiers=Qt.KeyboardModifier.NoModifier):
        places = [self.at(*point) for point in points]
        QTest.mousePress(self.canvas, Qt.MouseButton.LeftButton, modifiers, places[0])
        for place in places[1:]:
            QTest.mouseMove(self.canvas, place)
        QTest.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, modifiers, places[-1])

    def draw(self, corners):
        """Click the corners of a polygon and close it with a double click."""
        for corner in corners:
            QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(*corner))
        self.press(Qt.Key.Key_Return)

    def close(self):
        if self._closed:
            return
        self._closed = True
        self.window.close()
        self.wait(lambda: not self.window.isVisible())
        self.program.shutdown()
        self.window.deleteLater()


def inside(cell: Cell) -> tuple[float, float]:
    """A point that surely lies in a cell, and in its nucleus if it has one."""
    part = cell.nucleus if not cell.nucleus.is_empty else cell.mask
    row, column = (int(values[len(values) // 2]) for values in part.bitmap.nonzero())
    return part.region.x + column + 0.5, part.region.y + row + 0.5

"""The real window, driven by mouse and keys; questions are answered, notices recorded, nothing outside a folder."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSettings

from allviewer.app import build
from allviewer.storage.locations import Locations
from allviewer.ui.style import apply_style
from tests.inference.networks import CLASSES, write_pack
from tests.inference.pictures import draw_cells
from tests.walks.hands import Answers, Hands


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def start(qapp, qtbot, home, answers, request):
    """Start the program; called again, it starts anew on the same folders after the first was closed."""
    programs = []
    apply_style(qapp)

    def begin() -> Hands:
        program = build(Locations(home / "config", home / "data", home / "cache", home / "log"), answers)
        program.window.resize(1300, 820)
        program.window.show()
        qtbot.waitExposed(program.window)
        hands = Hands(qtbot, program)
        programs.append(hands)
        return hands

    yield begin
    for hands in programs:
        hands.close()


CELLS = [(80, 80, 22), (200, 90, 20), (330, 70, 24), (90, 240, 21), (230, 250, 23), (360, 260, 20)]
"""Centre and radius of the drawn cells."""


@pytest.fixture
def toy_packs(home):
    """Networks that find the cells of `smear`, installed and chosen."""
    models = home / "data" / "models"
    write_pack(models / "colours-1.0.0")
    write_pack(models / "redness-1.0.0", spec=CLASSES, name="redness")
    memory = QSettings(str(home / "config" / "window.ini"), QSettings.Format.IniFormat)
    memory.setValue("models/segmentation", "colours 1.0.0")
    memory.setValue("models/classifier", "redness 1.0.0")
    memory.setValue("models/device", "cpu")
    memory.sync()


@pytest.fixture
def smear(tmp_path) -> Path:
    """A picture of six cells for `toy_packs`."""
    folder = tmp_path / "images"
    folder.mkdir()
    path = folder / "smear.png"
    Image.fromarray(draw_cells(330, 440, CELLS)).save(path)
    return path


@pytest.fixture
def analysed(start, toy_packs, smear) -> Hands:
    """A window with the smear open and its six cells found."""
    hands = start()
    hands.open_and_wait(smear)
    hands.do("run")
    hands.wait(lambda: len(hands.cells) == 6)
    hands.wait_for_rest()
    return hands

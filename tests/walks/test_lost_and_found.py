"""What people see when something goes wrong with the case file, and what they can do about it."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.walks.hands import inside


@pytest.fixture
def hands(analysed):
    return analysed


@pytest.fixture
def named(hands, answers, tmp_path) -> Path:
    """The case under a name, on a drive of its own."""
    (tmp_path / "drive").mkdir()
    answers.new_case_path = tmp_path / "drive" / "ward.allcase"
    hands.do("save_as")
    hands.wait(lambda: hands.program.session.workspace.case.is_named)
    hands.wait_for_rest()
    return answers.new_case_path


def label(hands, number, key=Qt.Key.Key_4):
    hands.click(*inside(hands.cells[number]))
    hands.press(key)


def press(hands, words):
    next(b for b in hands.program.notices.findChildren(QPushButton) if b.text() == words).click()


def test_a_drive_that_goes_and_comes_back_loses_nothing(hands, named):
    away = named.parent.with_name("away")
    named.parent.rename(away)
    label(hands, 0)
    hands.wait_for_problem("1 edit is not saved")
    assert "Kept in memory and tried again" in hands.problems[-1]
    assert hands.window.status.saved.text() == "Not saved"
    assert hands.cells[0].label == "monocyte"
    away.rename(named.parent)
    hands.wait(lambda: hands.document.saved)
    assert not any("not saved" in text for text in hands.problems)
    assert hands.window.status.saved.text() == "All edits saved"
    assert hands.program.session.workspace.case.file.check().is_sound


def test_what_a_lost_drive_holds_goes_on_elsewhere(hands, named, answers, tmp_path):
    named.parent.rename(named.parent.with_name("away"))
    label(hands, 0)
    hands.wait_for_problem("1 edit is not saved")
    answers.new_case_path = tmp_path / "elsewhere.allcase"
    press(hands, "Save elsewhere…")
    hands.wait(lambda: hands.program.session.workspace.case.path == answers.new_case_path and hands.document.saved)
    file = hands.program.session.workspace.case.file
    assert file.load(hands.document.image_id).cells[0].label == "monocyte"
    assert file.check().is_sound


def test_the_second_program_takes_over_when_the_first_is_gone(hands, named, start):
    second = start()
    second.open_and_wait(named)
    assert any("reading only" in text for text in second.problems)
    press(second, "Take over")
    second.wait_for_rest()
    assert any("reading only" in text for text in second.problems), "the first one has it still"
    hands.close()
    press(second, "Take over")
    second.wait(lambda: not second.problems)
    second.wait_for_rest()
    label(second, 0)
    second.wait(lambda: second.document.saved)
    assert second.cells[0].label == "monocyte"


def test_what_was_recovered_is_said_until_it_is_read(hands, named, start, tmp_path):
    label(hands, 0)
    hands.wait(lambda: hands.document.saved)
    for ending in ("", "-wal"):  # what a killed program leaves
        shutil.copy(f"{named}{ending}", f"{tmp_path / 'left.allcase'}{ending}")
    hands.close()
    again = start()
    again.open_and_wait(tmp_path / "left.allcase")
    (text,) = [text for text in again.notices if "did not end properly" in text]
    assert "Label as monocyte" in text
    press(again, "Check the case")
    again.wait(lambda: any("The case is sound" in text for text in again.notices))
    assert again.cells[0].label == "monocyte"


def test_the_previous_generation_is_one_click_away(hands, named, start):
    hands.close()
    second = start()
    second.open_and_wait(named)
    label(second, 0)
    second.wait(lambda: second.document.saved)
    second.do("previous_generation")
    case = second.program.session.workspace
    second.wait(lambda: "as of" in case.case.path.name)
    second.wait(lambda: second.document is not None)
    second.wait_for_rest()
    assert second.cells[0].label != "monocyte"
    assert any("was left as it is" in text for text in second.notices)
    second.close()


def test_a_damaged_case_comes_with_its_previous_generation(hands, named, start):
    hands.close()
    second = start()
    second.open_and_wait(named)
    second.close()
    damaged = bytearray(named.read_bytes())
    damaged[4096 : len(damaged) // 2] = b"?" * (len(damaged) // 2 - 4096)
    named.write_bytes(damaged)
    third = start()
    third.open(named)
    third.wait(lambda: any("damaged" in text and "kept as it was" in text for text in third.notices))
    press(third, "Open the previous generation")
    third.wait(lambda: third.document is not None)
    assert len(third.cells) == 6
    assert named.read_bytes() == bytes(damaged)

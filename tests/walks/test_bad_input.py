"""Whatever is wrong with a file: one clear sentence, and nothing is lost."""

import os
import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from allviewer.errors import CaseError
from tests.inference.networks import write_pack
from tests.walks.hands import inside


@pytest.fixture
def hands(analysed):
    """A window with one analysed image, so that there is something to lose."""
    return analysed


def only_problem(hands) -> str:
    hands.wait(lambda: len(hands.problems) > 0)
    assert len(hands.problems) == 1
    return hands.problems[0]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.png", b"", "empty"),
        ("note.png", b"this is not an image at all" * 20, "not an image"),
        ("cut.png", None, "cut.png"),
    ],
)
def test_a_bad_image_is_named_and_the_others_go_on(hands, smear, name, content, words):
    bad = smear.with_name(name)
    bad.write_bytes(smear.read_bytes()[:400] if content is None else content)
    hands.open(bad)
    assert words in only_problem(hands)
    entry = hands.program.session.workspace.entries[0]
    assert entry.problem
    hands.open_and_wait(smear)
    assert len(hands.cells) == 6


def test_a_missing_image_leaves_what_is_open(hands, tmp_path):
    hands.open(tmp_path / "gone.png")
    assert "gone.png does not exist" in only_problem(hands)
    assert len(hands.cells) == 6


def test_a_folder_without_images_leaves_what_is_open(hands, tmp_path):
    (tmp_path / "nothing here").mkdir()
    hands.open(tmp_path / "nothing here")
    assert "no image in the folder" in only_problem(hands)
    assert len(hands.cells) == 6


def test_damaged_real_files_are_refused_in_words(start, data_dir):
    hands = start()
    files = [p for p in sorted((data_dir / "viewer_samples" / "damaged").iterdir()) if p.suffix not in (".md", ".txt")]
    hands.open(*files)
    hands.wait(lambda: len(hands.program.session.workspace.entries) == len(files))
    for row in range(len(files)):
        hands.program.work.show_image.show(row)
        hands.wait(
            lambda row=row: (
                hands.program.session.workspace.document_of(row) is not None
                or bool(hands.program.session.workspace.entries[row].problem)
            )
        )
    assert any(entry.problem for entry in hands.program.session.workspace.entries)
    assert all("Traceback" not in text for text in hands.problems)


def test_a_corrupt_case_is_refused_and_left_alone(hands, tmp_path):
    case = tmp_path / "broken.allcase"
    case.write_bytes(b"SQLite format 3\0" + os.urandom(4000))
    before = case.read_bytes()
    hands.open(case)
    assert "broken.allcase" in only_problem(hands)
    assert case.read_bytes() == before
    assert len(hands.cells) == 6


def test_a_case_of_a_newer_version_is_refused_and_left_alone(hands, start, answers, tmp_path):
    answers.new_case_path = tmp_path / "newer.allcase"
    hands.do("save_as")
    hands.wait(lambda: hands.program.session.workspace.case.is_named)
    hands.close()
    with sqlite3.connect(answers.new_case_path) as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    before = answers.new_case_path.read_bytes()
    again = start()
    again.open(answers.new_case_path)
    assert "newer" in only_problem(again)
    assert answers.new_case_path.read_bytes() == before


def test_a_case_in_a_folder_that_cannot_be_written_keeps_the_old_one(hands, answers, tmp_path):
    answers.new_case_path = tmp_path / "no such folder" / "x.allcase"
    hands.do("save_as")
    assert "x.allcase" in only_problem(hands) or "no such folder" in only_problem(hands)
    assert not hands.program.session.workspace.case.is_named
    hands.click(*inside(hands.cells[0]))
    hands.press(Qt.Key.Key_4)
    hands.wait(lambda: hands.document.saved)


def test_a_full_disk_stops_editing_and_nothing_is_lost(hands, monkeypatch):
    file = hands.program.session.workspace.case.file
    monkeypatch.setattr(type(file), "commit", _disk_full)
    hands.click(*inside(hands.cells[0]))
    hands.press(Qt.Key.Key_4)
    hands.wait_for_problem("not saved")
    assert hands.cells[0].label == "monocyte"
    hands.press(Qt.Key.Key_5)
    assert hands.cells[0].label == "monocyte"
    assert "Not saved" in hands.window.status.saved.text()

    monkeypatch.undo()
    hands.do("save")
    hands.wait(lambda: hands.document.saved and not hands.document.read_only)
    assert not any("not saved" in text for text in hands.problems)
    assert [entry.text for entry in file.load(hands.document.image_id).history][-1].startswith("Label as monocyte")


def test_leaving_with_unsaved_edits_is_asked_first(hands, answers, monkeypatch):
    monkeypatch.setattr(type(hands.program.session.workspace.case.file), "commit", _disk_full)
    hands.click(*inside(hands.cells[0]))
    hands.press(Qt.Key.Key_4)
    hands.wait_for_problem("not saved")
    hands.window.close()
    assert hands.window.isVisible()
    assert "1 edit could not be saved" in answers.asked[-1]
    answers.agrees = True
    hands.window.close()
    assert not hands.window.isVisible()


def _disk_full(self, image_id, edit, author):
    raise CaseError("The disk is full.", "Make room and try again.")


def test_a_cancelled_run_changes_nothing(hands):
    before = hands.cells
    hands.do("run")
    hands.program.work.detect.cancel()
    hands.wait(lambda: not hands.program.work.detect.is_running)
    assert hands.cells == before
    assert len(hands.document.history) == 1
    assert any("cancelled" in text for text in hands.notices)


def test_a_run_on_all_images_passes_a_bad_one_by_and_names_it(hands, smear):
    smear.with_name("broken.png").write_bytes(smear.read_bytes()[:300])
    Image.open(smear).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(smear.with_name("other.png"))
    hands.open(smear.parent)
    hands.wait(lambda: len(hands.program.session.workspace.entries) == 3 and hands.can("run_all"))
    hands.do("run_all")
    hands.wait(lambda: any("2 of 3 images" in text for text in hands.notices), 60_000)
    assert any("broken.png" in text for text in hands.notices)


def test_a_pack_with_a_wrong_checksum_is_not_installed(hands, tmp_path, answers):
    pack = write_pack(tmp_path / "pack", name="altered")
    with (pack / "network.onnx").open("ab") as network:
        network.write(b"more")
    answers.pack_path = pack
    hands.do("install_pack")
    assert "altered" in only_problem(hands)
    assert "altered" not in [row.card.name for row in hands.program.work.packs.packs()]


def test_a_moved_image_is_found_again_by_its_content(hands, start, answers, smear, tmp_path):
    answers.new_case_path = tmp_path / "mine.allcase"
    hands.do("save_as")
    hands.wait(lambda: hands.program.session.workspace.case.is_named)
    before = hands.cells
    hands.close()
    moved = tmp_path / "elsewhere" / "renamed.png"
    moved.parent.mkdir()
    smear.rename(moved)

    again = start()
    again.open(answers.new_case_path)
    again.wait_for_problem("no longer in")
    answers.found_path = moved
    again.do("relink")
    again.wait(lambda: again.document is not None)
    assert again.cells == before
    assert not again.problems


def test_another_image_cannot_take_the_place_of_a_missing_one(hands, start, answers, smear, tmp_path):
    answers.new_case_path = tmp_path / "mine.allcase"
    hands.do("save_as")
    hands.wait(lambda: hands.program.session.workspace.case.is_named)
    hands.close()
    smear.rename(tmp_path / "hidden.png")
    other = tmp_path / "other.png"
    Image.new("RGB", (440, 330), "white").save(other)

    again = start()
    again.open(answers.new_case_path)
    again.wait_for_problem("no longer in")
    answers.found_path = other
    again.do("relink")
    again.wait(lambda: len(again.problems) > 1)
    assert again.document is None


def test_an_image_that_has_changed_is_not_shown_under_old_cells(hands, start, smear):
    hands.close()
    Image.new("RGB", (440, 330), "white").save(smear)
    again = start()
    again.open(smear)
    again.wait_for_problem("has changed")
    assert again.document is None


def test_a_case_open_elsewhere_is_read_only_in_words(hands, start, answers, tmp_path):
    answers.new_case_path = tmp_path / "mine.allcase"
    hands.do("save_as")
    hands.wait(lambda: hands.program.session.workspace.case.is_named)
    second = start()
    second.open_and_wait(answers.new_case_path)
    assert any("reading only" in text for text in second.problems)
    assert "Read only" in second.window.status.saved.text()
    before = second.cells
    second.click(*inside(second.cells[0]))
    second.press(Qt.Key.Key_4)
    assert second.cells == before
    assert len(hands.cells) == 6


def test_the_second_of_two_equal_images_is_named(hands, smear):
    twin = Path(smear.with_name("twin.png"))
    twin.write_bytes(smear.read_bytes())
    hands.open(smear.parent)
    hands.wait(lambda: len(hands.program.session.workspace.entries) == 2)
    hands.wait(lambda: hands.document is not None)
    hands.do("next_image")
    hands.wait_for_problem("same image as")
    assert "same image as" in hands.program.session.workspace.entries[1].problem

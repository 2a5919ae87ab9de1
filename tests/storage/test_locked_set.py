"""The locked test set: whole patients, never exported again, and a survey that says what is missing."""

from dataclasses import replace

import pytest

from allviewer.domain import edits
from allviewer.domain.cell import CellState
from allviewer.domain.labels import ALL_CLASSES
from allviewer.errors import DatasetError
from allviewer.progress import CancelToken, no_report
from allviewer.storage.locked_set import LockedSet, proposed_groups
from allviewer.storage.training_choice import ExportChoice
from allviewer.storage.training_set_reader import known_pictures, read_manifest
from allviewer.storage.training_set_writer import count_training_cells, write_training_set
from allviewer.storage.training_survey import survey
from tests.storage.test_training_set import Gradient


@pytest.fixture
def patients(case, image_record, make_cell, tmp_path):
    """Three patients: one cell corrected and one accepted in each, one image a patient, two of patient 3."""
    for number, group in enumerate(["patient 1", "patient 2", "patient 3", "patient 3"]):
        path = tmp_path / f"smear{number}.png"
        path.touch()
        record = replace(image_record, path=path, sha256=f"{number}" * 64, group=group, mpp=0.2)
        image = case.add_image(record)
        first, second = make_cell(1, x=100, y=100), make_cell(2, x=300, y=300)
        case.commit(image.id, edits.take_model_run([], [first, second], 1, "net"), "ann")
        case.commit(image.id, edits.relabel([first], "lymphocyte", "ann"), "ann")
        case.commit(image.id, edits.accept([second], "ann"), "ann")
    return case


def open_pixels(path):
    return Gradient(640, 480)


def export(case, folder, choice=None):
    return write_training_set(
        [case], folder, open_pixels, ALL_CLASSES, CancelToken(), no_report, choice or ExportChoice()
    )


def test_what_is_locked_is_never_exported_again(patients, tmp_path):
    locked = LockedSet(tmp_path / "locked")
    locked.add([patients], frozenset({"patient 3"}), open_pixels, ALL_CLASSES, CancelToken(), no_report)
    known = locked.locked()
    assert known.groups == {"patient 3"}
    assert known.images == {"2" * 64, "3" * 64}
    (part,) = locked.parts()
    assert read_manifest(part).locked
    counts = export(patients, tmp_path / "set", ExportChoice(locked=known))
    assert counts.groups == {"patient 1", "patient 2"}
    with pytest.raises(DatasetError, match="nothing to export"):
        locked.add([patients], frozenset({"patient 3"}), open_pixels, ALL_CLASSES, CancelToken(), no_report)
    locked.add([patients], frozenset({"patient 1"}), open_pixels, ALL_CLASSES, CancelToken(), no_report)
    assert locked.locked().groups == {"patient 1", "patient 3"}
    assert len(locked.parts()) == 2


def test_states_and_patients_are_chosen(patients, tmp_path):
    corrected = ExportChoice(frozenset({CellState.CORRECTED}), frozenset({"patient 1", "patient 3"}))
    assert count_training_cells([patients], corrected).cells == {"lymphocyte": 3}
    accepted = ExportChoice(frozenset({CellState.ACCEPTED}))
    assert count_training_cells([patients], accepted).cells.total() == 4


def test_the_survey_counts_and_says_what_is_missing(patients, tmp_path):
    locked = LockedSet(tmp_path / "locked")
    found = survey([patients], locked.locked())
    assert [(row.title, row.images, row.vouched) for row in found.groups] == [
        ("patient 1", 1, 2),
        ("patient 2", 1, 2),
        ("patient 3", 2, 4),
    ]
    assert any("locked test set" in sentence for sentence in found.missing)
    assert any("Monocyte 0" in sentence for sentence in found.missing)
    (tmp_path / "smear0.png").unlink()
    locked.add([patients], frozenset({"patient 3"}), open_pixels, ALL_CLASSES, CancelToken(), no_report)
    found = survey([patients], locked.locked())
    assert [row.is_locked for row in found.groups] == [False, False, True]
    assert any("smear0.png is not at its place" in sentence for sentence in found.missing)
    assert any("Only 2 patients" in sentence for sentence in found.missing)


def test_what_was_exported_is_read_back_as_it_was(patients, tmp_path):
    export(patients, tmp_path / "set")
    pictures = list(known_pictures(tmp_path / "set"))
    assert len(pictures) == 4
    first = pictures[0]
    assert (first.group, first.mpp, len(first.cells)) == ("patient 1", 0.2, 2)
    assert first.trust.any()
    assert not first.trust.all()
    (tmp_path / "set" / "cells").joinpath(f"{first.name}.tif").write_bytes(b"rubbish")
    with pytest.raises(DatasetError, match="cannot be read"):
        list(known_pictures(tmp_path / "set"))


def test_a_fifth_is_proposed_and_always_the_same():
    groups = [f"patient {n}" for n in range(10)]
    assert len(proposed_groups(groups)) == 2
    assert proposed_groups(groups) == proposed_groups(list(reversed(groups)))
    assert len(proposed_groups(["a", "b"])) == 1
    assert proposed_groups(["a"]) == frozenset()

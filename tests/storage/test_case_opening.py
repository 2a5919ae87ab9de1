"""Opening refuses in words what it should not touch, and says what it found."""

import contextlib
import json
import os
import shutil
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from allviewer.domain import edits
from allviewer.domain.last_look import LastLook
from allviewer.domain.scale import Scale
from allviewer.errors import CaseError, OutputError
from allviewer.storage import case_schema
from allviewer.storage.case_backups import Generation, generations, restore_generation
from allviewer.storage.case_database import raw_connection
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_schema import SCHEMA_VERSION


@pytest.fixture
def closed(case, image_record, make_cell) -> Path:
    """A closed case with forty cells in two steps."""
    image = case.add_image(image_record)
    case.commit(image.id, edits.take_model_run([], [make_cell(i, x=25 * i) for i in range(1, 40)], 1, "net"), "ann")
    case.commit(image.id, edits.add(make_cell(40)), "ann")
    case.close()
    return case.path


def refused(path: Path, words: str) -> None:
    """Opening raises `CaseError` with these words, and leaves every byte and the folder as they were."""
    before = path.read_bytes() if path.is_file() else None
    names = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    with pytest.raises(CaseError, match=words):
        CaseFile.open(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert (sorted(path.parent.iterdir()) if path.parent.is_dir() else []) == names


def test_missing(tmp_path):
    refused(tmp_path / "no.allcase", "There is no case file")


def test_folder(tmp_path):
    refused(tmp_path, "There is no case file")


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "is empty"), (b"hello", "not a case file"), (b"\0" * 5000, "not a case file")]
)
def test_no_case_file(tmp_path, content, words):
    path = tmp_path / "x.allcase"
    path.write_bytes(content)
    refused(path, words)


def test_database_of_another_program(tmp_path):
    path = tmp_path / "x.allcase"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (title)")
    refused(path, "database of another program")


def test_newer_version(closed):
    with contextlib.closing(sqlite3.connect(closed)) as raw:
        raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        raw.execute("PRAGMA journal_mode = DELETE")
    refused(closed, "newer version of this program")


def test_overwritten_pages(closed):
    content = bytearray(closed.read_bytes())
    for start in range(4096, len(content), 8192):
        content[start : start + 2000] = b"\xaa" * 2000
    closed.write_bytes(content)
    refused(closed, "damaged")


def test_cut_off(closed):
    content = closed.read_bytes()
    closed.write_bytes(content[: len(content) // 2])
    refused(closed, "damaged")


def test_missing_table(closed):
    with contextlib.closing(sqlite3.connect(closed)) as raw:
        raw.execute("DROP TABLE meta")
        raw.execute("PRAGMA journal_mode = DELETE")
    refused(closed, "damaged")


def test_unreadable_cell_is_a_sentence(closed):
    with contextlib.closing(sqlite3.connect(closed)) as raw:
        raw.execute("UPDATE cells SET mask = x'00ff' WHERE cell_id = 3")
        raw.commit()
    with CaseFile.open(closed) as case, pytest.raises(CaseError, match="a mask cannot be read"):
        case.load(1)


def test_create_never_overwrites(closed, tmp_path):
    content = closed.read_bytes()
    with pytest.raises(CaseError, match="exists already"):
        CaseFile.create(closed)
    assert closed.read_bytes() == content
    with pytest.raises(CaseError):
        CaseFile.create(tmp_path / "no such folder" / "x.allcase")


def test_old_version_is_brought_up_to_date(tmp_path, make_cell):
    """A file of version 0: its images lacked scale source, group, review and view, its cells had no tags."""
    path = tmp_path / "old.allcase"
    with CaseFile.create(path) as case:
        case.close()
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute("ALTER TABLE cells DROP COLUMN tags")
        raw.execute("DROP TABLE images")
        raw.execute(
            "CREATE TABLE images (id INTEGER PRIMARY KEY, path TEXT NOT NULL, relative_path TEXT NOT NULL, "
            "sha256 VARCHAR(64) NOT NULL UNIQUE, size_bytes INTEGER NOT NULL, width INTEGER NOT NULL, "
            "height INTEGER NOT NULL, mpp FLOAT, next_cell_id INTEGER NOT NULL, added_utc VARCHAR(40) NOT NULL)"
        )
        raw.execute("INSERT INTO images VALUES (1, '/a/b.png', 'b.png', 'ab', 9, 64, 48, 0.25, 1, '2026-01-01')")
        raw.execute("PRAGMA user_version = 0")
        raw.commit()
    with pytest.raises(CaseError, match="older format"):
        CaseFile.open(path, read_only=True)
    with CaseFile.open(path) as case:
        assert "brought from format 0 to 2" in case.notices[0]
        (image,) = case.images()
        assert (image.mpp, image.mpp_source, image.group, image.reviewed, image.view) == (0.25, "file", "", False, None)
        case.commit(image.id, edits.add(make_cell(1)), "ann")
        assert case.check().is_sound
    with CaseFile.open(path) as again:
        assert again.notices == ()
    with contextlib.closing(sqlite3.connect(tmp_path / "old.format0.allcase")) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (0,)


def test_second_program_reads_only_and_is_told_who(closed, make_cell):
    with CaseFile.open(closed) as first, CaseFile.open(closed) as second:
        assert not first.is_read_only
        assert second.read_only_reason.startswith("The case ward.allcase is in use by ")
        assert "since 20" in second.read_only_reason
        first.commit(1, edits.add(make_cell(41)), "ann")
        assert len(second.load(1).cells) == 41
        with pytest.raises(CaseError, match="in use by"):
            second.commit(1, edits.add(make_cell(42)), "bob")
    with CaseFile.open(closed) as third:
        assert not third.is_read_only
        assert third.notices == ()


def test_reading_only_changes_nothing(closed):
    before = closed.read_bytes()
    with CaseFile.open(closed, read_only=True) as case:
        assert len(case.load(1).cells) == 40
        with pytest.raises(CaseError, match="reading only"):
            case.undo(1, "ann")
    assert closed.read_bytes() == before
    assert [p.name for p in closed.parent.iterdir()] == ["ward.allcase"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission(closed):
    closed.parent.chmod(0o500)
    with CaseFile.open(closed) as case:
        assert "may not be written" in case.read_only_reason
        assert len(case.load(1).cells) == 40


def test_read_only_disk(closed, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with CaseFile.open(closed) as case:
        assert "may not be written" in case.read_only_reason
        assert len(case.load(1).cells) == 40


def test_read_only_disk_after_a_crash(closed, tmp_path, make_cell, monkeypatch):
    """The log holds changes, and nothing may be made beside it."""
    crashed = tmp_path / "disk" / "ward.allcase"
    crashed.parent.mkdir()
    with CaseFile.open(closed) as case:
        case.commit(1, edits.add(make_cell(41)), "ann")
        for ending in ("", "-wal"):
            shutil.copy(f"{closed}{ending}", f"{crashed}{ending}")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    before = {path.name: path.read_bytes() for path in crashed.parent.iterdir()}
    with CaseFile.open(crashed) as case:
        assert "may not be written" in case.read_only_reason
        assert len(case.load(1).cells) == 41
    assert {path.name: path.read_bytes() for path in crashed.parent.iterdir()} == before


def test_closed_case_says_so(closed):
    case = CaseFile.open(closed)
    case.close()
    case.close()
    with pytest.raises(CaseError, match="is closed"):
        case.images()


def test_generations_are_kept_and_come_back(closed, make_cell, tmp_path):
    backups = tmp_path / "backups"
    for number in range(41, 49):
        with CaseFile.open(closed, backups_dir=backups) as case:
            assert case.notices == ()
            case.commit(1, edits.add(make_cell(number)), "ann")
    kept = generations(closed, backups)
    assert [generation.entries for generation in kept] == [9, 8, 7, 6, 5]
    with CaseFile.open(closed, backups_dir=backups):
        pass
    with CaseFile.open(closed, backups_dir=backups):
        pass
    assert [generation.entries for generation in generations(closed, backups)] == [10, 9, 8, 7, 6]
    restored = tmp_path / "earlier.allcase"
    restore_generation(kept[0], restored)
    with pytest.raises(OutputError, match="exists already"):
        restore_generation(kept[0], restored)
    with CaseFile.open(restored) as earlier:
        assert len(earlier.load(1).cells) == 47
        assert earlier.check().is_sound


def test_backups_that_fail_do_not_stand_in_the_way(closed, tmp_path):
    (tmp_path / "backups").write_text("a file")
    with CaseFile.open(closed, backups_dir=tmp_path / "backups") as case:
        assert "No backup copy" in case.notices[0]
        assert not case.is_read_only


def test_copy_is_one_sound_file(closed, tmp_path):
    target = tmp_path / "sub" / "copy.allcase"
    target.parent.mkdir()
    with CaseFile.open(closed) as case:
        case.save_copy(target)
        case.save_copy(target)
        with pytest.raises(CaseError, match="open case itself"):
            case.save_copy(closed)
        with pytest.raises(CaseError, match=r"folder of .* does not exist"):
            case.save_copy(tmp_path / "no such folder" / "copy.allcase")
        expected, case_id = case.load(1), case.case_id
    assert [path.name for path in target.parent.iterdir()] == ["copy.allcase"]
    with CaseFile.open(target) as copy:
        assert copy.load(1) == expected
        assert copy.case_id == case_id
        assert copy.notices == ()
        assert copy.images()[0].path == tmp_path / "smear.png"


@pytest.mark.parametrize("how", ["copy", "create", "restore"])
def test_a_log_left_behind_does_not_reach_into_a_new_file(closed, tmp_path, make_cell, how):
    """Somebody moved a case after a crash and forgot its log; then another case takes the name."""
    place = tmp_path / "new.allcase"
    with CaseFile.open(closed) as case:
        for _ in range(19):
            case.commit(1, edits.delete([case.load(1).cells[0]]), "ann")
        log = Path(f"{closed}-wal").read_bytes()
        case.save_copy(tmp_path / "good.allcase")
    Path(f"{place}-wal").write_bytes(log)
    if how == "copy":
        with CaseFile.open(tmp_path / "good.allcase") as good:
            good.save_copy(place)
    elif how == "create":
        CaseFile.create(place).close()
    else:
        restore_generation(Generation(tmp_path / "good.allcase", datetime.now(UTC), 1), place)
    with CaseFile.open(place) as new:
        assert new.check().is_sound
        assert new.check().cells == (0 if how == "create" else 21)
    assert Path(f"{place}-wal.old").read_bytes() == log


def test_copy_onto_a_case_in_use_is_refused(closed, tmp_path):
    with CaseFile.open(closed) as case, CaseFile.create(tmp_path / "other.allcase") as other:
        with pytest.raises(CaseError, match="open in another program"):
            case.save_copy(other.path)
        assert other.check().entries == 0


def test_images_are_found_again(closed, tmp_path, image_record):
    """A case moved together with its images finds them; another image is refused."""
    import hashlib
    from dataclasses import replace

    content = b"pixels of a smear"
    (tmp_path / "ward").mkdir()
    picture = tmp_path / "ward" / "x.png"
    picture.write_bytes(content)
    record = replace(image_record, path=picture, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    with CaseFile.create(tmp_path / "ward" / "a.allcase") as case:
        image = case.add_image(record)
        assert case.add_image(replace(record, path=tmp_path / "same.png")) == image
        case.set_group(image.id, "patient 3")
        case.set_scale(image.id, Scale(0.21, "user"))
        case.set_view(image.id, LastLook(10.5, 20.0, 0.25, 90.0, True, "x"))
        case.set_reviewed(image.id, True)
        assert case.find_by_hash(record.sha256) == case.image(image.id)
        assert case.find_by_hash("0" * 64) is None
    shutil.move(tmp_path / "ward", tmp_path / "moved")
    with CaseFile.open(tmp_path / "moved" / "a.allcase") as case:
        (found,) = case.images()
        assert found.path == tmp_path / "moved" / "x.png"
        assert (found.group, found.mpp, found.mpp_source, found.view, found.reviewed) == (
            "patient 3",
            0.21,
            "user",
            LastLook(10.5, 20.0, 0.25, 90.0, True, "x"),
            True,
        )
        (tmp_path / "other.png").write_bytes(b"pixels of a smeaR")
        with pytest.raises(CaseError, match="not the image"):
            case.relink(1, tmp_path / "other.png")
        with pytest.raises(CaseError, match="cannot be read"):
            case.relink(1, tmp_path / "absent.png")
        assert case.image(1).path == found.path
        (tmp_path / "renamed.png").write_bytes(content)
        assert case.relink(1, tmp_path / "renamed.png").path == tmp_path / "renamed.png"
        forced = case.relink(1, tmp_path / "other.png", force=True)
        assert forced.sha256 == hashlib.sha256(b"pixels of a smeaR").hexdigest()
        with pytest.raises(CaseError, match="no image number 7"):
            case.load(7)


def tamper(path: Path, *statements: str) -> None:
    """Change a case behind the program's back, as somebody with a database tool could."""
    with contextlib.closing(sqlite3.connect(path)) as raw:
        for trigger in ("journal_no_update", "journal_no_delete"):
            raw.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            raw.execute(statement)
        raw.commit()


def test_the_database_itself_guards_the_journal(closed):
    with contextlib.closing(sqlite3.connect(closed)) as raw:
        for statement in ("UPDATE journal SET author = 'eve'", "DELETE FROM journal"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)


@pytest.mark.parametrize(
    ("statement", "first_bad", "words"),
    [
        ("UPDATE journal SET author = 'eve' WHERE seq = 2", 2, 'entry 2 ("Add cell 40" by eve'),
        ("UPDATE journal SET payload = x'00' WHERE seq = 1", 1, "entry 1"),
        ("DELETE FROM journal WHERE seq = 1", 1, "entry 1 was removed"),
        ("DELETE FROM journal WHERE seq = 2", 2, "entry 2 and all after it were removed"),
        (
            "INSERT INTO journal SELECT 3, image_id, kind, utc, '', '', NULL, payload, hash, hash FROM journal LIMIT 1",
            3,
            "entry 3",
        ),
    ],
)
def test_check_names_the_first_bad_entry(closed, capsys, statement, first_bad, words):
    from allviewer.cli.case import run

    assert run(["check", str(closed)]) == 0
    assert "is sound: 2 journal entries, 1 images, 40 cells" in capsys.readouterr().out
    tamper(closed, statement)
    assert run(["check", str(closed)]) == 1
    assert words in capsys.readouterr().err
    assert run(["check", str(closed), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_bad"] == first_bad


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cells SET label = 'lymphocyte' WHERE cell_id = 5",
        "DELETE FROM cells WHERE cell_id = 5",
        "UPDATE cells SET x = x + 1 WHERE cell_id = 5",
    ],
)
def test_check_finds_cells_that_no_edit_made(closed, statement):
    tamper(closed, statement)
    with CaseFile.open(closed) as case:
        report = case.check()
    assert report.first_bad is None
    assert "cell 5 is not what the journal says" in report.problems[0]


def test_check_of_a_damaged_file(closed, capsys):
    from allviewer.cli.case import run

    closed.write_bytes(closed.read_bytes()[:5000])
    assert run(["check", str(closed)]) == 1
    assert "damaged" in capsys.readouterr().err


def test_schema_uses_portable_types_only():
    from sqlalchemy.dialects import mysql, postgresql
    from sqlalchemy.schema import CreateTable

    for table in case_schema.schema.sorted_tables:
        for dialect in (postgresql.dialect(), mysql.dialect()):
            assert str(CreateTable(table).compile(dialect=dialect))


def test_a_commit_waits_for_the_disk(closed):
    with CaseFile.open(closed) as case:
        database = raw_connection(case._connection)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)

"""A drive that goes away while a case is open, and comes back: reads and writes fail with EIO, as on a network drive."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from allviewer.domain import edits
from allviewer.errors import CaseError
from allviewer.storage.case_file import CaseFile

# Lets what `FAILING` names ("all" or "sync") fail with EIO for files below `DRIVE`, as long as the file `GONE` exists.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int fails(int fd, int is_sync) {
    char link[64], path[PATH_MAX];
    const char *drive = getenv("DRIVE"), *gone = getenv("GONE"), *failing = getenv("FAILING");
    if (!drive || !gone || !failing || access(gone, F_OK)) return 0;
    if (!is_sync && !strcmp(failing, "sync")) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return !strncmp(path, drive, strlen(drive));
}
#define WRAP(result, name, args, call, fd, sync) \
    result name args { \
        static result (*real) args; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        if (fails(fd, sync)) { errno = EIO; return -1; } \
        return real call; \
    }
WRAP(ssize_t, pread, (int f, void *b, size_t n, off_t o), (f, b, n, o), f, 0)
WRAP(ssize_t, pread64, (int f, void *b, size_t n, off64_t o), (f, b, n, o), f, 0)
WRAP(ssize_t, read, (int f, void *b, size_t n), (f, b, n), f, 0)
WRAP(ssize_t, pwrite, (int f, const void *b, size_t n, off_t o), (f, b, n, o), f, 0)
WRAP(ssize_t, pwrite64, (int f, const void *b, size_t n, off64_t o), (f, b, n, o), f, 0)
WRAP(ssize_t, write, (int f, const void *b, size_t n), (f, b, n), f, 0)
WRAP(int, fsync, (int f), (f), f, 1)
WRAP(int, fdatasync, (int f), (f), f, 1)
"""

# Tells on each line what became of one edit; commands come from the parent: "edit", "gone", "back".
SESSION = """
import os, sys
from dataclasses import replace
from pathlib import Path
from allviewer.domain import edits
from allviewer.errors import CaseError
from allviewer.storage.case_file import CaseFile

case = CaseFile.open(Path(sys.argv[1]), backups_dir=Path(os.environ["BACKUPS"]))
(cell,) = case.load(1).cells
number = 1
for command in sys.argv[2:]:
    if command == "edit":
        after = replace(cell, uncertainty=number / 1000)
        try:
            entry = case.commit(1, edits.Edit(f"Step {number}", (edits.Change(cell, after),)), "ann")
        except CaseError as error:
            print("failed:", error)
        else:
            print(entry.text, entry.seq)
            cell, number = after, number + 1
    elif command in ("undo", "copy"):
        case.undo(1, "ann") if command == "undo" else case.save_copy(Path(os.environ["COPY"]))
        print(command, "done")
    else:
        Path(os.environ["GONE"]).touch() if command == "gone" else Path(os.environ["GONE"]).unlink()
try:
    case.close()
except CaseError:
    pass
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("a C compiler on Linux takes the drive away")
    source = tmp_path_factory.mktemp("shim") / "shim.c"
    source.write_text(SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", source.with_suffix(".so"), source, "-ldl"], check=True)
    return source.with_suffix(".so")


@pytest.fixture
def drive_case(tmp_path, image_record, make_cell) -> Path:
    drive = tmp_path / "drive"
    drive.mkdir()
    with CaseFile.create(drive / "ward.allcase") as case:
        image = case.add_image(image_record)
        case.commit(image.id, edits.add(make_cell(1)), "ann")
    return drive / "ward.allcase"


def session(shim, path, failing, *commands) -> list[str]:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LD_PRELOAD": str(shim),
        "DRIVE": str(path.parent),
        "GONE": str(path.parent.parent / "gone"),
        "FAILING": failing,
        "BACKUPS": str(path.parent.parent / "backups"),
        "COPY": str(path.parent.parent / "copy.allcase"),
    }
    out = subprocess.run(
        [sys.executable, "-c", SESSION, str(path), *commands], capture_output=True, text=True, env=environment
    )
    assert out.stderr == ""
    return out.stdout.splitlines()


@pytest.mark.parametrize("failing", ["all", "sync"])
def test_what_could_not_be_written_is_written_once_when_the_drive_is_back(shim, drive_case, failing):
    lines = session(shim, drive_case, failing, "edit", "edit", "gone", "edit", "edit", "back", "edit", "edit")
    assert lines[:2] == ["Step 1 2", "Step 2 3"]
    assert all(line.startswith("failed:") for line in lines[2:4])
    assert "cannot be reached" in lines[2]
    assert lines[4:] == ["Step 3 4", "Step 4 5"]
    with CaseFile.open(drive_case) as case:
        assert [entry.text for entry in case.load(1).history[1:]] == [f"Step {n}" for n in range(1, 5)]
        assert case.check().is_sound


def test_a_case_whose_drive_is_gone_is_saved_elsewhere(shim, drive_case, tmp_path):
    """Not a byte of it can be read: the copy kept at opening and what has happened since make it again."""
    lines = session(shim, drive_case, "all", "edit", "edit", "undo", "edit", "gone", "edit", "copy")
    assert lines[-1] == "copy done"
    with CaseFile.open(tmp_path / "copy.allcase") as copy, CaseFile.open(drive_case) as original:
        assert copy.check().is_sound
        assert copy.load(1).cells == original.load(1).cells
        assert [e.text for e in copy.load(1).history] == [e.text for e in original.load(1).history]


def test_a_folder_that_goes_and_comes_back(drive_case, make_cell):
    with CaseFile.open(drive_case) as case:
        away = drive_case.parent.with_name("away")
        drive_case.parent.rename(away)
        with pytest.raises(CaseError, match="its drive is gone"):
            case.commit(1, edits.add(make_cell(2, x=50)), "ann")
        away.rename(drive_case.parent)
        case.commit(1, edits.add(make_cell(2, x=50)), "ann")
        assert case.check().is_sound
    with CaseFile.open(drive_case) as case:
        assert len(case.load(1).cells) == 2


def test_an_older_copy_in_its_place_is_not_written_to(drive_case, make_cell, tmp_path):
    shutil.copy(drive_case, tmp_path / "older.allcase")
    with CaseFile.open(drive_case) as case:
        case.commit(1, edits.add(make_cell(2, x=50)), "ann")
        away = drive_case.parent.with_name("away")
        drive_case.parent.rename(away)
        drive_case.parent.mkdir()
        shutil.copy(tmp_path / "older.allcase", drive_case)
        with pytest.raises(CaseError, match="moved, replaced or deleted"):
            case.commit(1, edits.add(make_cell(3, x=90)), "ann")
        case.save_copy(tmp_path / "rescued.allcase")
    with CaseFile.open(tmp_path / "rescued.allcase") as rescued:
        assert [cell.id for cell in rescued.load(1).cells] == [1, 2]

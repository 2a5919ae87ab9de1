"""Rules of the house that no linter knows: each a pattern and the sentence why."""

import ast
import os
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = [path for folder in ("allviewer", "training") for path in sorted((ROOT / folder).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SKIPPED_FOLDERS = {"build", "dist", "out", "runs", ".git", "__pycache__"}
TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".json", ".sh", ".yml", ".spec", ""}
LONG, TOO_LONG = 400, 800

# written in pieces, so that the rule does not find itself
MACHINE_PATH = re.compile(r"(?<![\w.~:/-])/(?:wo" r"rk|ho" r"me|ro" r"ot|Us" r"ers)/\w")


def texts() -> list[Path]:
    """Every text file of the project."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS and not name.startswith(".venv")]
        found += [Path(folder, name) for name in files if Path(name).suffix in TEXT_SUFFIXES]
    return [path for path in found if path.suffix or path.name in ("Makefile", "run")]


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def offenders(pattern: str, files: list[Path], allowed: tuple[str, ...] = ()) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{where(path)}:{number}: {line.strip()}"
        for path in files
        if not where(path).startswith(allowed or ("\0",))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if found.search(line)
    ]


def test_nothing_turns_the_event_loop_by_hand():
    assert offenders(r"\bprocessEvents\b", CODE) == [], "work that needs this belongs in a job"


def test_only_the_command_line_prints():
    speaking = ("allviewer/cli/",)
    code = [path for path in CODE if path.name != "__main__.py"]
    assert offenders(r"^\s*print\(", code, speaking) == [], "people read the window or the log, not standard output"


def test_no_error_is_swallowed():
    silent = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id.endswith("Exception"))
                if broad and all(isinstance(step, ast.Pass) for step in node.body):
                    silent.append(f"{where(path)}:{node.lineno}")
    assert silent == [], "a swallowed error is a wrong result later"


def test_no_path_of_a_machine():
    found = [
        f"{where(path)}:{number}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == [], "it would be wrong everywhere else"


def test_tests_do_not_sleep():
    assert offenders(r"\btime\.sleep\(|\bqWait\(", TESTS, ("tests/test_house_rules.py",)) == [], (
        "wait for a signal or a condition"
    )


def test_nothing_is_left_for_later():
    assert offenders(r"#\s*(TODO|FIXME|XXX|HACK)\b", CODE + TESTS) == [], "say it in an issue"


@pytest.mark.parametrize("path", CODE, ids=where)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "a line at the top says what it is for"


def test_files_stay_short():
    lengths = {where(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE + TESTS}
    long = {name: count for name, count in sorted(lengths.items()) if count > LONG}
    if long:
        warnings.warn(f"files over {LONG} lines: {long}", stacklevel=1)
    assert {name: count for name, count in long.items() if count > TOO_LONG} == {}


def test_nothing_loads_a_pickle():
    pattern = r"\bimport pickle\b|\ballow_pickle\s*=\s*True|\bweights_only\s*=\s*False|\bjoblib\.load\b"
    assert offenders(pattern, CODE) == [], "a file from outside would run its code"

"""What Qt needs of the system is installed where that is allowed, else named; never a reason to stop."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "system_libraries.py"


@pytest.fixture
def libraries():
    spec = importlib.util.spec_from_file_location("system_libraries", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_missing_is_named_where_it_cannot_be_installed(libraries, monkeypatch, capsys):
    monkeypatch.setattr(libraries.sys, "argv", ["system_libraries.py"])
    monkeypatch.setattr(libraries.sys, "platform", "linux")
    monkeypatch.setattr(libraries, "LIBRARIES", {"libnothing.so.99": "libnothing99", "libc.so.6": "libc6"})
    monkeypatch.setattr(libraries, "_apt", lambda: None)
    assert libraries.main() == 0
    told = capsys.readouterr().out
    assert "libnothing99" in told
    assert "libc6" not in told


def test_what_is_missing_is_installed_where_that_is_allowed(libraries, monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(libraries.sys, "argv", ["system_libraries.py"])
    monkeypatch.setattr(libraries.sys, "platform", "linux")
    monkeypatch.setattr(libraries, "missing_packages", lambda for_tests: [] if ran else ["libnothing99"])
    monkeypatch.setattr(libraries, "_apt", lambda: ["apt-get"])
    monkeypatch.setattr(libraries, "_succeeds", lambda command: ran.append(command) or True)
    assert libraries.main() == 0
    assert [command[1] for command in ran] == ["update", "install"]
    assert ran[1][-1] == "libnothing99"
    assert "missing" not in capsys.readouterr().out


def test_nothing_happens_elsewhere(libraries, monkeypatch, capsys):
    monkeypatch.setattr(libraries.sys, "platform", "darwin")
    assert libraries.main() == 0
    assert capsys.readouterr().out == ""

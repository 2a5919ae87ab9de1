"""The lock files fit the project file, and hold nothing that belongs to one machine."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def pinned(name):
    lines = (ROOT / "packaging" / "locked" / name).read_text().splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_every_dependency_is_locked_within_its_range():
    base, dev = pinned("base.txt"), pinned("dev.txt")
    extras = project()["optional-dependencies"]
    for versions, texts in (
        (base, project()["dependencies"]),
        (base | dev, [text for extra in extras.values() for text in extra]),
    ):
        for text in texts:
            wanted = Requirement(text)
            assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)]), text


def test_the_viewer_needs_nothing_of_training():
    assert not {"torch", "lightning", "monai", "scikit-learn", "pytest"} & set(pinned("base.txt"))


def test_no_index_no_machine_no_cuda():
    for path in (ROOT / "packaging" / "locked").glob("*.txt"):
        for line in path.read_text().splitlines():
            assert re.fullmatch(r"#.*|-r [a-z]+\.txt|[a-z0-9-]+==[0-9][0-9.a-z]*", line), line
            assert not line.startswith(("nvidia", "cuda", "triton")), line

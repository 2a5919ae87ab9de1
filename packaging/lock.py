"""Write `packaging/locked/*.txt`: what is installed in this environment, reduced to what the project needs.

Upgrade by installing newer versions into an environment, running the tests there, and then this script with its Python.
"""

import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEADER = (
    "# Versions the project is tested with, written by packaging/lock.py. Allowed ranges stand in pyproject.toml.\n"
)


def closure(requirements: list[str]) -> dict[str, str]:
    """Names and installed versions of requirements and of all that they require here."""
    found: dict[tuple[str, frozenset[str]], str] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in found:
            continue
        installed = metadata.distribution(key[0])
        found[key] = installed.version.partition("+")[0]  # a build such as "+cpu" is the machine's business
        for text in installed.requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *key[1])):
                waiting.append(needed)
    return {name: version for (name, _), version in found.items()}


def write(name: str, versions: dict[str, str], including: str = "") -> None:
    lines = [f"{package}=={version}\n" for package, version in sorted(versions.items())]
    (ROOT / "packaging" / "locked" / name).write_text(HEADER + including + "".join(lines))


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    base = closure(project["dependencies"])
    everything = closure(project["dependencies"] + [text for extra in extras.values() for text in extra])
    write("base.txt", base)
    write("dev.txt", {name: version for name, version in everything.items() if name not in base}, "-r base.txt\n")


if __name__ == "__main__":
    main()

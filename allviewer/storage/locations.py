"""Where the program keeps its own files. Built once by `app` or `cli` and handed in."""

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "ALLVIEWER_HOME"
"""Names one folder that takes the place of all system folders (tests, portable installations)."""


@dataclass(frozen=True, slots=True)
class Locations:
    """Folders of this person on this machine; none of them need exist."""

    config_dir: Path
    data_dir: Path
    cache_dir: Path
    log_dir: Path

    @property
    def settings_file(self) -> Path:
        return self.config_dir / "settings.json"

    @property
    def recent_file(self) -> Path:
        return self.config_dir / "recent.json"

    @property
    def classes_dir(self) -> Path:
        """Class sets that this person took in."""
        return self.config_dir / "classes"

    @property
    def new_case_classes_file(self) -> Path:
        """The class set of new cases, where it is not the shipped one."""
        return self.config_dir / "classes-of-new-cases.json"

    @property
    def packs_dir(self) -> Path:
        """Model packs that this person installed."""
        return self.data_dir / "models"

    @property
    def registry_file(self) -> Path:
        """What became of every pack."""
        return self.data_dir / "packs.jsonl"

    @property
    def devices_file(self) -> Path:
        """What the trials of devices found out."""
        return self.data_dir / "devices.json"

    @property
    def locked_set_dir(self) -> Path:
        """The cells on which networks are judged and from which none ever learns."""
        return self.data_dir / "locked-test-set"

    @property
    def fine_tuning_dir(self) -> Path:
        """One folder a training."""
        return self.data_dir / "fine-tuning"

    @property
    def backups_dir(self) -> Path:
        """Earlier generations of case files."""
        return self.data_dir / "backups"

    @property
    def pyramids_dir(self) -> Path:
        """Levels made for large images; may be deleted at any time."""
        return self.cache_dir / "pyramids"

    @property
    def unsaved_dir(self) -> Path:
        """Cases that have not been given a name yet; they are as durable as any other."""
        return self.data_dir / "unsaved"


def find_locations() -> Locations:
    """The folders the system gives a program, or those below ALLVIEWER_HOME where that is set."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        return Locations(root / "config", root / "data", root / "cache", root / "log")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("allviewer", appauthor=False)
    return Locations(
        Path(dirs.user_config_dir), Path(dirs.user_data_dir), Path(dirs.user_cache_dir), Path(dirs.user_log_dir)
    )

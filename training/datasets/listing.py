"""A data set as it lies in a folder: its pictures and what the files say of them, before a pixel is read."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from training.datasets.sample import PartMap


class Grouping(StrEnum):
    """What the groups of a data set stand for; figures say it, since only the first promises anything of new people."""

    SUBJECT = "subject"
    SLIDE = "slide"
    NEIGHBOURS = "run of neighbouring pictures"
    PICTURE = "picture"


@dataclass(frozen=True)
class Picture:
    """One picture of a data set.

    Attributes:
        name: path within the data set, `/` between its parts.
        label: class of the picture, or empty where nobody has said it.
        group: what stays on one side of every split; the picture's own name where nothing is known.
        mask: file with the truth of its pixels.
        part: the authors' own division, such as "fold_0" or "preliminary test".
        objects: how many of each kind are marked in it by boxes or points.
        box: the part of the file that is meant; None for all of it.
    """

    name: str
    file: Path
    label: str
    group: str
    mask: Path | None = None
    part: str = ""
    objects: Mapping[str, int] = field(default_factory=dict)
    box: Region | None = None


PartsReader = Callable[[Picture, RgbArray], PartMap]
"""The truth of a picture's pixels, given the picture and its pixels. Raises DatasetError."""


@dataclass(frozen=True)
class DataSet:
    """What an adapter finds in a folder.

    Attributes:
        layout: in a few words, how the files lie.
        pictures: those whose files are there.
        classes: of the pictures, in the order in which networks answer.
        missing: files that are named somewhere but absent, with a word on what they are.
        read_parts: reads the truth of pixels; None where the data set has none.
        cells: labelled parts of the pictures, where it is the cells in a picture that have a class.
    """

    name: str
    folder: Path
    layout: str
    grouping: Grouping
    pictures: tuple[Picture, ...]
    classes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    read_parts: PartsReader | None = None
    cells: tuple[Picture, ...] = ()

    def complete(self) -> "DataSet":
        """This data set. Raises `DatasetError` if it is empty or a file is missing."""
        if self.missing:
            more = f" and {len(self.missing) - 1} more" if len(self.missing) > 1 else ""
            raise DatasetError(
                f"The data set {self.name} is incomplete: {self.missing[0]} is missing{more}.",
                f"`python -m training data {self.folder.name}` lists all.",
            )
        if not self.pictures:
            raise DatasetError(f"The data set {self.name} in {self.folder} holds no picture.")
        return self

    def labelled(self) -> tuple[Picture, ...]:
        """The cells or pictures with a known class."""
        return self.cells or tuple(picture for picture in self.pictures if picture.label)

    def counts(self) -> Counter[str]:
        """Cells or pictures of each class; unlabelled ones under the empty name."""
        return Counter(picture.label for picture in self.cells or self.pictures)

    def groups(self, label: str | None = None) -> set[str]:
        """The groups of all pictures, or of those of one class."""
        return {picture.group for picture in self.cells or self.pictures if label is None or picture.label == label}


def sort_out_missing(pictures: Iterable[Picture]) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """The pictures whose files are all there, and the names of the files that are not."""
    there, missing = [], []
    for picture in pictures:
        absent = [path for path in (picture.file, picture.mask) if path is not None and not path.is_file()]
        missing += [f"{path.parent.name}/{path.name}" for path in absent]
        if not absent:
            there.append(picture)
    return tuple(there), tuple(missing)


def within(folder: Path, file: Path) -> str:
    """The name of a file within its data set."""
    return file.relative_to(folder).as_posix()

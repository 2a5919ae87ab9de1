"""Only what a person vouches for is exported as truth; all else is marked as not to be learnt from."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.domain import edits
from allviewer.domain.geometry import Region
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.slide import Level, SlideInfo
from allviewer.errors import DatasetError, ImageError, OutputError
from allviewer.exchange.training_set import decode_training_set
from allviewer.progress import Cancelled, CancelToken, no_report
from allviewer.storage.case_file import CaseFile
from allviewer.storage.training_parts import PART_PX, find_parts
from allviewer.storage.training_set_writer import count_training_cells, write_training_set


class Gradient:
    """An image whose pixels tell where they lie: red is x, green is y (modulo 256)."""

    shareable = True

    def __init__(self, width: int, height: int) -> None:
        self.info = SlideInfo((Level(width, height, 1.0),))
        self.closed = False

    def read(self, level: int, x: int, y: int, width: int, height: int) -> np.ndarray:
        ys, xs = np.mgrid[y : y + height, x : x + width]
        return np.stack([xs % 256, ys % 256, 0 * xs], axis=-1).astype(np.uint8)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def export(tmp_path, case):
    def run(cancel=None, open_pixels=None):
        def opener(path):
            record = next(r for r in case.images() if r.path == path)
            return Gradient(record.width, record.height)

        folder = tmp_path / "set"
        counts = write_training_set(
            [case], folder, open_pixels or opener, ALL_CLASSES, cancel or CancelToken(), no_report
        )
        return counts, decode_training_set((folder / "manifest.json").read_bytes()), folder

    return run


def fill(case, image_record, cells, **changes):
    image = case.add_image(replace(image_record, **changes))
    case.commit(image.id, edits.take_model_run([], cells, 1, "net"), "ann")
    return image


def load_item(folder, item):
    read = lambda name: np.asarray(Image.open(folder / name))  # noqa: E731
    return (
        read(item.image),
        tifffile.imread(folder / item.cells_file),
        tifffile.imread(folder / item.nuclei_file),
        read(item.trust_file),
    )


def test_touched_cells_are_truth_and_proposals_are_not(case, image_record, make_cell, export):
    touched, proposal = make_cell(1, x=100, y=100), make_cell(2, x=112, y=112)
    image = fill(case, image_record, [touched, proposal], mpp=0.2, group="patient 7")
    case.commit(image.id, edits.relabel([touched], "lymphocyte", "ann"), "ann")
    counts, manifest, folder = export()
    assert counts.cells == {"lymphocyte": 1}
    (item,) = manifest.items
    assert (item.group, item.mpp, item.source, item.width, item.height) == ("patient 7", 0.2, "smear.png", 640, 480)
    assert msgspec.structs.asdict(item.cells[0]) == {
        "number": 1,
        "label": "lymphocyte",
        "state": "corrected",
        "origin": "smear-net 1.0.0 (0a1b2c3d)",
        "tags": (),
    }
    pixels, cells, nuclei, trust = load_item(folder, item)
    assert pixels[5, 300].tolist() == [300 % 256, 5, 0]
    assert cells.dtype == np.uint16
    whole = Region(0, 0, 640, 480)
    assert np.array_equal(cells == 1, touched.mask.within(whole))
    assert np.array_equal(nuclei == 1, touched.nucleus.within(whole))
    assert np.all(trust[touched.mask.within(whole)] == 255)
    assert np.all(trust[(proposal.mask - touched.mask).within(whole)] == 0)
    assert trust[110, 100 - 9] == 255  # within half a diameter (10 px) of the cell's edge
    assert trust[110, 100 - 13] == 0
    assert trust[400, 400] == 0


def test_reviewed_images_are_trusted_wholly(case, image_record, make_cell, export):
    image = fill(case, image_record, [make_cell(1), make_cell(2, x=200)])
    case.set_reviewed(image.id, True)
    counts, manifest, folder = export()
    assert counts.cells == {"blast": 2}
    assert np.all(load_item(folder, manifest.items[0])[3] == 255)
    assert manifest.items[0].group == image_record.sha256


def test_a_cell_that_cannot_be_seen_is_not_claimed(case, image_record, make_cell, export):
    """One lies under another, one outside the image: neither has a pixel of its own."""
    cells = [make_cell(1, x=105, y=105, radius=4), make_cell(2, x=100, y=100), make_cell(3, x=630, y=470)]
    outside = make_cell(4, x=700, y=0)
    case.set_reviewed(fill(case, image_record, [*cells, outside]).id, True)
    _, manifest, folder = export()
    (item,) = manifest.items
    labels = load_item(folder, item)[1]
    assert {cell.number for cell in item.cells} == set(np.unique(labels)) - {0} == {2, 3}


def test_large_images_leave_in_parts(case, image_record, make_cell, export):
    spots = [(500, 700), (900, 800), (30_000, 40_000), (0, 59_979)]
    cells = [make_cell(i, x=x, y=y) for i, (x, y) in enumerate(spots, start=1)]
    image = fill(case, image_record, cells, width=50_000, height=60_000)
    case.commit(image.id, edits.accept(cells, "ann"), "ann")
    counts, manifest, folder = export()
    assert (counts.parts, counts.cells.total()) == (3, 4)
    for item in manifest.items:
        assert max(item.width, item.height) <= PART_PX
        pixels, labels, _, trust = load_item(folder, item)
        assert labels.shape == trust.shape == (item.height, item.width)
        assert pixels[0, 0].tolist() == [item.x % 256, item.y % 256, 0]
        for cell in item.cells:
            assert np.count_nonzero(labels == cell.number) == cells[0].area_px


def test_every_cell_counts_in_one_part_only(make_cell):
    rng = np.random.default_rng(5)
    cells = [
        make_cell(i, x=int(x), y=int(y)).accepted("ann") for i, (x, y) in enumerate(rng.integers(0, 7000, (300, 2)), 1)
    ]
    parts = find_parts(cells, Region(0, 0, 7100, 7100), reviewed=False)
    assert sorted(cell.id for part in parts for cell in part.cells) == list(range(1, 301))
    for part in parts:
        assert all(part.region.contains(cell.mask.region) for cell in part.cells)


def test_nothing_to_export_is_said(case, image_record, make_cell, export, tmp_path):
    fill(case, image_record, [make_cell(1)])
    with pytest.raises(DatasetError, match="nothing to export"):
        export()
    assert not (tmp_path / "set").exists()


def test_unreadable_image_is_skipped_and_named(case, image_record, make_cell, export, tmp_path):
    good = fill(case, image_record, [make_cell(1)])
    bad = fill(case, image_record, [make_cell(1)], sha256="cd" * 32, path=tmp_path / "bad.png")
    for image in (good, bad):
        case.set_reviewed(image.id, True)

    def opener(path):
        if path.name == "bad.png":
            raise ImageError("bad.png is cut off.")
        return Gradient(640, 480)

    counts, manifest, _ = export(open_pixels=opener)
    assert counts.skipped == ["bad.png is cut off."]
    assert [item.source for item in manifest.items] == ["smear.png"]
    assert len(count_training_cells([case]).skipped) == 2  # neither file lies on this disk


def test_another_image_at_the_place_is_refused(case, image_record, make_cell, export, tmp_path):
    case.set_reviewed(fill(case, image_record, [make_cell(1)]).id, True)
    with pytest.raises(DatasetError, match="No image of the export can be read"):
        export(open_pixels=lambda path: Gradient(10, 10))
    assert not (tmp_path / "set").exists()


def test_cancelled_export_leaves_nothing(case, image_record, make_cell, export, tmp_path):
    case.set_reviewed(fill(case, image_record, [make_cell(1)]).id, True)
    cancel = CancelToken()
    cancel.cancel()
    before = set(tmp_path.iterdir())
    with pytest.raises(Cancelled):
        export(cancel=cancel)
    assert set(tmp_path.iterdir()) == before


def test_full_folder_is_refused(case, image_record, make_cell, export, tmp_path):
    case.set_reviewed(fill(case, image_record, [make_cell(1)]).id, True)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "thesis.txt").write_text("dear")
    with pytest.raises(OutputError, match="not empty"):
        export()
    assert (tmp_path / "set" / "thesis.txt").read_text() == "dear"


def test_the_same_image_in_two_cases_is_named(case, image_record, make_cell, tmp_path):
    case.set_reviewed(fill(case, image_record, [make_cell(1)]).id, True)
    case.save_copy(tmp_path / "copy.allcase")
    with CaseFile.open(tmp_path / "copy.allcase") as copy, pytest.raises(DatasetError, match="more than one"):
        write_training_set(
            [case, copy], tmp_path / "set", lambda p: Gradient(640, 480), ALL_CLASSES, CancelToken(), no_report
        )

"""What the generator writes can be read by others, and says the same as the pixels."""

import csv
from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile
from PIL import Image

from allviewer.errors import OutputError
from allviewer.exchange.training_set import decode_training_set
from allviewer.progress import Cancelled, CancelToken, no_report
from training.synthetic import SmearSpec, render_smear
from training.synthetic.__main__ import main
from training.synthetic.crops import random_crops
from training.synthetic.pyramid import write_pyramid
from training.synthetic.truth_files import read_truth

SMALL = ["--seed", "3", "--variants", "4", "--white-cells", "2000"]


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slide")
    assert main(["slide", "--out", str(folder), "--width", "1300", "--height", "1111", "--mpp", "0.25", *SMALL]) == 0
    return folder / "smear.tif"


def test_openslide_reads_the_pyramid(slide: Path) -> None:
    with openslide.OpenSlide(slide) as opened:
        assert opened.level_dimensions == ((1300, 1111), (650, 556), (325, 278))
        assert float(opened.properties["openslide.mpp-x"]) == pytest.approx(0.25)
        assert opened.properties["openslide.vendor"] == "generic-tiff"
        fine = np.asarray(opened.read_region((300, 200), 0, (400, 400)).convert("RGB")).astype(float)
        coarse = np.asarray(opened.read_region((300, 200), 1, (200, 200)).convert("RGB")).astype(float)
        halved = fine.reshape(200, 2, 200, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - coarse).mean() < 7  # noise and JPEG; another place differs by more than 15


def test_tifffile_reads_the_pyramid(slide: Path) -> None:
    with tifffile.TiffFile(slide) as opened:
        assert opened.is_bigtiff
        levels = opened.series[0].levels
        assert [level.shape for level in levels] == [(1111, 1300, 3), (556, 650, 3), (278, 325, 3)]
        page = opened.pages[0]
        assert page.tile == (256, 256)
        numerator, denominator = page.tags["XResolution"].value
        assert 1e4 / (numerator / denominator) == pytest.approx(0.25)
        assert np.ptp(levels[2].asarray()) > 60


def test_the_slides_table_and_spec_give_the_same_cells_as_a_field(slide: Path) -> None:
    truth = read_truth(slide.with_name("smear.truth.json"))
    smear = render_smear(truth.spec)
    with slide.with_name("smear.cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = sorted((row["class"], int(row["bbox_x"]), int(row["bbox_y"]), int(row["area_px"])) for row in rows)
    assert found == sorted((c.label, c.box.x, c.box.y, c.mask.area_px) for c in smear.white_cells)
    with tifffile.TiffFile(slide) as opened:
        written = opened.asarray().astype(float)
    assert np.abs(written - smear.image).mean() < 4  # JPEG twice over, but the same picture


def test_a_cancelled_slide_leaves_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop(fraction: float, message: str) -> None:
        if fraction > 0.2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        write_pyramid(SmearSpec(width=1200, height=1200, mpp=0.5, seed=1, variants=2), tmp_path / "a.tif", cancel, stop)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        write_pyramid(SmearSpec(width=10, height=10), blocked / "a.tif", CancelToken(), no_report)
    assert main(["field", "--out", str(blocked), "--width", "64", "--height", "64", *SMALL]) == 2


def test_field_writes_picture_labels_and_truth(tmp_path: Path, slide: Path) -> None:
    like = ["--like", str(slide.with_name("smear.truth.json")), "--region", "100", "50", "300", "200"]
    assert main(["field", "--out", str(tmp_path), "--seed", "0", "--name", "part", "--all-cells", *like]) == 0
    with Image.open(tmp_path / "part.png") as picture:
        assert picture.size == (300, 200)
        assert 25_400 / picture.info["dpi"][0] == pytest.approx(0.25, rel=1e-4)
    truth = read_truth(tmp_path / "part.truth.json")
    cells, nuclei = tifffile.imread(tmp_path / "part.cells.tif"), tifffile.imread(tmp_path / "part.nuclei.tif")
    assert (truth.x, truth.y, truth.width, truth.height) == (100, 50, 300, 200)
    assert {cell.id: cell.area_px for cell in truth.cells} == {
        int(i): int(n) for i, n in zip(*np.unique(cells[cells > 0], return_counts=True), strict=True)
    }
    assert np.all(cells[nuclei > 0] == nuclei[nuclei > 0])


def test_wrong_options_end_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["field", "--out", str(tmp_path), "--seed", "1", "--stain", "green"]) == 2
    assert "no stain 'green'" in capsys.readouterr().err
    (tmp_path / "x.json").write_text("{}")
    assert main(["field", "--out", str(tmp_path), "--seed", "1", "--like", str(tmp_path / "x.json")]) == 2
    assert "no truth file" in capsys.readouterr().err


def test_a_training_set_is_what_the_viewer_would_export(tmp_path: Path) -> None:
    arguments = ["set", "--out", str(tmp_path), "--fields", "2", "--width", "200", "--height", "150", *SMALL]
    assert main(arguments) == 0
    manifest = decode_training_set((tmp_path / "manifest.json").read_bytes())
    assert len({item.group for item in manifest.items}) == 2
    for item in manifest.items:
        cells, nuclei = tifffile.imread(tmp_path / item.cells_file), tifffile.imread(tmp_path / item.nuclei_file)
        with Image.open(tmp_path / item.image) as picture, Image.open(tmp_path / item.trust_file) as trust:
            assert picture.size == trust.size == (item.width, item.height) == cells.shape[::-1]
            assert np.asarray(trust).min() == 255
        assert {cell.number for cell in item.cells} == set(np.unique(cells)) - {0}
        assert set(np.unique(nuclei)) <= set(np.unique(cells))


def test_random_crops_are_seeded_and_show_white_cells() -> None:
    spec = SmearSpec(variants=3, white_cells_per_mm2=2000)
    first = list(random_crops(8, 160, 0.1, seed=4, spec=spec))
    again = list(random_crops(8, 160, 0.1, seed=4, spec=spec))
    assert all(np.array_equal(a.image, b.image) and a.table == b.table for a, b in zip(first, again, strict=True))
    assert all(crop.image.shape == (160, 160, 3) for crop in first)
    assert sum(bool(crop.table) for crop in first) >= 6
    assert len({crop.image.mean().round(1) for crop in first}) > 4  # stains differ

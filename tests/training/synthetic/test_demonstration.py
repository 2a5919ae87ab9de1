"""The demonstration smear that ships with the program."""

from collections import Counter

import numpy as np
import tifffile
from PIL import Image

from allviewer.domain.geometry import Region
from allviewer.resources import resources_dir
from training.synthetic import render_tile
from training.synthetic.truth_files import read_truth

DEMO = resources_dir() / "demo"


def test_it_shows_what_the_program_is_for() -> None:
    truth = read_truth(DEMO / "demonstration.truth.json")
    whole = Counter(cell.label for cell in truth.cells if cell.area_px > 4000)
    assert whole["blast"] >= 9
    assert {"lymphocyte", "neutrophil", "monocyte", "eosinophil", "basophil"} <= set(whole)
    assert (DEMO / "demonstration.png").stat().st_size < 2_500_000


def test_its_files_fit_each_other() -> None:
    truth = read_truth(DEMO / "demonstration.truth.json")
    cells, nuclei = (tifffile.imread(DEMO / f"demonstration.{name}.tif") for name in ("cells", "nuclei"))
    with Image.open(DEMO / "demonstration.png") as picture:
        assert picture.size == (truth.width, truth.height) == cells.shape[::-1] == nuclei.shape[::-1]
        assert abs(25_400 / picture.info["dpi"][0] - 0.1) < 1e-4
    assert {cell.id: cell.area_px for cell in truth.cells} == {i: n for i, n in enumerate(np.bincount(cells.flat)) if i}


def test_its_spec_still_gives_its_pixels() -> None:
    region = Region(500, 500, 256, 256)
    truth = read_truth(DEMO / "demonstration.truth.json")
    again = render_tile(truth.spec, region).only_white()
    window = (slice(region.y, region.bottom), slice(region.x, region.right))
    with Image.open(DEMO / "demonstration.png") as picture:
        shipped = np.asarray(picture.convert("RGB"))[window]
    # other processors round differently, so not to the last grey level
    assert np.abs(again.image.astype(int) - shipped).mean() < 1
    shipped_cells = tifffile.imread(DEMO / "demonstration.cells.tif")[window]
    assert np.mean((again.cells > 0) != (shipped_cells > 0)) < 0.002

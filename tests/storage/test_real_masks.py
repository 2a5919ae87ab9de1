"""Masks that experts drew survive the whole way: case, results, training set, and what training reads of it."""

import csv

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.domain import edits
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.exchange.content_hash import hash_file
from allviewer.imaging.openers import open_image
from allviewer.progress import CancelToken, no_report
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord
from allviewer.storage.results import write_image_results
from allviewer.storage.training_set_writer import write_training_set
from training.datasets.exported import load
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS

pytestmark = pytest.mark.real_data


@pytest.fixture
def drawn(data_dir):
    """(image, mask) paths of eight cells of both data sets, one of each twenty."""
    folder = data_dir / "segmentation_wbc"
    images = sorted((folder / "images").glob("*.bmp"))[::37][:8]
    return [(image, folder / "masks" / f"{image.stem}.png") for image in images]


def test_expert_masks_survive_the_whole_way(drawn, tmp_path):
    truth = {}
    with CaseFile.create(tmp_path / "experts.allcase") as case:
        for image, mask in drawn:
            grey = np.asarray(Image.open(mask))
            truth[image.name] = grey
            size = image.stat().st_size
            digest = hash_file(image, CancelToken())
            record = case.add_image(ImageRecord(image, digest, size, grey.shape[1], grey.shape[0]))
            cell = Cell(1, Mask(grey > 0), Mask(grey == 255), "lymphocyte", Origin.person("expert"))
            case.commit(record.id, edits.add(cell), "expert")
            case.set_reviewed(record.id, True)

    with CaseFile.open(tmp_path / "experts.allcase", read_only=True) as case:
        assert case.check().is_sound
        for record in case.images():
            check_results(case, record, truth[record.path.name], tmp_path)
        write_training_set([case], tmp_path / "set", open_image, ALL_CLASSES, CancelToken(), no_report)

    samples = load(tmp_path / "set")
    assert len(samples) == len(truth)
    for sample in samples:
        name = next(name for name in truth if sample.name.startswith(name.removesuffix(".bmp")))
        grey = truth[name]
        assert np.array_equal(sample.parts == NUCLEUS, grey == 255)
        assert np.array_equal(sample.parts == CYTOPLASM, grey == 128)
        assert np.array_equal(sample.parts == BACKGROUND, grey == 0)
        image = next(path for path, _ in drawn if path.name == name)
        assert np.array_equal(sample.image, np.asarray(Image.open(image).convert("RGB")))


def check_results(case, record, grey, folder):
    source = open_image(record.path)
    picture = source.read(0, 0, 0, record.width, record.height)
    source.close()
    cells = case.load(record.id).cells
    write_image_results(folder, record.path.stem, cells, (record.width, record.height), picture, 1.0, ALL_CLASSES)
    assert np.array_equal(tifffile.imread(folder / f"{record.path.stem}.cells.tif") == 1, grey > 0)
    assert np.array_equal(tifffile.imread(folder / f"{record.path.stem}.nuclei.tif") == 1, grey == 255)
    with (folder / f"{record.path.stem}.cells.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert int(row["area_px"]) == np.count_nonzero(grey)
    assert float(row["nc_ratio"]) == pytest.approx(np.count_nonzero(grey == 255) / np.count_nonzero(grey), abs=1e-4)

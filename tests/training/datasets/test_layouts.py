"""Every data set is known by its files, in the layout of its authors and in that of the shared part."""

import shutil

import numpy as np
import pytest

from allviewer.errors import DatasetError
from allviewer.progress import CancelToken
from tests.training.datasets.layouts import WRITERS, field, save, write_idb1
from training.classification.classes import crop_spec
from training.classification.gather import gather
from training.datasets import segmentation_wbc, txl_pbc
from training.datasets.catalogue import find_all, find_data, find_named
from training.datasets.collect import collect_samples
from training.datasets.listing import Grouping
from training.datasets.sample import BACKGROUND, NUCLEUS, SOME_CELL, UNKNOWN
from training.experiments.samples import read_samples


def quiet(news):
    pass


@pytest.mark.parametrize("name", WRITERS)
def test_a_downloaded_set_is_known_whatever_its_folder_is_called(name, tmp_path):
    found = find_data(WRITERS[name](tmp_path / "download"))
    assert found.name == name
    assert found.layout != "labels.csv"
    assert found.missing == ()
    assert found.complete() is found


def test_all_of_them_side_by_side(tmp_path):
    for name, write in WRITERS.items():
        write(tmp_path / f"my {name}")
    assert {found.name for found in find_all(tmp_path)} == set(WRITERS)
    assert find_named([tmp_path], "bccd").name == "bccd"


def test_cnmc_subjects_come_from_names_and_those_who_share_pictures_are_one(tmp_path):
    found = find_data(WRITERS["cnmc2019"](tmp_path))
    assert found.grouping is Grouping.SUBJECT
    assert found.counts() == {"all": 7, "hem": 7, "": 1}
    assert found.groups("all") == {"1", "51+75+78", "57"}
    assert found.groups("hem") == {"H2+H4+H5+H6", "H9", "H49"}
    assert {picture.part for picture in found.pictures} == {"fold_0", "fold_1", "preliminary test", "final test"}


def test_the_folds_of_cnmc_alone_are_one_data_set(tmp_path):
    whole = WRITERS["cnmc2019"](tmp_path)
    found = find_all(whole / "C-NMC_training_data")
    assert [len(data.pictures) for data in found] == [12]


def test_taleqani_has_classes_groups_of_neighbours_and_the_threshold_as_masks(tmp_path):
    found = find_data(WRITERS["taleqani_all"](tmp_path))
    assert found.counts() == {"benign": 4, "early": 4}
    assert found.groups() == {"Benign-00", "Benign-01", "Early-00", "Early-01"}
    image = field(1)
    parts = found.read_parts(found.pictures[0], image)
    assert set(np.unique(parts)) == {BACKGROUND, SOME_CELL}
    assert ((parts == SOME_CELL) == (image[..., 1] < 170)).mean() > 0.95
    shutil.rmtree(tmp_path / "Segmented")
    assert find_data(tmp_path).read_parts is None


def test_all_idb_tells_sick_from_healthy_by_the_name_and_counts_the_marks(tmp_path):
    found = find_data(write_idb1(tmp_path))
    assert found.counts() == {"all": 2, "healthy": 2}
    assert [picture.objects for picture in found.pictures] == [{"blast": 2}, {"blast": 2}, {"blast": 0}, {"blast": 0}]
    assert found.grouping is Grouping.PICTURE


def test_bccd_boxes_are_weak_truth(tmp_path):
    found = find_data(WRITERS["bccd"](tmp_path))
    assert found.groups() == {"b00", "b01"}
    assert found.pictures[0].objects == {"WBC": 1, "RBC": 1, "Platelets": 1}
    parts = found.read_parts(found.pictures[0], field(0))
    assert {BACKGROUND, SOME_CELL, UNKNOWN} <= set(np.unique(parts))
    assert len(collect_samples([tmp_path], None, CancelToken())) == 3


def test_zheng_classes_come_from_the_tables_and_known_doubles_share_a_group(tmp_path):
    found = find_data(WRITERS["segmentation_wbc"](tmp_path))
    group = {picture.name: picture.group for picture in found.pictures}
    assert group["ds1_112"] == group["ds1_139"] == "ds1-11"
    assert (group["ds1_010"], group["ds1_011"]) == ("ds1-00", "ds1-01")
    assert group["ds2_006"] == "ds2-01"
    assert {picture.label for picture in found.pictures if picture.name == "ds1_001"} == {"lymphocyte"}
    assert len(segmentation_wbc.load(tmp_path)) == 7
    assert any((sample.parts == NUCLEUS).any() for sample in segmentation_wbc.load(tmp_path))


def test_yolo_pictures_find_their_boxes(tmp_path):
    found = find_data(WRITERS["txl_pbc"](tmp_path))
    assert {picture.part for picture in found.pictures} == {"train", "val", "test"}
    assert found.pictures[0].objects == {"WBC": 1, "RBC": 1}
    assert {sample.source for sample in txl_pbc.load(tmp_path, every=1)} == {"pbc"}


def test_the_viewers_export_gives_its_cells_as_pictures(toy_set):
    found = find_data(toy_set)
    samples = read_samples(found, CancelToken(), quiet)
    assert samples.classes == ("lymphocyte",)
    assert len(samples.names) == len(found.cells) == 3
    assert {len(samples.read(row).shape) for row in samples.rows} == {3}
    assert len(set(samples.groups)) == 3


@pytest.mark.parametrize("name", ["cnmc2019", "segmentation_wbc"])
def test_the_shipped_networks_learn_from_downloads_too(name, tmp_path):
    WRITERS[name](tmp_path / "x")
    assert len(collect_samples([tmp_path / "x"], 0.3, CancelToken())) > 4
    assert len(gather([tmp_path], crop_spec(), CancelToken())) > 4


@pytest.mark.parametrize(
    ("name", "file", "says"),
    [
        ("cnmc2019", "prelim_phase_data/1.bmp", "1.bmp"),
        ("bccd", "BloodImage_00009.jpg", "BloodImage_00009.jpg"),
        ("segmentation_wbc", "139.png", "139.png"),
        ("taleqani_all", "Segmented/Early/WBC-Malignant-Early-040.jpg", "Early-040"),
        ("all_idb1", "Im002_1.xyc", "Im002_1.xyc"),
        ("txl_pbc", "bb.png", "bb"),
    ],
)
def test_a_missing_file_is_named(name, file, says, tmp_path):
    folder = WRITERS[name](tmp_path)
    next(path for path in sorted(folder.rglob("*")) if path.as_posix().endswith(file)).unlink()
    found = find_data(folder)
    assert any(says in missing for missing in found.missing)
    with pytest.raises(DatasetError, match="incomplete"):
        found.complete()


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "says"),
    [
        ("cnmc2019", "labels.csv", "1.bmp,1", "1.bmp,7", "label '7' of 1.bmp is unknown"),
        ("cnmc2019", "labels.csv", "Patient_ID", "patient", "Patient_ID"),
        ("bccd", "BloodImage_00009.xml", "RBC", "Rbc?", "unknown"),
        ("bccd", "BloodImage_00009.xml", "</annotation>", "", "BloodImage_00009.xml"),
        ("segmentation_wbc", "Dataset 1.csv", "10,1", "10,9", "class '9'"),
        ("all_idb1", "Im001_1.xyc", "30\t40", "thirty", "Im001_1.xyc"),
        ("txl_pbc", "bb.txt", "1 0.1", "8 0.1", "unknown"),
        ("txl_pbc", "bb.txt", "1 0.1 0.1 0.1 0.1", "1 0.1", "bb.txt"),
    ],
)
def test_a_damaged_table_or_an_unknown_label_is_named(name, file, old, new, says, tmp_path):
    folder = WRITERS[name](tmp_path)
    table = next(path for path in sorted(folder.rglob("*")) if path.name.endswith(file))
    table.write_text(table.read_text().replace(old, new, 1))
    with pytest.raises(DatasetError) as problem:
        find_data(folder)
    assert says in str(problem.value)


def test_an_unreadable_picture_is_named_and_nothing_is_trained_on_the_rest(tmp_path):
    folder = WRITERS["cnmc2019"](tmp_path)
    damaged = next(folder.rglob("UID_H5_7_1_hem.bmp"))
    damaged.write_bytes(damaged.read_bytes()[:500])
    with pytest.raises(DatasetError, match="UID_H5_7_1_hem"):
        read_samples(find_data(folder), CancelToken(), quiet)


def test_a_mask_of_another_size_is_named(tmp_path):
    folder = WRITERS["segmentation_wbc"](tmp_path)
    save(folder / "Dataset 1" / "010.png", np.zeros((20, 20), np.uint8))
    with pytest.raises(DatasetError, match="differ in size"):
        segmentation_wbc.load(folder)


@pytest.mark.real_data
def test_the_shared_parts_are_known(data_dir):
    found = {data.name: data for data in find_all(data_dir)}
    counts = {name: len(data.pictures) for name, data in found.items()}
    assert counts == {"bccd": 274, "cnmc2019": 2722, "segmentation_wbc": 294, "taleqani_all": 1120, "txl_pbc": 746}
    assert found["cnmc2019"].counts() == {"all": 1922, "hem": 800}
    assert (len(found["cnmc2019"].groups("all")), len(found["cnmc2019"].groups("hem"))) == (18, 11)
    assert all(data.missing == () for data in found.values())

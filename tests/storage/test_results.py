"""What `analyze` writes can be read back by other people's tools and says the truth."""

import csv
import json
import math
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from allviewer.domain.annotations import Annotations
from allviewer.domain.labels import ALL_CLASSES
from allviewer.errors import OutputError
from allviewer.storage.label_image import write_label_image
from allviewer.storage.overlay_picture import overlay_downsample
from allviewer.storage.results import RESULT_ENDINGS, is_complete, make_results_folder, write_image_results
from allviewer.storage.run_record import (
    DONE,
    FAILED,
    ImageOutcome,
    PackRecord,
    RunRecord,
    blast_fraction,
    output_names,
    read_run,
    write_run,
)

COLUMNS = (
    "cell_id,x_px,y_px,bbox_x,bbox_y,bbox_w,bbox_h,area_px,nucleus_area_px,cytoplasm_area_px,nc_ratio,class,"
    "p_blast,p_lymphocyte,uncertainty"
)
WHITE = np.full((300, 400, 3), 255, dtype=np.uint8)


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_and_label_images_agree(tmp_path, make_cell):
    cells = [
        make_cell(1, x=20, y=30),
        make_cell(4, x=200, y=100, label="lymphocyte"),
        make_cell(6, x=300, y=200, label="red_cell"),
    ]
    counts = write_image_results(tmp_path, "field", cells, (400, 300), WHITE, 1.0, ALL_CLASSES)
    assert counts == {"blast": 1, "lymphocyte": 1, "red_cell": 1}
    assert is_complete(tmp_path, "field")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"field{e}" for e in RESULT_ENDINGS)
    assert (tmp_path / "field.cells.csv").read_text().splitlines()[0] == COLUMNS + ",tags"
    rows = read_rows(tmp_path / "field.cells.csv")
    assert [row["cell_id"] for row in rows] == ["1", "4"]
    assert [row["cell_id"] for row in read_rows(tmp_path / "field.others.csv")] == ["6"]
    label = tifffile.imread(tmp_path / "field.cells.tif")
    nuclei = tifffile.imread(tmp_path / "field.nuclei.tif")
    assert label.shape == nuclei.shape == (300, 400)
    assert label.dtype == nuclei.dtype == np.uint16
    assert set(np.unique(label)) == {0, 1, 4}
    for row in rows:
        number = int(row["cell_id"])
        ys, xs = np.nonzero(label == number)
        assert int(row["area_px"]) == len(xs)
        assert int(row["nucleus_area_px"]) == np.count_nonzero(nuclei == number)
        assert (int(row["bbox_x"]), int(row["bbox_y"])) == (xs.min(), ys.min())
        assert float(row["x_px"]) == pytest.approx(xs.mean() + 0.5, abs=0.01)
        assert float(row["p_blast"]) == 0.75
        assert float(row["nc_ratio"]) == pytest.approx(int(row["nucleus_area_px"]) / int(row["area_px"]), abs=1e-4)
    assert np.all((nuclei == 0) | (nuclei == label))


def test_label_images_open_in_other_readers(tmp_path, make_cell):
    write_label_image(tmp_path / "a.tif", Annotations([make_cell(700, x=50, y=40)]), 400, 300, "cells")
    expected = tifffile.imread(tmp_path / "a.tif")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.tif")), expected)
    assert np.array_equal(cv2.imread(str(tmp_path / "a.tif"), cv2.IMREAD_UNCHANGED), expected)


def test_micrometre_columns_appear_with_a_scale(tmp_path, make_cell):
    cell = make_cell(1, x=20, y=30)
    write_image_results(tmp_path, "field", [cell], (400, 300), WHITE, 1.0, ALL_CLASSES, mpp=0.25)
    header = (tmp_path / "field.cells.csv").read_text().splitlines()[0]
    assert header == COLUMNS + ",area_um2,nucleus_area_um2,cytoplasm_area_um2,x_um,y_um,diameter_um,tags"
    (row,) = read_rows(tmp_path / "field.cells.csv")
    assert float(row["area_um2"]) == pytest.approx(cell.area_px / 16, abs=0.001)
    assert float(row["diameter_um"]) == pytest.approx(2 * math.sqrt(cell.area_px / 16 / math.pi), abs=0.001)


def test_an_image_without_cells_has_all_files(tmp_path):
    write_image_results(
        tmp_path, "empty", [], (400, 300), WHITE, 1.0, ALL_CLASSES, classifier_classes=("blast", "lymphocyte")
    )
    assert (tmp_path / "empty.cells.csv").read_text().strip() == COLUMNS + ",tags"
    assert not tifffile.imread(tmp_path / "empty.cells.tif").any()


def test_many_ids_make_32_bit_label_images(tmp_path, make_cell):
    write_label_image(tmp_path / "a.tif", Annotations([make_cell(70000)]), 64, 64, "cells")
    label = tifffile.imread(tmp_path / "a.tif")
    assert label.dtype == np.uint32
    assert label.max() == 70000


def test_cells_on_edges_and_across_tiles(tmp_path, make_cell):
    cells = [make_cell(1, x=-5, y=-5), make_cell(2, x=505, y=500), make_cell(3, x=1090, y=700)]
    write_label_image(tmp_path / "a.tif", Annotations(cells), 1100, 713, "nuclei")
    label = tifffile.imread(tmp_path / "a.tif")
    assert label.shape == (713, 1100)
    for cell in cells:
        assert np.count_nonzero(label == cell.id) == np.count_nonzero(
            cell.nucleus.within(type(cell.mask.region)(0, 0, 1100, 713))
        )


def test_overlapping_cells_keep_nuclei_inside_their_cells(tmp_path, make_cell):
    cells = [make_cell(1, x=20, y=20), make_cell(2, x=28, y=20)]
    write_image_results(tmp_path, "f", cells, (400, 300), WHITE, 1.0, ALL_CLASSES)
    label, nuclei = tifffile.imread(tmp_path / "f.cells.tif"), tifffile.imread(tmp_path / "f.nuclei.tif")
    assert np.all((nuclei == 0) | (nuclei == label))


def test_overlay_shows_classes_in_their_colours(tmp_path, make_cell):
    write_image_results(tmp_path, "f", [make_cell(1, x=50, y=50, radius=30)], (800, 600), WHITE, 2.0, ALL_CLASSES)
    drawn = np.asarray(Image.open(tmp_path / "f.overlay.png"))
    assert drawn.shape == WHITE.shape
    _, xs = np.nonzero(np.all(drawn == ALL_CLASSES.find("blast").colour, axis=-1))
    assert 24 <= xs.min() <= 26
    assert 54 <= xs.max() <= 57
    assert overlay_downsample(100_000, 50_000) == pytest.approx(100_000 / 4096)


def test_text_cannot_become_a_formula(tmp_path, make_cell):
    cell = make_cell(1, label="=HYPERLINK(1)")
    write_image_results(tmp_path, "f", [cell], (400, 300), WHITE, 1.0, ALL_CLASSES)
    assert read_rows(tmp_path / "f.cells.csv")[0]["class"] == "'=HYPERLINK(1)"


def test_run_record_and_summary(tmp_path):
    outcomes = (
        ImageOutcome(
            "a",
            "/in/a.png",
            DONE,
            counts={"blast": 3, "lymphocyte": 7, "red_cell": 50, "smudge": 2},
            mpp=0.2,
            mpp_source="user",
            seconds={"segment": 1.5},
        ),
        ImageOutcome("b", "/in/b.png", FAILED, error="b.png is empty."),
    )
    run = RunRecord(
        1,
        "allviewer 0.1.0",
        {"numpy": "2"},
        "t0",
        "t1",
        (PackRecord("segmentation", "n", "1.0.0", "0" * 64),),
        "cpu",
        {"segment": 1.5},
        outcomes,
    )
    write_run(tmp_path, run, ALL_CLASSES)
    assert read_run(tmp_path) == run
    assert json.loads((tmp_path / "run.json").read_text())["packs"][0]["sha256"] == "0" * 64
    a, b = read_rows(tmp_path / "summary.csv")
    assert (a["name"], a["status"], a["cells"], a["others"], a["n_blast"]) == ("a", "done", "12", "50", "3")
    # exact interval of 3 of 10, as in Clopper and Pearson's tables
    assert (a["blast_fraction"], a["blast_fraction_low"], a["blast_fraction_high"]) == ("0.3000", "0.0667", "0.6525")
    assert (b["status"], b["error"], b["cells"]) == ("failed", "b.png is empty.", "")


def test_fraction_without_cells_is_unknown():
    assert blast_fraction({"red_cell": 9}, ALL_CLASSES) is None
    assert blast_fraction({"blast": 4}, ALL_CLASSES)[0] == 1.0


def test_damaged_run_record_is_named(tmp_path):
    assert read_run(tmp_path) is None
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(OutputError, match=r"run\.json is damaged"):
        read_run(tmp_path)


def test_shared_stems_get_their_folder():
    paths = [
        Path("monday/f1.png"),
        Path("tuesday/F1.png"),
        Path("monday/f2.png"),
        Path("monday/f3.png"),
        Path("monday/f3.jpg"),
    ]
    assert output_names(paths) == ["monday_f1", "tuesday_F1", "f2", "monday_f3_png", "monday_f3_jpg"]


@given(
    st.lists(
        st.builds(
            lambda *p: Path("/", *p),
            *[st.sampled_from("abAB")] * 2,
            st.sampled_from(["x.png", "X.png", "a_x.png", "x.jpg"]),
        )
    )
)
def test_names_are_all_different(paths):
    names = output_names(paths)
    assert len({name.casefold() for name in names}) == len(paths)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="may not be written"):
        make_results_folder(tmp_path / "out")


def test_folder_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        make_results_folder(tmp_path / "out")


def test_full_disk_leaves_no_half_file(tmp_path, make_cell, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="The disk is full"):
        write_image_results(tmp_path, "f", [make_cell(1)], (400, 300), WHITE, 1.0, ALL_CLASSES)
    assert list(tmp_path.iterdir()) == []

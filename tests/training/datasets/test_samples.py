"""Every data set becomes samples; what is damaged or missing is named."""

import json
from collections import Counter

import numpy as np
import pytest
import tifffile

from allviewer.errors import DatasetError
from allviewer.progress import CancelToken
from training.datasets import bccd, cnmc2019, exported, segmentation_wbc, txl_pbc
from training.datasets.collect import collect_samples
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS, SOME_CELL, UNKNOWN
from training.datasets.synthetic import make_samples


def test_exported_cells_come_back_exactly(toy_set, toy_sample):
    samples = exported.load(toy_set)
    drawn = toy_sample(0)
    assert np.array_equal(samples[0].image, drawn.image)
    assert np.array_equal(samples[0].parts, drawn.parts)
    assert np.array_equal(samples[0].cells, drawn.cells)
    assert samples[0].mpp == drawn.mpp
    assert len({sample.group for sample in samples}) == 3


def test_only_trusted_pixels_are_known(toy_set):
    from PIL import Image

    path = next((toy_set / "trust").iterdir())
    trust = np.asarray(Image.open(path)).copy()
    trust[:, :40] = 0
    Image.fromarray(trust).save(path)
    sample = next(s for s in exported.load(toy_set) if s.name == path.stem)
    assert (sample.parts[:, :40] == UNKNOWN).all()
    assert not (sample.parts[:, 40:] == UNKNOWN).any()


def test_red_cells_count_as_background(tmp_path, toy_sample, write_set):
    sample = exported.load(write_set(tmp_path / "reds", [toy_sample(1)], label="red_cell"))[0]
    assert not sample.cells.any()
    assert (sample.parts == BACKGROUND).all()


@pytest.mark.parametrize("part", ["images", "cells", "nuclei", "trust"])
def test_a_missing_file_is_named(toy_set, part):
    path = next((toy_set / part).iterdir())
    path.unlink()
    with pytest.raises(DatasetError, match=path.name):
        exported.load(toy_set)


@pytest.mark.parametrize("part", ["images", "cells", "nuclei", "trust"])
def test_a_damaged_file_is_named(toy_set, part):
    path = next((toy_set / part).iterdir())
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(DatasetError, match=path.name):
        exported.load(toy_set)


def test_a_label_image_with_damaged_pixels_is_named(toy_set):
    path = next((toy_set / "cells").iterdir())
    tifffile.imwrite(path, np.arange(96 * 96, dtype=np.uint16).reshape(96, 96), compression="zlib")
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as tiff:
        start = tiff.pages[0].dataoffsets[0]
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=path.name):
        exported.load(toy_set)


@pytest.mark.parametrize("mpp", [-1, 0, 1e9])
def test_a_scale_of_no_microscope_is_refused(toy_set, mpp):
    manifest = json.loads((toy_set / "manifest.json").read_text())
    manifest["items"][0]["mpp"] = mpp
    (toy_set / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DatasetError, match="micrometres per pixel"):
        exported.load(toy_set)


def test_a_label_image_of_another_size_is_refused(toy_set):
    path = next((toy_set / "cells").iterdir())
    tifffile.imwrite(path, np.zeros((5, 5), np.uint16))
    with pytest.raises(DatasetError, match="differ in size"):
        exported.load(toy_set)


@pytest.mark.parametrize(
    "change", [{"format": 2}, {"items": [{}]}, {"items": []}, {"surplus": 1}], ids=["newer", "item", "empty", "surplus"]
)
def test_a_manifest_that_does_not_fit_is_refused(toy_set, change):
    path = toy_set / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(DatasetError):
        exported.load(toy_set)


def test_a_path_out_of_the_folder_is_refused(toy_set):
    path = toy_set / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("images/", "../images/", 1), encoding="utf-8")
    with pytest.raises(DatasetError):
        exported.load(toy_set)


def test_folders_without_data_are_refused_in_words(tmp_path):
    with pytest.raises(DatasetError, match="does not exist"):
        collect_samples([tmp_path / "none"], 0.15, CancelToken())
    with pytest.raises(DatasetError, match="holds no training data"):
        collect_samples([tmp_path], 0.15, CancelToken())


def test_scaling_keeps_cells_and_parts_together(toy_sample):
    half = toy_sample(2).at_scale(0.6)
    assert half.parts.shape == (48, 48)
    assert np.array_equal(half.cells > 0, (half.parts == CYTOPLASM) | (half.parts == NUCLEUS))


def test_synthetic_smears_are_the_same_for_the_same_seed():
    first, again = make_samples(2, 0.15, 3), make_samples(2, 0.15, 3)
    assert np.array_equal(first[1].image, again[1].image)
    assert any((sample.parts == NUCLEUS).any() for sample in first)


@pytest.mark.real_data
def test_bccd_fields(data_dir):
    samples = bccd.load(data_dir / "bccd")
    assert len(samples) == 274
    assert sum(len(sample.cell_numbers()) for sample in samples) == 279
    assert all(sample.cell_numbers() for sample in samples)
    assert len({sample.group for sample in samples}) == 32


@pytest.mark.real_data
def test_other_cells_at_the_edge_of_zheng_are_unknown_and_the_drawn_cell_is_whole(data_dir):
    samples = {sample.name: sample for sample in segmentation_wbc.load(data_dir / "segmentation_wbc")}
    assert Counter(sample.source for sample in samples.values()) == {"ds1": 219, "ds2": 75}
    assert all(len(sample.cell_numbers()) == 1 for sample in samples.values())
    hidden = np.mean([np.mean(sample.parts == UNKNOWN) for sample in samples.values()])
    assert 0.001 < hidden < 0.1


@pytest.mark.real_data
def test_doubles_of_zheng_share_their_group(data_dir):
    group = {sample.name: sample.group for sample in segmentation_wbc.load(data_dir / "segmentation_wbc")}
    for one, other in (("ds1_112", "ds1_139"), ("ds1_166", "ds1_171"), ("ds1_157", "ds1_158")):
        if one in group and other in group:
            assert group[one] == group[other]


@pytest.mark.real_data
def test_cut_out_cells_are_cells_of_unknown_parts(data_dir):
    samples = cnmc2019.load(data_dir / "cnmc2019")
    assert all(set(np.unique(sample.parts)) == {BACKGROUND, SOME_CELL} for sample in samples)
    assert all(sample.cell_numbers() == [1] for sample in samples)
    assert max(Counter(sample.group for sample in samples).values()) < 100


@pytest.mark.real_data
def test_boxes_give_weak_truth(data_dir):
    samples = txl_pbc.load(data_dir / "txl_pbc", every=40)
    assert {sample.source for sample in samples} == {"pbc", "raabin"}
    for sample in samples:
        assert {BACKGROUND, SOME_CELL, UNKNOWN} <= set(np.unique(sample.parts))
        assert not sample.cells.any()

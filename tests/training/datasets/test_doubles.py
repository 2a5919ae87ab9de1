"""Pictures that are there twice are found by look, and two round cells are not taken for one."""

import io
import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from allviewer.progress import CancelToken
from tests.training.datasets.layouts import WRITERS, field
from training.__main__ import main
from training.datasets import cnmc2019, segmentation_wbc
from training.datasets.catalogue import find_data
from training.datasets.doubles import find_doubles, look_of
from training.datasets.files import read_rgb
from training.datasets.listing import Picture
from training.datasets.report import in_words, report_on
from training.experiments.samples import find_same, read_samples
from training.splits import joined_groups


def quiet(news):
    pass


def first_of(images: list[np.ndarray]) -> list[int]:
    return find_doubles([look_of(image) for image in images]).tolist()


def as_jpeg(image: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=60)
    return np.asarray(Image.open(file))


def test_the_same_pixels_and_the_same_look_are_doubles_and_others_are_not():
    one, other = field(1, 96), field(2, 96)
    brighter = np.clip(one.astype(int) + 12, 0, 255).astype(np.uint8)
    assert first_of([one, other, one.copy(), as_jpeg(one), brighter]) == [0, 1, 0, 0, 0]


def test_a_cell_cut_out_again_is_a_double_and_another_of_the_same_outline_is_not():
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:120, :120]
    inside = (x - 60) ** 2 + (y - 60) ** 2 < 45**2
    textures = [rng.integers(40, 160, (15, 15, 3)).repeat(8, 0).repeat(8, 1).astype(np.uint8) for _ in range(2)]
    cells = [np.where(inside[..., None], texture, 0).astype(np.uint8) for texture in textures]
    cut_again = np.where(((x - 60) ** 2 + (y - 61) ** 2 < 43**2)[..., None], textures[0], 0).astype(np.uint8)
    assert first_of([*cells, cut_again]) == [0, 1, 0]


def test_nothing_at_all_is_compared_without_complaint():
    black = np.zeros((40, 40, 3), np.uint8)
    assert first_of([]) == []
    assert first_of([black, black, field(3)]) == [0, 0, 2]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8)), min_size=1, max_size=40))
def test_groups_that_share_a_picture_become_one_and_no_others(items):
    groups = [f"g{group}" for group, _ in items]
    same = np.array([number for _, number in items])
    joined = joined_groups(groups, same)
    for i in range(len(items)):
        for j in range(len(items)):
            if groups[i] == groups[j] or same[i] == same[j]:
                assert joined[i] == joined[j]
    if len(set(same.tolist())) == len(same):
        assert [joined.index(group) for group in joined] == [groups.index(group) for group in groups]


def test_the_report_counts_and_names_what_is_wrong(tmp_path):
    folder = WRITERS["segmentation_wbc"](tmp_path)
    (folder / "Dataset 1" / "011.bmp").write_bytes(b"BM damaged")
    (folder / "Dataset 2" / "006.png").unlink()
    report = report_on(find_data(folder), CancelToken(), quiet)
    assert [double.names for double in report.doubles] == [("ds1_112", "ds1_139")]
    assert report.doubles[0].exactly
    assert report.missing == ("Dataset 2/006.png",)
    assert "011.bmp" in report.unreadable[0]
    assert report.parts == {"ds1": 5, "ds2": 1}
    assert any("comes from one group" in problem for problem in report.problems)
    words = in_words(report)
    for said in ("6 pictures", "ds1_112 = ds1_139", "Dataset 2/006.png", "each a run of neighbouring pictures"):
        assert said in words


def test_doubles_of_two_labels_are_said(tmp_path):
    folder = WRITERS["taleqani_all"](tmp_path)
    source = folder / "Original" / "Benign" / "WBC-Benign-001.jpg"
    (folder / "Original" / "Early" / "WBC-Malignant-Early-040.jpg").write_bytes(source.read_bytes())
    report = report_on(find_data(folder), CancelToken(), quiet)
    assert report.doubles[0].classes == ("benign", "early")
    assert "two classes" in in_words(report)
    samples = read_samples(find_data(folder), CancelToken(), quiet)
    assert len(set(samples.same.tolist())) == len(samples) - 1


@pytest.mark.real_data
def test_known_doubles_of_zheng(data_dir):
    found = segmentation_wbc.find(data_dir / "segmentation_wbc")
    known = ("ds1_157", "ds1_158")
    pictures = [picture for picture in found.pictures if picture.part == "ds1"]
    same = find_same(pictures, CancelToken(), quiet)
    number = {picture.name: value for picture, value in zip(pictures, same.tolist(), strict=True)}
    assert number[known[0]] == number[known[1]]
    assert sum(count > 1 for count in Counter(same.tolist()).values()) == 2


@pytest.mark.real_data
def test_no_two_subjects_of_cnmc_share_a_cell(data_dir):
    pictures = [p for p in cnmc2019.find(data_dir / "cnmc2019").pictures if p.group in ("H10+H3", "H14", "32")]
    same = find_same(pictures, CancelToken(), quiet)
    groups: dict[int, set[str]] = {}
    for picture, number in zip(pictures, same.tolist(), strict=True):
        groups.setdefault(number, set()).add(picture.group)
    assert all(len(own) == 1 for own in groups.values())
    assert 100 < len(pictures) - len(groups) < 200, "cells that were cut out twice"


def test_a_box_outside_its_picture_is_named(tmp_path):
    from allviewer.domain.geometry import Region
    from allviewer.errors import DatasetError
    from tests.training.datasets.layouts import save
    from training.experiments.samples import read_picture

    file = save(tmp_path / "a.png", field(1))
    with pytest.raises(DatasetError, match="outside"):
        read_picture(Picture("a", file, "", "a", box=Region(500, 500, 10, 10)))
    assert read_picture(Picture("a", file, "", "a", box=Region(50, 50, 40, 40))).shape == (14, 14, 3)
    assert read_rgb(file).shape == (64, 64, 3)


def test_the_command_says_it_for_people_and_for_programs(tmp_path, capsys):
    for name in ("all_idb1", "segmentation_wbc"):
        WRITERS[name](tmp_path / name)
    assert main(["data", str(tmp_path)]) == 0
    words = capsys.readouterr().out
    assert "all_idb1: fields and .xyc" in words
    assert "4 blast" in words
    assert "there more than once: 1 (1 by every pixel, 0 by look)" in words
    assert main(["data", str(tmp_path), "--json"]) == 0
    reports = json.loads(capsys.readouterr().out)
    assert [report["name"] for report in reports] == ["all_idb1", "segmentation_wbc"]
    assert reports[0]["classes"] == [
        {"name": "all", "pictures": 2, "groups": 2},
        {"name": "healthy", "pictures": 2, "groups": 2},
    ]


@pytest.mark.parametrize(("name", "says"), [("none", "does not exist"), ("empty", "no data set that is known")])
def test_a_folder_without_data_is_answered_in_words(name, says, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["data", str(tmp_path / name), "--json"]) == 1
    assert says in json.loads(capsys.readouterr().out)["sentence"]

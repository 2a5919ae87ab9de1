"""From fields with boxes, laid out as BCCD is published, to a pack that the viewer takes."""

import cv2
import numpy as np
import pytest

from allviewer.errors import DatasetError
from allviewer.inference.catalogue import Catalogue
from allviewer.progress import CancelToken
from training import packs
from training.detection import task
from training.detection.batches import FieldBatches
from training.detection.config import DetectionConfig
from training.detection.crops import draw_crop
from training.detection.fields import read_fields
from training.detection.targets import STRIDE, targets_of
from training.tasks import Request

BOX = "<object><name>{kind}</name><bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object>"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Three fields of 640x480: a blue white cell, red cells, a platelet."""
    folder = tmp_path_factory.mktemp("bccd")
    for name in ("Annotations", "JPEGImages"):
        (folder / name).mkdir()
    for number in (0, 10, 20):
        image = np.full((480, 640, 3), 225, np.uint8)
        things = [("WBC", 300, 220, 90, (120, 60, 160)), ("Platelets", 520, 400, 18, (140, 90, 170))]
        things += [("RBC", x, y, 52, (215, 160, 170)) for x, y in ((90, 90), (500, 120), (120, 380))]
        marked = ""
        for kind, x, y, radius, colour in things:
            cv2.circle(image, (x + number, y), radius, colour, -1)
            edges = (x + number - radius, y - radius, x + number + radius, y + radius)
            marked += BOX.format(*edges, kind=kind)
        cv2.imwrite(str(folder / f"JPEGImages/BloodImage_{number:05}.jpg"), image[..., ::-1])
        (folder / f"Annotations/BloodImage_{number:05}.xml").write_text(f"<annotation>{marked}</annotation>")
    return folder


def test_fields_keep_their_boxes_and_groups(data):
    fields = read_fields([data], CancelToken())
    assert [field.group for field in fields] == ["bccd-b00", "bccd-b01", "bccd-b02"]
    assert fields[0].kinds.tolist() == [0, 2, 1, 1, 1]
    assert fields[0].boxes[0].tolist() == [210, 130, 390, 310]


def test_no_boxes_no_training(tmp_path):
    with pytest.raises(DatasetError):
        read_fields([tmp_path], CancelToken())


def test_targets_lie_where_the_cells_of_a_crop_are(data):
    config = DetectionConfig()
    fields = [field.at_scale(config.mpp) for field in read_fields([data], CancelToken())]
    rng = np.random.default_rng(3)
    for _ in range(20):
        crop = draw_crop(fields, config, rng)
        hills, trust, boxes, weights = targets_of(crop)
        middles = (crop.boxes[:, :2] + crop.boxes[:, 2:]) / 2
        for (x, y), box, kind in zip(middles, crop.boxes, crop.kinds, strict=True):
            at = int(y / STRIDE), int(x / STRIDE)
            if (box[2:] - box[:2]).min() >= 5 and max(at) < hills.shape[1]:
                assert hills[kind][at] == 1
        assert (boxes[2] >= boxes[0])[weights > 0].all()
        assert trust.min() >= 0
        red = crop.image[hills[0].argmax() // hills.shape[2] * STRIDE, hills[0].argmax() % hills.shape[2] * STRIDE]
        assert hills[0].max() < 1 or red[1] < 150, "a white cell is dark blue here"


def test_a_step_sees_the_same_batch_again(data):
    batches = FieldBatches(read_fields([data], CancelToken()), DetectionConfig(batch=2, crop_px=64))
    first, again = next(batches(5)), next(batches(5))
    assert all(bool((a == b).all()) for a, b in zip(first, again, strict=True))


def test_training_makes_a_pack_that_the_viewer_takes(data, tmp_path):
    overrides = {"steps": 2, "batch": 2, "crop_px": 64, "name": "tiny"}
    request = Request(tmp_path / "run", (data,), overrides=overrides, command="python -m training fit")
    pack = task.fit(request, CancelToken(), lambda _: None)
    card = packs.read_card(pack)
    assert (card.task, card.spec.kinds) == ("detection", ("white-cell", "red-cell", "platelet"))
    assert "boxes: 3 white-cells, 9 red-cells, 3 platelets" in card.training.data
    installed = Catalogue(tmp_path / "shipped", tmp_path / "user").install(pack)
    assert installed.card == card
    text = (pack / "CARD.md").read_text(encoding="utf-8")
    assert "Slides are looked over" in text
    out = tmp_path / "tables"
    picture = data / "JPEGImages/BloodImage_00000.jpg"
    task.predict(Request(out, pack=pack, images=(picture,)), CancelToken(), lambda _: None)
    assert (out / "BloodImage_00000.boxes.csv").read_text().startswith("kind,left,top,right,bottom,score")

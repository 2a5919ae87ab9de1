"""What a network counted is kept with the case, and damaged notes are named."""

import numpy as np
import pytest
from sqlalchemy import create_engine

from allviewer.domain.boxes import BoxCount, Boxes
from allviewer.domain.geometry import Region
from allviewer.storage.box_notes import read_count, write_count
from allviewer.storage.case_meta import write_meta
from allviewer.storage.case_schema import schema

COUNT = BoxCount(
    Boxes(
        np.array([[0.4, 1.6, 20, 30], [5, 5, 9, 9]], np.float32),
        np.array([1, 2], np.uint8),
        np.array([0.91, 0.5], np.float32),
    ),
    (Region(0, 0, 640, 480),),
    True,
    "blood-cells 1.0.0",
)


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    schema.create_all(engine)
    with engine.begin() as opened:
        yield opened


def test_a_count_comes_back_in_whole_pixels(connection):
    write_count(connection, 3, COUNT)
    back = read_count(connection, 3)
    assert back.boxes.edges.tolist() == [[0, 2, 20, 30], [5, 5, 9, 9]]
    assert back.boxes.kinds.tolist() == [1, 2]
    assert back.boxes.scores == pytest.approx([0.91, 0.5])
    assert (back.fields, back.whole, back.origin) == (COUNT.fields, True, COUNT.origin)
    assert read_count(connection, 4) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"origin": "x", "whole": true, "fields": [], "edges": [[0,0,1,1]], "kinds": [7], "scores": [0.5]}',
        '{"origin": "x", "whole": true, "fields": [], "edges": [[0,0,1,1]], "kinds": [], "scores": []}',
    ],
)
def test_what_no_program_wrote_is_refused(connection, text):
    write_meta(connection, "boxes 3", text)
    with pytest.raises(ValueError, match="boxes of image 3"):
        read_count(connection, 3)

"""What a run says about itself."""

import pytest

from allviewer.domain.scale import Scale
from allviewer.inference.detect import Detection
from allviewer.session.run_summary import LESS_SURE, run_summary
from tests.session.fakes import square


@pytest.mark.parametrize(
    ("source", "less_sure"), [("cell size", True), ("red cells", False), ("file", False), ("given", False)]
)
def test_a_guessed_scale_is_named_as_less_sure(source, less_sure):
    cells = (square(1, 0, 0, label="lymphocyte"),)
    found = Detection(cells, Scale(0.1, source), "cpu", {"total": 1.0})
    text = run_summary(cells, found, Scale())
    assert text.startswith("Found 1 cell; on CPU in 1.0 s; scale 0.1 µm/px")
    assert (LESS_SURE in text) == less_sure
    assert LESS_SURE not in run_summary((), found, Scale()), "without cells there is nothing to be unsure of"

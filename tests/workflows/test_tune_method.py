"""Setting up a method while looking at what it would find."""

import numpy as np
import pytest

from allviewer.classical.methods import METHODS
from allviewer.domain.annotations import Annotations
from allviewer.domain.geometry import Region
from allviewer.errors import UserError
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.session.journal import Journal
from allviewer.session.view_state import ViewState
from allviewer.session.workspace import Workspace
from allviewer.workflows.tune_method import TuneMethod
from tests.inference.pictures import Picture
from training.synthetic import SmearSpec, render_smear


class Looked(Picture):
    def look(self, plane=None, managed=True, channel=None):
        return self


@pytest.fixture(scope="module")
def smear():
    return render_smear(SmearSpec(500, 400, 0.2, seed=4, white_cells_per_mm2=1500, variants=8)).only_white()


@pytest.fixture
def desk(qapp, smear, monkeypatch):
    runner, workspace, view = JobRunner(), Workspace(), ViewState()
    document = Document(
        1, "smear", Looked(smear.image, mpp=0.2), Annotations(), Journal(lambda: None, "me", lambda *_: None)
    )
    monkeypatch.setattr(Workspace, "document", property(lambda self: document))
    view.show_image(Region(0, 0, 500, 400))
    view.set_viewport(500, 400, 1.0)
    tune = TuneMethod(workspace, view, runner, lambda _document: 0)
    tune.view, tune.runner = view, runner
    yield tune
    runner.shutdown()


def test_the_preview_is_what_a_run_would_find(desk, qtbot, smear):
    desk.choose("pgs")
    with qtbot.waitSignal(desk.previewed, timeout=20_000) as shown:
        desk.watch(True)
    preview = shown.args[0]
    assert preview.parts.shape == (400, 500)
    truth = smear.nuclei > 0
    found = preview.parts == 255
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.85


def test_the_last_word_of_a_slider_is_shown(desk, qtbot, smear):
    desk.choose("pgs")
    desk.watch(True)
    shown = []
    desk.previewed.connect(shown.append)
    for diameter in np.arange(0, 15.5, 0.5):
        desk.set("min_diameter", float(diameter))
    expected = desk.chosen.method.segment(smear.image, desk.settings, 0.2)
    qtbot.waitUntil(lambda: bool(shown) and np.array_equal(shown[-1].parts, expected), timeout=20_000)
    assert len(shown) < 12, "words in between are passed over"


def test_too_far_away_there_is_no_preview_and_a_reason(desk, qtbot):
    desk.choose("pgs")
    desk.view.zoom_by(0.1)
    desk.view.set_viewport(20, 20, 1.0)
    desk.view.fit()
    with qtbot.waitSignal(desk.unseen, timeout=20_000) as told:
        desk.watch(True)
    assert told.args[0] == "Zoom in to see the preview."


def test_settings_are_kept_for_each_method_and_reset(desk):
    desk.choose("pgs")
    desk.set("k", 4)
    desk.choose("grey-clusters")
    assert desk.settings["k"] == 3
    desk.choose("pgs")
    assert desk.settings["k"] == 4
    assert desk.chosen.identity == "method pgs 1.0 (k=4)"
    desk.reset()
    assert desk.chosen.identity == "method pgs 1.0 (defaults)"
    desk.choose("")
    assert desk.chosen is None


def test_a_setting_that_has_no_meaning_now_waits(desk):
    desk.choose("pgs")
    desk.set("quantile", 0.8)
    desk.set("threshold_rule", "fixed")
    desk.set("threshold", 50)
    assert desk.chosen.identity == "method pgs 1.0 (threshold_rule=fixed, threshold=50)"
    desk.set("threshold_rule", "quantile")
    assert desk.settings["quantile"] == 0.8


def test_what_cannot_be_is_refused_and_changes_nothing(desk):
    desk.choose("pgs")
    with pytest.raises(UserError, match="cannot be k"):
        desk.set("k", 99)
    assert desk.settings["k"] == 3


def test_settings_of_another_version_are_forgotten(desk):
    desk.remember("pgs", {"k": 99, "feature": "grey", "gone": 1})
    desk.choose("pgs")
    assert desk.settings["k"] == 3
    assert desk.settings["feature"] == "grey"


def test_every_method_is_offered(desk):
    assert [row.name for row in desk.methods] == [method.name for method in METHODS]
    assert all(row.title and row.source and row.summary for row in desk.methods)

"""The details of a cell say how far they can be trusted."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from allviewer.domain.labels import ALL_CLASSES
from allviewer.ui.panels.cell_panel import CellPanel
from tests.session.fakes import square


@pytest.fixture
def panel(qtbot):
    panel = CellPanel(ALL_CLASSES)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def words(panel):
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_areas_at_an_estimated_scale_are_marked(panel):
    panel.show_cell(square(1, 0, 0), 0.1, scale_is_estimated=True)
    assert "≈" in words(panel)
    assert "less sure" in words(panel)
    panel.show_cell(square(1, 0, 0), 0.1)
    assert "≈" not in words(panel)
    assert "less sure" not in words(panel)


def test_without_a_cell_nothing_is_said_of_the_scale(panel):
    panel.show_cell(None, 0.1, scale_is_estimated=True)
    assert "less sure" not in words(panel)


def test_the_warning_moves_nothing_below_it(panel):
    panel.show_cell(square(1, 0, 0), 0.1)
    QApplication.processEvents()
    height = panel.sizeHint().height()
    panel.show_cell(square(1, 0, 0), 0.1, scale_is_estimated=True)
    QApplication.processEvents()
    assert panel.sizeHint().height() == height

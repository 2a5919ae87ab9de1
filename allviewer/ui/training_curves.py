"""Curves of a training while it runs: the loss at the left axis, figures of watched cells (0 to 1) at the right."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from allviewer.exchange.training_events import Progress
from allviewer.ui.style import current_theme

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Of figures, after Okabe and Ito; the loss is drawn in the colour of text."""


class TrainingCurves(QWidget):
    """Two plots one above the other with the same steps."""

    def __init__(self) -> None:
        super().__init__()
        theme = current_theme()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._plots = []
        for title in ("Loss", "Watched cells"):
            plot = pg.PlotWidget(background=theme.panel)
            plot.setLabel("left", title)
            plot.showGrid(x=True, y=True, alpha=0.15)
            plot.setMouseEnabled(x=False, y=False)
            plot.hideButtons()
            plot.setMenuEnabled(False)
            for side in ("left", "bottom"):
                plot.getAxis(side).setTextPen(theme.muted)
                plot.getAxis(side).enableAutoSIPrefix(False)
            layout.addWidget(plot, 1)
            self._plots.append(plot)
        self._plots[1].setXLink(self._plots[0])
        self._plots[1].addLegend(offset=(-8, 8), labelTextColor=theme.text)
        self._text = theme.text
        self._points: dict[str, tuple[list[int], list[float]]] = {}
        self._lines: dict[str, pg.PlotDataItem] = {}

    @property
    def names(self) -> list[str]:
        """What is drawn: "loss" and figures."""
        return list(self._points)

    def values(self, name: str) -> list[float]:
        return list(self._points.get(name, ([], []))[1])

    def clear(self) -> None:
        for name, line in self._lines.items():
            self._plots[name != "loss"].removeItem(line)
        self._points.clear()
        self._lines.clear()

    def add(self, news: Progress) -> None:
        """One more point of each curve that there is news of."""
        if news.step is None:
            return
        if news.loss is not None:
            self._add("loss", news.step, news.loss)
        for name, value in news.figures.items():
            self._add(name, news.step, value)

    def _add(self, name: str, step: int, value: float) -> None:
        steps, values = self._points.setdefault(name, ([], []))
        if steps and step <= steps[-1]:
            return
        steps.append(step)
        values.append(value)
        if name not in self._lines:
            colour = self._text if name == "loss" else _COLOURS[(len(self._lines)) % len(_COLOURS)]
            pen = pg.mkPen(colour, width=2, style=Qt.PenStyle.SolidLine)
            plot = self._plots[name != "loss"]
            self._lines[name] = plot.plot(pen=pen, name=name if name != "loss" else None, symbol=None)
        self._lines[name].setData(steps, values)

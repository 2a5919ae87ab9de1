"""All tools of one view, and the one in hand."""

from PySide6.QtCore import Qt

from allviewer.session.tool_state import ToolKind, ToolState
from allviewer.ui.canvas.tools.add_cell import AddCellTool
from allviewer.ui.canvas.tools.brush import BrushTool
from allviewer.ui.canvas.tools.click_cell import ClickCellTool
from allviewer.ui.canvas.tools.cut import CutTool
from allviewer.ui.canvas.tools.grow import GrowTool
from allviewer.ui.canvas.tools.picking import BoxTool, LassoTool
from allviewer.ui.canvas.tools.polygon import PolygonTool
from allviewer.ui.canvas.tools.region import RegionTool
from allviewer.ui.canvas.tools.ruler import RulerTool
from allviewer.ui.canvas.tools.scissors import ScissorsTool
from allviewer.ui.canvas.tools.seeds import SeedsTool
from allviewer.ui.canvas.tools.select import SelectTool
from allviewer.ui.canvas.tools.tool import Canvas, Tool
from allviewer.ui.canvas.tools.vertices import VerticesTool


class Toolbox:
    def __init__(self, canvas: Canvas, state: ToolState) -> None:
        self._canvas, self._state = canvas, state
        self._tools: dict[ToolKind, Tool] = {
            ToolKind.SELECT: SelectTool(canvas),
            ToolKind.BRUSH: BrushTool(canvas, erases=False),
            ToolKind.ERASER: BrushTool(canvas, erases=True),
            ToolKind.POLYGON: PolygonTool(canvas),
            ToolKind.ADD_CELL: AddCellTool(canvas),
            ToolKind.REGION: RegionTool(canvas),
            ToolKind.GROW: GrowTool(canvas),
            ToolKind.RULER: RulerTool(canvas),
            ToolKind.BOX: BoxTool(canvas),
            ToolKind.LASSO: LassoTool(canvas),
            ToolKind.CLICK: ClickCellTool(canvas),
            ToolKind.CUT: CutTool(canvas),
            ToolKind.SEEDS: SeedsTool(canvas),
            ToolKind.SCISSORS: ScissorsTool(canvas),
            ToolKind.VERTICES: VerticesTool(canvas),
        }
        self._kind = state.tool

    @property
    def state(self) -> ToolState:
        return self._state

    @property
    def kind(self) -> ToolKind:
        return self._kind

    @property
    def tool(self) -> Tool:
        return self._tools[self._kind]

    def key(self, key: int) -> bool:
        """True if the key was used: by the draft of the tool in hand, else Esc takes the rulers away."""
        if self.tool.key(key):
            return True
        if key != Qt.Key.Key_Escape or not len(self._canvas.rulers):
            return False
        self._canvas.rulers.clear()
        self._canvas.update()
        return True

    def follow(self) -> bool:
        """Take the tool that `ToolState` names; the draft of the one before is dropped. False if it is in hand."""
        if self._state.tool is self._kind:
            return False
        self.tool.cancel()
        self.tool.leave()
        self._kind = self._state.tool
        return True

"""The end of every tool that makes a shape: it becomes one step, and its cell is the selected one."""

from collections.abc import Callable

from allviewer.errors import UserError
from allviewer.session.document import Document
from allviewer.session.new_shape import ALL_TAKEN, ShapeEdit
from allviewer.session.selection import Selection


def take_shape(
    document: Document,
    made: ShapeEdit | None,
    selection: Selection,
    tell: Callable[[str], None],
    warn: Callable[[UserError], None],
) -> None:
    """Apply what a shape made; None: nothing was left of it. What does not work is said."""
    if made is None:
        tell(ALL_TAKEN)
        return
    try:
        document.apply(made.edit)
    except UserError as error:
        warn(error)
        return
    selection.select({made.cell_id}, made.cell_id)

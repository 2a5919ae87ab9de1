"""What a run has found so far."""

from allviewer.session.proposals import Proposals
from tests.session.fakes import square


def test_cells_come_patch_by_patch_and_are_gone_at_the_end(qapp, qtbot, document):
    proposals = Proposals()
    proposals.add(document, [square(1, 0, 0)])
    with qtbot.waitSignal(proposals.changed):
        proposals.add(document, [square(2, 20, 0)])
    assert [cell.id for cell in proposals.of(document)] == [1, 2]
    assert proposals.of(None) == ()
    with qtbot.waitSignal(proposals.changed):
        proposals.clear()
    assert proposals.of(document) == ()
    assert len(document.annotations) == 2

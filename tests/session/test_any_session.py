"""Any sequence of edits, undo, redo, jumps, model runs, proposals, saving and reopening: the document equals sets of pixels."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from allviewer.domain import edits, reshape, split_merge
from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.domain.model_run import ProposalKind, compare_run, take
from allviewer.session.document import Document
from allviewer.session.history import Step
from allviewer.session.journal import Journal
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord
from tests.session.fakes import PlainSource
from tests.session.reference import PlainCell, PlainImage, pixels

SIDE = 40
labels = st.sampled_from(["blast", "lymphocyte", "monocyte"])
parts = st.sampled_from(edits.PARTS)
masks = st.builds(
    lambda rows, columns, seed, share, x, y: Mask(np.random.default_rng(seed).random((rows, columns)) < share, x, y),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 500),
    st.sampled_from([0.4, 0.8, 1.0]),
    st.integers(0, SIDE - 9),
    st.integers(0, SIDE - 9),
).filter(lambda mask: not mask.is_empty)


@st.composite
def found_cells(draw) -> Cell:
    mask = draw(masks)
    sure = draw(st.floats(0, 1))
    return Cell(1, mask, draw(masks) & mask, draw(labels), Origin.model("net 1.0.0 (00000000)"), uncertainty=sure)


class Session(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "case.allcase"
        self.case = CaseFile.create(self.path)
        self.case.add_image(ImageRecord(self.path.with_suffix(".png"), "ab" * 32, 1, SIDE, SIDE))
        self.plain = PlainImage()
        self.open_document()

    def teardown(self) -> None:
        self.case.close()
        self.folder.cleanup()

    def open_document(self) -> None:
        stored = self.case.load(1)
        annotations = Annotations(stored.cells)
        annotations.reserve_ids(stored.next_id)
        history = [Step(e.text, e.author, e.utc, seq=e.seq) for e in stored.history]

        def at_once(name, work, done, failed):
            done(work())

        def fetch(wanted, got, failed):
            got(self.case.edits_at(wanted.seqs, wanted.backwards, wanted.present))

        journal = Journal(lambda: self.case, "ada", at_once)
        self.document = Document(1, "a.png", PlainSource(), annotations, journal, history, stored.position, fetch)
        self.changed: set[int] = set()
        self.document.cells_changed.connect(lambda ids, _region: self.changed.update(ids))

    def cell(self, data) -> tuple[Cell, PlainCell]:
        cell_id = data.draw(st.sampled_from(sorted(self.plain.cells)))
        return self.document.annotations.get(cell_id), self.plain.cells[cell_id]

    def some(self, data) -> list[int]:
        return data.draw(st.lists(st.sampled_from(sorted(self.plain.cells)), unique=True, max_size=4))

    def cells_of(self, ids) -> list[Cell]:
        return [self.document.annotations.get(cell_id) for cell_id in ids]

    def make(self, edit: edits.Edit, **expected: PlainCell | None) -> None:
        """Put an edit into the document, and what is expected of it into the reference; only these ids may change."""
        self.changed.clear()
        self.document.apply(edit)
        wanted = {int(name[1:]): cell for name, cell in expected.items()}
        assert self.changed <= wanted.keys()
        after = {i: c for i, c in (self.plain.cells | wanted).items() if c is not None}
        self.plain.step(after)

    # What people do

    @rule(found=found_cells())
    def add(self, found) -> None:
        cell = replace(found, id=self.document.annotations.next_id, state=CellState.CORRECTED)
        self.make(edits.add(cell), **{f"_{cell.id}": PlainCell.of(cell)})

    @precondition(lambda self: self.plain.cells)
    @rule(data=st.data(), stroke=masks, part=parts, is_protected=st.booleans())
    def paint(self, data, stroke, part, is_protected) -> None:
        cell, plain = self.cell(data)
        around = [other for other in self.document.annotations if is_protected and other.id != cell.id]
        brush = pixels(stroke).difference(*(pixels(other.mask) for other in around))
        nucleus = plain.nucleus | brush if part == "nucleus" else plain.nucleus
        self.make(
            edits.paint(cell, stroke, part, "ada", around), **{f"_{cell.id}": plain.drawn(plain.whole | brush, nucleus)}
        )

    @precondition(lambda self: self.plain.cells)
    @rule(data=st.data(), stroke=masks, part=parts)
    def erase(self, data, stroke, part) -> None:
        cell, plain = self.cell(data)
        gone = pixels(stroke)
        if part == "nucleus":
            after = plain.drawn(plain.whole, plain.nucleus - gone)
        else:
            whole = plain.whole - (gone - plain.nucleus)
            after = plain.drawn(whole, plain.nucleus) if whole else None
        self.make(edits.erase(cell, stroke, part, "ada"), **{f"_{cell.id}": after})

    @precondition(lambda self: self.plain.cells)
    @rule(data=st.data(), label=labels)
    def relabel(self, data, label) -> None:
        ids = self.some(data)
        after = {
            f"_{i}": c.accepted() if c.label == label else replace(c, label=label, state=CellState.CORRECTED)
            for i, c in self.plain.cells.items()
            if i in ids
        }
        self.make(edits.relabel(self.cells_of(ids), label, "ada"), **after)

    @precondition(lambda self: self.plain.cells)
    @rule(data=st.data(), is_put_on=st.booleans())
    def tag(self, data, is_put_on) -> None:
        ids = self.some(data)
        after = {}
        for i in ids:
            plain = self.plain.cells[i]
            tags = plain.tags | {"L2"} if is_put_on else plain.tags - {"L2"}
            after[f"_{i}"] = plain if tags == plain.tags else replace(plain.accepted(), tags=tags)
        self.make(edits.tag(self.cells_of(ids), "L2", is_put_on, "ada"), **after)

    @precondition(lambda self: self.plain.cells)
    @rule(data=st.data())
    def accept_or_delete(self, data) -> None:
        ids = self.some(data)
        if data.draw(st.booleans()):
            self.make(edits.accept(self.cells_of(ids), "ada"), **{f"_{i}": self.plain.cells[i].accepted() for i in ids})
        else:
            self.make(edits.delete(self.cells_of(ids)), **dict.fromkeys((f"_{i}" for i in ids), None))

    @precondition(lambda self: len(self.plain.cells) > 1)
    @rule(data=st.data())
    def merge(self, data) -> None:
        ids = self.some(data)
        if len(ids) < 2:
            return
        kept = max(ids, key=lambda i: (len(self.plain.cells[i].whole), -i))
        plain = [self.plain.cells[i] for i in ids]
        whole = frozenset().union(*(c.whole for c in plain))
        nucleus = frozenset().union(*(c.nucleus for c in plain))
        after: dict[str, PlainCell | None] = dict.fromkeys((f"_{i}" for i in ids), None)
        after[f"_{kept}"] = replace(self.plain.cells[kept], whole=whole, nucleus=nucleus, state=CellState.CORRECTED)
        self.make(split_merge.merge(self.cells_of(ids), "ada"), **after)

    @precondition(lambda self: self.plain.cells)
    @rule(data=st.data())
    def split(self, data) -> None:
        """No pixel is lost or doubled, whatever the pieces are."""
        cell, plain = self.cell(data)
        box, next_id = cell.mask.region, self.document.annotations.next_id
        path = [(box.x - 2.0, box.center[1]), (box.right + 2.0, box.center[1])]
        edit = split_merge.split_by_line(cell, path, next_id, "ada")
        pieces = {i: PlainCell.of(c) for i, c in edit.after.items()}
        if pieces:
            assert pieces.keys() == {cell.id} | set(range(next_id, next_id + len(pieces) - 1))
            assert sorted(p for c in pieces.values() for p in c.whole) == sorted(plain.whole)
            assert sorted(p for c in pieces.values() for p in c.nucleus) == sorted(plain.nucleus)
        self.make(edit, **{f"_{i}": piece for i, piece in pieces.items()})

    @precondition(lambda self: self.plain.cells)
    @rule(data=st.data(), part=parts, how=st.sampled_from(["fill_holes", "smooth", "grow", "shrink"]))
    def reshape(self, data, part, how) -> None:
        cell, plain = self.cell(data)
        more = (Region(0, 0, SIDE, SIDE), list(self.document.annotations)) if how == "grow" else ()
        edit = getattr(reshape, how)(cell, part, "ada", *more)
        after = {i: PlainCell.of(c) for i, c in edit.after.items()}
        assert after.keys() <= {cell.id}
        if after and how in ("fill_holes", "grow"):
            assert after[cell.id].whole >= plain.whole
        self.make(edit, **{f"_{i}": c for i, c in after.items()})

    # What models do

    @rule(data=st.data(), found=st.lists(found_cells(), max_size=4), whole=st.booleans())
    def model_run(self, data, found, whole) -> None:
        """A part of what it proposes is taken; cells that a person touched are never among it."""
        annotations = self.document.annotations
        run = compare_run("net", list(annotations), found, lambda cell: cell.id % 3 > 0)
        assert run.kept == sum(cell.is_touched for cell in self.plain.cells.values())
        chosen = list(run.proposals)
        if not whole and chosen:
            chosen = data.draw(st.lists(st.sampled_from(chosen), unique_by=id))
        next_id, after = annotations.next_id, {}
        for proposal in chosen:
            if proposal.before is not None:
                assert not self.plain.cells[proposal.before.id].is_touched
                after[f"_{proposal.before.id}"] = PlainCell.of(proposal.after) if proposal.after else None
                assert proposal.kind is not ProposalKind.DROPPED or proposal.before.id % 3 > 0
            else:
                after[f"_{next_id}"] = PlainCell.of(proposal.after)
                next_id += 1
        self.make(take(chosen, annotations.by_id(), annotations.next_id, "Run net"), **after)

    @rule(found=st.lists(found_cells(), min_size=1, max_size=4))
    def run_waits(self, found) -> None:
        """Proposals that wait are the same after they were read from the case."""
        present = list(self.document.annotations)
        run = compare_run("net", present, found, lambda cell: True)
        self.case.set_waiting_run(1, run)
        kept = self.case.waiting_run_of(1, present)
        assert [(p.before, p.after) for p in (kept.proposals if kept else ())] == [
            (p.before, p.after) for p in run.proposals
        ]

    # The history, and the file

    @rule()
    def undo(self) -> None:
        self.document.undo()
        self.plain.go_to(self.plain.position - 1)

    @rule()
    def redo(self) -> None:
        self.document.redo()
        self.plain.go_to(self.plain.position + 1)

    @rule(position=st.integers(0, 12))
    def jump(self, position) -> None:
        self.document.go_to(position)
        self.plain.go_to(position)

    @rule()
    def reopen(self) -> None:
        self.case.close()
        self.case = CaseFile.open(self.path)
        self.open_document()

    @rule()
    def power_fails(self) -> None:
        """What lies on the disk at this moment is all that there is after it."""
        left = self.path.with_name("left.allcase")
        for ending in ("", "-wal"):
            shutil.copy(f"{self.path}{ending}", f"{left}{ending}")
        self.case.close()
        for ending in ("", "-wal"):
            shutil.move(f"{left}{ending}", f"{self.path}{ending}")
        self.case = CaseFile.open(self.path)
        self.open_document()

    @rule(number=st.integers(0, 3))
    def save_as(self, number) -> None:
        path = Path(self.folder.name) / f"copy{number}.allcase"
        if path != self.path:
            self.case.save_copy(path)
            self.case.close()
            self.path, self.case = path, CaseFile.open(path)
            self.open_document()

    @invariant()
    def is_the_reference(self) -> None:
        if not hasattr(self, "document"):
            return
        cells = {cell.id: cell for cell in self.document.annotations}
        assert {i: PlainCell.of(cell) for i, cell in cells.items()} == self.plain.cells
        assert all(plain.nucleus <= plain.whole for plain in self.plain.cells.values())
        assert (self.document.position, len(self.document.history)) == (self.plain.position, len(self.plain.states) - 1)
        assert {cell.id: cell for cell in self.case.load(1).cells} == cells
        everywhere = self.document.annotations.in_region(Region(-50, -50, 200, 200))
        assert {cell.id for cell in everywhere} == cells.keys()
        assert sum(self.document.annotations.tally.values()) == len(cells)


TestAnySession = Session.TestCase
TestAnySession.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

"""A case is compared with a simple reference through any sequence of edits, undos, redos and reopenings."""

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from allviewer.domain import edits
from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.edits import Edit
from allviewer.domain.mask import Mask
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord

labels = st.sampled_from(["blast", "lymphocyte", "monocyte", "red_cell"])
places = st.tuples(st.integers(-20, 60), st.integers(-20, 60))
bitmaps = st.builds(
    lambda rows, columns, seed: np.random.default_rng(seed).random((rows, columns)) < 0.6,
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 1000),
).filter(lambda bitmap: bitmap.any())
masks = st.builds(lambda bitmap, place: Mask(bitmap, *place), bitmaps, places)
shares = st.floats(0, 1)
words = st.text(st.characters(codec="utf-8"), max_size=8)


@st.composite
def new_cells(draw) -> Cell:
    mask = draw(masks)
    nucleus = draw(masks) & mask
    return Cell(
        id=1,
        mask=mask,
        nucleus=nucleus,
        label=draw(labels),
        origin=Origin.model(draw(words)),
        probabilities=tuple(draw(st.lists(st.tuples(labels, shares), max_size=3))),
        uncertainty=draw(shares),
    )


@dataclass
class Reference:
    """What one image should hold: every state it was in, as plain tuples."""

    id: int
    states: list[tuple[Cell, ...]] = field(default_factory=lambda: [()])
    texts: list[str] = field(default_factory=list)
    position: int = 0
    next_id: int = 1

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.states[self.position]

    def apply(self, edit: Edit) -> None:
        annotations = Annotations(self.cells)
        annotations.apply(edit)
        del self.states[self.position + 1 :], self.texts[self.position :]
        self.states.append(tuple(sorted(annotations, key=lambda cell: cell.id)))
        self.texts.append(edit.text)
        self.position += 1
        self.next_id = max(self.next_id, annotations.next_id)


class CaseMachine(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.case = CaseFile.create(folder / "case.allcase")
        self.images = {}
        for digit in "ab":
            record = self.case.add_image(ImageRecord(folder / f"{digit}.png", digit * 64, 1, 100, 100))
            self.images[record.id] = Reference(record.id)

    def teardown(self) -> None:
        self.case.close()
        self.folder.cleanup()

    def commit(self, image: Reference, edit: Edit) -> None:
        image.apply(edit)
        self.case.commit(image.id, edit, "ann")

    def pick(self, data: st.DataObject, with_cells: bool = False) -> Reference | None:
        images = [image for image in self.images.values() if image.cells or not with_cells]
        return data.draw(st.sampled_from(images)) if images else None

    @rule(data=st.data(), cell=new_cells())
    def add(self, data, cell) -> None:
        image = self.pick(data)
        self.commit(image, edits.add(replace(cell, id=image.next_id)))

    @rule(data=st.data(), found=st.lists(new_cells(), max_size=4))
    def take_model_run(self, data, found) -> None:
        image = self.pick(data)
        self.commit(image, edits.take_model_run(image.cells, found, image.next_id, "net"))

    @precondition(lambda self: any(image.cells for image in self.images.values()))
    @rule(data=st.data(), stroke=masks, part=st.sampled_from(edits.PARTS), how=st.sampled_from(["paint", "erase"]))
    def stroke(self, data, stroke, part, how) -> None:
        image = self.pick(data, with_cells=True)
        cell = data.draw(st.sampled_from(image.cells))
        self.commit(image, getattr(edits, how)(cell, stroke, part, "ann"))

    @precondition(lambda self: any(image.cells for image in self.images.values()))
    @rule(data=st.data(), label=labels)
    def relabel_some(self, data, label) -> None:
        image = self.pick(data, with_cells=True)
        some = data.draw(st.lists(st.sampled_from(image.cells), unique_by=lambda cell: cell.id))
        self.commit(image, edits.relabel(some, label, "ann"))

    @precondition(lambda self: any(image.cells for image in self.images.values()))
    @rule(data=st.data())
    def delete_some(self, data) -> None:
        image = self.pick(data, with_cells=True)
        self.commit(image, edits.delete(data.draw(st.lists(st.sampled_from(image.cells), unique_by=lambda c: c.id))))

    @rule(data=st.data())
    def undo(self, data) -> None:
        image = self.pick(data)
        step = self.case.undo(image.id, "bob")
        assert (step is not None) == (image.position > 0)
        if step is not None:
            image.position -= 1
            assert step.text == image.texts[image.position]

    @rule(data=st.data())
    def redo(self, data) -> None:
        image = self.pick(data)
        step = self.case.redo(image.id, "bob")
        assert (step is not None) == (image.position < len(image.texts))
        if step is not None:
            assert step.text == image.texts[image.position]
            image.position += 1

    @rule(data=st.data(), backwards=st.booleans())
    def read_back(self, data, backwards) -> None:
        """Steps that are read beside the cells that are there are what was written."""
        image = self.pick(data)
        history = self.case.load(image.id).history
        ahead = [e.seq for e in (history[: image.position][::-1] if backwards else history[image.position :])]
        present = {cell.id: cell for cell in image.cells}
        read = self.case.edits_at(ahead[:4], backwards, present)
        assert read == [self.case.edit_at(seq) for seq in ahead[:4]]

    @rule()
    def reopen(self) -> None:
        self.case.close()
        self.case = CaseFile.open(self.case.path)
        assert self.case.notices == ()

    @invariant()
    def is_as_expected(self) -> None:
        for image in getattr(self, "images", {}).values():
            stored = self.case.load(image.id)
            assert stored.cells == image.cells
            assert [entry.text for entry in stored.history] == image.texts
            assert [entry.undone for entry in stored.history] == [i >= image.position for i in range(len(image.texts))]
            assert stored.position == image.position
            assert stored.next_id == image.next_id

    @rule()
    def check(self) -> None:
        assert self.case.check().problems == ()


TestCaseHistory = CaseMachine.TestCase
TestCaseHistory.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

"""Journals of earlier formats are read as they were meant."""

import zlib

import msgspec

from allviewer.storage.cell_codec import ChangeRecord, decode_changes, edit_of, encode_changes, record_of


def test_a_cell_that_was_written_before_there_were_tags(make_cell):
    cell = make_cell(7)
    array = msgspec.to_builtins(record_of(cell), builtin_types=(bytes,))
    payload = zlib.compress(msgspec.msgpack.encode([[None, array[:-1]]]))
    (change,) = edit_of("Add", decode_changes(payload)).changes
    assert change.after == cell


def test_tags_come_back(make_cell):
    cell = make_cell(7, tags=("L1", "vacuoles"))
    payload = encode_changes((ChangeRecord(None, record_of(cell)),))
    assert edit_of("Add", decode_changes(payload)).changes[0].after.tags == ("L1", "vacuoles")

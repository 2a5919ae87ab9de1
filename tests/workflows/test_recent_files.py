"""The list of recent files."""

from pathlib import Path

from allviewer.workflows.recent_files import MOST, RecentFiles


def test_newest_first_each_once_and_kept(qapp, tmp_path):
    file = tmp_path / "config" / "recent.json"
    recent = RecentFiles(file)
    for number in range(MOST + 3):
        recent.add(Path(f"/images/{number}.png"))
    recent.add(Path("/images/5.png"))
    again = RecentFiles(file)
    assert again.paths[0] == Path("/images/5.png").absolute()
    assert len(again.paths) == MOST
    assert len(set(again.paths)) == MOST


def test_a_damaged_list_is_an_empty_one(qapp, tmp_path):
    file = tmp_path / "recent.json"
    file.write_text("{not a list")
    assert RecentFiles(file).paths == []

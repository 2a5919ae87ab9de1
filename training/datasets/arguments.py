"""The arguments of `python -m training data`."""

import argparse
from pathlib import Path

from allviewer.progress import CancelToken
from training.tasks import Answer, Tell

DATA = "say what lies in folders of data: counts by class and subject, doubles, missing and unreadable files"


def add_data(sub: argparse.ArgumentParser) -> None:
    """The arguments of `data`."""
    sub.add_argument("folders", type=Path, nargs="+", metavar="FOLDER", help="data sets as downloaded, or their parent")
    sub.add_argument("--json", action="store_true", help="say the whole report as one JSON list, and no progress")
    sub.set_defaults(work=_data)


def _data(given: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell) -> Answer:
    """The report of every data set of the folders. Raises `DatasetError`."""
    import msgspec

    from training.datasets.catalogue import find_all
    from training.datasets.report import in_words, report_on

    news: Tell = (lambda _: None) if given.json else tell
    reports = [report_on(found, cancel, news) for folder in given.folders for found in find_all(folder)]
    return Answer(msgspec.json.encode(reports).decode() if given.json else "\n\n".join(map(in_words, reports)))

"""The arguments of `python -m training networks`: what `--model` takes."""

import argparse

from allviewer.progress import CancelToken
from training.tasks import Answer, Tell

NETWORKS = "list every network by name: paper, variants, and its parameters beside the published ones"


def add_networks(sub: argparse.ArgumentParser) -> None:
    """The arguments of `networks`: only how to say it."""
    sub.add_argument("--json", action="store_true", help="say failures as one JSON object a line")
    sub.set_defaults(work=_networks)


def _networks(given: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell) -> Answer:
    from training.networks.listing import as_markdown, list_networks

    return Answer(as_markdown(list_networks()))

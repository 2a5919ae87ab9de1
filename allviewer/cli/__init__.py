"""The command line: one file a command. Nothing heavy is imported before the command is known."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run `allviewer` with arguments (those of the process if None) and return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    return 0

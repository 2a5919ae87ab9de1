"""The command line: one file a command. Nothing heavy is imported before the command is known."""

import importlib
import sys

EXIT_FAILED, EXIT_USAGE, EXIT_SOME_BAD, EXIT_INTERRUPTED = 1, 2, 3, 130

COMMANDS = ("analyze", "models", "methods", "export", "case", "devices")
"""Each is a module of this package with `run(arguments) -> exit code`; anything else opens the window."""


def main(arguments: list[str] | None = None) -> int:
    """Run `allviewer` with arguments (those of the process if None) and return the exit code."""
    import multiprocessing

    multiprocessing.freeze_support()  # in a frozen build the processes of `analyze --jobs` start here
    from allviewer.errors import UserError

    arguments = sys.argv[1:] if arguments is None else arguments
    is_command = bool(arguments) and arguments[0] in COMMANDS
    name, rest = (arguments[0], arguments[1:]) if is_command else ("open_window", arguments)
    if rest == ["--version"] or arguments == ["--version"]:
        from allviewer import __version__

        print(f"allviewer {__version__}")
        return 0
    try:
        code: int = importlib.import_module(f"allviewer.cli.{name}").run(rest)
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return code

"""`allviewer [PATH ...]`: the window. `--screenshot OUT.png [PATH]`: the same, a picture of it, and the end."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from allviewer.cli.waiting import wait_until

EXIT_FAILED = 1
_TRY_DEVICES_AFTER_MS = 8000
"""After the first image is there; once for each runtime and pack."""
_SETTLED_AFTER_S = 0.4
_SCREENSHOT_SIZE = (1440, 900)


def run(arguments: list[str]) -> int:
    """Open the window and stay until it is closed; the exit code is 0 unless something failed."""
    options = build_parser().parse_args(arguments)
    if options.self_test:
        from allviewer.cli.self_test import self_test

        return self_test()
    if options.screenshot is not None:
        return take_screenshot(options.screenshot, options.paths)
    return open_window(options.paths, options.labels)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="allviewer",
        description="Review, correct and count cells of acute lymphoblastic leukaemia in images of smears. "
        "For research use only. Commands: analyze, models, export, case; each has --help.",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="images, slides, folders, or one case file")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="OUT.png",
        help="open, run the networks, save a picture of the whole window, and quit",
    )
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="cells of the image: a label image (uint16, TIFF or PNG; STEM.cells.tif of analyze with its nuclei), "
        "GeoJSON, or JSON of labelme or X-AnyLabeling; without it, such a file beside the image is taken",
    )
    parser.add_argument("--self-test", action="store_true", help="try the whole program on a synthetic smear, and quit")
    return parser


def open_window(paths: Sequence[Path], labels: Path | None = None) -> int:
    """The program as people use it; `labels` holds cells of the image that is opened."""
    sys.dont_write_bytecode = False  # where the environment forbids it, each start would compile 300 files anew
    from PySide6.QtCore import Qt, QTimer

    from allviewer.app import build, make_application
    from allviewer.diagnostics import Diagnostics
    from allviewer.storage.locations import find_locations
    from allviewer.ui.dialogs.crash_dialog import CrashReports
    from allviewer.ui.polite_end import PoliteEnd

    app = make_application()
    locations = find_locations()
    program = build(locations)
    reports = CrashReports(program.window)
    diagnostics = Diagnostics(locations.log_dir)
    diagnostics.start(reports.show)
    program.window.show()
    if diagnostics.last_crash:
        reports.show_last(diagnostics.last_crash)
    if labels is not None:
        program.work.import_cells.looks_beside = False
        program.work.first_look.looked.connect(
            lambda: program.work.import_cells.take(labels), Qt.ConnectionType.SingleShotConnection
        )
    if paths:
        program.work.open_images.open(paths)
    QTimer.singleShot(_TRY_DEVICES_AFTER_MS, program.work.devices.check)
    end = PoliteEnd(program.window)
    end.start()
    code = app.exec()
    end.stop()
    program.shutdown()
    diagnostics.stop()
    return code


def take_screenshot(picture: Path, paths: Sequence[Path]) -> int:
    """Open (the demonstration smear if nothing is named), run the networks, save a picture of the window, quit."""
    from allviewer.app import build, make_application
    from allviewer.storage.atomic import make_folder
    from allviewer.storage.locations import Locations

    make_folder(picture.parent)
    make_application()
    # a throw-away home: the picture shows what the networks find, not what somebody has done to the image
    with tempfile.TemporaryDirectory(prefix="allviewer-") as home:
        root = Path(home)
        program = build(Locations(root / "config", root / "data", root / "cache", root / "log"))
        program.work.first_look.every_image = True
        program.work.import_cells.looks_beside = False
        looked: list[bool] = []
        program.work.first_look.looked.connect(lambda: looked.append(True))
        program.window.resize(*_SCREENSHOT_SIZE)
        program.window.show()
        if paths:
            program.work.open_images.open(paths)
        else:
            program.work.open_images.open_demo()
        ready = wait_until(lambda: (bool(looked) and program.is_at_rest) or bool(program.notices.problems))
        problems = program.notices.problems
        taken_at = time.monotonic() + _SETTLED_AFTER_S  # labels that have just changed their words find their places
        wait_until(lambda: time.monotonic() > taken_at)
        saved = program.window.grab().save(str(picture))
        program.window.close()
        wait_until(lambda: not program.window.isVisible())
        program.shutdown()
    for sentence in problems:
        print(sentence, file=sys.stderr)
    if not ready:
        print("The image was not ready in time.", file=sys.stderr)
    if not saved:
        print(f"No picture could be written to {picture}.", file=sys.stderr)
    return 0 if ready and saved and not problems else EXIT_FAILED

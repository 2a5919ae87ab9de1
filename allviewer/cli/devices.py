"""`allviewer devices`: what networks can run on here, tried in a process of its own each, and what is used."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from allviewer.cli.packs_at_hand import catalogue_of
from allviewer.errors import UserError

if TYPE_CHECKING:
    from allviewer.exchange.device_report import DeviceReport
    from allviewer.inference.installed_pack import InstalledPack


def run(arguments: list[str]) -> int:
    """Exit code 0, or 1 where the device that was named does not work."""
    parser = argparse.ArgumentParser(
        prog="allviewer devices",
        description="Say which execution providers the runtime has, which is used and why, with speed and self-test.",
    )
    parser.add_argument("--device", help="try one device in this very process, and say it as a line of JSON")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(arguments)
    import msgspec

    from allviewer.inference.device_trial import try_device

    if options.device:
        report = try_device(options.device, packs_to_try())
        print(msgspec.json.encode(report).decode(), flush=True)
        return 0 if report.state == "works" else 1
    return _all(options.json)


def _all(as_json: bool) -> int:
    import msgspec

    from allviewer.inference.device_trial import best_device
    from allviewer.progress import CancelToken, no_report
    from allviewer.storage.locations import find_locations
    from allviewer.workflows.use_devices import try_devices

    reports = try_devices(find_locations().devices_file, packs_to_try(), CancelToken(), no_report)
    device, why = best_device(reports)
    if as_json:
        print(json.dumps({"used": device, "why": why, "devices": msgspec.to_builtins(reports.devices)}, indent=2))
        return 0
    for report in reports.devices:
        print(f"{report.device:10} {_words(report)}")
    print(f"Networks run on {device}." + (f" Passed by: {why}" if why else ""))
    return 0


def packs_to_try() -> "list[InstalledPack]":
    """The packs in use."""
    from allviewer.storage.locations import find_locations

    catalogue = catalogue_of(find_locations())
    packs = []
    for task in ("segmentation", "classification"):
        try:
            packs.append(catalogue.default(task))
        except UserError as error:
            print(error, file=sys.stderr)
    return packs


def _words(report: "DeviceReport") -> str:
    if report.state == "works":
        return f"works, {report.milliseconds:.1f} ms a picture, golden outputs within {report.difference:.1g}"
    return f"{report.state}: {report.reason}"

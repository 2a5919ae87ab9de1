"""`allviewer methods [NAME]`: the classical segmentation methods of the papers and what can be set of them."""

import argparse
import json

from allviewer.classical.methods import METHODS, Method, find_method
from allviewer.exchange.parameters import Parameter


def run(arguments: list[str]) -> int:
    """Exit code 0: listed; 1: there is no method of that name."""
    options = _parser().parse_args(arguments)
    methods = [find_method(options.name)] if options.name else list(METHODS)
    if options.json:
        print(json.dumps([_summary(method) for method in methods], indent=2))
    elif options.name:
        print(_description(methods[0]))
    else:
        for method in methods:
            print(f"{method.name:18} {method.title} ({method.finds})")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="allviewer methods",
        description="Methods that find nuclei and cytoplasm without a network, for `analyze --method NAME --set "
        "NAME=VALUE` and the Run menu.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="show one method and its settings")
    parser.add_argument("--json", action="store_true", help="one JSON array")
    return parser


def _description(method: Method) -> str:
    lines = [
        f"{method.name}: {method.title}",
        method.summary,
        f"Finds {method.finds}.",
        f"From {method.paper}; {method.section}.",
        "Settings:",
    ]
    for parameter in method.parameters:
        lines.append(f"  {parameter.name}={parameter.default}  {parameter.title}: {_range(parameter)}")
        if parameter.tip:
            lines.append(f"      {parameter.tip}")
    return "\n".join(lines)


def _range(parameter: Parameter) -> str:
    if parameter.choices:
        return ", ".join(f"{key} ({title})" for key, title in parameter.choices)
    unit = f" {parameter.unit}" if parameter.unit else ""
    return f"{parameter.low:g} to {parameter.high:g}{unit}"


def _summary(method: Method) -> dict[str, object]:
    return {
        "name": method.name,
        "title": method.title,
        "finds": method.finds,
        "paper": method.paper,
        "section": method.section,
        "settings": method.settings(),
    }

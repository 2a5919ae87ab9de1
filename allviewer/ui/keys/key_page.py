"""All keys on one page, made from the live key map, so that it is always true. Pure."""

import html
from collections.abc import Sequence

from allviewer.domain.labels import ClassSet
from allviewer.ui.actions import GESTURES
from allviewer.ui.keys.class_keys import keys_of_classes
from allviewer.ui.keys.key_map import BINDABLE, Keys, Preset, in_words

Lines = list[tuple[str, str]]
_CLASSES = "Classes"
_STYLE = """
body { font: 10pt sans-serif; margin: 1.2em; color: #1d2530; background: #fff; }
h1 { font-size: 15pt; } h2 { font-size: 11pt; margin: 0 0 .3em; color: #687483; }
main { columns: 3 20em; column-gap: 2em; } section { break-inside: avoid; margin-bottom: 1.1em; }
td { padding: 1px 6px 1px 0; vertical-align: top; } kbd { background: #e9ecf0; border-radius: 3px; padding: 0 4px; }
"""


def key_groups(keys: Keys, class_set: ClassSet, class_prefixes: Sequence[str] = ("",)) -> dict[str, Lines]:
    """For each group of actions: (keys, what they do), in the order of the table; what has no key is left out."""
    groups: dict[str, Lines] = {}
    for spec in BINDABLE:
        if keys[spec.id]:
            groups.setdefault(spec.group, []).append((in_words(keys[spec.id]), spec.plain_text))
    for gesture, text, group in GESTURES:
        groups.setdefault(group, []).append((gesture, text))
    given: dict[str, list[str]] = {}
    for key, words, _ in keys_of_classes(class_set, class_prefixes):
        given.setdefault(words, []).append(key)
    groups[_CLASSES] = [(in_words(bound), words[:1].upper() + words[1:]) for words, bound in given.items()]
    return {group: lines for group, lines in groups.items() if lines}


def as_html(groups: dict[str, Lines], preset: Preset) -> str:
    """A page that loads nothing and prints on one or two sheets."""
    sections = "".join(
        f"<section><h2>{html.escape(group)}</h2><table>{''.join(_row(*line) for line in lines)}</table></section>"
        for group, lines in groups.items()
    )
    title = f"Keys of allviewer{'' if preset.name == 'allviewer' else f', as in {preset.title}'}"
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{html.escape(title)}</h1><main>{sections}</main></body></html>"
    )


def _row(keys: str, text: str) -> str:
    caps = " ".join(f"<kbd>{html.escape(key)}</kbd>" for key in keys.split("  "))
    return f"<tr><td>{caps}</td><td>{html.escape(text)}</td></tr>"

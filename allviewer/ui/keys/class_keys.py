"""The keys of classes and tags: those of the class set, with what the preset may put before them."""

from collections.abc import Sequence

from allviewer.domain.labels import ClassSet

Giver = tuple[str, str]
"""("class", key of the class) or ("tag", name of the tag)"""


def keys_of_classes(class_set: ClassSet, prefixes: Sequence[str]) -> list[tuple[str, str, Giver]]:
    """For each key: what it does in words, and which class or tag it gives."""
    classes = [
        (prefix + c.hotkey, f"class {c.title}", ("class", c.key))
        for c in class_set.classes
        for prefix in prefixes
        if c.hotkey and not (prefix and "+" in c.hotkey)
    ]
    tags = [(tag.hotkey, f"tag {tag.name}", ("tag", tag.name)) for tag in class_set.tags if tag.hotkey]
    return _each_once(classes + tags)


def _each_once(keys: list[tuple[str, str, Giver]]) -> list[tuple[str, str, Giver]]:
    found: dict[str, tuple[str, str, Giver]] = {}
    for line in keys:
        found.setdefault(line[0], line)
    return list(found.values())

"""CARD.md: the model card for people, made from card.json so that the two never disagree."""

from collections import defaultdict

from allviewer.exchange.model_card import ClassificationSpec, DetectionSpec, Figure, ModelCard, SegmentationSpec


def card_text(card: ModelCard) -> str:
    """The card as Markdown."""
    parts = [
        f"# {card.title}",
        f"`{card.name}` {card.version}, {card.task}, {card.network.parameters:,} parameters.",
        "**Research use only.** Not a medical device; what it finds is a proposal for a person to check.",
        "## Made with",
        _training(card),
        "## Figures",
        _figures(card.figures),
        "## Limits",
        card.limits or "None stated.",
        "## Use",
        _use(card),
    ]
    return "\n\n".join(parts) + "\n"


def _training(card: ModelCard) -> str:
    record = card.training
    lines = [f"    {record.command}", "", f"Seed {record.seed}."]
    if record.minutes is not None:
        lines[-1] += f" Took {record.minutes:.0f} minutes on one processor thread."
    if record.parent:
        lines += ["", f"Continued from {record.parent}."]
    lines += ["", "Data:", "", *(f"- {source}" for source in record.data), "", f"Terms: {record.terms}"]
    return "\n".join(lines)


def _figures(figures: tuple[Figure, ...]) -> str:
    if not figures:
        return "Not measured."
    by_protocol: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_protocol[figure.protocol].append(figure)
    tables = []
    for protocol, rows in by_protocol.items():
        lines = [protocol, ""] if protocol else []
        lines += ["| figure | data | value | 95 % interval | groups | items |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [_row(figure) for figure in rows]
        tables.append("\n".join(lines))
    return "\n\n".join(tables) + "\n\nIntervals are bootstraps over groups."


def _row(figure: Figure) -> str:
    interval = "" if figure.low is None or figure.high is None else f"{figure.low:.3f} to {figure.high:.3f}"
    counts = (figure.groups, figure.items)
    groups, items = ("" if count is None else str(count) for count in counts)
    return f"| {figure.metric} | {figure.source} | {figure.value:.3f} | {interval} | {groups} | {items} |"


def _use(card: ModelCard) -> str:
    spec = card.spec
    if isinstance(spec, ClassificationSpec):
        return (
            f"Input `image`: uint8 (N, {spec.crop_px}, {spec.crop_px}, 3) RGB, one cell cut out on black at "
            f"{spec.mpp:g} micrometres per pixel. Output `probabilities`: {', '.join(spec.classes)}.{_shown_as(spec)}"
        )
    if isinstance(spec, DetectionSpec):
        counted = ", ".join(f"{kind} from {least:g}" for kind, least in zip(spec.kinds, spec.thresholds, strict=True))
        return (
            f"Input `image`: uint8 (N, height, width, 3) RGB at {spec.mpp:g} micrometres per pixel, sides a multiple "
            f"of {spec.multiple_of}. Output `boxes`: at every {spec.stride}th pixel a score of each kind, "
            f"then left, top, right and bottom of its box in pixels. Counted: {counted}. Slides are looked over "
            f"for white cells at {spec.look_mpp:g} micrometres per pixel, from a score of {spec.look_threshold:g}."
        )
    assert isinstance(spec, SegmentationSpec)  # no command here makes a pack that answers clicks
    return (
        f"Input `image`: uint8 (N, height, width, 3) RGB at {spec.mpp:g} micrometres per pixel, sides a multiple of "
        f"{spec.multiple_of}; white cells about {spec.cell_diameter_px:g} pixels across. Output `maps`: "
        f"{', '.join(spec.channels)}, each 0 to 1."
    )


def _shown_as(spec: ClassificationSpec) -> str:
    if not spec.shown_as:
        return ""
    pairs = [f"{own} as {shown}" for own, shown in zip(spec.classes, spec.shown_as, strict=True)]
    return f" The viewer shows {', '.join(pairs)}."

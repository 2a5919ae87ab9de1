"""The pages about a model pack: its card, and what became of it. Text from files is never taken as markup."""

from collections.abc import Sequence
from html import escape

from allviewer.exchange.model_card import ClassificationSpec, Figure, ModelCard
from allviewer.exchange.pack_history import RegistryEntry

_TASKS = {
    "segmentation": "Finds nucleus and cytoplasm",
    "classification": "Classifies cells",
    "detection": "Counts red cells, white cells and platelets",
    "click": "Outlines what is clicked",
}


def card_html(card: ModelCard, signer: str = "") -> str:
    """A card as a page; everything in it is text from a file, so nothing is taken as markup."""
    facts = [
        ("Task", _TASKS[card.task]),
        ("Identity", card.identity),
        ("Parameters", f"{card.network.parameters:,}"),
        ("Scale", f"{card.spec.mpp:g} µm per pixel"),
        ("Trained on", ", ".join(card.training.data)),
        ("Terms", card.training.terms),
        ("Command", card.training.command),
        ("Parent", card.training.parent),
        ("Signature", signer),
        ("Limits", card.limits),
    ]
    if isinstance(card.spec, ClassificationSpec):
        facts.insert(2, ("Classes", ", ".join(card.spec.classes)))
    rows = "".join(
        f"<tr><td style='padding:3px 14px 3px 0'><b>{name}</b></td><td style='padding:3px 0'>{escape(text)}</td></tr>"
        for name, text in facts
        if text
    )
    figures = "".join(_figure_row(figure) for figure in card.figures)
    table = f"<h4>Figures</h4><table cellspacing=0>{figures}</table>" if figures else ""
    return f"<h3>{escape(card.title)}</h3><table cellspacing=0>{rows}</table>{table}<p>Research use only.</p>"


def _figure_row(figure: Figure) -> str:
    value = f"{figure.value:.3f}"
    if figure.low is not None and figure.high is not None:
        value += f" ({figure.low:.3f} to {figure.high:.3f})"
    behind = f"{figure.groups} groups" if figure.groups else ""
    cells = (escape(figure.metric), escape(figure.source), value, behind, escape(figure.protocol))
    return "<tr>" + "".join(f"<td style='padding:2px 14px 2px 0'>{cell}</td>" for cell in cells) + "</tr>"


def history_html(entries: Sequence[RegistryEntry], pack: str) -> str:
    """What became of one pack, the newest first, and which packs came before it in use."""
    own = [entry for entry in entries if entry.pack == pack]
    if not own:
        return "<p>Nothing is written of this pack: it came with the program, or was installed by an older one.</p>"
    return "".join(_step(entry) for entry in reversed(own))


def _step(entry: RegistryEntry) -> str:
    when = entry.when_utc.replace("T", " ").removesuffix("+00:00")
    lines = [*entry.verdict, *([f"Adopted all the same, because: {entry.override}"] if entry.override else ())]
    words = "".join(f"<br>{escape(line)}" for line in lines)
    return f"<p><b>{escape(entry.what)}</b> by {escape(entry.person)}, {when} UTC{words}</p>"

"""How pixels are taken from the file: focal plane, colour profile, channel, part of the colours."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from allviewer.domain.colour_view import ColourView
from allviewer.domain.slide import PixelSource
from allviewer.imaging.colour_views import seen_as
from allviewer.session.document import Document

COLOUR_TITLES: dict[ColourView, str] = {
    ColourView.ALL: "All colours",
    ColourView.RED: "Red channel",
    ColourView.GREEN: "Green channel",
    ColourView.BLUE: "Blue channel",
    ColourView.GREY: "Grey",
    ColourView.AZURE: "Smear: azure",
    ColourView.SMEAR_EOSIN: "Smear: eosin",
    ColourView.SMEAR_REST: "Smear: the rest",
    ColourView.HAEMATOXYLIN: "H&E: haematoxylin",
    ColourView.EOSIN: "H&E: eosin",
    ColourView.REST: "H&E: the rest",
}
"""Names for people, in the order of the list."""


@dataclass(frozen=True, slots=True)
class PixelLook:
    """One way to look; see `PixelSource.look` for plane, managed and channel."""

    plane: int | None = None
    managed: bool = True
    channel: int | None = None
    colours: ColourView = ColourView.ALL

    def of(self, source: PixelSource) -> PixelSource:
        """The source seen this way. Raises `ImageError` where it has no such plane or channel."""
        if (self.plane, self.managed, self.channel) != (None, True, None):
            source = source.look(self.plane, self.managed, self.channel)
        return seen_as(source, self.colours)


_ImageKey = tuple[str, int]


class PixelLooks(QObject):
    """The look of each image. Profile and colours go with the person to an image that nobody has looked at yet, plane
    and channel do not.

    Signals:
        changed: the look of some image is another one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._common = PixelLook()
        self._planes: dict[_ImageKey, int] = {}
        self._channels: dict[_ImageKey, int] = {}

    def of(self, document: Document) -> PixelLook:
        key = _key(document)
        return replace(self._common, plane=self._planes.get(key), channel=self._channels.get(key))

    def plane_of(self, document: Document) -> int:
        """The focal plane that is shown, counted from 0."""
        return self._planes.get(_key(document), document.info.plane)

    def words_of(self, document: Document) -> str:
        """What is special about how an image is seen, for people; empty for a plain image seen as it is."""
        info, look, words = document.info, self.of(document), []
        if look.colours is not ColourView.ALL:
            words.append(COLOUR_TITLES[look.colours])
        if look.channel is not None:
            words.append(info.channels[look.channel] or f"channel {look.channel + 1}")
        if info.plane_count > 1:
            words.append(f"plane {self.plane_of(document) + 1} of {info.plane_count}")
        if info.profile:
            words.append("ICC" if look.managed else "ICC off")
        return ", ".join(words)

    def step_plane(self, document: Document, steps: int) -> None:
        """Focus higher (positive) or lower, as far as there are planes."""
        self.set_plane(document, self.plane_of(document) + steps)

    def set_plane(self, document: Document, plane: int) -> None:
        limited = max(0, min(document.info.plane_count - 1, plane))
        if limited != self.plane_of(document):
            self._planes[_key(document)] = limited
            self.changed.emit()

    def set_channel(self, document: Document, channel: int | None) -> None:
        """One of `document.info.channels` alone, or None: all of them."""
        if channel != self._channels.get(_key(document)):
            if channel is None:
                del self._channels[_key(document)]
            else:
                self._channels[_key(document)] = channel
            self.changed.emit()

    @property
    def managed(self) -> bool:
        """Whether a colour profile in the file is applied."""
        return self._common.managed

    @property
    def colours(self) -> ColourView:
        return self._common.colours

    def restore(self, document: Document, plane: int, channel: int, colours: str) -> None:
        """See an image as it was left; -1 and what it does not have: as the file is."""
        info, key = document.info, _key(document)
        before = self.of(document)
        counts = (self._planes, plane, info.plane_count), (self._channels, channel, len(info.channels))
        for kept, value, count in counts:
            kept.pop(key, None)
            if 0 <= value < count:
                kept[key] = value
        known = colours if colours in COLOUR_TITLES else ColourView.ALL
        self._common = replace(self._common, colours=ColourView(known))
        if self.of(document) != before:
            self.changed.emit()

    def set_managed(self, managed: bool) -> None:
        self._set_common(replace(self._common, managed=managed))

    def set_colours(self, colours: ColourView) -> None:
        self._set_common(replace(self._common, colours=colours))

    def step_colours(self, steps: int) -> None:
        """The next part of the colours, round and round."""
        views = list(COLOUR_TITLES)
        self.set_colours(views[(views.index(self.colours) + steps) % len(views)])

    def reset(self) -> None:
        """All colours, managed, all channels; the focal planes stay."""
        changed = bool(self._channels) or self._common != PixelLook()
        self._channels.clear()
        self._common = PixelLook()
        if changed:
            self.changed.emit()

    def _set_common(self, common: PixelLook) -> None:
        if common != self._common:
            self._common = common
            self.changed.emit()


def _key(document: Document) -> _ImageKey:
    return document.name, document.image_id

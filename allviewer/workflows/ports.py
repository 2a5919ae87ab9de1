"""What workflows need of a user interface: ways to tell and to ask. Tests and the command line bring their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from allviewer.errors import UserError


class Notices(Protocol):
    """Ways to tell. Called on the UI thread."""

    def tell(self, text: str) -> None:
        """Good or neutral news; goes away by itself."""

    def warn(self, error: UserError) -> None:
        """Something did not work; stays until it is dismissed."""

    def keep(
        self,
        key: str,
        text: str,
        button: str = "",
        press: Callable[[], None] | None = None,
        other: str = "",
        press_other: Callable[[], None] | None = None,
    ) -> None:
        """A state that lasts: stays until `release`, with up to two buttons that do something about it."""

    def offer(self, key: str, text: str, button: str, press: Callable[[], None]) -> None:
        """Something that can be done now and need not be: stays until it is done, dismissed or released."""

    def release(self, key: str) -> None:
        """The state is over, the offer no longer stands."""


class Ask(Protocol):
    """Ways to ask. None, or False, means the question was cancelled."""

    def images(self) -> list[Path] | None: ...

    def folder(self, title: str) -> Path | None: ...

    def case_to_open(self) -> Path | None: ...

    def case_to_write(self, suggestion: Path) -> Path | None: ...

    def where_is(self, missing: Path) -> Path | None:
        """Where an image that is no longer at its place lies now."""

    def pack_to_install(self) -> Path | None: ...

    def pack_to_write(self, name: str) -> Path | None:
        """Where a pack goes as one file; a name is suggested."""

    def cells_to_import(self) -> Path | None: ...

    def class_set_to_read(self) -> Path | None: ...

    def page_to_write(self, name: str) -> Path | None:
        """Where a page of HTML goes; a name is suggested."""

    def class_set_to_write(self, name: str) -> Path | None: ...

    def confirm(self, question: str, detail: str, yes: str) -> bool: ...

    def picture_to_write(self, name: str) -> Path | None:
        """Where a PNG goes; a name is suggested."""


class FirstSight(Protocol):
    """Shows pixels before the case of an image is open."""

    def show(self, path: Path, then: Callable[[], None]) -> None:
        """Show an image if nothing else is shown; in any case call back."""

    def withdraw(self) -> None:
        """What came after it failed."""

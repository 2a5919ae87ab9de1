"""Errors that are meant for the person at the screen: one sentence and a hint, never a traceback."""


class UserError(Exception):
    """An expected failure.

    Args:
        sentence: what happened, in one sentence for the user, naming the file or thing.
        hint: what the user can do about it; may be empty.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()


def for_people(error: Exception, what_failed: str) -> UserError:
    """The error itself if it is meant for people; what nobody foresaw as one more, beginning with `what_failed`."""
    if isinstance(error, UserError):
        return error
    return UserError(f"{what_failed}: {str(error) or type(error).__name__}.", "Details are in the log.")


class ImageError(UserError):
    """An image or slide cannot be opened or read."""


class CaseError(UserError):
    """A case file cannot be opened, is damaged, or cannot be written."""


class PackError(UserError):
    """A model pack is incomplete, altered, or does not fit this program."""


class DatasetError(UserError):
    """A training set is missing, incomplete or inconsistent."""


class ClassSetError(UserError):
    """A file of classes or tags cannot be read, or contradicts itself."""


class OutputError(UserError):
    """A result cannot be written (no permission, disk full, folder missing)."""

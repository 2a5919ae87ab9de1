"""Whatever a foreign decoder throws becomes one sentence that names the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allviewer.errors import ImageError


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn every exception inside into an `ImageError` about `path`; an `ImageError` passes unchanged.

    Decoders raise anything on damaged files, from `struct.error` to `ZeroDivisionError`, so nothing narrower is safe.
    """
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"{path.name} cannot be read: it needs more memory than there is.") from error
    except OSError as error:
        reason = error.strerror or _first_line(error)
        raise ImageError(f"{path.name} cannot be read: {reason}.") from error
    except Exception as error:
        raise ImageError(
            f"{path.name} cannot be read, it is damaged or of an unknown kind: {_first_line(error)}."
        ) from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".")

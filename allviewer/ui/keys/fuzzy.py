"""How well letters that were typed fit a name: all in order, best where they begin words or stand together. Pure."""

_START_OF_ALL = 12.0
_START_OF_WORD = 8.0
_NEXT_TO_LAST = 5.0
_ANYWHERE = 1.0
_PER_LETTER_LEFT = 0.05
_PER_LETTER_SKIPPED = 0.3
_NOT = float("-inf")


def fit(typed: str, name: str) -> float | None:
    """Higher is better; None if the letters are not all there in order. Spaces that were typed do not count.

    The best of all ways to lay the letters over the name counts, so that "ri" finds "Run on image" by its words.
    """
    wanted, text = "".join(typed.lower().split()), name.lower()
    if not wanted or not text:
        return None if wanted else 0.0
    scores = [_own(text, place) if letter == wanted[0] else _NOT for place, letter in enumerate(text)]
    for letter in wanted[1:]:
        scores = _with(scores, text, letter)
    best = max(scores)
    return None if best == _NOT else best - _PER_LETTER_LEFT * len(text)


def _own(text: str, place: int) -> float:
    """What a letter is worth by where it stands."""
    if place == 0:
        return _START_OF_ALL
    return _ANYWHERE if text[place - 1].isalnum() else _START_OF_WORD


def _with(scores: list[float], text: str, letter: str) -> list[float]:
    """Scores with one letter more, by its place; `scores` are those of the letters before."""
    found = [_NOT] * len(text)
    from_before = _NOT  # the best way that ends before this place, less what was skipped since
    for place in range(1, len(text)):
        if text[place] == letter:
            together = scores[place - 1] + max(_own(text, place), _NEXT_TO_LAST)
            found[place] = max(together, from_before + _own(text, place))
        from_before = max(from_before, scores[place - 1]) - _PER_LETTER_SKIPPED
    return found

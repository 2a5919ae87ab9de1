"""What in a printed row cannot be right, found by arithmetic alone."""

from collections.abc import Mapping

_PERCENT = 100


def impossible(printed: Mapping[str, float], pictures: int | None = None) -> dict[str, str]:
    """Metrics of one printed row that cannot be right, each with a sentence why.

    - F1 lies above the harmonic mean of precision and recall. The harmonic mean is concave, so no average over
      classes, pictures or folds can do that (Jensen's inequality); below it an average can lie.
    - An accuracy that no number of right answers out of `pictures` gives (Brown and Heathers 2017, the GRIM test).

    Args:
        printed: metric to share, 0 to 1, as printed; the digits are taken from the value.
        pictures: tested pictures, where the paper tells their number and each was tested once.
    """
    found = {}
    for averaged in ("", "_weighted", "_macro"):
        names = [f"{name}{averaged}" for name in ("precision", "recall", "f1")]
        if all(name in printed for name in names):
            sentence = _above_harmonic_mean(*(printed[name] for name in names))
            if sentence:
                found[names[2]] = sentence
    if pictures and "accuracy" in printed and not _is_a_share_of(printed["accuracy"], pictures):
        percent = f"{_PERCENT * printed['accuracy']:.{_digits(printed['accuracy'])}f} %"
        found["accuracy"] = f"no number of right answers out of {pictures} pictures gives {percent}, each tested once."
    return found


def _above_harmonic_mean(precision: float, recall: float, f1: float) -> str:
    p, r = (min(1.0, value + _half_digit(value)) for value in (precision, recall))
    if f1 - _half_digit(f1) <= 2 * p * r / (p + r):
        return ""
    mean = 2 * precision * recall / (precision + recall)
    return (
        f"F1 of {_PERCENT * f1:.2f} % lies above {_PERCENT * mean:.2f} %, the harmonic mean of the printed precision "
        "and recall, which no way of averaging allows."
    )


def _is_a_share_of(share: float, pictures: int) -> bool:
    half = _half_digit(share)
    nearest = round(share * pictures)
    return any(abs(count / pictures - share) <= half + 1e-9 for count in (nearest - 1, nearest, nearest + 1))


def _digits(share: float) -> int:
    """Digits behind the point with which the percentage was printed, three at most."""
    percent = _PERCENT * share
    return next((digits for digits in range(3) if abs(percent - round(percent, digits)) < 1e-6), 3)


def _half_digit(share: float) -> float:
    """Half of the last printed digit, as a share."""
    return float(0.5 * 10 ** -_digits(share) / _PERCENT)

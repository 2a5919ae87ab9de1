"""What a comparison comes to, in words computed from the intervals; nobody writes a verdict by hand."""

import numpy as np

from training.evaluation.intervals import Gap, Measured, gap
from training.evaluation.predictions import Predictions
from training.evaluation.wording import counted_groups, shown, shown_interval


def verdict(metric: str, published: float | None, by_picture: Measured | None, by_subject: Measured | None) -> str:
    """Sentences on one figure: is the published one reached as the paper measured, does it hold for new subjects."""
    said = []
    if by_picture is not None and by_subject is None and by_picture.run.group_kind != "subject":
        said.append("No subjects are known for these data.")
    if by_picture is not None and published is not None:
        said.append(f"By picture the published {shown(metric, published)} {_reached(metric, published, by_picture)}.")
    if by_subject is not None:
        said.append(_for_new_subjects(metric, published, by_subject))
    if by_picture is not None and by_subject is not None:
        said.append(_gap_in_words(metric, gap(by_picture, by_subject, metric), by_subject))
    if by_subject is not None:
        said.append(against_guessing(metric, by_subject))
    return " ".join(sentence for sentence in said if sentence) or "Not run."


def _reached(metric: str, published: float, measured: Measured) -> str:
    low, high = measured.interval(metric)
    if np.isnan(low):
        return "cannot be compared: ours has no interval"
    if published > high:
        return f"is not reached: ours ends at {shown(metric, high)}"
    if published < low:
        return f"is exceeded: ours begins at {shown(metric, low)}"
    return "agrees with ours"


def _for_new_subjects(metric: str, published: float | None, measured: Measured) -> str:
    ours = f"{shown_interval(metric, measured)}, {counted_groups(measured.run)}"
    if published is None:
        return f"For new ones it is {ours}."
    low, high = measured.interval(metric)
    if np.isnan(low):
        return f"For new ones it is {ours}: too few of each class to say more."
    if published > high:
        return f"It does not hold for new ones: {ours}."
    if published < low:
        return f"For new ones ours is higher: {ours}."
    return f"For new ones it can be neither confirmed nor ruled out: {ours}."


def _gap_in_words(metric: str, between: Gap, measured: Measured) -> str:
    if np.isnan(between.low):
        return ""
    low, high = 100 * between.low, 100 * between.high
    size = f"{100 * between.value:+.1f} points ({low:+.1f} to {high:+.1f})"
    word = measured.run.group_kind.partition(" ")[0]
    if between.low > 0:
        return f"The split by picture flatters by {size}."
    if between.high < 0:
        return f"The split by picture gives less, by {size}: that is no leak but another {word} or training."
    return f"By picture is {size} off: with these {word}s that may be chance."


def against_guessing(metric: str, measured: Measured) -> str:
    """A sentence where a figure has not been shown to beat an answer that never looks at the picture."""
    run = measured.run
    if not isinstance(run, Predictions):
        return ""
    share = np.bincount(run.truth, minlength=len(run.classes)) / len(run.truth)
    common = run.classes[int(share.argmax())]
    chance = {
        "accuracy": (float(share.max()), f"always answering '{common}'"),
        "balanced_accuracy": (1 / len(run.classes), "guessing"),
        "auc": (0.5, "guessing"),
    }.get(metric)
    if chance is None or np.isnan(measured.interval(metric)[0]) or measured.interval(metric)[0] > chance[0]:
        return ""
    return f"It has not been shown to beat {chance[1]} ({shown(metric, chance[0])})."

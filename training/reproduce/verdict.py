"""What a comparison comes to, in words computed from the intervals; nobody writes a verdict by hand."""

import numpy as np

from training.evaluation.intervals import Gap, Measured, gap
from training.evaluation.predictions import Predictions
from training.evaluation.wording import counted_groups, group_word, shown, shown_interval


def verdict(metric: str, published: float | None, by_picture: Measured | None, by_subject: Measured | None) -> str:
    """Sentences on one figure: is the published one reached as the paper measured, does it hold for new subjects."""
    said = []
    if by_picture is not None and published is not None:
        said.append(_as_published(metric, published, by_picture))
    elif by_picture is not None:
        said.append(f"By picture ours is {shown_interval(metric, by_picture)}.")
    if by_subject is not None:
        said.append(_for_new_groups(metric, published, by_subject))
    if by_picture is not None and by_subject is not None:
        said.append(_gap_in_words(metric, gap(by_picture, by_subject, metric), by_subject))
    if by_subject is not None:
        said.append(against_guessing(metric, by_subject))
    return " ".join(sentence for sentence in said if sentence) or "Not run."


def _as_published(metric: str, published: float, measured: Measured) -> str:
    low, high = measured.interval(metric)
    ours = f"By picture ours is {shown_interval(metric, measured)}"
    if np.isnan(low):
        return f"{ours}: too few of each class to say more."
    if published > high:
        return f"{ours}: the published {shown(metric, published)} is not reached."
    if published < low:
        return f"{ours}: the published {shown(metric, published)} is exceeded."
    return f"{ours}: the published {shown(metric, published)} lies within."


def _for_new_groups(metric: str, published: float | None, measured: Measured) -> str:
    """On groups that the method has not learnt from."""
    run = measured.run
    low, high = measured.interval(metric)
    new = f"For new {group_word(run)}s" if run.seconds_training else "All in all"
    ours = f"{new} ours is {shown_interval(metric, measured)}, from {counted_groups(run)}"
    if np.isnan(low):
        return f"{ours}: too few of each class to say more."
    if published is None:
        return f"{ours}."
    if published > high:
        return f"{ours}: the published {shown(metric, published)} does not hold there."
    if published < low:
        return f"{ours}: higher than the published {shown(metric, published)}."
    return f"{ours}: the published {shown(metric, published)} can there be neither confirmed nor ruled out."


def _gap_in_words(metric: str, between: Gap, measured: Measured) -> str:
    if np.isnan(between.low):
        return ""
    low, high = 100 * between.low, 100 * between.high
    size = f"{100 * between.value:+.1f} points ({low:+.1f} to {high:+.1f})"
    if between.low > 0:
        return f"The split by picture flatters by {size}."
    if between.high < 0:
        return f"The split by picture gives less, by {size}: that is no leak, but chance or another training."
    return f"By picture is {size} off: with these {group_word(measured.run)}s that may be chance."


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

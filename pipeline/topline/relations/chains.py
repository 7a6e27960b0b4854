"""Two results in a row: do they report one endpoint, and in one group? What stands between them says how likely.

A chain over the values of a sentence, as in a conditional random field (Lafferty et al. 2001): each value's links have
their own scores, and neighbours add the logarithm of how often links agree so. "45% versus 22%" is nearly always one
endpoint in two groups, "45% and 3.1 months" after two endpoints one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from topline.relations.model import Floats, Logistic, Model
from topline.relations.view import Ints, View

SCORER = "chain"
REACH = 25  # tokens between two values of a chain
# Of 4,174 gold results 2,630 had both links right without chains, and 2,658 to 2,665 with weights of 0.2 to 0.4
# (five folds, quick models).
WEIGHT = 0.3
BETWEEN = ("contrast", "semicolon", "and", "comma", "other")
NAMES = tuple(
    f"{word}{', endpoint' if endpoint else ''}{', group' if group else ''} between: "
    f"{'same' if same_endpoint else 'other'} endpoint, {'same' if same_group else 'other'} group"
    for word, endpoint, group, same_endpoint, same_group in product(BETWEEN, *[(False, True)] * 4)
)


@dataclass(frozen=True, slots=True)
class Options:
    """A value's possible links: log-probabilities, and a number each for endpoint and group, the same for one name."""

    score: Floats
    endpoint: Ints
    group: Ints


def transitions(model: Model | None) -> Floats | None:
    """Return the model's log-probabilities, (contexts, same endpoint, same group); None where it has none."""
    if model is None or SCORER not in model.scorers or model.feature_names[SCORER] != NAMES:
        return None
    learned = model.scorers[SCORER].members[0]
    return learned.weights.reshape(-1, 2, 2) if isinstance(learned, Logistic) else None


def between(view: View, value: int, following: int) -> int | None:
    """Return the number of what stands between two values; None when they are of two sentences or far apart."""
    low, high = int(view.last[value]), int(view.first[following])
    if high - low > REACH or view.sentence[view.first[value]] != view.sentence[high]:
        return None
    inside = slice(value + 1, following)
    gap = view.text[view.mentions[value].end : view.mentions[following].start]
    word = BETWEEN.index(_word(view, low, max(low, high), gap))
    return word * 4 + 2 * bool(view.is_endpoint[inside].any()) + bool(view.is_cohort[inside].any())


def _word(view: View, low: int, high: int, gap: str) -> str:
    """Return the strongest word or mark of a gap."""
    if view.cues["contrast"][high] > view.cues["contrast"][low]:
        return "contrast"
    if ";" in gap:
        return "semicolon"
    if "and" in gap.lower().split():
        return "and"
    return "comma" if "," in gap else "other"


def best_path(options: Sequence[Options], contexts: Sequence[int | None], learned: Floats) -> list[int]:
    """Return which option each value takes (Viterbi 1967); `contexts[i]` lies between the values i and i + 1."""
    totals, back = [options[0].score], []
    for here, following, context in zip(options, options[1:], contexts, strict=False):
        reached = np.tile(totals[-1][:, None], len(following.score))
        if context is not None:
            reached += WEIGHT * _agreement(here, following, learned[context])
        back.append(reached.argmax(axis=0))
        totals.append(reached.max(axis=0) + following.score)
    path = [int(totals[-1].argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]


def _agreement(here: Options, following: Options, learned: Floats) -> Floats:
    same_endpoint = (here.endpoint[:, None] == following.endpoint).astype(np.intp)
    same_group = (here.group[:, None] == following.group).astype(np.intp)
    return np.asarray(learned[same_endpoint, same_group], dtype=np.float64)

"""What a word of comparison sets against what: "18 meters farther than placebo", "10.1 versus 7.2 months on placebo".

The group behind such a word is the other one, unless a value of its own stands beside it: then it is that value's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.view import Bools, Ints, View, once

Columns = dict[str, NDArray[np.generic]]

BESIDE = 8  # tokens behind a group in which its own value may stand: "than on placebo, where it was 8.4%"


def compared_features(view: View, pairs: Pairs) -> Columns:
    """Return how words of comparison part a value from its neighbours, and a target from the value."""
    behind, ahead = _looked_back(view), _looked_ahead(view)
    value, target = pairs.value, pairs.target
    before = view.first[value] < view.first[target]
    led = behind.near & (behind.groups == 0)
    same = led[target] & behind.near[value] & (behind.word[value] == behind.word[target])
    by_value = led[target] & (behind.values[target] == 1)
    alone = led[target] & (behind.values[target] == 0)
    first = behind.near & (behind.values == 0)
    found = {
        "value_next": (first & (behind.groups == 0))[value],
        "value_after_group": (first & (behind.groups > 0))[value],
        "ahead_group": ahead.group[value],
        "ahead_value": ahead.value[value],
        "target_led": alone,
        "target_led_by_value": by_value,
        "other_group": alone & before & ahead.near[value] & (ahead.word[value] == behind.word[target]),
        "other_value": led[target] & before & ~same & (behind.values[target] > 0),
        "own_before": same & before & by_value,
        "own_behind": same & ~before & (behind.values[value] == 0),
        "target_valued": ahead.valued[target],
    }
    return {f"compared_{name}": column for name, column in found.items()}


@dataclass(frozen=True, slots=True)
class _Behind:
    """By mention: the last word of comparison before it, whether in its clause, and what stands in between."""

    word: Ints
    near: Bools
    values: Ints
    groups: Ints


@dataclass(frozen=True, slots=True)
class _Ahead:
    """By mention: the next word of comparison, whether in its clause before any value, and what follows the word.

    `valued` tells whether a value stands within a few tokens, whatever word there is.
    """

    word: Ints
    near: Bools
    group: Bools
    value: Bools
    valued: Bools


@once
def _looked_back(view: View) -> _Behind:
    first, size = view.first, len(view.starts)
    marked = np.where(np.diff(view.cues["contrast"]) > 0, np.arange(size), -1)
    word = np.concatenate([[-1], np.maximum.accumulate(marked)])[first]
    start = np.maximum(word, 0)
    sentence = view.sentence_first[view.at(np.arange(len(first)), view.sentence)]
    near = (word >= sentence) & (view.between("strong", start, first) == 0)
    groups = view.is_cohort
    ended = _starting(view.last[groups], size)[first + 1] - _starting(first[groups], size)[start]
    return _Behind(word, near, _counted(_starting(first[view.is_value], size), start, first), np.maximum(ended, 0))


@once
def _looked_ahead(view: View) -> _Ahead:
    last, size = view.last, len(view.starts)
    marked = np.where(np.diff(view.cues["contrast"]) > 0, np.arange(size), size)
    word = np.append(np.minimum.accumulate(marked[::-1])[::-1], size)[np.minimum(last, size)]
    stop = view.sentence_first[view.at(np.arange(len(last)), view.sentence) + 1]
    inside = np.minimum(word, size - 1)
    values, groups = (_starting(view.first[mask], size) for mask in (view.is_value, view.is_cohort))
    near = (word < stop) & (view.between("strong", last, inside) == 0) & (_counted(values, last, inside) == 0)
    value, group = (_next(counts, inside, stop) for counts in (values, groups))
    leads = (group < stop) & (group <= value)
    valued = _counted(values, last, last + BESIDE) > 0
    return _Ahead(word, near, near & leads, near & ~leads & (value < stop), valued)


def _starting(tokens: Ints, size: int) -> Ints:
    """Return how many of the tokens come before each place, and in all."""
    counts = np.bincount(np.minimum(tokens, size), minlength=size + 1)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _counted(counts: Ints, low: Ints, high: Ints) -> Ints:
    top = len(counts) - 1
    found: Ints = np.maximum(counts[np.minimum(high, top)] - counts[np.minimum(low, top)], 0)
    return found


def _next(counts: Ints, tokens: Ints, stop: Ints) -> Ints:
    """Return the token at which the next mention begins; `stop` where none does before it."""
    found = np.searchsorted(counts, counts[tokens], side="right") - 1
    return np.minimum(found, stop)

"""What a word of comparison sets against what: "18 meters farther than placebo", "10.1 versus 7.2 months on placebo".

The group behind such a word is the other one, unless a value of its own stands beside it: then it is that value's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.view import Bools, Ints, View

Columns = dict[str, NDArray[np.generic]]

BESIDE = 8  # tokens behind a group in which its own value may stand: "than on placebo, where it was 8.4%"


def compared_features(view: View, pairs: Pairs) -> Columns:
    """Return how words of comparison part a value from its neighbours, and a target from the value."""
    marks = _Marks.of(view)
    values, targets = _behind(view, marks, pairs.value), _behind(view, marks, pairs.target)
    ahead = _ahead(view, marks, pairs.value)
    before = view.first[pairs.value] < view.first[pairs.target]
    led = targets.near & (targets.groups == 0)
    same = led & values.near & (values.word == targets.word)
    found = {
        "value_next": values.near & (values.values == 0) & (values.groups == 0),
        "value_after_group": values.near & (values.values == 0) & (values.groups > 0),
        "ahead_group": ahead.near & (ahead.first == _GROUP),
        "ahead_value": ahead.near & (ahead.first == _VALUE),
        "target_led": led & (targets.values == 0),
        "target_led_by_value": led & (targets.values == 1),
        "other_group": led & before & ahead.near & (ahead.word == targets.word) & (targets.values == 0),
        "other_value": led & before & ~same & (targets.values > 0),
        "own_before": same & before & (targets.values == 1),
        "own_behind": same & ~before & (values.values == 0),
        "target_valued": _counted(marks.values, view.last[pairs.target], view.last[pairs.target] + BESIDE) > 0,
    }
    return {f"compared_{name}": column for name, column in found.items()}


_NONE, _GROUP, _VALUE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Marks:
    """By token: the word of comparison before it and from it on, and how many mentions begin or end before it."""

    before: Ints
    onwards: Ints
    values: Ints
    groups: Ints
    ended: Ints

    @classmethod
    def of(cls, view: View) -> _Marks:
        size = len(view.starts)
        places, word = np.arange(size), np.diff(view.cues["contrast"]) > 0
        last = np.maximum.accumulate(np.where(word, places, -1))
        following = np.minimum.accumulate(np.where(word, places, size)[::-1])[::-1]
        return cls(
            before=np.concatenate([[-1], last]),
            onwards=np.append(following, size),
            values=_starting(view.first[view.is_value], size),
            groups=_starting(view.first[view.is_cohort], size),
            ended=_starting(view.last[view.is_cohort], size),
        )


def _starting(tokens: Ints, size: int) -> Ints:
    """Return how many of the tokens come before each place, and in all."""
    counts = np.bincount(np.minimum(tokens, size), minlength=size + 1)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _counted(counts: Ints, low: Ints, high: Ints) -> Ints:
    top = len(counts) - 1
    found: Ints = np.maximum(counts[np.minimum(high, top)] - counts[np.minimum(low, top)], 0)
    return found


@dataclass(frozen=True, slots=True)
class _Side:
    """The nearest word of comparison on one side, and what stands between it and a mention."""

    word: Ints
    near: Bools
    values: Ints
    groups: Ints
    first: Ints


def _behind(view: View, marks: _Marks, mentions: Ints) -> _Side:
    """Look back from mentions, within their clause."""
    first = view.first[mentions]
    word = marks.before[first]
    start = np.maximum(word, 0)
    near = (word >= view.sentence_first[view.at(mentions, view.sentence)]) & (view.between("strong", start, first) == 0)
    values = _counted(marks.values, start, first)
    groups = np.maximum(marks.ended[first + 1] - marks.groups[start], 0)
    return _Side(word, near, values, groups, np.zeros(len(mentions), dtype=np.int64))


def _ahead(view: View, marks: _Marks, mentions: Ints) -> _Side:
    """Look ahead from mentions, within their clause, as far as no other value stands between."""
    last, size = view.last[mentions], len(view.starts)
    word = marks.onwards[np.minimum(last, size)]
    stop = view.sentence_first[view.at(mentions, view.sentence) + 1]
    inside = np.minimum(word, size - 1)
    values = _counted(marks.values, last, inside)
    near = (word < stop) & (view.between("strong", last, inside) == 0) & (values == 0)
    value, group = (_next(counts, inside, stop) for counts in (marks.values, marks.groups))
    first = np.where((group < stop) & (group <= value), _GROUP, np.where(value < stop, _VALUE, _NONE))
    return _Side(word, near, values, _counted(marks.groups, last, inside), first)


def _next(counts: Ints, tokens: Ints, stop: Ints) -> Ints:
    """Return the token at which the next mention begins; `stop` where none does before it."""
    found = np.searchsorted(counts, counts[tokens], side="right") - 1
    return np.minimum(found, stop)

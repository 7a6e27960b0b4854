"""Two values set against each other, and the two groups named before them: "higher on A than on B (3.8% vs. 0.5%)"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.sequence import name_ids
from topline.relations.view import Ints, View, value_kind

Columns = dict[str, NDArray[np.generic]]

APART = 14  # tokens between two values that are set against each other: "38.1% of patients on A, compared to 21.0%"


def versus_features(view: View, pairs: Pairs, same_role: NDArray[np.bool_]) -> Columns:
    """Return the features of pairs; `same_role` marks the mentions that compete for the role."""
    opposed = _opposed(view)
    place = np.zeros(len(view.mentions), dtype=np.int64)
    for first, second in opposed:
        place[first], place[second] = 1, 2
    lead = _leading(view, pairs, same_role, opposed)
    return {
        "versus_place": place[pairs.value],
        "versus_aligned": (lead > 0) & (lead == place[pairs.value]),
        "versus_crossed": (lead > 0) & (lead != place[pairs.value]),
    }


def _opposed(view: View) -> list[tuple[int, int]]:
    """Return neighbouring values of one kind and sentence that a word of contrast parts: "15% versus 10%"."""
    values = np.flatnonzero(view.is_value)
    if len(values) < 2:
        return []
    first, second = values[:-1], values[1:]
    low, high = view.last[first], view.first[second]
    near = (high > low) & (high - low <= APART) & (view.at(first, view.sentence) == view.at(second, view.sentence))
    near &= (view.between("contrast", low, high) > 0) & (view.between("strong", low, high) == 0)
    held = zip(first[near].tolist(), second[near].tolist(), strict=True)
    return [(a, b) for a, b in held if value_kind(view, a) == value_kind(view, b)]


def _leading(view: View, pairs: Pairs, same_role: NDArray[np.bool_], opposed: list[tuple[int, int]]) -> Ints:
    """Return 1 or 2 for the first and the second of the two last names before a pair of opposed values, else 0."""
    rivals = np.flatnonzero(same_role)
    names = name_ids(view, rivals) if len(rivals) else rivals
    starts = view.first[rivals]
    all_values = np.flatnonzero(view.is_value)
    found: dict[tuple[int, int], int] = {}
    for one, other in opposed:
        k = int(np.searchsorted(all_values, one))
        sentence = int(view.sentence_first[view.sentence[min(int(view.first[one]), len(view.sentence) - 1)]])
        low = max(sentence, int(view.last[all_values[k - 1]]) if k else 0)
        a, b = np.searchsorted(starts, [low, view.first[one]])
        last_two = list(dict.fromkeys(names[a:b][::-1].tolist()))[:2][::-1]
        if len(last_two) < 2:
            continue
        for i in range(a, b):
            if names[i] in last_two:
                for value in (one, other):
                    found[value, int(rivals[i])] = 1 + last_two.index(int(names[i]))
    asked = zip(pairs.value.tolist(), pairs.target.tolist(), strict=True)
    return np.array([found.get(pair, 0) for pair in asked], dtype=np.int64)

"""The order in which a sentence names its values, endpoints and groups: one column a feature, one row a pair.

"A and B: 15 % vs 10 %, 4 % vs 3 %" and "15 % in A and 10 % in B" differ in what stands before the first value, between
two values, and behind the last; and the k-th value of a list belongs to the k-th of the different groups.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.view import Ints, View, clip, kinds, once

Columns = dict[str, NDArray[np.generic]]

MOST = 8  # more of a kind than this says no more
FAR = 60  # tokens to a neighbour; beyond, or where there is none
# Words that a group's name may have or lack: "the zidovudine group", "patients treated with zidovudine".
_GENERIC = frozenset(
    """
    a an the of in on with for who were was group groups arm arms cohort patients subjects participants eyes
    treated treatment receiving received therapy
    """.split()
)
_WORD = re.compile(r"[a-z]+|[0-9.]+")
# An endpoint phrase of such words alone says when, not what: "12 months", "at day 60", "last follow-up", "baseline".
_WHEN = frozenset(
    """
    hour hours h day days week weeks month months mo year years yr yrs visit visits follow up followup baseline
    postoperative postoperatively preoperative preoperatively discharge end screening entry
    """.split()
)
_WHEN_TOO = _WHEN | frozenset(
    """
    at after before by from to the a of in and or over during within until on last final first second third initial
    one two three four five six seven eight nine ten twelve mean median study treatment therapy surgery all
    time
    """.split()
)


def sequence_features(view: View, pairs: Pairs, same_role: NDArray[np.bool_]) -> Columns:
    """Return the features of order; `same_role` marks the mentions that compete for the role."""
    classes = {"value": view.is_value, "endpoint": view.is_endpoint, "cohort": view.is_cohort}
    columns: Columns = {}
    (values, of_value), (targets, of_target) = pairs.values, pairs.targets
    rivals = np.flatnonzero(same_role)
    everything = np.flatnonzero(view.is_value)
    described = {
        "value": (_around(view, values, everything, classes) | _kinds(view, values), of_value),
        "target": (_around(view, targets, rivals, classes), of_target),
    }
    for role, (found, inverse) in described.items():
        columns |= {f"{role}_{name}": column[inverse] for name, column in found.items()}
    columns |= {name: column[of_value] for name, column in _outline(view, values, classes).items()}
    columns |= _names_in_order(view, pairs)
    return columns | _among_its_sort(view, pairs, same_role)


def _counter(view: View, mask: NDArray[np.bool_]) -> Ints:
    """Return how many of the masked mentions begin before each token."""
    starting = np.bincount(view.first[mask], minlength=len(view.starts) + 1)
    return np.concatenate([[0], np.cumsum(starting)]).astype(np.int64)


def _bounds(view: View, mentions: Ints) -> tuple[Ints, Ints]:
    """Return the token range of each mention's sentence."""
    sentence = view.at(mentions, view.sentence)
    return view.sentence_first[sentence], view.sentence_first[sentence + 1]


def _around(view: View, mentions: Ints, peers: Ints, classes: dict[str, NDArray[np.bool_]]) -> Columns:
    """Describe each mention's stretch of its sentence, from the peer before to the peer behind."""
    low, high = _bounds(view, mentions)
    first, last = view.first[mentions], np.maximum(view.last[mentions], view.first[mentions] + 1)
    firsts = np.append(view.first[peers], len(view.starts))
    lasts = np.append(0, np.maximum.accumulate(view.last[peers]))
    before = clip(lasts[np.searchsorted(firsts[:-1], first, side="left")], low, first)
    behind = clip(firsts[np.searchsorted(firsts[:-1], first, side="right")], np.minimum(last, high), high)
    columns: Columns = {
        "gap_before": np.where(before > low, np.minimum(first - before, FAR), FAR),
        "gap_behind": np.where(behind < high, np.minimum(behind - last, FAR), FAR),
    }
    for name, mask in classes.items():
        count = _counter(view, mask)
        columns[f"{name}s_since"] = clip(count[first] - count[before], 0, MOST)
        columns[f"{name}s_until"] = clip(count[behind] - count[np.minimum(last, behind)], 0, MOST)
    for name in ("contrast", "and", "strong"):
        columns[f"{name}_since"] = view.between(name, before, first) > 0
        columns[f"{name}_until"] = view.between(name, last, behind) > 0
    return columns


def _kinds(view: View, values: Ints) -> Columns:
    """Tell whether a value is of the kind of its neighbours."""
    kind = kinds(view)[values]
    same = np.zeros(len(values) + 1, dtype=bool)
    same[1:-1] = (kind[1:] == kind[:-1]) & (np.diff(view.at(values, view.sentence)) == 0)
    return {"kind_as_before": same[:-1], "kind_as_behind": same[1:]}


def _outline(view: View, values: Ints, classes: dict[str, NDArray[np.bool_]]) -> Columns:
    """Count the endpoints and groups before the first value of the sentence, amid its values, and behind the last."""
    low, high = _bounds(view, values)
    all_values = np.flatnonzero(view.is_value)
    firsts = view.first[all_values]
    opening = firsts[np.searchsorted(firsts, low, side="left")]
    closing = firsts[np.searchsorted(firsts, high, side="left") - 1]
    columns: Columns = {}
    for name in ("endpoint", "cohort"):
        count = _counter(view, classes[name])
        columns[f"{name}s_leading"] = clip(count[opening] - count[low], 0, MOST)
        columns[f"{name}s_amid"] = clip(count[closing] - count[opening], 0, MOST)
        columns[f"{name}s_trailing"] = clip(count[high] - count[closing], 0, MOST)
    return columns


def name_ids(view: View, mentions: Ints) -> Ints:
    """Number the mentions' names: equal words are one name, whatever the case and the generic words around them."""
    return _names(view)[mentions]


@once
def _names(view: View) -> Ints:
    """Return the number of each mention's name, in order of appearance; most features ask for it."""
    numbers: dict[object, int] = {}
    said = (_name(view.text[mention.start : mention.end].lower()) for mention in view.mentions)
    return np.array([numbers.setdefault(name, len(numbers)) for name in said], dtype=np.int64)


@lru_cache(maxsize=1 << 14)
def _name(text: str) -> object:
    words = frozenset(_WORD.findall(text))
    return words - _GENERIC or words or text


def _names_in_order(view: View, pairs: Pairs) -> Columns:
    """Compare the value's place with the place of the target's name among the different names of its sentence."""
    targets, inverse = pairs.targets
    sentence = view.at(targets, view.sentence)
    key = sentence * (len(view.mentions) + 1) + name_ids(view, targets)
    _, first, cluster, size = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    opens = np.zeros(len(targets), dtype=np.int64)
    opens[first] = 1
    running = np.concatenate([[0], np.cumsum(opens)])
    start = np.searchsorted(sentence, sentence, side="left")
    stop = np.searchsorted(sentence, sentence, side="right")
    place = (running[first[cluster]] - running[start])[inverse]
    names = (running[stop] - running[start])[inverse]
    ordinal, count = _value_order(view, pairs)
    return {
        "name_place": np.minimum(place, MOST),
        "names": np.minimum(names, MOST),
        "name_repeats": np.minimum(size[cluster][inverse], MOST),
        "name_fits_ordinal": ordinal % names == place,
        "name_fits_half": (ordinal * names) // count == place,
        "values_per_name": np.minimum(count / names, MOST),
        "values_divide": count % names == 0,
    }


@lru_cache(maxsize=1 << 14)
def _says_when(text: str) -> bool:
    words = _WORD.findall(text)
    return any(word in _WHEN for word in words) and all(word in _WHEN_TOO or not word.isalpha() for word in words)


def sorts(view: View, targets: Ints) -> Ints:
    """Sort targets that do not compete with each other: 1 for points in time, 2 for groups, 0 for all others."""
    return _all_sorts(view)[targets]


@once
def _all_sorts(view: View) -> Ints:
    said = (view.text[mention.start : mention.end].lower() for mention in view.mentions)
    when = np.array([_says_when(text) for text in said], dtype=np.int64)
    return np.where(view.is_cohort, 2, when)


def _among_its_sort(view: View, pairs: Pairs, same_role: NDArray[np.bool_]) -> Columns:
    """Rank a target among those of its sort: a value has a measure and a point in time, each mostly the nearest."""
    sort = sorts(view, pairs.target)
    before = view.first[pairs.target] < view.first[pairs.value]
    behind_target, behind_value = view.last[pairs.target], view.last[pairs.value]
    gap = np.where(before, view.first[pairs.value] - behind_target, view.first[pairs.target] - behind_value)
    rank = ranks(pairs.value * 3 + sort, gap)
    side_rank = ranks((pairs.value * 3 + sort) * 2 + before, gap)
    columns: Columns = {
        "sort_time": sort == 1,
        "sort_rank": np.minimum(rank, MOST),
        "sort_side_rank": np.minimum(side_rank, MOST),
        "sort_value_rank": np.minimum(ranks(pairs.target * 2 + before, gap), MOST),
    }
    return columns | _place_in_its_sort(view, pairs)


def _place_in_its_sort(view: View, pairs: Pairs) -> Columns:
    """Compare the value's place in its sentence with the target's place among those of its sort in its own."""
    targets, of_target = pairs.targets
    key = view.at(targets, view.sentence) * 3 + sorts(view, targets)
    _, group, size = np.unique(key, return_inverse=True, return_counts=True)
    place, count = ranks(key, targets)[of_target], size[group][of_target]
    ordinal, values = _value_order(view, pairs)
    return {
        "sort_place": np.minimum(place, MOST),
        "sort_count": np.minimum(count, MOST),
        "sort_fits_ordinal": ordinal % count == place,
        "sort_fits_half": (ordinal * count) // values == place,
        "sort_divides": values % count == 0,
    }


def ranks(group: Ints, distance: Ints) -> Ints:
    """Return each row's rank by distance within its group, from 0."""
    order = np.lexsort((distance, group))
    found = np.empty(len(group), dtype=np.int64)
    found[order] = np.arange(len(group)) - np.searchsorted(group[order], group[order], side="left")
    return found


def _value_order(view: View, pairs: Pairs) -> tuple[Ints, Ints]:
    """Return each pair's value's number within its sentence, from 0, and how many values it has."""
    values, of_value = pairs.values
    at = view.at(values, view.sentence)
    first, last = np.searchsorted(at, at, side="left"), np.searchsorted(at, at, side="right")
    return (np.arange(len(values)) - first)[of_value], (last - first)[of_value]

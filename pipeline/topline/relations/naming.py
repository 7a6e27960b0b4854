"""How a document names a target: how often, how early, how recently, and as the subject of its sentence or not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.sequence import name_ids
from topline.relations.view import Ints, View, clip

Columns = dict[str, NDArray[np.generic]]
Floats = NDArray[np.float64]


def naming_features(view: View, pairs: Pairs, same_role: NDArray[np.bool_]) -> Columns:
    """Return the features of pairs; `same_role` marks the mentions that compete for the role."""
    everything = np.union1d(np.flatnonzero(same_role), pairs.target)
    names = np.zeros(len(view.mentions), dtype=np.int64)
    names[everything] = name_ids(view, everything)
    counts = np.bincount(names[everything])
    sentence = view.at(pairs.value, view.sentence)
    rivals = np.bincount(view.at(np.flatnonzero(same_role), view.sentence), minlength=len(view.sentence_first))
    into = view.first[pairs.target] - view.sentence_first[view.at(pairs.target, view.sentence)]
    return {
        "times_named": np.log1p(counts[names[pairs.target]]),
        "share_named": counts[names[pairs.target]] / max(1, len(everything)),
        "place_named": view.first[pairs.target] / max(1, len(view.starts)),
        "first_named": _is_first(names, everything)[pairs.target],
        "opens_sentence": into <= 1,
        "into_sentence": np.minimum(into, 30),
        "rivals_here": np.minimum(rivals[sentence], 8),
        "names_between": _names_between(names, everything, pairs),
    }


def _is_first(names: Ints, mentions: Ints) -> NDArray[np.bool_]:
    """Mark the first mention of each name."""
    first = np.zeros(len(names), dtype=bool)
    _, places = np.unique(names[mentions], return_index=True)
    first[mentions[places]] = True
    return first


def _names_between(names: Ints, mentions: Ints, pairs: Pairs) -> Ints:
    """Count the mentions of other names from a target before the value up to the value, eight at most."""
    low, high = np.searchsorted(mentions, pairs.target), np.searchsorted(mentions, pairs.value)
    return np.asarray(clip(high - low - 1, -1, 8), dtype=np.int64)


def last_likely(pairs: Pairs, p: Floats, names: Ints, values: Ints, result: Floats) -> Floats:
    """Return how probable the pair's name was for the last value before that is likely a result; -1 without one."""
    position = np.searchsorted(values, pairs.value)
    likely = np.where(result > 0.5, np.arange(len(values)), -1)
    before = np.concatenate([[-1], np.maximum.accumulate(likely)[:-1]]) if len(values) else likely
    width = int(names.max(initial=0)) + 1
    keys, cluster = np.unique(position * width + names, return_inverse=True)
    best = np.full(len(keys), -1.0)
    np.maximum.at(best, cluster, p)
    wanted = before[position] * width + names
    k = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
    return np.where((before[position] >= 0) & (keys[k] == wanted), best[k], -1.0) if len(keys) else p

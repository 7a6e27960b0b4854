"""The words around a value, and between it and a target, hashed into a fixed number of columns.

Feature hashing (Weinberger et al. 2009): no vocabulary is stored, and the hash is spaCy's own of the lower-cased word,
which is the same on every machine. Each row is a bag of column numbers; a logistic model over them gives one number,
which the tree models take as a feature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.view import Ints, View, kinds

WIDTH = 1 << 13
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - 13)


@dataclass(frozen=True, slots=True)
class Terms:
    """Bags of hashed terms: term `column[i]` stands in row `row[i]`; there are `rows` rows."""

    row: Ints
    column: Ints
    rows: int


def margins(terms: Terms, weights: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    """Return each row's sum of weights."""
    return np.asarray(np.bincount(terms.row, weights[terms.column], minlength=terms.rows) + bias, dtype=np.float64)


def _salted(words: NDArray[np.uint64], salt: int | Ints) -> Ints:
    """Return the columns of `words` under a salt that tells positions apart."""
    mixed = (words ^ (np.asarray(salt, dtype=np.uint64) * _MIX)) * _MIX
    mixed ^= mixed >> np.uint64(29)
    return (mixed * _MIX >> _SHIFT).astype(np.int64)


def _gather(parts: list[tuple[Ints, Ints]], rows: int) -> Terms:
    return Terms(np.concatenate([row for row, _ in parts]), np.concatenate([column for _, column in parts]), rows)


def _offset(view: View, tokens: Ints, salt: int) -> tuple[Ints, Ints]:
    """Return one term a row: the word at each row's token."""
    inside = np.flatnonzero((tokens >= 0) & (tokens < len(view.lower)))
    return inside, _salted(view.lower[tokens[inside]], salt)


def _bag(view: View, low: Ints, high: Ints, salt: int | Ints) -> tuple[Ints, Ints]:
    """Return the words of each row's token range [low, high)."""
    lengths = np.maximum(high - low, 0)
    row = np.repeat(np.arange(len(low)), lengths)
    token = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + low[row]
    salts = salt if isinstance(salt, int) else salt[row]
    return row, _salted(view.lower[token], salts)


def value_terms(view: View, values: Ints) -> Terms:
    """Hash the words beside each value by position, and those of its sentence as a bag (30 tokens either side)."""
    first, last = view.first[values], view.last[values]
    sentence = view.at(values, view.sentence)
    low, high = view.sentence_first[sentence], view.sentence_first[sentence + 1]
    parts = [_offset(view, np.where(first - k >= low, first - k, -1), 10 + k) for k in range(1, 5)]
    parts += [_offset(view, np.where(last + k < high, last + k, -1), 20 + k) for k in range(4)]
    parts.append(_bag(view, np.maximum(low, first - 30), first, 1))
    parts.append(_bag(view, last, np.minimum(high, last + 30), 2))
    parts.append(_bag(view, np.maximum(low, first - 3), first, 3))
    parts.append(_bag(view, last, np.minimum(high, last + 3), 4))
    parts.append(_bag(view, first, last, 5))
    return _gather(parts, len(values))


def pair_terms(view: View, pairs: Pairs) -> Terms:
    """Hash the words beside value and target, those between them (12 at most), and the target's own."""
    value, target = pairs.value, pairs.target
    before = view.first[target] < view.first[value]
    side = before.astype(np.int64) * 40
    low = np.where(before, view.last[target], view.last[value])
    high = np.maximum(low, np.where(before, view.first[value], view.first[target]))
    parts = [_bag(view, low, np.minimum(high, low + 6), 3 + side)]
    parts.append(_bag(view, np.maximum(low, high - 6), high, 4 + side))
    near = np.where(high - low <= 12, high, low)
    parts.append(_bag(view, low, near, 5 + side))
    for k in range(2):
        parts.append(_offset(view, view.first[value] - 1 - k, 10 + k))
        parts.append(_offset(view, view.last[value] + k, 14 + k))
        parts.append(_offset(view, view.first[target] - 1 - k, 18 + k))
        parts.append(_offset(view, view.last[target] + k, 22 + k))
    parts.append(_bag(view, view.first[target], np.minimum(view.last[target], view.first[target] + 12), 30))
    parts.append(
        _bag(view, view.first[target], np.minimum(view.last[target], view.first[target] + 12), 100 + kinds(view)[value])
    )
    parts.append(_offset(view, view.first[target], 31))
    parts.append(_offset(view, view.last[target] - 1, 32))
    return _gather(parts, len(pairs))

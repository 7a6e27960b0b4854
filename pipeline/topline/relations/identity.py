"""Which group of people a phrase means: the stated size that it leads to, and what its name says of it.

"Arm A", "the 62 patients" and "these patients" are one group where all lead to one statement of its size; phrases
that lead to none are one group where their words are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.feasibility import feasible
from topline.relations.groups import Groups
from topline.relations.parts import wholes
from topline.relations.view import Ints, View

Columns = dict[str, NDArray[np.generic]]

ROLES = ("control", "active")  # the roles that trees split on


def sizes(groups: Groups, mentions: Sequence[int]) -> list[int]:
    """Return the size that each mention leads to, 0 where the text states none."""
    found = (groups.size(mention) for mention in mentions)
    return [round(m.quantity.number) if m and m.quantity and m.quantity.number is not None else 0 for m in found]


def identity_features(view: View, pairs: Pairs, groups: Groups) -> Columns:
    """Return the features of cohort pairs."""
    unique, inverse = pairs.targets
    targets = unique.tolist()
    size = np.array(sizes(groups, targets), dtype=np.int64)
    names = [groups.name(target) for target in targets]
    described: Columns = {
        "traced": size > 0,
        "own": np.array([target in groups.own for target in targets]),
        "plain": np.array([name.is_plain() for name in names]),
        "doses": np.array([min(len(name.doses), 3) for name in names]),
        "code": np.array([name.code is not None for name in names]),
    }
    for role in ROLES:
        described[role] = np.array([role in name.roles for name in names])
    found = {f"group_{name}": column[inverse] for name, column in described.items()}
    found["group_feasible"] = _feasible(view, pairs, size[inverse])
    found["group_whole"] = _whole(view, pairs, size[inverse])
    found["group_above"] = _above(view, pairs, size[inverse])
    return found


def _feasible(view: View, pairs: Pairs, size: Ints) -> Ints:
    """Say whether a percentage can be a count of the group's size: 1, -1, or 0 where that cannot be asked."""
    found = np.zeros(len(pairs), dtype=np.int64)
    for i in np.flatnonzero(size).tolist():
        quantity = view.mentions[pairs.value[i]].quantity
        if quantity is not None and quantity.kind == "percent" and quantity.digits:
            found[i] = 1 if feasible(quantity.digits, int(size[i])) else -1
    return found


def _whole(view: View, pairs: Pairs, size: Ints) -> Ints:
    """Say whether the counts beside a value are of as many as the group has: 1, -1, or 0 where none tells."""
    told = wholes(view)
    low, high = (np.array([told.get(value, (0.0, 0.0))[k] for value in pairs.value.tolist()]) for k in (0, 1))
    return np.where((size > 0) & (high > 0), np.where((low <= size) & (size <= high), 1, -1), 0)


def _above(view: View, pairs: Pairs, size: Ints) -> NDArray[np.bool_]:
    """Tell whether a count is larger than the group that it would be counted in."""
    numbers = np.zeros(len(view.mentions))
    for value in pairs.values.mentions.tolist():
        quantity = view.mentions[value].quantity
        if quantity is not None and quantity.kind == "count" and quantity.number is not None:
            numbers[value] = quantity.number
    return np.asarray((size > 0) & (numbers[pairs.value] > size), dtype=np.bool_)

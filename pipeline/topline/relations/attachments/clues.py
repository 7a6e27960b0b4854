"""What the wording says of a group proposed as a comparator, and of the value that may take it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from topline.relations.attachments.arms import changes, compares, is_control, names_control
from topline.relations.attachments.comparators import opposed_by
from topline.relations.attachments.labels import Labels
from topline.relations.candidates import Distinct, Pairs
from topline.relations.features import Columns
from topline.relations.view import Ints


def group_clues(found: Labels, pairs: Pairs, position: Ints) -> Columns:
    """Return how a group is set against others, and whether the value compares at all."""
    owned = [decision.cohort for decision in found.decisions]
    controls = {d.cohort for d in found.decisions if d.cohort is not None and is_control(found, d)}

    def describe(group: int) -> list[float]:
        return [
            *opposed_by(found, group), names_control(found, group), min(owned.count(group), 20),
            group in controls, found.view.mentions[group].label == "DRUG",
        ]  # fmt: skip

    names = ("versus", "between", "adjusted", "control", "values", "of_control", "drug")
    columns: Columns = {
        f"group_{name}": column for name, column in zip(names, _by(pairs.targets, describe).T, strict=True)
    }
    tests = (compares, changes, is_control)
    asked = np.array([[test(found, d) for test in tests] for d in found.decisions], dtype=np.float64)
    return columns | {
        name: asked[position, k] for k, name in enumerate(("value_compares", "value_changes", "value_of_control"))
    }


def _by(column: Distinct, describe: Callable[[int], list[float]]) -> NDArray[np.float64]:
    """Return a row a pair, each different mention described once."""
    return np.array([describe(mention) for mention in column.mentions.tolist()], dtype=np.float64)[column.place]

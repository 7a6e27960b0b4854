"""From probabilities to links, over the whole document: one endpoint and one cohort a value, or none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topline.relations.candidates import Pairs
from topline.relations.context import Candidates, Scores, group_sizes
from topline.relations.feasibility import feasible
from topline.relations.features import Floats
from topline.relations.view import View

# Swept out of fold over the gold in steps of 0.05 (`topline train --sweep`); value F1 is flat within 0.1 of these.
THRESHOLDS = {"result": 0.5, "endpoint": 0.05, "cohort": 0.05}

# Percentages that are no count of n: model-based, changes, and what is left of something.
_EXEMPT = ("reduction", "change", "decrease", "increase", "improvement", "kaplan", "survival", "efficacy", "lower", "greater", "less", "more")


@dataclass(frozen=True, slots=True)
class Decision:
    """A value taken for a result, and the mentions (by index) that it is linked to.

    `confidence` is the row's: that value, endpoint and cohort are all right.
    """

    value: int
    result_confidence: float
    endpoint: int | None
    endpoint_confidence: float
    cohort: int | None
    cohort_confidence: float
    confidence: float = 0.0


def decode(view: View, candidates: Candidates, scores: Scores, thresholds: dict[str, float] = THRESHOLDS) -> list[Decision]:
    """Return the document's results in order."""
    sizes = group_sizes(view)
    endpoints = _by_value(candidates.endpoint, scores.endpoint)
    cohorts = _by_value(candidates.cohort, scores.cohort)
    decisions = []
    for value, p in zip(candidates.values.tolist(), scores.result.tolist(), strict=True):
        if p < thresholds["result"]:
            continue
        endpoint, endpoint_p = _best(endpoints.get(value, []), thresholds["endpoint"])
        possible = [(q, t) for q, t in cohorts.get(value, []) if not _refused(view, value, endpoint, sizes.get(t))]
        cohort, cohort_p = _best(possible, thresholds["cohort"])
        decisions.append(Decision(value, p, endpoint, endpoint_p, cohort, cohort_p))
    return decisions


def _by_value(pairs: Pairs, p: Floats) -> dict[int, list[tuple[float, int]]]:
    """Return each value's targets with their probabilities, the best first; of equals the earlier in the text."""
    order = np.lexsort((pairs.target, -p, pairs.value))
    found: dict[int, list[tuple[float, int]]] = {}
    for value, target, q in zip(pairs.value[order].tolist(), pairs.target[order].tolist(), p[order].tolist(), strict=True):
        found.setdefault(value, []).append((q, target))
    return found


def _best(options: list[tuple[float, int]], threshold: float) -> tuple[int | None, float]:
    if options and options[0][0] >= threshold:
        return options[0][1], options[0][0]
    return None, 0.0


def _refused(view: View, value: int, endpoint: int | None, size: int | None) -> bool:
    """Tell whether a percentage cannot be a count of the group's stated size."""
    quantity = view.mentions[value].quantity
    if size is None or quantity is None or quantity.kind != "percent" or not quantity.digits:
        return False
    mention = view.mentions[endpoint] if endpoint is not None else view.mentions[value]
    words = view.text[min(mention.start, view.mentions[value].start - 20) : mention.end].lower()
    return not any(word in words for word in _EXEMPT) and not feasible(quantity.digits, size)

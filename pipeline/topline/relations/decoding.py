"""From probabilities to links, over the whole document: one endpoint and one cohort a value, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from topline.relations.candidates import Pairs
from topline.relations.chains import Options, best_path, between
from topline.relations.context import Candidates, Scores
from topline.relations.features import Floats
from topline.relations.joining import widen
from topline.relations.refusing import is_compared, is_ratio, is_refused
from topline.relations.sequence import name_ids
from topline.relations.tables import CERTAIN, CellLinks, tables_of
from topline.relations.view import Bools, Ints, View, value_kind

MOST = 4  # endpoints and groups that a chain weighs for a value
# The arithmetic overrules no group that learned scores, which know it too, hold for likely: its size may be another's.
# Of 7,160 cohorts out of fold by small models 22 more are right than with 1, and 17 more than with 0.95.
SURE = 0.5
# What decoding adds to the scores; each can be left out, to measure what it is worth.
RULES = ("tables", "feasible", "compared", "joined", "attached", "chained")
# A value is a result when that is as likely as not; its links are the best unless they are improbable. Not swept.
# Half of the F1 that a role reaches is its best threshold (Lipton et al. 2014): 0.36 of comparators.
THRESHOLDS: Mapping[str, float] = MappingProxyType(
    {"result": 0.5, "endpoint": 0.05, "cohort": 0.05, "comparator": 0.35}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A value taken for a result, and the mentions (by index) that it is linked to.

    `confidence` is the row's: that value, endpoint and cohort are all right. An endpoint of several phrases ("full or
    nearly full recovery") reaches from `endpoint` to `endpoint_last`.
    """

    value: int
    result_confidence: float
    endpoint: int | None
    endpoint_confidence: float
    cohort: int | None
    cohort_confidence: float
    confidence: float = 0.0
    endpoint_last: int | None = None


def decode(
    view: View,
    candidates: Candidates,
    scores: Scores,
    thresholds: Mapping[str, float] = THRESHOLDS,
    without: Collection[str] = (),
    chain: Floats | None = None,
) -> list[Decision]:
    """Return the document's results in order; what a table's labels say of a value comes before its scores.

    `chain` is what a model knows of neighbours (`chains.transitions`); without it each value is decided by itself.
    """
    links = {} if "tables" in without else tables_of(view).links
    chain = None if "chained" in without else chain
    search = Search(view, candidates, scores, thresholds, frozenset(without), chained=chain is not None)
    taken = [
        (value, p, links.get(value), search.options(value, links.get(value)))
        for value, p in zip(candidates.values.tolist(), scores.result.tolist(), strict=True)
        if p >= thresholds["result"] or value in links
    ]
    chosen = _along(view, candidates, [(value, options) for value, _, _, options in taken], chain)
    decisions = []
    for (value, p, told, options), k in zip(taken, chosen, strict=True):
        (endpoint, endpoint_p), (cohort, cohort_p) = options[k]
        likely = [] if "joined" in without else search.endpoints.get(value, [])
        first, last = widen(view, endpoint, likely) if likely else (endpoint, None)
        scored = Decision(value, p, first, endpoint_p, cohort, cohort_p, endpoint_last=last)
        decisions.append(_as_told(scored, told) if told else scored)
    return decisions


def is_taken(view: View, values: Ints, result: Floats, threshold: float) -> Bools:
    """Tell which values are decided on: likely results, and those that a table links."""
    links = tables_of(view).links
    linked = np.array([value in links for value in values.tolist()], dtype=bool)
    return np.asarray((result >= threshold) | linked, dtype=np.bool_)


Linked = tuple[int | None, float]  # a target, and its probability
Option = tuple[Linked, Linked]  # an endpoint and a cohort


class Search:
    """The links that each value of a document may take, the most probable first."""

    def __init__(
        self,
        view: View,
        candidates: Candidates,
        scores: Scores,
        thresholds: Mapping[str, float],
        without: frozenset[str],
        *,
        chained: bool,
    ):
        self.view = view
        self.without = without
        self.thresholds = thresholds
        self.sure = thresholds.get("sure", SURE)
        self.most = MOST if chained else 1
        self.sizes = {} if "feasible" in without else _sizes(candidates)
        self.endpoints = _by_value(candidates.endpoint, scores.endpoint)
        self.cohorts = _by_value(candidates.cohort, scores.cohort)

    def options(self, value: int, told: CellLinks | None) -> list[Option]:
        """Return a value's endpoints, each with the groups that it allows; what a table tells is the only one."""
        endpoints = self._likely(self.endpoints.get(value, []), "endpoint")
        if told and told.endpoint is not None:
            endpoints = [(told.endpoint, CERTAIN)]
        if told and (told.cohort is not None or not told.open_cohort):
            return [(endpoint, (told.cohort, CERTAIN)) for endpoint in endpoints]
        groups = self._groups(value)
        return [(endpoint, group) for endpoint in endpoints for group in self._allowed(value, endpoint[0], groups)]

    def _groups(self, value: int) -> list[tuple[float, int]]:
        # A ratio or p-value belongs to the other group, say the guidelines: of ten such in the gold none is linked so.
        view, found = self.view, self.cohorts.get(value, [])
        if "compared" in self.without or not (value_kind(view, value) == "p_value" or is_ratio(view, value)):
            return found
        return [(q, t) for q, t in found if not is_compared(view, value, t)]

    def _allowed(self, value: int, endpoint: int | None, groups: list[tuple[float, int]]) -> list[Linked]:
        size = self.sizes.get
        possible = [
            (q, t) for q, t in groups if q > self.sure or not is_refused(self.view, value, endpoint, t, size(t))
        ]
        return self._likely(possible, "cohort")

    def _likely(self, ranked: list[tuple[float, int]], role: str) -> list[Linked]:
        """Return the first few targets that are not improbable, or none at all."""
        return [(t, p) for p, t in ranked[: self.most] if p >= self.thresholds[role]] or [(None, 0.0)]


def _along(
    view: View, candidates: Candidates, taken: Sequence[tuple[int, list[Option]]], chain: Floats | None
) -> list[int]:
    """Return which option each value takes, in view of its neighbours in the sentence; without a chain its best."""
    if chain is None or not taken:
        return [0] * len(taken)
    names = {
        role: dict(zip((held := pairs.targets.mentions).tolist(), name_ids(view, held).tolist(), strict=True))
        for role, pairs in (("endpoint", candidates.endpoint), ("cohort", candidates.cohort))
    }
    values = [value for value, _ in taken]
    contexts = [between(view, value, following) for value, following in pairwise(values)]
    return best_path([_named(options, names) for _, options in taken], contexts, chain)


def _named(options: list[Option], names: Mapping[str, Mapping[int, int]]) -> Options:
    """Return options as numbers: log-probabilities, of the endpoint and of the group given it, and names."""
    endpoints = {endpoint: p for (endpoint, p), _ in options}
    all_endpoints = sum(endpoints.values())
    groups: dict[int | None, float] = {}
    for (endpoint, _), (_, q) in options:
        groups[endpoint] = groups.get(endpoint, 0.0) + q
    shares = [(p / (all_endpoints or 1.0) or 1.0) * (q / (groups[e] or 1.0) or 1.0) for (e, p), (_, q) in options]
    return Options(
        score=np.log(shares),
        endpoint=np.array([_number(names["endpoint"], e) for (e, _), _ in options]),
        group=np.array([_number(names["cohort"], c) for _, (c, _) in options]),
    )


def _number(names: Mapping[int, int], target: int | None) -> int:
    """Return a name's number; -1 for no target, and one of its own for what only a table links."""
    return -1 if target is None else names.get(target, -2 - target)


def _as_told(decision: Decision, told: CellLinks) -> Decision:
    """Return a decision with what a table says of its value in place of the scores; the scores fill what it leaves."""
    found = replace(decision, result_confidence=CERTAIN)
    if told.endpoint is not None:
        found = replace(found, endpoint=told.endpoint, endpoint_confidence=CERTAIN, endpoint_last=None)
    if told.cohort is not None or not told.open_cohort:
        certain = CERTAIN if told.cohort is not None else 0.0
        found = replace(found, cohort=told.cohort, cohort_confidence=certain)
    return found


def _sizes(candidates: Candidates) -> dict[int, int]:
    """Return the stated sizes of all proposed groups, wherever the text states them."""
    groups = candidates.groups
    found = {}
    for group in candidates.cohort.targets.mentions.tolist():
        count = groups.size(group) if group in groups.own or groups.refers(group) else None
        if count is not None and count.quantity is not None and count.quantity.number is not None:
            found[group] = round(count.quantity.number)
    return found


def _by_value(pairs: Pairs, p: Floats) -> dict[int, list[tuple[float, int]]]:
    """Return each value's targets with their probabilities, the best first; of equals the earlier in the text."""
    order = np.lexsort((pairs.target, -p, pairs.value))
    found: dict[int, list[tuple[float, int]]] = {}
    for value, target, q in zip(
        pairs.value[order].tolist(), pairs.target[order].tolist(), p[order].tolist(), strict=True
    ):
        found.setdefault(value, []).append((q, target))
    return found


# For text with several endpoints to a value, as in the benchmark RCT-ART. Set before its development set was seen.
MANY: Mapping[str, float] = MappingProxyType({"result": 0.5, "endpoint": 0.2, "more_endpoints": 0.5, "cohort": 0.35})


@dataclass(frozen=True, slots=True)
class Several:
    """A value taken for a result, all the endpoints that it may report, and its cohort."""

    value: int
    endpoints: tuple[int, ...]
    cohort: int | None


def decode_many(
    view: View,
    candidates: Candidates,
    scores: Scores,
    thresholds: Mapping[str, float] = MANY,
    chain: Floats | None = None,
) -> list[Several]:
    """Return the results with every endpoint that is probable by itself, or else the best that is not improbable."""
    limits = {**MANY, **thresholds}
    search = Search(view, candidates, scores, limits, frozenset(RULES), chained=chain is not None)
    taken = [
        (value, search.options(value, None))
        for value, p in zip(candidates.values.tolist(), scores.result.tolist(), strict=True)
        if p >= limits["result"]
    ]
    found = []
    for (value, options), k in zip(taken, _along(view, candidates, taken, chain), strict=True):
        (best, _), (cohort, _) = options[k]
        probable = [target for q, target in search.endpoints.get(value, []) if q >= limits["more_endpoints"]]
        agreed = probable if best in probable else [] if best is None else [best]
        found.append(Several(value, tuple(agreed), cohort))
    return found

"""The second pass: what the first pass thinks of a pair's rivals and neighbours.

A first pass scores each pair alone. Here its probabilities become features: the best rival's, the same target's for the
value before and after, the mean along a run. In the published benchmark this global step paid more than any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topline.relations.candidates import Pairs
from topline.relations.feasibility import feasible
from topline.relations.features import Columns, Floats, run_ids
from topline.relations.groups import Groups
from topline.relations.naming import last_likely
from topline.relations.sequence import name_ids, sorts
from topline.relations.sizes import size_counts
from topline.relations.view import Ints, View, clip

STEPS = (-2, -1, 1, 2)  # from a value to its neighbours
TO_OTHER = ("strong", "comma", "of", "in", "be", "have", "contrast")  # cues between the targets of both roles


@dataclass(frozen=True, slots=True)
class Candidates:
    """All that a document's values may be linked to."""

    values: Ints
    endpoint: Pairs
    cohort: Pairs
    groups: Groups


@dataclass(frozen=True, slots=True)
class Scores:
    """A probability for each value (is it a result?) and for each proposed link."""

    result: Floats
    endpoint: Floats
    cohort: Floats


def result_context(view: View, candidates: Candidates, scores: Scores) -> Columns:
    """Return second-pass features of values."""
    values, p = candidates.values, scores.result
    sentence, block = view.at(values, view.sentence), view.at(values, view.block)
    columns: Columns = {"first": p}
    columns |= _neighbours(p, sentence)
    for name, group in (("sentence", sentence), ("block", np.maximum(block, 0))):
        columns |= _others(p, group, name)
    texts = [view.text[view.mentions[value].start : view.mentions[value].end].lower() for value in values.tolist()]
    _, same = np.unique(np.array(texts, dtype=object).astype(str), return_inverse=True)
    columns |= _others(p, same, "same_text")
    columns |= _others(p, np.zeros(len(p), dtype=np.int64), "document")
    columns["best_endpoint"] = best_by(candidates.endpoint.value, scores.endpoint, len(view.mentions))[values]
    columns["best_cohort"] = best_by(candidates.cohort.value, scores.cohort, len(view.mentions))[values]
    return columns


def _neighbours(p: Floats, sentence: Ints) -> Columns:
    """Return the probabilities of the value before and after, in the sentence; -1 where there is none."""
    previous, following = np.full(len(p), -1.0), np.full(len(p), -1.0)
    same = sentence[1:] == sentence[:-1]
    previous[1:][same] = p[:-1][same]
    following[:-1][same] = p[1:][same]
    return {"previous": previous, "following": following}


def _others(p: Floats, group: Ints, name: str) -> Columns:
    """Return the mean and the largest probability of the others of each value's group; -1 where it is alone."""
    size = np.bincount(group)
    total = np.bincount(group, p)
    others = size[group] - 1
    mean = np.where(others > 0, (total[group] - p) / np.maximum(others, 1), -1.0)
    order = np.lexsort((-p, group))
    first = np.searchsorted(group[order], np.arange(len(size)))
    top = order[np.minimum(first, len(order) - 1)] if len(order) else order
    second = order[np.minimum(first + 1, len(order) - 1)] if len(order) else order
    largest = np.where(top[group] == np.arange(len(p)), np.where(others > 0, p[second[group]], -1.0), p[top[group]])
    return {f"{name}_mean": mean, f"{name}_largest": largest, f"{name}_others": np.minimum(others, 20)}


def best_by(group: Ints, p: Floats, size: int) -> Floats:
    """Return the largest probability of each group; -1 for groups without any."""
    best = np.full(size, -1.0)
    np.maximum.at(best, group, p)
    return best


@dataclass(frozen=True, slots=True)
class _Scored:
    """One role's pairs with their probabilities.

    `position` is each pair's value among the values, `beside[step]` the probability of its target for the value `step`
    values further on (-1 where not proposed), and `alike[step]` how far each value's targets are those of that one.
    """

    pairs: Pairs
    p: Floats
    position: Ints
    beside: dict[int, Floats]
    alike: dict[int, Floats]


def _scored(pairs: Pairs, p: Floats, values: Ints) -> _Scored:
    """Look up what the neighbours of each pair's value have for the pair's target."""
    position = np.searchsorted(values, pairs.value)
    beside = {step: _shifted(pairs, p, position, step) for step in STEPS}
    norm = np.sqrt(np.bincount(position, p * p, minlength=len(values)))
    alike = {step: _likeness(p, position, norm, beside[step], step) for step in STEPS}
    return _Scored(pairs, p, position, beside, alike)


def pair_contexts(view: View, candidates: Candidates, scores: Scores) -> dict[str, Columns]:
    """Return second-pass features of the pairs of each role, `endpoint` and `cohort`, that has any."""
    endpoint = _scored(candidates.endpoint, scores.endpoint, candidates.values)
    cohort = _scored(candidates.cohort, scores.cohort, candidates.values)
    roles = (("endpoint", endpoint, cohort), ("cohort", cohort, endpoint))
    return {role: _pair_context(view, candidates, scores, same, other) for role, same, other in roles if len(same.p)}


def _pair_context(view: View, candidates: Candidates, scores: Scores, same: _Scored, other: _Scored) -> Columns:
    pairs, p, size = same.pairs, same.p, len(view.mentions)
    columns: Columns = {"first": p}
    columns |= _rivals(pairs.value, p, size, "value")
    columns |= _rivals(pairs.target, p, size, "target")
    columns |= _rivals(pairs.value * 3 + sorts(view, pairs.target), p, size * 3, "sort")
    columns |= _along(view, same, candidates.values)
    columns |= _beside(same, other)
    names = name_ids(view, pairs.target)
    _, cluster = np.unique(pairs.value * (names.max(initial=0) + 1) + names, return_inverse=True)
    columns["cluster_best"] = best_by(cluster, p, len(p))[cluster]
    columns["last_likely"] = last_likely(pairs, p, names, candidates.values, scores.result)
    columns["result"] = scores.result[same.position]
    columns["feasible"] = _feasible(view, pairs)
    columns |= _inside(view, pairs, candidates.values, scores.result)
    return columns | _triangle(view, pairs, other)


def _inside(view: View, pairs: Pairs, values: Ints, p: Floats) -> Columns:
    """Return how likely a number in the target's phrase is a result itself: "three patients had a rash"."""
    starts = np.array([view.mentions[value].start for value in values.tolist()])
    targets, of_target = pairs.targets
    spans = np.array([(view.mentions[t].start, view.mentions[t].end) for t in targets.tolist()]).reshape(-1, 2)
    low, high = np.searchsorted(starts, spans[:, 0]), np.searchsorted(starts, spans[:, 1])
    likely = np.array([p[a:b].max(initial=-1.0) for a, b in zip(low.tolist(), high.tolist(), strict=True)])[of_target]
    apart = view.at(pairs.value, view.sentence) != view.at(pairs.target, view.sentence)
    return {"inside": likely, "inside_apart": np.where(apart, likely, -1.0)}


def _rivals(group: Ints, p: Floats, size: int, name: str) -> Columns:
    """Return how a pair stands among the pairs of its value, or of its target."""
    best, total = best_by(group, p, size), np.bincount(group, p, minlength=size)
    order = np.lexsort((-p, group))
    rank = np.empty(len(p), dtype=np.int64)
    rank[order] = np.arange(len(p)) - np.searchsorted(group[order], group[order], side="left")
    second = np.full(size, -1.0)
    second[group[rank == 1]] = p[rank == 1]
    rival = np.where(rank == 0, second[group], best[group])
    return {
        f"{name}_rank": np.minimum(rank, 10),
        f"{name}_rival": rival,
        f"{name}_lead": p - rival,
        f"{name}_share": p / np.maximum(total[group], 1e-9),
        f"{name}_mean": total[group] / np.maximum(np.bincount(group, minlength=size)[group], 1),
    }


def _along(view: View, same: _Scored, values: Ints) -> Columns:
    """Return the same target's probability for the value before, the value after, and along the value's run."""
    width = len(view.mentions) + 1
    run, _, _ = run_ids(view, values)
    keys, inverse = np.unique(run[same.position] * width + same.pairs.target, return_inverse=True)
    mean = np.bincount(inverse, same.p, minlength=len(keys)) / np.maximum(np.bincount(inverse), 1)
    return {"previous_same": same.beside[-1], "following_same": same.beside[1], "run_mean": mean[inverse]}


def _shifted(pairs: Pairs, p: Floats, position: Ints, step: int) -> Floats:
    """Return the probability of each pair's target for the value `step` values further on; -1 where not proposed."""
    width = int(pairs.target.max(initial=0)) + 1
    key = position * width + pairs.target
    wanted = (position + step) * width + pairs.target
    k = np.minimum(np.searchsorted(key, wanted), max(0, len(key) - 1))
    return np.where(key[k] == wanted, p[k], -1.0) if len(key) else p


def _beside(same: _Scored, other: _Scored) -> Columns:
    """Compare with the two values on either side: two values of one endpoint have two groups, and the reverse.

    `clash` is the target's probability for a neighbour that has the same target in the other role, `accord` that for
    one which has not, and `alike` tells how far the neighbour's targets in the other role are the same.
    """
    clash, accord = np.zeros(len(same.p)), np.zeros(len(same.p))
    columns: Columns = {}
    for step in STEPS:
        alike = other.alike[step][same.position]
        theirs = np.maximum(same.beside[step], 0.0)
        clash, accord = np.maximum(clash, alike * theirs), np.maximum(accord, (1 - alike) * theirs)
        columns[f"alike_{step}"] = alike
    return columns | {"clash": clash, "accord": accord}


def _triangle(view: View, pairs: Pairs, other: _Scored) -> Columns:
    """Describe where the target stands towards the value's most probable target in the other role."""
    best, p = _most_probable(view, other.pairs, other.p)
    theirs, target, value = best[pairs.value], pairs.target, pairs.value
    known = theirs >= 0
    first, last = view.first[theirs], view.last[theirs]
    before = view.first[target] < first
    gap = np.where(before, first - view.last[target], view.first[target] - last)
    low = np.where(before, view.last[target], last)
    high = np.maximum(low, np.where(before, first, view.first[target]))
    same = view.at(theirs, view.sentence) == view.at(target, view.sentence)
    columns: Columns = {
        "other_p": p[value],
        "other_before": before,
        "other_gap": clip(gap, -1, 60),
        "other_overlaps": gap < 0,
        "other_sentence": same,
        "other_amid": (np.minimum(view.first[target], view.first[value]) < first)
        & (first < np.maximum(view.first[target], view.first[value])),
    }
    values = np.searchsorted(np.sort(view.first[view.is_value]), np.stack([low, high]))
    columns["other_values"] = clip(values[1] - values[0], 0, 8)
    counted = np.minimum(view.all_between(TO_OTHER, low, high), 3)
    columns |= {f"other_{name}": column for name, column in zip(TO_OTHER, counted, strict=True)}
    return {name: np.where(known, column, -1) for name, column in columns.items()}


def _most_probable(view: View, pairs: Pairs, p: Floats) -> tuple[Ints, Floats]:
    """Return each mention's most probable target as a value, or -1, and its probability."""
    best = np.full(len(view.mentions), -1, dtype=np.int64)
    order = np.lexsort((p, pairs.value))
    best[pairs.value[order]] = pairs.target[order]
    return best, best_by(pairs.value, p, len(view.mentions))


def _likeness(p: Floats, position: Ints, norm: Floats, theirs: Floats, step: int) -> Floats:
    """Return the cosine between each value's probabilities and `theirs`, those of the value `step` further on."""
    product = np.bincount(position, p * np.maximum(theirs, 0.0), minlength=len(norm))
    beyond = clip(np.arange(len(norm)) + step, 0, max(0, len(norm) - 1))
    return np.asarray(product / np.maximum(norm * norm[beyond], 1e-9), dtype=np.float64)


def _feasible(view: View, pairs: Pairs) -> Ints:
    """Say whether a percentage can be a count of the n inside the target: 1, -1, or 0 where that cannot be asked."""
    sizes = group_sizes(view)
    found = np.zeros(len(pairs), dtype=np.int64)
    for i in np.flatnonzero(np.isin(pairs.target, list(sizes))):
        quantity = view.mentions[pairs.value[i]].quantity
        if quantity is None or quantity.kind != "percent" or not quantity.digits:
            continue
        found[i] = 1 if feasible(quantity.digits, sizes[int(pairs.target[i])]) else -1
    return found


def group_sizes(view: View) -> dict[int, int]:
    """Return the sizes that group phrases state: "64 patients confirmed to be positive", "placebo (n=54)"."""
    return {group: round(view.mentions[count].quantity.number) for group, count in size_counts(view).items()}  # type: ignore[union-attr,arg-type]

"""What speaks for a group as a value's comparator: one column a feature, one row a pair.

Besides place and rivals, as for endpoints and cohorts: what structure alone chooses, for the value and for those beside
it; which decided values stand between; and where the value's own endpoint and cohort stand.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from topline.relations.attachments.clues import group_clues
from topline.relations.attachments.labels import Labels
from topline.relations.candidates import Pairs
from topline.relations.features import Columns, edges, place_features
from topline.relations.sequence import name_ids
from topline.relations.view import Ints, View, clip

TIME_CODES = ("OS", "PFS", "DOR", "TTR", "TTP", "DFS", "EFS", "RFS", "FOLLOW_UP")
STEPS = (-2, -1, 1, 2)  # values beside, by their order in the text
MOST = 12  # more of a kind than this says no more


def attached_features(found: Labels, pairs: Pairs, chosen: Mapping[int, int]) -> Columns:
    """Return the features of pairs; `chosen` is structure's choice by value."""
    view = found.view
    values = np.array([decision.value for decision in found.decisions], dtype=np.int64)
    choice = np.array([chosen.get(value, -1) for value in values.tolist()], dtype=np.int64)
    endpoint = np.array([-1 if d.endpoint is None else d.endpoint for d in found.decisions], dtype=np.int64)
    cohort = np.array([-1 if d.cohort is None else d.cohort for d in found.decisions], dtype=np.int64)
    names = _named(view, pairs.target, choice, endpoint, cohort)
    position = np.searchsorted(values, pairs.value)
    columns = place_features(view, pairs)
    columns |= _choices(view, pairs, position, choice, names)
    columns |= _beside(view, pairs, position, (values, choice, endpoint, cohort), names)
    columns |= _between(view, pairs, position, values, names[endpoint])
    for name, linked in (("endpoint", endpoint), ("cohort", cohort)):
        columns |= _linked(view, pairs, linked[position], linked, name)
    columns["endpoint_of_time"] = _coded(view, endpoint)[position]
    return columns | group_clues(found, pairs, position)


def _named(view: View, *mentions: Ints) -> Ints:
    """Return the number of each mention's name, the same for equal names; -1 for others and for no mention (-1)."""
    named = np.unique(np.concatenate(mentions))
    named = named[named >= 0]
    names = np.full(len(view.mentions) + 1, -1, dtype=np.int64)
    if len(named):
        names[named] = name_ids(view, named)
    return names


def _choices(view: View, pairs: Pairs, position: Ints, choice: Ints, names: Ints) -> Columns:
    own = choice[position]
    times = np.bincount(choice[choice >= 0], minlength=len(view.mentions))
    return {
        "chosen": own == pairs.target,
        "chosen_any": own >= 0,
        "chosen_name": names[own] == names[pairs.target],
        "chosen_times": np.minimum(times[pairs.target], 20),
        "chosen_share": np.full(len(pairs), (choice >= 0).mean()),
        "document_values": np.full(len(pairs), min(len(choice), 60)),
        "document_names": np.full(len(pairs), min(len(np.unique(names[pairs.target])), 30)),
    }


def _beside(view: View, pairs: Pairs, position: Ints, decided: tuple[Ints, Ints, Ints, Ints], names: Ints) -> Columns:
    """Compare with the values beside: their sentence, their endpoint and cohort, and what structure chose for them."""
    values, choice, endpoint, cohort = decided
    sentence = view.at(values, view.sentence)
    columns: Columns = {}
    for step in STEPS:
        other = clip(position + step, 0, len(values) - 1)
        there = other == position + step
        columns[f"chosen_beside_{step}"] = there & (choice[other] == pairs.target)
        columns[f"chosen_any_{step}"] = there & (choice[other] >= 0)
        columns[f"endpoint_beside_{step}"] = np.where(there, names[endpoint[other]] == names[endpoint[position]], -1)
        columns[f"cohort_beside_{step}"] = np.where(there, names[cohort[other]] == names[cohort[position]], -1)
        columns[f"sentence_beside_{step}"] = there & (sentence[other] == sentence[position])
        columns[f"cohort_is_target_{step}"] = there & (names[cohort[other]] == names[pairs.target])
    return columns


def _between(view: View, pairs: Pairs, position: Ints, values: Ints, endpoint: Ints) -> Columns:
    """Count the decided values between, in either sentence, and how often their endpoint changes on the way."""
    before, low, high = edges(view, pairs)
    first = view.first[values]
    changes = np.concatenate([[0], np.cumsum(endpoint[1:] != endpoint[:-1])])
    start = np.searchsorted(first, low)
    stop = np.searchsorted(first, high) - 1
    crossed = stop >= start
    start, stop = np.minimum(start, len(values) - 1), np.maximum(stop, 0)
    nearest = endpoint[np.where(before, stop, start)]
    foreign = np.abs(changes[stop] - changes[start]) + (nearest != endpoint[position])
    return {
        "decided_between": np.minimum(np.searchsorted(first, high) - np.searchsorted(first, low), MOST),
        "decided_foreign": np.where(crossed, foreign, 0),
        "decided_here": np.minimum(_in_sentence(view, pairs.value, first), MOST),
        "decided_there": np.minimum(_in_sentence(view, pairs.target, first), MOST),
    }


def _in_sentence(view: View, mentions: Ints, first: Ints) -> Ints:
    sentence = view.at(mentions, view.sentence)
    low, high = view.sentence_first[sentence], view.sentence_first[sentence + 1]
    return np.asarray(np.searchsorted(first, high) - np.searchsorted(first, low), dtype=np.int64)


def _linked(view: View, pairs: Pairs, own: Ints, everyone: Ints, name: str) -> Columns:
    """Say where the value's endpoint, or cohort, stands towards the target, and count those of others between."""
    known = own >= 0
    mention = np.maximum(own, 0)
    first, last = view.first[mention], view.last[mention]
    start, end = view.first[pairs.target], view.last[pairs.target]
    value = view.first[pairs.value]
    _, low, high = edges(view, pairs)
    others = np.sort(view.first[everyone[everyone >= 0]])
    return {
        f"{name}_known": known,
        f"{name}_holds": known & (first <= start) & (end <= last),
        f"{name}_gap": np.where(known, clip(np.where(start < first, first - end, start - last), -1, 60), -2),
        f"{name}_behind": known & (start < first),
        f"{name}_amid": known & (np.minimum(start, value) < first) & (first < np.maximum(start, value)),
        f"{name}_there": known & (view.at(mention, view.sentence) == view.at(pairs.target, view.sentence)),
        f"{name}_others": np.minimum(np.searchsorted(others, high) - np.searchsorted(others, low), MOST),
    }


def _coded(view: View, endpoint: Ints) -> NDArray[np.bool_]:
    """Tell which values are a time to an event by their endpoint's code: survival is measured at no point in time."""
    return np.array([e >= 0 and view.mentions[e].code in TIME_CODES for e in endpoint.tolist()], dtype=np.bool_)

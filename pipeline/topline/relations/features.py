"""What a value and a proposed target have to do with each other, as numbers: one column a feature, one row a pair.

The groups of features are place (side, distance, clause, parentheses), what stands between, order (k-th of n, runs),
competitors, and the two mentions themselves; `topline train --ablate` measures what each is worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from spacy.strings import hash_string  # type: ignore[attr-defined]

from topline.relations.candidates import Pairs
from topline.relations.compared import compared_features
from topline.relations.naming import naming_features
from topline.relations.phrasing import phrasing_features
from topline.relations.sequence import ranks, sequence_features
from topline.relations.view import VALUE_KINDS, Ints, View, clip, is_among, kinds, prefix_sums

Floats = NDArray[np.float64]
Columns = dict[str, NDArray[np.generic]]

FAR = 200  # tokens; beyond this a distance says no more
RUN_GAP = 6  # tokens between neighbours of one run of values or targets
BETWEEN = (
    "and",
    "comma",
    "contrast",
    "be",
    "have",
    "of",
    "in",
    "for",
    "by",
    "to",
    "time",
    "achieve",
    "who",
    "open",
    "close",
)
HELD = ("less", "more", "rate", "of", "time", "median")  # inside the target
# Which cues may stand next to each. Of all cues on all four sides these are the ones that trees chose, on the gold
# or on RCT-ART: forty others were split on once in a hundred trees or never.
BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "before_value": ("and", "comma", "contrast", "be", "of", "by", "to", "open"),
        "after_value": ("and", "comma", "contrast", "of", "in", "open", "close"),
        "before_target": ("and", "comma", "be", "of", "in", "for", "median", "open", "time"),
        "after_target": ("and", "comma", "be", "have", "open", "time"),
    }
)


def stack(columns: Columns) -> Floats:
    """Return the columns as one float64 array, in their order."""
    found = np.empty((len(columns), len(next(iter(columns.values())))))
    for k, column in enumerate(columns.values()):
        found[k] = column
    return np.ascontiguousarray(found.T)


def pair_features(view: View, pairs: Pairs, same_role: NDArray[np.bool_]) -> Columns:
    """Return the features of pairs; `same_role` marks the mentions that compete for the role."""
    columns: Columns = {}
    columns |= _place(view, pairs)
    columns |= _between(view, pairs, same_role)
    columns |= _order(view, pairs)
    columns |= _competitors(view, pairs, columns["gap"].astype(np.int64))
    columns |= _runs(view, pairs)
    columns |= sequence_features(view, pairs, same_role)
    columns |= naming_features(view, pairs, same_role)
    columns |= phrasing_features(view, pairs)
    columns |= compared_features(view, pairs)
    columns |= _value(view, pairs)
    columns |= _target(view, pairs)
    return columns


def place_features(view: View, pairs: Pairs) -> Columns:
    """Return where the target stands, which others compete with it, and the kind of the value."""
    columns = _place(view, pairs)
    columns |= _competitors(view, pairs, columns["gap"].astype(np.int64))
    return columns | _value(view, pairs)


def edges(view: View, pairs: Pairs) -> tuple[NDArray[np.bool_], Ints, Ints]:
    """Return whether the target comes first, and the token range between the two mentions."""
    before = view.first[pairs.target] < view.first[pairs.value]
    low = np.where(before, view.last[pairs.target], view.last[pairs.value])
    high = np.where(before, view.first[pairs.value], view.first[pairs.target])
    return before, low, np.maximum(low, high)


def _place(view: View, pairs: Pairs) -> Columns:
    before, low, high = edges(view, pairs)
    at_value = {
        name: view.at(pairs.value, getattr(view, name))
        for name in ("sentence", "block", "clause", "part", "depth", "paren")
    }
    at_target = {name: view.at(pairs.target, getattr(view, name)) for name in at_value}
    gap = np.minimum(high - low, FAR)
    return {
        "before": before,
        "gap": gap,
        "log_gap": np.log1p(gap),
        "sentences": np.minimum(np.abs(at_value["sentence"] - at_target["sentence"]), 20),
        "same_sentence": at_value["sentence"] == at_target["sentence"],
        "same_block": at_value["block"] == at_target["block"],
        "blocks": np.minimum(np.abs(at_value["block"] - at_target["block"]), 20),
        "same_clause": at_value["clause"] == at_target["clause"],
        "clauses": np.minimum(np.abs(at_value["clause"] - at_target["clause"]), 8),
        "same_part": at_value["part"] == at_target["part"],
        "parts": np.minimum(np.abs(at_value["part"] - at_target["part"]), 12),
        "value_depth": at_value["depth"],
        "target_depth": at_target["depth"],
        "target_in_other_paren": (at_value["paren"] != at_target["paren"]) & (at_target["paren"] > 0),
    }


def _between(view: View, pairs: Pairs, same_role: NDArray[np.bool_]) -> Columns:
    """Count cues, values and competing mentions between the two."""
    before, low, high = edges(view, pairs)
    counted = np.minimum(view.all_between(BETWEEN, low, high), 5)
    columns: Columns = {f"between_{name}": column for name, column in zip(BETWEEN, counted, strict=True)}
    for name, mask in (
        ("values", view.is_value),
        ("rivals", same_role),
        ("endpoints", view.is_endpoint),
        ("cohorts", view.is_cohort),
    ):
        tokens = np.zeros(len(view.starts) + 2, dtype=np.int64)
        np.add.at(tokens, np.minimum(view.first[mask], len(view.starts)) + 1, 1)
        counts = np.cumsum(tokens)
        columns[f"between_{name}"] = clip(counts[high] - counts[np.minimum(low, high)], 0, 10)
    after_value = np.where(before, view.last[pairs.value], view.first[pairs.target])
    stop = np.minimum(after_value + 25, len(view.starts))
    columns["respectively"] = view.between("respectively", np.minimum(after_value, stop), stop) > 0
    for place, names in BESIDE.items():
        side, _, which = place.partition("_")
        mentions = pairs.value if which == "value" else pairs.target
        tokens = view.last[mentions] if side == "after" else view.first[mentions] - 1
        found = all_beside(view, names, tokens, over=side == "before")
        columns |= {f"{place}_{name}": column for name, column in found.items()}
    return columns


def all_beside(view: View, names: tuple[str, ...], tokens: Ints, *, over: bool = False) -> dict[str, NDArray[np.bool_]]:
    """Tell of each named cue whether the token at each index belongs to it, as `beside` does of one."""
    inside = np.minimum(np.maximum(tokens, 0), len(view.starts) - 1)
    at = view.back[inside] if over else inside
    found = (tokens == inside) & (view.all_between(names, at, at + 1) > 0)
    return dict(zip(names, found, strict=True))


def beside(view: View, name: str, tokens: Ints, *, over: bool = False) -> NDArray[np.bool_]:
    """Tell whether the token at each index belongs to the cue; `over` looks past determiners before it."""
    inside = np.minimum(np.maximum(tokens, 0), len(view.starts) - 1)
    found = view.is_cue(name, view.back[inside] if over else inside)
    return np.asarray(found & (tokens == inside), dtype=np.bool_)


def ordinals(view: View, mentions: Ints) -> tuple[Ints, Ints]:
    """Return each mention's number in its sentence, from 0, and how many there are; `mentions` are unique, in order."""
    sentence = view.at(mentions, view.sentence)
    first = np.searchsorted(sentence, sentence, side="left")
    last = np.searchsorted(sentence, sentence, side="right")
    return np.arange(len(mentions)) - first, last - first


def _order(view: View, pairs: Pairs) -> Columns:
    """Compare "k-th value of n" with "k-th target of m" in the value's sentence."""
    columns: Columns = {}
    for name, column in (("value", pairs.values), ("target", pairs.targets)):
        ordinal, count = ordinals(view, column.mentions)
        columns[f"{name}_ordinal"] = np.minimum(ordinal, 12)[column.place]
        columns[f"{name}_count"] = np.minimum(count, 15)[column.place]
    columns["same_ordinal"] = columns["value_ordinal"] == columns["target_ordinal"]
    columns["same_count"] = columns["value_count"] == columns["target_count"]
    columns["ordinal_step"] = columns["value_ordinal"].astype(np.int64) - columns["target_ordinal"].astype(np.int64)
    return columns


def _competitors(view: View, pairs: Pairs, gap: Ints) -> Columns:
    """Rank each target among the value's, and each value among the target's, by distance and by side."""
    before = view.first[pairs.target] < view.first[pairs.value]
    rank = ranks(pairs.value, gap)
    side_rank = ranks(pairs.value * 2 + before, gap)
    value_rank = ranks(pairs.target, gap)
    value_side_rank = ranks(pairs.target * 2 + before, gap)
    nearest = np.full(len(view.mentions), FAR, dtype=np.int64)
    np.minimum.at(nearest, pairs.value, gap)
    nearest_value = np.full(len(view.mentions), FAR, dtype=np.int64)
    np.minimum.at(nearest_value, pairs.target, gap)
    return {
        "rank": np.minimum(rank, 10),
        "side_rank": np.minimum(side_rank, 10),
        "value_rank": np.minimum(value_rank, 10),
        "value_side_rank": np.minimum(value_side_rank, 10),
        "nearest_before": before & (side_rank == 0),
        "nearest_after": ~before & (side_rank == 0),
        "mutual": (rank == 0) & (value_rank == 0),
        "gap_to_nearest": gap - nearest[pairs.value],
        "gap_to_nearest_value": gap - nearest_value[pairs.target],
    }


def run_ids(view: View, mentions: Ints) -> tuple[Ints, Ints, Ints]:
    """Group mentions that follow each other closely in one sentence: run id, place in the run, length of the run."""
    if not len(mentions):
        return mentions, mentions, mentions
    sentence = view.at(mentions, view.sentence)
    gap = view.first[mentions[1:]] - view.last[mentions[:-1]]
    new = np.concatenate([[True], (gap > RUN_GAP) | (sentence[1:] != sentence[:-1])])
    run = np.cumsum(new) - 1
    firsts = np.flatnonzero(new)
    lengths = np.diff(np.append(firsts, len(mentions)))
    return run, np.arange(len(mentions)) - firsts[run], lengths[run]


def _runs(view: View, pairs: Pairs) -> Columns:
    """Align the k-th value of a run with the k-th target of a run."""
    found: Columns = {}
    for name, column in (("value", pairs.values), ("target", pairs.targets)):
        _, place, length = run_ids(view, column.mentions)
        found[f"{name}_run_place"] = np.minimum(place, 10)[column.place]
        found[f"{name}_run_length"] = np.minimum(length, 12)[column.place]
    found["same_run_place"] = found["value_run_place"] == found["target_run_place"]
    found["same_run_length"] = found["value_run_length"] == found["target_run_length"]
    same = (found["same_run_place"] == 1) & (found["same_run_length"] == 1)
    found["aligned"] = same & (found["value_run_length"].astype(np.int64) > 1)
    return found


def _value(view: View, pairs: Pairs) -> Columns:
    (unique, inverse), values = pairs.values, pairs.value
    kind = kinds(view)[unique]
    columns: Columns = {f"kind_{name}": (kind == k)[inverse] for k, name in enumerate(VALUE_KINDS)}
    columns["value_has_unit"] = np.array(
        [bool(q and q.unit) for q in (view.mentions[v].quantity for v in unique.tolist())]
    )[inverse]
    for name in ("contrast", "respectively", "median"):
        columns[f"sentence_{name}"] = np.minimum(view.in_sentence(name, values), 4)
    return columns


def _ids(words: str) -> NDArray[np.uint64]:
    return np.array(sorted(hash_string(word) for word in words.split()), dtype=np.uint64)


_THESE = _ids("these those this such they them their")
_CONTROL = _ids("placebo control controls vehicle sham comparator standard alone")


def _target(view: View, pairs: Pairs) -> Columns:
    """Describe the target by itself, and whether its usual unit fits the value's kind."""
    unique, inverse = pairs.targets
    mentions = [view.mentions[target] for target in unique.tolist()]
    text = [view.text[mention.start : mention.end] for mention in mentions]
    blocks = view.at(unique, view.block)
    kinds = np.array([view.blocks[b].kind if b >= 0 else "paragraph" for b in blocks.tolist()])
    described = {
        "target_tokens": np.minimum(view.last[unique] - view.first[unique], 15),
        "target_coded": np.array([bool(mention.code) for mention in mentions]),
        "target_drug": np.array([mention.label == "DRUG" for mention in mentions]),
        "target_phrase": np.array([mention.label in ("PHRASE", "ENDPOINT", "DOSE") for mention in mentions]),
        "target_study": np.array([mention.code == "study" for mention in mentions]),
        "target_digit": np.array([any(map(str.isdigit, t)) for t in text]),
        "target_capital": np.array([t[:1].isupper() for t in text]),
        "target_these": _holds(view, unique, _THESE),
        "target_control": _holds(view, unique, _CONTROL),
        "target_heading": kinds == "heading",
        "target_cell": kinds == "table_cell",
        "target_item": kinds == "list_item",
    }
    held = view.all_between(HELD, view.first[unique], view.last[unique]) > 0
    described |= {f"target_has_{name}": column for name, column in zip(HELD, held, strict=True)}
    return {name: column[inverse] for name, column in described.items()}


def _holds(view: View, mentions: Ints, words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which mentions hold one of some words, which are in order."""
    counts = prefix_sums(is_among(view.lower, words))
    return np.asarray(counts[view.last[mentions]] > counts[view.first[mentions]], dtype=np.bool_)

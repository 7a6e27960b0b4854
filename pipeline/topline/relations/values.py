"""What tells a result from money, a date, a design, a threshold or an epidemiological figure: one row a value."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from topline.relations.features import FAR, Columns, all_beside, beside, ordinals
from topline.relations.sizes import WHOLE_NUMBERS
from topline.relations.view import CUES, VALUE_KINDS, Ints, View, clip, kinds

_OUT_OF = re.compile(r"\s?(?:/|(?:out\s)?of(?:\s(?:the|these|those|all))?)\s?", re.I)
FAR_OUT = 16  # characters from a count to what it is out of

SENTENCE_CUES = tuple(CUES)
ABOUT = ("trial", "business", "future", "animal", "population")  # what a block is about
RELATIONS = ("=", "<", "<=", ">", ">=", "~")
NEAR = (
    "future",
    "design",
    "population",
    "business",
    "animal",
    "be",
    "have",
    "achieve",
    "time",
    "less",
    "more",
    "median",
    "of",
    "in",
    "past",
    "present",
    "not",
    "who",
)
BESIDE = (
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
    "achieve",
    "open",
    "close",
    "less",
    "more",
    "median",
    "not",
    "time",
)


def value_features(view: View, values: Ints) -> Columns:
    """Return the features of each value by itself and in its sentence, block and document."""
    columns: Columns = {}
    columns |= _itself(view, values)
    columns |= _in_sentence(view, values)
    columns |= _near(view, values)
    columns |= _beside_value(view, values)
    columns |= _company(view, values)
    columns |= _place_in_document(view, values)
    return columns


def _itself(view: View, values: Ints) -> Columns:
    mentions = [view.mentions[value] for value in values.tolist()]
    quantities = [mention.quantity for mention in mentions]
    kind = kinds(view)[values]
    numbers = np.array(
        [q.number if q and q.number is not None else q.low if q and q.low is not None else -1.0 for q in quantities]
    )
    columns: Columns = {f"kind_{name}": kind == k for k, name in enumerate(VALUE_KINDS)}
    columns |= {
        f"relation_{name}": np.array([bool(q) and q.relation == name for q in quantities]) for name in RELATIONS
    }
    columns["magnitude"] = np.sign(numbers) * np.log1p(np.abs(numbers))
    columns["whole"] = numbers == np.floor(numbers)
    columns["decimals"] = np.array([len(q.digits.partition(".")[2]) if q and q.digits else 0 for q in quantities])
    columns["worded"] = np.array([not any(c.isdigit() for c in view.text[m.start : m.end]) for m in mentions])
    columns["ranged"] = np.array([bool(q) and q.low is not None for q in quantities])
    columns["united"] = np.array([bool(q) and bool(q.unit) for q in quantities])
    columns["attributive"] = np.array([mention.code == "attributive" for mention in mentions])
    columns["signed"] = np.array([view.text[mention.start] in "+-−–" for mention in mentions])
    return columns


def _in_sentence(view: View, values: Ints) -> Columns:
    sentence = view.at(values, view.sentence)
    low, high = view.sentence_first[sentence], view.sentence_first[sentence + 1]
    counted = np.minimum(view.all_between(SENTENCE_CUES, low, high), 6)
    return {f"sentence_{name}": column for name, column in zip(SENTENCE_CUES, counted, strict=True)}


def _near(view: View, values: Ints) -> Columns:
    """Count cues within six tokens before and six behind, inside the sentence."""
    sentence = view.at(values, view.sentence)
    low = np.maximum(view.sentence_first[sentence], view.first[values] - 6)
    high = np.minimum(view.sentence_first[sentence + 1], view.last[values] + 6)
    before = np.minimum(view.all_between(NEAR, low, view.first[values]), 3)
    after = np.minimum(view.all_between(NEAR, np.minimum(view.last[values], high), high), 3)
    columns: Columns = {}
    for k, name in enumerate(NEAR):
        columns[f"near_before_{name}"], columns[f"near_after_{name}"] = before[k], after[k]
    return columns


def _beside_value(view: View, values: Ints) -> Columns:
    columns: Columns = {}
    previous = all_beside(view, BESIDE, view.first[values] - 1, over=True)
    following = all_beside(view, BESIDE, view.last[values])
    for name in BESIDE:
        columns[f"previous_{name}"], columns[f"next_{name}"] = previous[name], following[name]
    columns["depth"] = view.at(values, view.depth)
    return columns


def _gaps(view: View, values: Ints, others: Ints) -> tuple[Ints, Ints]:
    """Return the token distances to the nearest of `others` before and behind each value, in its sentence."""
    firsts, lasts = view.first[others], view.last[others]
    sentence = view.at(values, view.sentence)
    gaps = []
    for side in (-1, 0):
        k = np.searchsorted(firsts, view.first[values], side="left" if side else "right") + side
        inside = clip(k, 0, max(0, len(others) - 1))
        if not len(others):
            gaps.append(np.full(len(values), FAR))
            continue
        gap = view.first[values] - lasts[inside] if side else firsts[inside] - view.last[values]
        same = (k == inside) & (view.at(others[inside], view.sentence) == sentence)
        gaps.append(np.where(same, clip(gap, 0, FAR), FAR))
    return gaps[0], gaps[1]


def _company(view: View, values: Ints) -> Columns:
    """Say which mentions stand in the value's sentence, and how near."""
    columns: Columns = {}
    labels = np.array([mention.label for mention in view.mentions])
    coded = np.array([bool(mention.code) for mention in view.mentions])
    sentences = view.at(np.arange(len(labels)), view.sentence) if len(labels) else np.zeros(0, dtype=np.int64)
    here = view.at(values, view.sentence)
    for name, mask in (
        ("percent", labels == "PERCENT"), ("count", labels == "COUNT"), ("people", labels == "COHORT"),
        ("drug", labels == "DRUG"), ("term", np.isin(labels, ["ENDPOINT"]) & coded), ("phrase", labels == "PHRASE"),
        ("time", labels == "TIME_FRAME"), ("dose", labels == "DOSE"), ("p", labels == "P_VALUE"),
        ("ci", labels == "CI"), ("schedule", labels == "SCHEDULE"), ("aside", labels == "SET_ASIDE"),
    ):  # fmt: skip
        others = np.flatnonzero(mask)
        counts = np.bincount(sentences[others], minlength=len(view.sentence_first))
        columns[f"with_{name}"] = np.minimum(counts[here], 10)
        before, behind = _gaps(view, values, others)
        columns[f"gap_before_{name}"], columns[f"gap_after_{name}"] = np.log1p(before), np.log1p(behind)
    ordinal, count = ordinals(view, values)
    columns["ordinal"], columns["values"] = np.minimum(ordinal, 12), np.minimum(count, 15)
    columns["p_alone"] = _only_p(view, values, sentences, labels == "P_VALUE")
    columns |= _out_of(view, values)
    columns |= {f"in_{name}": _covered(view, values, labels == label) for name, label in _COVERS}
    columns |= _inside_group(view, values)
    return columns


def _only_p(view: View, values: Ints, sentences: Ints, is_p: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which p-values have no other number in their sentence: of 27 on the gold 21 are results of their own."""
    others = np.bincount(sentences[values[~is_p[values]]], minlength=len(view.sentence_first))
    return np.asarray(is_p[values] & (others[sentences[values]] == 0), dtype=np.bool_)


def _out_of(view: View, values: Ints) -> Columns:
    """Tell the six and the fifteen of "6 of 15 patients": one may be a result, the other is what it is out of."""
    parts, wholes = np.zeros(len(view.mentions), dtype=bool), np.zeros(len(view.mentions), dtype=bool)
    counts = [i for i, mention in enumerate(view.mentions) if mention.label in WHOLE_NUMBERS]
    for one, other in pairwise(counts):
        low, high = view.mentions[one].end, view.mentions[other].start
        parts[one] = wholes[other] = high - low < FAR_OUT and bool(_OUT_OF.fullmatch(view.text, low, high))
    return {"part_of_count": parts[values], "whole_of_count": wholes[values]}


_COVERS = (("time", "TIME_FRAME"), ("schedule", "SCHEDULE"), ("term", "ENDPOINT"), ("dose", "DOSE"), ("drug", "DRUG"))


def _covered(view: View, values: Ints, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which values stand inside one of the masked mentions: "at 12 months", "for 2 years", "a 5% weight loss"."""
    spans = sorted((m.start, m.end) for m, held in zip(view.mentions, mask.tolist(), strict=True) if held)
    starts = np.array([start for start, _ in spans] or [1 << 60])
    ends = np.maximum.accumulate(np.array([end for _, end in spans] or [0]))
    at = np.array([view.mentions[value].start for value in values.tolist()], dtype=np.int64)
    k = np.searchsorted(starts, at, side="right") - 1
    return (k >= 0) & (ends[np.maximum(k, 0)] > at)


def _inside_group(view: View, values: Ints) -> Columns:
    """Tell whether the value stands inside a group's phrase (then it is mostly its size), at its start or not."""
    starts = np.array([m.start for m in view.mentions if m.label == "COHORT"] + [1 << 60])
    ends = np.array([m.end for m in view.mentions if m.label == "COHORT"] + [1 << 60])
    at = np.array([view.mentions[value].start for value in values.tolist()], dtype=np.int64)
    k = np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)
    inside = (starts[k] <= at) & (at < ends[k])
    tail = np.minimum(np.searchsorted(view.starts, np.where(inside, ends[k], 0)), len(view.starts) - 1)
    columns: Columns = {
        "in_group": inside,
        "opens_group": inside & (starts[k] == at),
        "group_length": np.where(inside, ends[k] - at, 0),
    }
    for name in ("be", "have", "achieve", "comma", "close", "who", "in"):
        columns[f"group_then_{name}"] = inside & beside(view, name, tail)
    return columns


def _place_in_document(view: View, values: Ints) -> Columns:
    blocks = view.at(values, view.block)
    kinds = np.array([view.blocks[b].kind if b >= 0 else "paragraph" for b in blocks.tolist()])
    columns: Columns = {f"block_{kind}": kinds == kind for kind in ("paragraph", "heading", "list_item", "table_cell")}
    columns["fraction"] = view.first[values] / max(1, len(view.starts))
    texts = [view.text[view.mentions[value].start : view.mentions[value].end].lower() for value in values.tolist()]
    repeats = {text: texts.count(text) for text in set(texts)} if len(texts) < 2000 else {}
    columns["repeats"] = np.minimum(np.array([repeats.get(text, 1) for text in texts]), 6)
    columns["block_values"] = np.minimum(np.bincount(np.maximum(blocks, 0))[np.maximum(blocks, 0)], 30)
    low, high = (np.searchsorted(view.block, blocks, side=side) for side in ("left", "right"))
    shares = view.all_between(ABOUT, low, high) / np.maximum(1, high - low)
    return columns | {f"block_{name}": column for name, column in zip(ABOUT, shares, strict=True)}

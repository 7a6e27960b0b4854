"""Features of pairs, on invented sentences with their mentions marked by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest
import spacy

from topline.relations.candidates import cohort_pairs, endpoint_pairs
from topline.relations.features import pair_features, stack
from topline.relations.sequence import name_ids, sorts
from topline.relations.view import make_view
from topline.schema import Block, Mention, Quantity
from topline.segmentation import create_tokenizer, mark

LABELS = {"V": "VALUE", "E": "ENDPOINT", "C": "COHORT"}
CUES = "A trial of patients treated with placebo for efficacy : "  # keeps the values among clinical words


@pytest.fixture(scope="module")
def nlp():
    blank = spacy.blank("en")
    blank.tokenizer = create_tokenizer()(blank)
    return blank


def read(nlp, marked: str):
    """Return the view of one sentence with `<V>…</V>`, `<E>…</E>` and `<C>…</C>` marked."""
    text, mentions, at = CUES, [], 0
    for found in re.finditer(r"<([VEC])>([^<]+)</\1>", marked):
        text += marked[at : found.start()]
        quantity = Quantity("percent", 1.0, unit="%") if found[1] == "V" else None
        mentions.append(Mention(len(text), len(text) + len(found[2]), LABELS[found[1]], None, quantity))
        text += found[2]
        at = found.end()
    text += marked[at:]
    assert "<" not in text, "an unclosed mark"
    doc = mark(nlp.make_doc(text), [0])
    return make_view(doc, tuple(mentions), (Block("paragraph", 0, len(text)),))


def table(view, role: str):
    """Return {(k-th value, target's text): {feature: number}} of one role."""
    pairs = endpoint_pairs(view) if role == "endpoint" else cohort_pairs(view)
    columns = pair_features(view, pairs, view.is_endpoint if role == "endpoint" else view.is_cohort)
    values = np.unique(pairs.value).tolist()
    rows = {}
    for i, (value, target) in enumerate(zip(pairs.value.tolist(), pairs.target.tolist(), strict=True)):
        mention = view.mentions[target]
        rows[values.index(value), view.text[mention.start : mention.end]] = {n: float(c[i]) for n, c in columns.items()}
    return rows


AMID = "<E>response</E> was <V>31%</V> with <C>zaltocept</C> and <V>12%</V> with <C>placebo</C> ."
LEADING = "<C>Zaltocept</C> and <C>placebo</C> had <E>response</E> of <V>31%</V> and <V>12%</V> , respectively ."
BARE = "<C>Zaltocept</C> and <C>placebo</C> : <V>31%</V> and <V>12%</V> ."
TIMES = "At <E>12 weeks</E> , <E>response</E> was <V>31%</V> , and at <E>24 weeks</E> <V>44%</V> ."


@pytest.mark.parametrize(
    ("marked", "role", "pair", "name", "expected"),
    [
        (AMID, "cohort", (0, "zaltocept"), "nearest_after", 1),
        (AMID, "cohort", (0, "placebo"), "nearest_after", 0),
        (AMID, "cohort", (0, "placebo"), "between_values", 1),
        (AMID, "cohort", (0, "zaltocept"), "between_values", 0),
        (AMID, "cohort", (0, "zaltocept"), "cohorts_leading", 0),
        (AMID, "cohort", (0, "zaltocept"), "cohorts_trailing", 1),
        (AMID, "cohort", (1, "placebo"), "value_cohorts_since", 1),
        (LEADING, "cohort", (0, "placebo"), "cohorts_leading", 2),
        (LEADING, "cohort", (1, "placebo"), "name_fits_ordinal", 1),
        (LEADING, "cohort", (1, "Zaltocept"), "name_fits_ordinal", 0),
        (LEADING, "cohort", (1, "placebo"), "respectively", 1),
        (AMID, "cohort", (1, "placebo"), "respectively", 0),
        (BARE, "cohort", (1, "placebo"), "aligned", 1),
        (BARE, "cohort", (0, "placebo"), "aligned", 0),
        (TIMES, "endpoint", (0, "12 weeks"), "sort_time", 1),
        (TIMES, "endpoint", (0, "response"), "sort_time", 0),
        (TIMES, "endpoint", (1, "response"), "sort_rank", 0),
        (TIMES, "endpoint", (1, "response"), "rank", 1),
        (TIMES, "endpoint", (1, "24 weeks"), "sort_rank", 0),
        (TIMES, "endpoint", (1, "12 weeks"), "sort_rank", 1),
    ],
)
def test_a_feature_of_a_pair(nlp, marked, role, pair, name, expected):
    assert table(read(nlp, marked), role)[pair][name] == expected


@pytest.mark.parametrize("marked", [AMID, LEADING, TIMES, "<V>31%</V> responded .", "<E>response</E> was good ."])
def test_features_are_finite_and_one_row_a_pair(nlp, marked):
    view = read(nlp, marked)
    for pairs, mask in ((endpoint_pairs(view), view.is_endpoint), (cohort_pairs(view), view.is_cohort)):
        if len(pairs):
            rows = stack(pair_features(view, pairs, mask))
            assert len(rows) == len(pairs)
            assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("zaltocept", "the Zaltocept group", True),
        ("patients treated with zaltocept", "zaltocept", True),
        ("zaltocept 5 mg", "zaltocept 10 mg", False),
        ("the treatment group", "the placebo group", False),
    ],
)
def test_names_are_compared_without_generic_words(nlp, one, other, same):
    ids = name_ids(read(nlp, f"<C>{one}</C> and <C>{other}</C> had <V>3%</V> ."), np.array([0, 1]))
    assert (ids[0] == ids[1]) == same


@pytest.mark.parametrize(
    ("phrase", "sort"),
    [
        ("12 months", 1), ("day 60", 1), ("last follow-up visit", 1), ("baseline", 1), ("6-month", 1),
        ("response at 12 months", 0), ("two-year survival", 0), ("time to progression", 0), ("2", 0),
    ],
)  # fmt: skip
def test_points_in_time_are_a_sort_of_their_own(nlp, phrase, sort):
    assert sorts(read(nlp, f"<E>{phrase}</E> : <V>3%</V> ."), np.array([0])).tolist() == [sort]

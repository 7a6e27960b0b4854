"""What is proposed for a value, on invented texts laid out by hand; what is never proposed can never be found."""

from __future__ import annotations

import pytest
import spacy

from topline.relations.candidates import cohort_pairs, endpoint_pairs, values
from topline.relations.view import make_view
from topline.schema import Block, Mention, Quantity
from topline.segmentation import create_tokenizer, mark, sentence_starts


@pytest.fixture(scope="module")
def nlp():
    blank = spacy.blank("en")
    blank.tokenizer = create_tokenizer()(blank)
    return blank


def proposed(nlp, parts: list[tuple[str, str]], role: str) -> set[tuple[str, str]]:
    """Return (value, target) texts; `parts` are blocks (kind, text) in which [E:…], [C:…] and [V:…] are mentions."""
    text, blocks, mentions = "", [], []
    for kind, marked in parts:
        start = len(text)
        for piece in marked.replace("]", "[").split("["):
            label, colon, quote = piece.partition(":")
            if colon and label in ("E", "C", "V"):
                name = {"E": "ENDPOINT", "C": "COHORT", "V": "PERCENT"}[label]
                quantity = Quantity("percent", 1.0, unit="%") if label == "V" else None
                mentions.append(Mention(len(text), len(text) + len(quote), name, None, quantity))
                text += quote
            else:
                text += piece
        blocks.append(Block(kind, start, len(text), level=1))
        text += "\n\n"
    doc = mark(nlp.make_doc(text), sentence_starts(text, tuple(blocks)))
    view = make_view(doc, tuple(mentions), tuple(blocks))
    pairs = endpoint_pairs(view) if role == "endpoint" else cohort_pairs(view)
    said = [text[m.start : m.end] for m in mentions]
    assert set(pairs.value.tolist()) <= set(values(view).tolist())
    return {(said[v], said[t]) for v, t in zip(pairs.value.tolist(), pairs.target.tolist(), strict=True)}


PARAGRAPH = ("paragraph", "Patients with asthma received [C:zaltocept]. The [E:response rate] was [V:31%] at week 12.")
ITEMS = [
    ("paragraph", "In the trial, patients had an [E:objective response] as follows:"),
    ("list_item", "[V:31%] of patients on [C:zaltocept]"),
    ("list_item", "[V:12%] of patients on [C:placebo]"),
]
HEADED = [
    ("heading", "[E:Overall survival] in patients"),
    ("paragraph", "It was [V:31%] in treated patients at year 2."),
]
LATER = [("paragraph", "Of patients, [V:31%] responded."), ("paragraph", "The [E:relapse rate] in patients was low.")]


@pytest.mark.parametrize(
    ("parts", "role", "pair", "expected"),
    [
        ([PARAGRAPH], "endpoint", ("31%", "response rate"), True),
        ([PARAGRAPH], "cohort", ("31%", "zaltocept"), True),  # from the sentence before
        (ITEMS, "endpoint", ("12%", "objective response"), True),  # from the list's head
        (ITEMS, "cohort", ("12%", "placebo"), True),
        (ITEMS, "cohort", ("31%", "placebo"), False),  # another item, and named later
        (HEADED, "endpoint", ("31%", "Overall survival"), True),
        (LATER, "endpoint", ("31%", "relapse rate"), False),  # no paragraph behind is read
    ],
)
def test_what_is_proposed(nlp, parts, role, pair, expected):
    assert (pair in proposed(nlp, parts, role)) == expected


def test_a_text_without_targets_proposes_nothing(nlp):
    parts = [("paragraph", "Of all patients in the trial, [V:31%] responded to placebo.")]
    assert proposed(nlp, parts, "endpoint") == set()

"""What is proposed for a value, on invented texts laid out by hand; what is never proposed can never be found."""

from __future__ import annotations

import numpy as np
import pytest
import spacy
from marked import pipeline, read_marked, said

from topline.extraction import read_document
from topline.filings import text_document
from topline.relations.candidates import (
    among_clinical_words,
    can_hold_results,
    cohort_pairs,
    endpoint_pairs,
    values,
)
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


ENROLLED = "In this trial, <COHORT><COUNT>258</COUNT> patients with gout</COHORT> were randomized to placebo."
ASIDE = "In this trial, <COHORT>patients with gout</COHORT> were randomized; <COUNT>258</COUNT> sites were open."
NAMED = "The clinical trial tested <DRUG:zaltocept>zaltocept</DRUG> in patients."
# Nine other groups are named last, in paragraphs of their own.
FAR = "\n\n".join(f"Then <COHORT>those at clinic {k}</COHORT> had a clinical dose of the drug." for k in "ABCDEFGHI")
NONE = "There were <COUNT>3</COUNT> serious adverse events in the trial."


@pytest.mark.parametrize(
    ("marked", "value", "target", "expected"),
    [
        # what a phrase counts is proposed where it names more than the count
        ("<COHORT><COUNT>3</COUNT> patients on the combination</COHORT> had clinical adverse events", 0, 0, True),
        ("<COHORT><COUNT>3</COUNT> patients</COHORT> had clinical adverse events in the trial", 0, 0, False),
        ("<COHORT><COUNT>3</COUNT> additional patients</COHORT> had clinical adverse events", 0, 0, False),
        ("<COHORT>the <COUNT>64</COUNT> men with gout</COHORT> had clinical adverse events", 0, 0, False),
        ("<COHORT>the <COUNT>2</COUNT> that did not respond</COHORT> had clinical adverse events", 0, 0, True),
        ("<COHORT>these <COUNT>3</COUNT> patients</COHORT> were still in the clinical trial", 0, 0, True),
        # whom a trial enrolled, and its drug, are proposed however far they are
        (f"{ENROLLED}\n\n{FAR}\n\n{NONE}", -1, 0, True),
        (f"{ASIDE}\n\n{FAR}\n\n{NONE}", -1, 0, False),
        (f"{FAR}\n\n{NONE}\n\n{ENROLLED}", 0, -1, False),  # named later
        (f"{NAMED}\n\n{FAR}\n\n{NONE}", -1, 0, True),
        (f"{NAMED.replace(':zaltocept', ':statin')}\n\n{FAR}\n\n{NONE}", -1, 0, False),  # a class
        (f"{NAMED.replace(':zaltocept', ':placebo')}\n\n{FAR}\n\n{NONE}", -1, 0, False),  # no drug of its own
    ],
)
def test_what_is_proposed_of_counted_and_enrolled_groups(marked, value, target, expected):
    view = read_marked(marked)
    counted = [i for i, mention in enumerate(view.mentions) if mention.label == "COUNT"]
    groups = [i for i, mention in enumerate(view.mentions) if mention.label in ("COHORT", "DRUG")]
    pairs = cohort_pairs(view)
    held = set(zip(pairs.value.tolist(), pairs.target.tolist(), strict=True))
    assert counted[value] in values(view).tolist(), said(view, counted[value])
    assert ((counted[value], groups[target]) in held) == expected


@pytest.mark.parametrize(("elsewhere", "near"), [(20, True), (0, False)])
def test_a_clinical_text_needs_fewer_clinical_words_beside_a_number(elsewhere, near):
    words = np.zeros(1000, dtype=np.int64)
    words[:elsewhere] = 1
    words[[820, 850]] = 1  # two in the 240 around token 800
    clinical = np.concatenate([[0], np.cumsum(words)])
    assert among_clinical_words(np.array([800]), clinical).tolist() == [near]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A steroid tablet did not help: of women who took it <PERCENT>37.8%</PERCENT> had a pregnancy.", True),
        ("Of the shops that opened early <PERCENT>37.8%</PERCENT> sold more bread, of the others fewer.", False),
    ],
)
def test_a_trial_in_everyday_words_is_read_and_other_matters_are_not(text, expected):
    assert bool(len(values(read_marked(text)))) == expected


LEGAL = "A default that has an adverse effect and is not cured in full has to be cured by the borrower after a notice. "
TRIAL = "Patients on placebo in the trial had more pain than those whose wounds healed, and the borrower had less. "


@pytest.mark.parametrize(("around", "expected"), [(LEGAL, False), (TRIAL, True)])
def test_no_document_is_read_for_the_words_of_contracts(around, expected):
    text = 10 * around + "It was 40% of them. " + 10 * around
    doc = read_document(pipeline(), text_document(text))
    assert among_clinical_words(np.array([250]), make_view(doc, (), ()).cues["clinical"]).all()
    assert can_hold_results(doc, doc._.numbers, ()) == expected


@pytest.mark.parametrize(
    ("change", "what", "expected"),
    [
        ("reduction", " (p=0.003) in wound infections", False),
        ("significant improvement", " from baseline in pain", False),
        ("reduction", " was seen in wound infections", True),  # said by itself
        ("tumor reduction", " in wound infections", True),  # says of what
    ],
)
def test_a_change_is_no_endpoint_where_what_changed_follows(nlp, change, what, expected):
    lead, _, measure = what.rpartition(" in ")
    blocks = [("paragraph", f"Patients on [C:zaltocept] had a [V:54%] [E:{change}]{lead} in [E:{measure}].")]
    found = {target for _, target in proposed(nlp, blocks, "endpoint")}
    assert measure in found
    assert (change in found) == expected


@pytest.mark.parametrize(("label", "expected"), [("PHRASE", True), ("ENDPOINT", False)])
def test_a_known_endpoint_is_no_group(label, expected):
    view = read_marked(f"Patients had relief in <PERCENT>54%</PERCENT> in <{label}>cervical cancer</{label}>.")
    assert bool(len(cohort_pairs(view))) == expected

"""What the wording of a target tells, on invented sentences with their mentions marked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from marked import at, read_marked

from topline.relations.candidates import Pairs
from topline.relations.phrasing import phrasing_features

VALUE = "<PERCENT>41%</PERCENT>"


def feature(marked: str, target: str, name: str) -> float:
    """Return one feature of the pair of the first value and a target."""
    view = read_marked(marked)
    value = int(np.flatnonzero(view.is_value)[0])
    pairs = Pairs(np.array([value]), np.array([at(view, target)]))
    return float(phrasing_features(view, pairs)[f"worded_{name}"][0])


@pytest.mark.parametrize(
    ("target", "vague"),
    [
        ("levels", 1),
        ("reduction in risk", 1),
        ("the primary endpoint", 1),
        ("haemoglobin levels", 0),
        ("reduction in seizures", 0),
        ("response", 0),
    ],
)
def test_a_phrase_of_empty_words_is_known(target, vague):
    assert feature(f"The <PHRASE>{target}</PHRASE> was {VALUE}.", target, "vague") == vague


@pytest.mark.parametrize(
    ("target", "when"),
    [("randomized withdrawal period", 1), ("follow-up", 1), ("end of treatment", 1), ("withdrawal symptoms", 0)],
)
def test_a_phrase_that_says_when_is_known(target, when):
    assert feature(f"In the <PHRASE>{target}</PHRASE> it was {VALUE}.", target, "when") == when


def test_a_phrase_inside_a_groups_phrase_describes_the_group():
    marked = (
        f"{VALUE} of <COHORT>patients who <PHRASE>completed</PHRASE> the diary</COHORT> had <PHRASE>relief</PHRASE>."
    )
    assert feature(marked, "completed", "in_group") == 1
    assert feature(marked, "relief", "in_group") == 0


@pytest.mark.parametrize(("target", "people"), [("these patients", 1), ("patients on velotinib", 0)])
def test_a_bare_word_for_people_is_known(target, people):
    assert feature(f"{VALUE} of <COHORT>{target}</COHORT> responded.", target, "people") == people


def test_a_document_without_groups_has_no_group_around():
    assert feature(f"The <PHRASE>response</PHRASE> was {VALUE}.", "response", "in_group") == 0

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


@pytest.mark.parametrize(
    ("sentence", "target", "trial"),
    [
        ("Rates were {v} in <PHRASE>LUMEN-1</PHRASE>, one of the LUMEN-1 and LUMEN-2 trials.", "LUMEN-1", 1),
        ("Two studies, LUMEN-1 and LUMEN-2, closed; {v} in <PHRASE>LUMEN-2</PHRASE>.", "LUMEN-2", 1),
        ("NorTide, a randomized Phase 3 trial, ended. {v} in <PHRASE>NorTide</PHRASE>.", "NorTide", 1),
        # a measure in capitals and a drug's name are no trials
        ("Two trials ended. {v} in <PHRASE>LDL-C</PHRASE>.", "LDL-C", 0),
        ("The <DRUG>VLT-12</DRUG> trial ended. {v} with <PHRASE>VLT-12</PHRASE>.", "VLT-12", 0),
    ],
)
def test_a_trials_name_is_known(sentence, target, trial):
    assert feature(sentence.format(v=VALUE), target, "trial") == trial


def test_a_phrase_inside_a_groups_phrase_describes_the_group():
    marked = (
        f"{VALUE} of <COHORT>patients who <PHRASE>completed</PHRASE> the diary</COHORT> had <PHRASE>relief</PHRASE>."
    )
    assert feature(marked, "completed", "in_group") == 1
    assert feature(marked, "relief", "in_group") == 0
    assert feature(marked, "completed", "in_group_of_value") == 0


def test_a_phrase_in_the_group_that_holds_the_value():
    marked = "<COHORT><COUNT>16</COUNT> patients with <PHRASE>oedema</PHRASE></COHORT> improved."
    assert feature(marked, "oedema", "in_group_of_value") == 1


@pytest.mark.parametrize(("target", "people"), [("these patients", 1), ("patients on velotinib", 0)])
def test_a_bare_word_for_people_is_known(target, people):
    assert feature(f"{VALUE} of <COHORT>{target}</COHORT> responded.", target, "people") == people


def test_a_document_without_groups_has_no_group_around():
    assert feature(f"The <PHRASE>response</PHRASE> was {VALUE}.", "response", "in_group") == 0


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("Pain fell by {v} (<COHORT>70 mg</COHORT>).", 1),
        ("Pain fell by {v} (on <COHORT>70 mg</COHORT>).", 0),
        ("Pain fell by {v} (<COHORT>70 mg</COHORT> daily).", 0),
        ("Pain fell (<COHORT>70 mg</COHORT>) by {v}.", 0),
    ],
)
def test_a_group_alone_in_the_brackets_behind_a_value_is_its_label(sentence, label):
    assert feature(sentence.format(v=VALUE), "70 mg", "label") == label

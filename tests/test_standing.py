"""The part that a group plays in its document, on invented sentences with their mentions marked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from marked import at, read_marked

from topline.relations.candidates import Pairs
from topline.relations.standing import standing_features


def feature(marked: str, value: str, target: str, name: str) -> float:
    """Return one feature of the pair of a value and a target."""
    view = read_marked(marked)
    pairs = Pairs(np.array([at(view, value)]), np.array([at(view, target)]))
    return float(standing_features(view, pairs)[f"standing_{name}"][0])


TWO = (
    "Survival was <DURATION>9 months</DURATION> versus <DURATION>7 months</DURATION> with <DRUG>placebo</DRUG>. "
    "<DRUG>Velotinib</DRUG> was safe, and <DRUG>Velotinib</DRUG> was better than <DRUG>placebo</DRUG>."
)


@pytest.mark.parametrize(("drug", "share"), [("placebo", 1.0), ("Velotinib", 0.0)])
def test_the_share_of_mentions_behind_a_comparing_word(drug, share):
    assert feature(TWO, "9 months", drug, "compared_share") == share


def test_drugs_are_ranked_by_frequency_and_groups_by_their_drug():
    marked = (
        "<DRUG>Velotinib</DRUG>, <DRUG>Velotinib</DRUG> and <DRUG>docetaxel</DRUG>: <PERCENT>4%</PERCENT> of "
        "<COHORT>patients on <DRUG>docetaxel</DRUG></COHORT>; <COHORT>women</COHORT>; <DRUG>Velotinib</DRUG>."
    )
    assert feature(marked, "4%", "Velotinib", "drug_rank") == 0
    assert feature(marked, "4%", "patients on docetaxel", "drug_rank") == 1
    assert feature(marked, "4%", "women", "drug_rank") == 8


def test_the_groups_of_the_values_sentence_are_counted():
    marked = (
        "<COHORT>Women</COHORT> did well. <PERCENT>4%</PERCENT> of <COHORT>men</COHORT> on <DRUG>Velotinib</DRUG> fell."
    )
    assert feature(marked, "4%", "men", "groups_here") == 1
    assert feature(marked, "4%", "men", "drugs_here") == 1
    assert feature(marked, "4%", "Women", "label_rank") == 0


@pytest.mark.parametrize(("value", "behind", "ahead"), [("9 months", 0, 1), ("7 months", 1, 0)])
def test_a_value_knows_its_side_of_versus(value, behind, ahead):
    assert feature(TWO, value, "placebo", "value_behind_contrast") == behind
    assert feature(TWO, value, "placebo", "contrast_ahead") == ahead

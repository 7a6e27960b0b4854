"""Two values set against each other, on invented sentences with their mentions marked by hand."""

import numpy as np
import pytest
from marked import at, read_marked

from topline.relations.candidates import Pairs
from topline.relations.versus import versus_features

AHEAD = (
    "Nausea was commoner in <COHORT>those on velotinib</COHORT> than in <COHORT>those on placebo</COHORT> "
    "(<PERCENT>3.8%</PERCENT> vs. <PERCENT>0.5%</PERCENT>)."
)


def feature(marked: str, value: str, target: str, name: str) -> float:
    """Return one feature of the pair of a value and a target."""
    view = read_marked(marked)
    pairs = Pairs(np.array([at(view, value)]), np.array([at(view, target)]))
    return float(versus_features(view, pairs, view.is_cohort)[name][0])


@pytest.mark.parametrize(
    ("value", "target", "aligned", "crossed"),
    [
        ("3.8%", "those on velotinib", 1, 0),
        ("3.8%", "those on placebo", 0, 1),
        ("0.5%", "those on placebo", 1, 0),
        ("0.5%", "those on velotinib", 0, 1),
    ],
)
def test_the_first_value_goes_with_the_first_of_two_groups(value, target, aligned, crossed):
    assert feature(AHEAD, value, target, "versus_aligned") == aligned
    assert feature(AHEAD, value, target, "versus_crossed") == crossed


@pytest.mark.parametrize(
    "marked",
    [
        # no word of contrast, another kind, another sentence, too far apart
        AHEAD.replace("vs.", "and"),
        AHEAD.replace("<PERCENT>0.5%</PERCENT>", "<COUNT>5</COUNT>"),
        AHEAD.replace("vs.", "in June. Versus"),
        AHEAD.replace("vs.", "a b c d e f g h i j k l m n o vs."),
    ],
)
def test_values_that_are_not_set_against_each_other(marked):
    assert feature(marked, "3.8%", "those on velotinib", "versus_place") == 0


def test_one_group_alone_is_not_aligned():
    marked = AHEAD.replace(" than in <COHORT>those on placebo</COHORT>", "")
    assert feature(marked, "3.8%", "those on velotinib", "versus_aligned") == 0

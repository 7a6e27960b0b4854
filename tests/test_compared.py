"""Words of comparison between values and groups, on invented sentences with their mentions marked by hand."""

import numpy as np
import pytest
from marked import at, read_marked

from topline.relations.candidates import Pairs
from topline.relations.compared import compared_features

ALONE = (
    "<COHORT>Patients on velotinib</COHORT> walked <NUMBER>18.3 meters</NUMBER> farther than "
    "<COHORT>the placebo group</COHORT>."
)
VALUED = (
    "With <DRUG>velotinib</DRUG> <ENDPOINT>survival</ENDPOINT> was <DURATION>10.1 months</DURATION> versus "
    "<DURATION>7.2 months</DURATION> in <COHORT>the control group</COHORT>."
)
BEHIND = (
    "Nausea struck <PERCENT>12%</PERCENT> on <DRUG>velotinib</DRUG> compared to <COHORT>placebo recipients</COHORT> "
    "(<PERCENT>4%</PERCENT>); of <COHORT>women</COHORT>, <PERCENT>9%</PERCENT>."
)


def held(marked: str, value: str, target: str) -> set[str]:
    """Return the names of the features that hold of the pair of a value and a target."""
    view = read_marked(marked)
    columns = compared_features(view, Pairs(np.array([at(view, value)]), np.array([at(view, target)])))
    return {name.removeprefix("compared_") for name, column in columns.items() if column[0]}


def test_the_group_behind_the_word_is_the_other_one_where_no_value_is_its_own():
    assert held(ALONE, "18.3 meters", "the placebo group") >= {"ahead_group", "other_group", "target_led"}
    assert "other_group" not in held(ALONE, "18.3 meters", "Patients on velotinib")


def test_a_value_between_the_word_and_the_group_is_that_groups():
    assert held(VALUED, "7.2 months", "the control group") == {"value_next", "target_led_by_value", "own_before"}
    other = held(VALUED, "10.1 months", "the control group")
    assert other == {"ahead_value", "target_led_by_value", "other_value"}


def test_a_value_right_behind_the_group_is_that_groups():
    found = held(BEHIND, "4%", "placebo recipients")
    assert found == {"value_after_group", "target_led", "own_behind", "target_valued"}
    assert "other_group" in held(BEHIND, "12%", "placebo recipients")


@pytest.mark.parametrize("target", ["velotinib", "women"])
def test_a_group_before_the_word_or_in_another_clause_is_not_led_by_it(target):
    assert not held(BEHIND, "12%", target) & {"target_led", "other_group", "other_value", "own_before"}


def test_without_a_word_of_comparison_nothing_holds():
    plain = "<COHORT>Women</COHORT> gained <NUMBER>4 letters</NUMBER> and <COHORT>men</COHORT> <NUMBER>2</NUMBER>."
    assert held(plain, "4 letters", "men") <= {"target_valued"}

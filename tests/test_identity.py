"""What a group's name and size say of a pair, on invented sentences with their mentions marked by hand."""

import numpy as np
import pytest
from marked import at, read_marked

from topline.relations.candidates import Pairs
from topline.relations.groups import Groups
from topline.relations.identity import identity_features

TRIAL = (
    "We randomized <COHORT><COUNT>60</COUNT> adults</COHORT> to <COHORT>velotinib 20 mg</COHORT> (n=<COUNT>31</COUNT>) "
    "or <COHORT>placebo</COHORT> (n=<COUNT>29</COUNT>). "
)


def feature(marked: str, value: str, target: str, name: str) -> float:
    """Return one feature of the pair of a value and a target."""
    view = read_marked(marked)
    pairs = Pairs(np.array([at(view, value)]), np.array([at(view, target)]))
    return float(identity_features(view, pairs, Groups(view))[f"group_{name}"][0])


@pytest.mark.parametrize(
    ("group", "name", "expected"),
    [
        ("placebo", "control", 1),
        ("velotinib 20 mg", "control", 0),
        ("velotinib 20 mg", "doses", 1),
        ("60 adults", "plain", 1),
        ("placebo", "plain", 0),
        ("60 adults", "own", 1),
        ("these adults", "traced", 1),
        ("these adults", "own", 0),
        ("women over 60", "traced", 0),
    ],
)
def test_what_a_name_says(group, name, expected):
    told = (
        TRIAL
        + "Relief came to <PERCENT>41.4%</PERCENT> of <COHORT>these adults</COHORT> and <COHORT>women over 60</COHORT>."
    )
    assert feature(told, "41.4%", group, name) == expected


@pytest.mark.parametrize(("group", "expected"), [("velotinib 20 mg", -1), ("placebo", 1), ("women", 0)])
def test_a_percentage_must_be_a_count_of_the_group(group, expected):
    told = TRIAL + "Relief came to <PERCENT>41.4%</PERCENT> of <COHORT>women</COHORT>."
    assert feature(told, "41.4%", group, "feasible") == expected


@pytest.mark.parametrize(("count", "expected"), [("40", 1), ("20", 0)])
def test_no_count_is_larger_than_its_group(count, expected):
    told = TRIAL + f"Relief came to <COUNT>{count}</COUNT>."
    assert feature(told, count, "placebo", "above") == expected


@pytest.mark.parametrize(
    ("said", "value", "group", "expected"),
    [
        # 12 people are 41.4% of 29, and of no 31 nor 60
        ("Relief came to <COUNT>12</COUNT> (<PERCENT>41.4%</PERCENT>).", "41.4%", "placebo", 1),
        ("Relief came to <COUNT>12</COUNT> (<PERCENT>41.4%</PERCENT>).", "41.4%", "velotinib 20 mg", -1),
        ("Relief came to <COUNT>12</COUNT> (<PERCENT>41.4%</PERCENT>).", "12", "60 adults", -1),
        ("Relief came to <PERCENT>41.4%</PERCENT> (<COUNT>12</COUNT>/<COUNT>29</COUNT>).", "41.4%", "placebo", 1),
        ("Relief came to <COUNT>12</COUNT> of the <COUNT>31</COUNT>.", "12", "velotinib 20 mg", 1),
        # nothing beside it, a group without a size, none at all: the arithmetic is silent
        ("Relief came to <PERCENT>41.4%</PERCENT>.", "41.4%", "placebo", 0),
        ("Relief came to <COUNT>12</COUNT> <COHORT>women</COHORT> (<PERCENT>41.4%</PERCENT>).", "41.4%", "women", 0),
        ("Relief came to <COUNT>0</COUNT> (<PERCENT>0%</PERCENT>).", "0%", "placebo", 0),
    ],
)
def test_the_counts_beside_a_value_tell_how_many_its_group_has(said, value, group, expected):
    assert feature(TRIAL + said, value, group, "whole") == expected

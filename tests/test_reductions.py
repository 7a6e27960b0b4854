"""A ratio and the percentage reduction that it is said to be."""

import pytest
from test_duplicates import rows_of

from topline.results.reductions import NAME, compare

GROUP = "<COHORT>velotinib</COHORT>"


def checks(marked: str) -> list[tuple[str, str]]:
    text, rows = rows_of(marked)
    compared = compare(rows, text)
    assert all(row.checks[-1].name == NAME for row in compared)
    return [(row.checks[-1].outcome, row.checks[-1].detail) for row in compared]


@pytest.mark.parametrize(
    ("marked", "outcomes"),
    [
        # the same as far as both are printed
        (
            f"On {GROUP} the <ENDPOINT:OS>risk of death</ENDPOINT> fell by <PERCENT>28%</PERCENT> (hazard ratio "
            "<RATIO>0.72</RATIO>).",
            ["pass", "pass"],
        ),
        (
            f"On {GROUP} there was a <PERCENT>29%</PERCENT> reduction in the <ENDPOINT:OS>risk of death</ENDPOINT> "
            "(HR <RATIO>0.715</RATIO>).",
            ["pass", "pass"],
        ),
        (
            f"On {GROUP} the <ENDPOINT:OS>risk of death</ENDPOINT> fell by <PERCENT>38%</PERCENT> (hazard ratio "
            "<RATIO>0.72</RATIO>).",
            ["fail", "fail"],
        ),
        (
            f"For <ENDPOINT:OS>risk of death</ENDPOINT> on {GROUP} the hazard ratio was <RATIO>0.72</RATIO>. This is a "
            f"<PERCENT>28%</PERCENT> lower <ENDPOINT:OS>risk of death</ENDPOINT> on {GROUP}.",
            ["pass", "pass"],
        ),
        # the reduction of something else, a share of people, another endpoint in another sentence
        (
            f"On {GROUP} the <ENDPOINT:OS>hazard ratio</ENDPOINT> was <RATIO>0.72</RATIO>, and tumors shrank by "
            "<PERCENT>38%</PERCENT>.",
            ["not_applicable", "not_applicable"],
        ),
        (
            f"On {GROUP} the <ENDPOINT:OS>risk of death</ENDPOINT> had a hazard ratio of <RATIO>0.72</RATIO>; it was "
            "lower in <PERCENT>38%</PERCENT> of patients.",
            ["not_applicable", "not_applicable"],
        ),
        (
            f"For <ENDPOINT:OS>overall survival</ENDPOINT> on {GROUP} the hazard ratio was <RATIO>0.72</RATIO>. The "
            f"<ENDPOINT:RELAPSE>relapse rate</ENDPOINT> fell by <PERCENT>38%</PERCENT> on {GROUP}.",
            ["not_applicable", "not_applicable"],
        ),
        (
            f"On {GROUP} the <ENDPOINT:OS>risk of death</ENDPOINT> fell by <PERCENT>28%</PERCENT>.",
            ["not_applicable"],
        ),
    ],
)
def test_a_ratio_and_a_reduction(marked, outcomes):
    assert [outcome for outcome, _ in checks(marked)] == outcomes


def test_the_arithmetic_is_spelled_out():
    found = checks(
        f"On {GROUP} the <ENDPOINT:OS>risk of death</ENDPOINT> fell by <PERCENT>38%</PERCENT> (hazard ratio "
        "<RATIO>0.72</RATIO>)."
    )
    assert [detail for _, detail in found] == ["1 - 0.72 is a 28% reduction; the text says 38%"] * 2

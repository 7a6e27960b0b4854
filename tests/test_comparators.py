"""Which group a value is compared with: each row marks values and groups; values name their endpoint and group."""

import pytest
from marked import decision, read_marked, said

from topline.relations.attachments import attach

DRUG = "patients on velotinib"


def compared(marked: str, *rows: tuple[str, str | None, str | None]) -> dict[str, str | None]:
    view = read_marked(marked)
    decisions = sorted((decision(view, *row) for row in rows), key=lambda d: d.value)
    found = {said(view, a.value): said(view, a.target) for a in attach(view, decisions) if a.role == "comparator"}
    return {row[0]: found.get(row[0]) for row in rows}


@pytest.mark.parametrize(
    ("marked", "rows", "expected"),
    [
        (  # the control's value stands in the sentence, the ratio has none of its own
            "<ENDPOINT>Median survival</ENDPOINT> was <DURATION>6.7 months</DURATION> for <COHORT>patients on "
            "velotinib</COHORT> and <DURATION>4.5 months</DURATION> for <COHORT>placebo</COHORT> (hazard ratio "
            "<RATIO>0.63</RATIO>).",
            [
                ("6.7 months", "Median survival", DRUG),
                ("4.5 months", "Median survival", "placebo"),
                ("0.63", "Median survival", DRUG),
            ],
            [None, None, "placebo"],
        ),
        (  # in the sentence before
            "<ENDPOINT>Median survival</ENDPOINT> was <DURATION>4.5 months</DURATION> for <COHORT>placebo</COHORT>. "
            "In <COHORT>patients on velotinib</COHORT> the hazard ratio for <ENDPOINT>death</ENDPOINT> was "
            "<RATIO>0.63</RATIO>.",
            [("4.5 months", "Median survival", "placebo"), ("0.63", "death", DRUG)],
            [None, "placebo"],
        ),
        (  # named before the value
            "<ENDPOINT>The difference from <COHORT>placebo</COHORT></ENDPOINT> was <NUMBER>6.7</NUMBER> mmHg for "
            "<COHORT>25 mg</COHORT>.",
            [("6.7", "The difference from placebo", "25 mg")],
            ["placebo"],
        ),
        (  # over a parallel value
            "<ENDPOINT>Lesions</ENDPOINT> were reduced by <PERCENT>78%</PERCENT> and <PERCENT>74%</PERCENT> in "
            "<COHORT>two dose groups</COHORT> compared with <COHORT>placebo</COHORT>.",
            [("78%", "Lesions", "two dose groups"), ("74%", "Lesions", "two dose groups")],
            ["placebo", "placebo"],
        ),
        (  # a plain share of one arm: the p-value compares, not the value
            "<ENDPOINT>Clear skin</ENDPOINT> in <COHORT>patients on velotinib</COHORT>: <PERCENT>43.3%</PERCENT> "
            "(<P_VALUE>p<0.001</P_VALUE> vs. <COHORT>vehicle</COHORT>).",
            [("43.3%", "Clear skin", DRUG)],
            [None],
        ),
        (  # "more than" compares nobody
            "<ENDPOINT>Lesions</ENDPOINT> fell by more than <PERCENT>50%</PERCENT> in <COHORT>adults</COHORT>.",
            [("50%", "Lesions", None)],
            [None],
        ),
        (
            "<ENDPOINT>BMI</ENDPOINT> fell by a <PERCENT>19.8%</PERCENT> <DRUG>placebo</DRUG>-adjusted mean.",
            [("19.8%", "BMI", None)],
            ["placebo"],
        ),
        (  # the list's head says against whom
            "Compared with <COHORT>placebo</COHORT>, the drug gave:\n\n* a <PERCENT>53%</PERCENT> reduction in "
            "<ENDPOINT>LDL</ENDPOINT>\n* <PERCENT>4%</PERCENT> with <ENDPOINT>nausea</ENDPOINT>\n",
            [("53%", "LDL", None), ("4%", "nausea", None)],
            ["placebo", None],
        ),
        (  # no second group
            "The hazard ratio for <ENDPOINT>death</ENDPOINT> in <COHORT>patients on velotinib</COHORT> was "
            "<RATIO>0.63</RATIO>.",
            [("0.63", "death", DRUG)],
            [None],
        ),
    ],
)
def test_a_comparator_is_the_other_group_of_a_comparison(marked, rows, expected):
    assert list(compared(marked, *rows).values()) == expected

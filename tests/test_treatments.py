"""What a group was given: each row marks groups, drugs, doses and schedules; the last group is asked."""

import pytest
from marked import read_marked

from topline.relations.groups import Groups
from topline.results.treatments import Arms
from topline.schema import Treatment


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "<COHORT>patients on <DRUG>velotinib</DRUG> <DOSE>10 mg</DOSE> <SCHEDULE>once daily</SCHEDULE></COHORT>",
            Treatment("velotinib", "10 mg", "once daily"),
        ),
        (  # behind the phrase
            "<COHORT>Arm B</COHORT> (<DRUG>velotinib</DRUG> <DOSE>10 mg</DOSE> <SCHEDULE>once daily</SCHEDULE>)",
            Treatment("velotinib", "10 mg", "once daily"),
        ),
        (  # of one arm together
            "<COHORT>patients on <DRUG>velotinib</DRUG> plus <DRUG>docetaxel</DRUG></COHORT> improved",
            Treatment("velotinib plus docetaxel"),
        ),
        (  # two arms: neither drug is that of all
            "<COHORT>the <DRUG>velotinib</DRUG> and <DRUG>docetaxel</DRUG> groups</COHORT> improved",
            Treatment(),
        ),
        (  # said before of the same arm
            "<COHORT>Arm B</COHORT> received <DRUG>velotinib</DRUG> <DOSE>10 mg</DOSE>. Relief was seen in "
            "<COHORT>Arm B</COHORT>.",
            Treatment("velotinib", "10 mg"),
        ),
        (  # of another arm
            "<COHORT>Arm A</COHORT> received <DRUG>velotinib</DRUG> <DOSE>10 mg</DOSE>. Relief was seen in "
            "<COHORT>Arm B</COHORT>.",
            Treatment(),
        ),
        (  # two doses said before: neither is taken
            "<COHORT>patients on <DRUG>velotinib</DRUG> <DOSE>10 mg</DOSE></COHORT> and <COHORT>patients on "
            "<DRUG>velotinib</DRUG> <DOSE>20 mg</DOSE></COHORT> improved, all <COHORT>patients on "
            "<DRUG>velotinib</DRUG></COHORT> did.",
            Treatment("velotinib"),
        ),
        (  # the dose tells which drug
            "<COHORT><DRUG>velotinib</DRUG> <DOSE>10 mg</DOSE></COHORT> helped, as seen in <COHORT>the "
            "<DOSE>10 mg</DOSE> group</COHORT>.",
            Treatment("velotinib", "10 mg"),
        ),
        (  # a control takes no dose of another arm
            "<COHORT>the <DRUG>placebo</DRUG> group</COHORT> (<DOSE>10 mg</DOSE> in the other)",
            Treatment("placebo"),
        ),
        ("<COHORT>all patients</COHORT> improved on <DRUG>velotinib</DRUG>", Treatment()),
    ],
)
def test_a_group_was_given_what_its_phrases_say(marked, expected):
    view = read_marked(marked)
    *_, last = (i for i, mention in enumerate(view.mentions) if mention.label == "COHORT")
    assert Arms(Groups(view)).treatment(last) == expected
    assert Arms(Groups(view)).treatment(None) == Treatment()

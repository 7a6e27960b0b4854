"""How large a group is, by the text's own words."""

import pytest
from marked import at, read_marked, said

from topline.relations.groups import Groups

TRIAL = "The trial enrolled <COHORT><COUNT>120</COUNT> patients with migraine</COHORT>. "
ARMS = (
    TRIAL + "<COHORT><COUNT>61</COUNT> patients received velotinib</COHORT> and "
    "<COHORT><COUNT>59</COUNT> patients received placebo</COHORT>. "
)


def size(marked: str, group: str, nth: int = 1) -> str | None:
    view = read_marked(marked)
    found = Groups(view).size(at(view, group, nth))
    return None if found is None else view.text[found.start : found.end]


@pytest.mark.parametrize(
    ("marked", "group", "expected"),
    [
        # in the phrase
        ("<COHORT><COUNT>64</COUNT> patients with migraine</COHORT> had relief.", "64 patients with migraine", "64"),
        ("<COHORT>the <COUNT>64</COUNT> evaluable patients</COHORT> had relief.", "the 64 evaluable patients", "64"),
        # ... but not a count of something that the patients have
        (
            "<COHORT>patients with <COUNT>3</COUNT> or more attacks</COHORT> had relief.",
            "patients with 3 or more attacks",
            None,
        ),
        # in brackets behind it
        ("Relief with <COHORT>velotinib 25 mg</COHORT> (n=<COUNT>54</COUNT>) was 41%.", "velotinib 25 mg", "54"),
        ("Relief with <COHORT>velotinib 25 mg</COHORT> (N = <COUNT>54</COUNT>) was 41%.", "velotinib 25 mg", "54"),
        ("Relief with <COHORT>velotinib</COHORT> 25 mg daily [n=<COUNT>54</COUNT>] was 41%.", "velotinib", "54"),
        # ... but not any bracket
        ("Relief with <COHORT>velotinib 25 mg</COHORT> (<COUNT>54</COUNT> events) was 41%.", "velotinib 25 mg", None),
        (
            "Relief with <COHORT>velotinib</COHORT> was good; in all, (n=<COUNT>54</COUNT>) it was 41%.",
            "velotinib",
            None,
        ),
        # before it
        ("There were <COUNT>364</COUNT> in <COHORT>the active group</COHORT>.", "the active group", "364"),
        (
            "With <COUNT>364</COUNT> patients randomized to <COHORT>velotinib</COHORT>, relief was 41%.",
            "velotinib",
            None,
        ),
        ("With <COUNT>364</COUNT> patients on <COHORT>velotinib</COHORT>, relief was 41%.", "velotinib", "364"),
        # ... but not across other words
        ("<COUNT>364</COUNT> attacks were counted in <COHORT>the active group</COHORT>.", "the active group", None),
    ],
)
def test_the_size_that_stands_with_the_group(marked, group, expected):
    assert size(marked, group) == expected


@pytest.mark.parametrize(
    ("sentence", "group", "expected"),
    [
        # the last group before, whatever its name
        ("Relief came to 41% of <COHORT>these patients</COHORT>.", "these patients", "59"),
        ("Relief came to 41% of <COHORT>such patients</COHORT>.", "such patients", "59"),
        # "those who" names a group anew
        ("Relief came to 41% of <COHORT>those taking velotinib</COHORT>.", "those taking velotinib", "61"),
        # the same name
        ("Relief came to 41% of <COHORT>the velotinib group</COHORT>.", "the velotinib group", "61"),
        ("Relief came to 41% of <COHORT>placebo recipients</COHORT>.", "placebo recipients", "59"),
        # the whole trial
        ("Relief came to 41% of <COHORT>all patients</COHORT>.", "all patients", "120"),
        ("It came to 41% of <COHORT>the overall study population</COHORT>.", "the overall study population", "120"),
        # another name, another group
        ("Relief came to 41% of <COHORT>women over 60</COHORT>.", "women over 60", None),
    ],
)
def test_the_size_that_stands_elsewhere(sentence, group, expected):
    assert size(ARMS + sentence, group) == expected


def test_these_patients_before_any_group_have_no_size():
    assert size("Relief came to 41% of <COHORT>these patients</COHORT>. " + ARMS, "these patients") is None


def test_of_two_groups_of_one_name_the_nearer_counts():
    marked = (
        "In <COHORT><COUNT>61</COUNT> patients on velotinib</COHORT> relief was 41%. "
        "It was 40% in <COHORT>the velotinib arm</COHORT>. "
        "Of <COHORT><COUNT>48</COUNT> patients on velotinib</COHORT> in the second trial, half stayed, "
        "and of <COHORT>the velotinib group</COHORT> 41% had relief."
    )
    assert size(marked, "the velotinib group") == "48"
    assert size(marked, "the velotinib arm") == "61"


def test_a_count_that_is_a_result_is_no_groups_size():
    view = read_marked("<COHORT><COUNT>41</COUNT> patients with relief</COHORT> stayed in the trial.")
    group, count = at(view, "41 patients with relief"), at(view, "41")
    assert said(view, count) == "41"
    assert Groups(view).size(group) is not None
    assert Groups(view, frozenset({count})).size(group) is None


@pytest.mark.parametrize(
    ("group", "population"),
    [
        ("the intent-to-treat population", "intent-to-treat"),
        ("the ITT population", "intent-to-treat"),
        ("the 60 evaluable patients", "efficacy evaluable"),
        ("the per-protocol population", "per protocol"),
        ("the safety population", "safety"),
        ("all randomized patients", "randomized"),
        ("responders", "responders"),
        ("patients with little safety concern", None),
        ("women over 60", None),
    ],
)
def test_the_population_that_a_group_names(group, population):
    view = read_marked(f"Relief came to 41% of <COHORT>{group}</COHORT>.")
    assert Groups(view).population(at(view, group)) == population


def test_what_stands_inside_a_groups_phrase():
    view = read_marked(
        "Relief with <COHORT><DRUG>velotinib</DRUG> <DOSE>25 mg</DOSE></COHORT> was better than <DRUG>placebo</DRUG>."
    )
    group = view.mentions[at(view, "velotinib 25 mg")]
    inside = {
        label: [view.text[m.start : m.end] for m in Groups(view).inside(label, group)]
        for label in ("DRUG", "DOSE", "CI")
    }
    assert inside == {"DRUG": ["velotinib"], "DOSE": ["25 mg"], "CI": []}

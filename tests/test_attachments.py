"""What belongs to a value besides its endpoint and cohort: each row names the value, the role and the text, or none."""

import pytest
from marked import at, decision, read_marked, said

from topline.relations.attachments import attach


def attached(view, decisions) -> set[tuple[str, str, str]]:
    return {(said(view, a.value), a.role, said(view, a.target)) for a in attach(view, decisions)}


def of_role(role: str, marked: str, *values: str) -> dict[str, str]:
    """Return each value's attachment of a role, all values having the same endpoint and no cohort."""
    view = read_marked(marked)
    endpoint = next((i for i, mention in enumerate(view.mentions) if mention.label == "ENDPOINT"), None)
    found = attach(view, [decision(view, value, endpoint) for value in values])
    return {said(view, a.value): said(view, a.target) for a in found if a.role == role}


RATE = "<ENDPOINT>The response rate</ENDPOINT> was "


@pytest.mark.parametrize(
    ("marked", "values", "expected"),
    [
        (
            RATE + "<PERCENT>38.3%</PERCENT> (<CI>95% CI: 26.1-51.8</CI>).",
            ("38.3%",),
            {"38.3%": "95% CI: 26.1-51.8"},
        ),
        (  # each arm has its own
            RATE + "<PERCENT>38.3%</PERCENT> (<CI>95% CI: 26.1-51.8</CI>) and "
            "<PERCENT>12.1%</PERCENT> (<CI>95% CI: 5-23.3</CI>).",
            ("38.3%", "12.1%"),
            {"38.3%": "95% CI: 26.1-51.8", "12.1%": "95% CI: 5-23.3"},
        ),
        (  # the nearest value lies outside: the interval is of the one before
            RATE + "<PERCENT>38.3%</PERCENT> against <PERCENT>12.1%</PERCENT> (<CI>95% CI: 26.1-51.8</CI>).",
            ("38.3%", "12.1%"),
            {"38.3%": "95% CI: 26.1-51.8"},
        ),
        (  # no value that it could be of
            RATE + "<PERCENT>12.1%</PERCENT> (<CI>95% CI: 26.1-51.8</CI>).",
            ("12.1%",),
            {},
        ),
        (  # another sentence
            RATE + "<PERCENT>38.3%</PERCENT>. The interval was <CI>95% CI: 26.1-51.8</CI>.",
            ("38.3%",),
            {},
        ),
        (  # too far behind
            RATE
            + "<PERCENT>38.3%</PERCENT> in the patients who had been given the drug for the whole of the first year "
            "of the trial (<CI>95% CI: 26.1-51.8</CI>).",
            ("38.3%",),
            {},
        ),
    ],
)
def test_an_interval_belongs_to_the_nearest_value_before_it_that_it_contains(marked, values, expected):
    assert of_role("ci", marked, *values) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            RATE + "<PERCENT>38.3%</PERCENT> for <COHORT>velotinib</COHORT> and <PERCENT>12.1%</PERCENT> for "
            "<COHORT>placebo</COHORT> (<P_VALUE>p<0.001</P_VALUE>).",
            {"38.3%": "p<0.001"},
        ),
        (  # the control first
            RATE + "<PERCENT>12.1%</PERCENT> for <COHORT>placebo</COHORT> and <PERCENT>38.3%</PERCENT> for "
            "<COHORT>velotinib</COHORT> (<P_VALUE>p<0.001</P_VALUE>).",
            {"38.3%": "p<0.001"},
        ),
        (  # two doses, each with its own
            RATE + "<PERCENT>38.3%</PERCENT> for <COHORT>the high dose</COHORT> (<P_VALUE>p<0.001</P_VALUE>) and "
            "<PERCENT>21.7%</PERCENT> for <COHORT>the low dose</COHORT> (<P_VALUE>p=0.04</P_VALUE>).",
            {"38.3%": "p<0.001", "21.7%": "p=0.04"},
        ),
        (  # one for both doses
            RATE + "<PERCENT>38.3%</PERCENT> for <COHORT>the high dose</COHORT> and <PERCENT>21.7%</PERCENT> for "
            "<COHORT>the low dose</COHORT> against <PERCENT>12.1%</PERCENT> for <COHORT>placebo</COHORT> "
            "(<P_VALUE>p<0.001</P_VALUE> for both).",
            {"38.3%": "p<0.001", "21.7%": "p<0.001"},
        ),
        (  # several in a row, in the order of their values
            RATE + "<PERCENT>38.3%</PERCENT> for <COHORT>the high dose</COHORT> and <PERCENT>21.7%</PERCENT> for "
            "<COHORT>the low dose</COHORT>, with <P_VALUE>p-values of 0.03</P_VALUE> and <P_VALUE>0.01</P_VALUE>.",
            {"38.3%": "p-values of 0.03", "21.7%": "0.01"},
        ),
        (  # what another is compared with is the control, whatever its name
            RATE + "<PERCENT>38.3%</PERCENT> for <COHORT>velotinib</COHORT> compared to <PERCENT>12.1%</PERCENT> for "
            "<COHORT>untried patients</COHORT> (<P_VALUE>p<0.001</P_VALUE>).",
            {"38.3%": "p<0.001"},
        ),
        (  # before its value
            "With <P_VALUE>p=0.04</P_VALUE>, <ENDPOINT>the response rate</ENDPOINT> was <PERCENT>38.3%</PERCENT> for "
            "<COHORT>velotinib</COHORT>.",
            {"38.3%": "p=0.04"},
        ),
        (  # of another sentence
            RATE
            + "<PERCENT>38.3%</PERCENT> for <COHORT>velotinib</COHORT>. The trend held (<P_VALUE>p=0.04</P_VALUE>).",
            {},
        ),
    ],
)
def test_a_p_value_belongs_to_the_arm_that_is_no_control(marked, expected):
    view = read_marked(marked)
    values = [i for i, mention in enumerate(view.mentions) if mention.label == "PERCENT"]
    groups = [i for i, mention in enumerate(view.mentions) if mention.label == "COHORT"]
    (endpoint,) = (i for i, mention in enumerate(view.mentions) if mention.label == "ENDPOINT")
    decisions = [decision(view, v, endpoint, g) for v, g in zip(values, groups, strict=True)]
    assert {value: target for value, role, target in attached(view, decisions) if role == "p_value"} == expected


@pytest.mark.parametrize(("effect", "expected"), [("The response rate", {"38.3%": "p=0.04"}), ("relapse", {})])
def test_a_p_value_taken_for_a_result_still_belongs_to_an_effect_on_its_endpoint(effect, expected):
    view = read_marked(
        "<ENDPOINT>The response rate</ENDPOINT> and <ENDPOINT>relapse</ENDPOINT> differed: <PERCENT>38.3%</PERCENT>, "
        "<P_VALUE>p=0.04</P_VALUE>."
    )
    decisions = [decision(view, "38.3%", effect), decision(view, "p=0.04", "The response rate")]
    assert {value: target for value, role, target in attached(view, decisions) if role == "p_value"} == expected


@pytest.mark.parametrize(
    ("marked", "numerator", "n"),
    [
        ("Relief was seen in <COUNT>23</COUNT> of <COUNT>60</COUNT> patients (<PERCENT>38.3%</PERCENT>).", "23", "60"),
        (
            "Relief was seen in <COUNT>23</COUNT> of the <COUNT>60</COUNT> patients (<PERCENT>38.3%</PERCENT>).",
            "23",
            "60",
        ),
        ("Relief was seen in <COUNT>23</COUNT> out of <COUNT>60</COUNT>, <PERCENT>38.3%</PERCENT>.", "23", "60"),
        ("Relief was <PERCENT>38.3%</PERCENT> (<COUNT>23</COUNT>/<COUNT>60</COUNT>).", "23", "60"),
        ("Relief was <PERCENT>38.3%</PERCENT> (<COUNT>23</COUNT> of <COUNT>60</COUNT>).", "23", "60"),
        ("Relief was <PERCENT>38%</PERCENT> [<COUNT>23</COUNT>/<COUNT>60</COUNT>].", "23", "60"),
        ("Relief was seen in <COUNT>9</COUNT> patients, or <PERCENT>33%</PERCENT>.", "9", None),
        ("Relief was seen in <COUNT>9</COUNT> (<PERCENT>33%</PERCENT>) of them.", "9", None),
        ("Relief was <PERCENT>33%</PERCENT> (<COUNT>9</COUNT> patients).", "9", None),
        (
            "Relief was seen in <COUNT>16</COUNT> of the <COUNT>44</COUNT> patients who had had a raised value when "
            "they entered (<PERCENT>36.4%</PERCENT>).",
            "16",
            "44",
        ),
        ("Relief was <PERCENT>45%</PERCENT>: <COUNT>5</COUNT> out of <COUNT>11</COUNT> had it.", "5", "11"),
        ("Pneumonia was seen in <PERCENT>3.5%</PERCENT> of adults (<COUNT>12</COUNT> cases).", "12", None),
        # a group's size
        ("Pneumonia was seen in <PERCENT>3.5%</PERCENT> of adults (<COUNT>342</COUNT> patients).", None, None),
        # "1 in 5" is a share itself
        ("About 1 in <COUNT>5</COUNT> (<PERCENT>18%</PERCENT>) had diabetes.", None, None),
        # the arithmetic must hold
        ("Relief was seen in <COUNT>24</COUNT> of <COUNT>60</COUNT> patients, <PERCENT>38.3%</PERCENT>.", None, None),
        ("Relief was <PERCENT>38.3%</PERCENT> in <COUNT>23</COUNT> and <COUNT>60</COUNT> patients.", None, None),
        # a count of its own, neither in brackets nor behind "or"
        ("Of <COUNT>60</COUNT> patients, <PERCENT>38.3%</PERCENT> had relief.", None, None),
        # not the percentage's sentence
        ("There were <COUNT>23</COUNT> of <COUNT>60</COUNT>. Relief was <PERCENT>38.3%</PERCENT>.", None, None),
        # not a percentage
        ("A score of <NUMBER>38.3</NUMBER> (<COUNT>23</COUNT>/<COUNT>60</COUNT>) was seen.", None, None),
    ],
)
def test_the_counts_behind_a_percentage(marked, numerator, n):
    view = read_marked(marked)
    (value,) = (i for i, mention in enumerate(view.mentions) if mention.label in ("PERCENT", "NUMBER"))
    found = {role: target for _, role, target in attached(view, [decision(view, value)])}
    assert (found.get("numerator"), found.get("n")) == (numerator, n)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (RATE + "<PERCENT>38.3%</PERCENT> <TIME_FRAME>at Week 12</TIME_FRAME>.", "at Week 12"),
        ("<TIME_FRAME>At Week 12</TIME_FRAME>, relief was <PERCENT>38.3%</PERCENT>.", "At Week 12"),
        (  # the nearer of two
            "<TIME_FRAME>At Week 4</TIME_FRAME> the first of the two visits took place and relief was "
            "<PERCENT>38.3%</PERCENT> <TIME_FRAME>at Week 12</TIME_FRAME>.",
            "at Week 12",
        ),
        (  # the one of its own clause, though another is nearer
            "<TIME_FRAME>At Week 4</TIME_FRAME> and with the drug relief was <PERCENT>38.3%</PERCENT>; "
            "<TIME_FRAME>at Week 12</TIME_FRAME> it had gone.",
            "At Week 4",
        ),
        (RATE + "<PERCENT>38.3%</PERCENT>. The trial ended <TIME_FRAME>at Week 12</TIME_FRAME>.", None),
        (  # a time frame that holds the value is its own
            "Follow-up was <TIME_FRAME>for <PERCENT>38.3%</PERCENT> of the year</TIME_FRAME>.",
            None,
        ),
    ],
)
def test_a_time_frame_belongs_to_the_values_of_its_sentence(marked, expected):
    assert of_role("time_frame", marked, "38.3%").get("38.3%") == expected


ON_DRUG = RATE + "<PERCENT>38.3%</PERCENT> in <COHORT>patients on velotinib</COHORT> "


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (ON_DRUG + "versus <COHORT>placebo</COHORT>.", "placebo"),
        (ON_DRUG + "compared to <DRUG>placebo</DRUG>.", "placebo"),
        (ON_DRUG + "and was higher than in <COHORT>the control arm</COHORT>.", "the control arm"),
        (ON_DRUG + "and <COHORT>their carers</COHORT>.", None),
        (ON_DRUG + "versus last year. The other arm took <DRUG>placebo</DRUG>.", None),
        # with a value of its own it is a row, no comparator
        (ON_DRUG + "versus <PERCENT>12.1%</PERCENT> in <COHORT>placebo</COHORT>.", None),
    ],
)
def test_a_comparator_stands_behind_versus_without_a_value_of_its_own(marked, expected):
    view = read_marked(marked)
    decisions = [decision(view, "38.3%", "The response rate", "patients on velotinib")]
    if "12.1%" in marked:
        decisions.append(decision(view, "12.1%", "The response rate", "placebo"))
    found = {(value, role): target for value, role, target in attached(view, decisions)}
    assert found.get(("38.3%", "comparator")) == expected


def test_attachments_are_ordered_by_value():
    view = read_marked(
        RATE + "<PERCENT>38.3%</PERCENT> (<CI>95% CI: 26.1-51.8</CI>; <P_VALUE>p=0.04</P_VALUE>) "
        "<TIME_FRAME>at Week 12</TIME_FRAME> "
        "and <PERCENT>41.7%</PERCENT> (<CI>95% CI: 29.1-55.1</CI>) <TIME_FRAME>at Week 24</TIME_FRAME>."
    )
    found = attach(view, [decision(view, "38.3%"), decision(view, "41.7%")])
    assert [(a.value, a.role) for a in found] == sorted((a.value, a.role) for a in found)
    assert [a.role for a in found if a.value == at(view, "38.3%")] == ["ci", "p_value", "time_frame"]
    assert attach(view, []) == []


@pytest.mark.parametrize(
    ("marked", "n"),
    [
        ("Relapse led to death in <COUNT>4</COUNT> of the <COUNT>6</COUNT>.", "6"),
        ("Responses: <COUNT>4</COUNT>/<COUNT>6</COUNT> adults.", "6"),
        ("Relief lasted for <DURATION>9 weeks</DURATION> (4-12; n = <COUNT>10</COUNT>).", "10"),
        # "7 out of 10" is said of any number
        ("Relief came to <COUNT>7</COUNT> out of <COUNT>10</COUNT> adults.", None),
        ("Relief came to <COUNT>7</COUNT> of <COUNT>5</COUNT> adults.", None),
        # an n of the next group
        ("Relief lasted for <DURATION>9 weeks</DURATION> (placebo: n = <COUNT>10</COUNT>, n = 9).", None),
    ],
)
def test_the_number_that_a_value_is_of(marked, n):
    view = read_marked(marked)
    found = {role: target for _, role, target in attached(view, [decision(view, said(view, 0))])}
    assert found.get("n") == n

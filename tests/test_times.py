"""When a value was measured: each row marks values and time frames, and names each value's own, or none."""

import pytest
from marked import decision, read_marked, said

from topline.relations.attachments import attach

VALUES = ("PERCENT", "NUMBER", "DURATION", "RATIO")


def times(marked: str, endpoints: tuple[str | None, ...], cohorts: tuple[str | None, ...] = ()) -> list[str | None]:
    """Return each value's time frame, the values having these endpoints in order."""
    view = read_marked(marked)
    values = [i for i, mention in enumerate(view.mentions) if mention.label in VALUES]
    cohorts = cohorts or (None,) * len(values)
    decisions = [decision(view, *each) for each in zip(values, endpoints, cohorts, strict=True)]
    found = {a.value: said(view, a.target) for a in attach(view, decisions) if a.role == "time_frame"}
    return [found.get(value) for value in values]


@pytest.mark.parametrize(
    ("marked", "endpoints", "expected"),
    [
        (  # what opens the sentence holds for all of it
            "<TIME_FRAME>At week 12</TIME_FRAME>, <ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT>, and "
            "<ENDPOINT>nausea</ENDPOINT> was seen in <PERCENT>4.1%</PERCENT>.",
            ("relief", "nausea"),
            ["At week 12", "At week 12"],
        ),
        (  # behind both arms of one comparison
            "<ENDPOINT>Relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> and <PERCENT>12.1%</PERCENT> "
            "<TIME_FRAME>at week 12</TIME_FRAME>.",
            ("Relief", "Relief"),
            ["at week 12", "at week 12"],
        ),
        (  # behind the value of another endpoint
            "<ENDPOINT>The response rate</ENDPOINT> was <PERCENT>70%</PERCENT> and <ENDPOINT>survival</ENDPOINT> was "
            "<PERCENT>49%</PERCENT> <TIME_FRAME>at four years</TIME_FRAME>.",
            ("The response rate", "survival"),
            [None, "at four years"],
        ),
        (  # between another value and its endpoint
            "<PERCENT>71.7%</PERCENT> were <ENDPOINT>women</ENDPOINT> and <ENDPOINT>mean weight</ENDPOINT> "
            "<TIME_FRAME>at baseline</TIME_FRAME> was <NUMBER>105.4</NUMBER> kg.",
            ("women", "mean weight"),
            [None, "at baseline"],
        ),
        (  # each its own
            "<ENDPOINT>Weight</ENDPOINT> fell by <PERCENT>6.3%</PERCENT> <TIME_FRAME>at week 12</TIME_FRAME> and by "
            "<PERCENT>9.4%</PERCENT> <TIME_FRAME>at week 24</TIME_FRAME>.",
            ("Weight", "Weight"),
            ["at week 12", "at week 24"],
        ),
        (  # a start that follows a number is that number's
            "<ENDPOINT>Calprotectin</ENDPOINT> fell by <PERCENT>61%</PERCENT> from <NUMBER>1870</NUMBER> "
            "<TIME_FRAME>at baseline</TIME_FRAME>.",
            ("Calprotectin", "Calprotectin"),
            [None, "at baseline"],
        ),
        (  # a semicolon in brackets ends no clause
            "<ENDPOINT>Relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> (<CI>95% CI: 26.1-51.8</CI>; "
            "<P_VALUE>p=0.04</P_VALUE>) <TIME_FRAME>at week 12</TIME_FRAME>.",
            ("Relief",),
            ["at week 12"],
        ),
        (  # outside brackets it does
            "<ENDPOINT>Relief</ENDPOINT> was <PERCENT>38.3%</PERCENT>; the trial ended "
            "<TIME_FRAME>at week 12</TIME_FRAME>.",
            ("Relief",),
            [None],
        ),
        (  # a time frame that begins with a value is one itself
            "<ENDPOINT>Median survival</ENDPOINT> was <TIME_FRAME><DURATION>28.8 months</DURATION> after "
            "treatment</TIME_FRAME> versus <DURATION>12.5 months</DURATION> in the control group.",
            ("Median survival", "Median survival"),
            [None, None],
        ),
    ],
)
def test_a_time_frame_holds_for_the_values_that_it_can_be_of(marked, endpoints, expected):
    assert times(marked, endpoints) == expected


def test_a_time_frame_inside_the_groups_phrase_says_who_was_measured():
    marked = (
        "<ENDPOINT>Relief</ENDPOINT> was <PERCENT>85%</PERCENT> in <COHORT>patients treated "
        "<TIME_FRAME>through 54 weeks</TIME_FRAME></COHORT>."
    )
    assert times(marked, ("Relief",), ("patients treated through 54 weeks",)) == [None]
    assert times(marked, ("Relief",)) == ["through 54 weeks"]


HEAD = "Velotinib was given to all. "


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # the sentence before begins with it
        (HEAD + "<TIME_FRAME>At week 12</TIME_FRAME>, all were seen. Relief was <PERCENT>38%</PERCENT>.", "At week 12"),
        # the sentence before has it elsewhere
        (HEAD + "All were seen <TIME_FRAME>at week 12</TIME_FRAME>. Relief was <PERCENT>38%</PERCENT>.", None),
        # when the trial began holds for its own sentence
        (HEAD + "<TIME_FRAME>At baseline</TIME_FRAME>, all were seen. Relief was <PERCENT>38%</PERCENT>.", None),
        # too far above
        (
            "<TIME_FRAME>At week 12</TIME_FRAME>, all were seen. One was not. Two left. Relief was "
            "<PERCENT>38%</PERCENT>.",
            None,
        ),
        # in another paragraph
        ("<TIME_FRAME>At week 12</TIME_FRAME>, all were seen.\n\nRelief was <PERCENT>38%</PERCENT>.", None),
    ],
)
def test_what_opens_a_sentence_holds_for_the_next_two(marked, expected):
    assert times(marked, (None,)) == [expected]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "The results <TIME_FRAME>at week 12</TIME_FRAME> were:\n\n* Relief: <PERCENT>38%</PERCENT>\n"
            "* Nausea: <PERCENT>4%</PERCENT>\n",
            ["at week 12", "at week 12"],
        ),
        (  # the item's own replaces it
            "The results <TIME_FRAME>at week 12</TIME_FRAME> were:\n\n* Relief: <PERCENT>38%</PERCENT>\n"
            "* Nausea <TIME_FRAME>at week 4</TIME_FRAME>: <PERCENT>4%</PERCENT>\n",
            ["at week 12", "at week 4"],
        ),
        (  # the date of the data is not when something was measured
            "The results <TIME_FRAME>as of the data cut-off</TIME_FRAME> were:\n\n* Relief: <PERCENT>38%</PERCENT>\n",
            [None],
        ),
        (  # a table flattened to a paragraph a cell
            "Change <TIME_FRAME>after 8 weeks</TIME_FRAME> is given below, for all who took part in the trial and for "
            "those who took every dose of the drug that was planned.\n\nRelief\n\n<PERCENT>38%</PERCENT>\n\n"
            "<PERCENT>12%</PERCENT>\n\nNausea\n\n<PERCENT>4%</PERCENT>\n\n<PERCENT>2%</PERCENT>\n\n",
            ["after 8 weeks"] * 4,
        ),
        (  # two short paragraphs are no table
            "Change <TIME_FRAME>after 8 weeks</TIME_FRAME> is given below, for all who took part in the trial and for "
            "those who took every dose of the drug that was planned.\n\nRelief\n\n<PERCENT>38%</PERCENT>\n\n",
            [None],
        ),
    ],
)
def test_the_head_of_a_list_or_flattened_table_holds_for_its_values(marked, expected):
    assert times(marked, (None,) * len(expected)) == expected

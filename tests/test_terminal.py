from dataclasses import replace

import pytest

from topline.schema import Check, Cohort, Endpoint, Place, Result, Source, Treatment, Trial, Value
from topline.terminal import details, heading, make_console, passage, table

SOURCE = Source("ex99.htm", "0" * 64, 2, "EX-99.1", "8-K", company="Zelnor [Bio] Inc.", filed="2020-05-04")
TEXT = "Arm B (high dose):\n- response rate was 41.2%\n  in 34 treated patients.\nNext."


def quote(record, text, **fields):
    start = TEXT.index(text)
    return record(text=text, start=start, end=start + len(text), **fields)


def make_row(endpoint=None, cohort=None):
    start, end = TEXT.index("- response"), TEXT.index("\nNext")
    value = quote(Value, "41.2%", kind="percent", number=41.2, unit="%")
    empty = dict.fromkeys(("comparator", "numerator", "time_frame", "ci", "p_value"))
    return Result(
        id="0123456789ab",
        source=SOURCE,
        value=value,
        endpoint=endpoint and quote(Endpoint, endpoint, code="ORR"),
        cohort=cohort and quote(Cohort, cohort, n=34),
        treatment=Treatment(),
        trial=Trial(),
        sentence=Place(start, end),
        where="list",
        confidence=0.876,
        **empty,
    )


def drawn(renderable):
    console = make_console()
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


@pytest.mark.parametrize(
    ("endpoint", "cohort", "lines"),
    [
        (None, None, ["- response rate was [41.2%] in 34 treated patients."]),
        ("response rate", "34 treated patients", ["- {response rate} was [41.2%] in <34 treated patients>."]),
        # a cohort around an endpoint, then one that crosses it
        ("response", "response rate", ["- <{response} rate> was [41.2%] in 34 treated patients."]),
        ("response rate", "rate was", ["- {response <rate} was> [41.2%] in 34 treated patients."]),
        ("rate was 41.2%", None, ["- response {rate was [41.2%]} in 34 treated patients."]),
        # outside the sentence: its own line
        (
            "response rate",
            "Arm B",
            [
                "- {response rate} was [41.2%] in 34 treated patients.",
                "cohort: … <Arm B> (high dose): - response rate was 41.2% in 34 treated pati …",
            ],
        ),
    ],
)
def test_a_passage_marks_value_endpoint_and_cohort(endpoint, cohort, lines):
    said = [
        text.plain.strip().removeprefix("012345").strip() for text in passage(TEXT, make_row(endpoint, cohort), False)
    ]
    assert said == lines


def test_colours_take_the_place_of_brackets():
    (text,) = passage(TEXT, make_row("response rate"), True)
    assert text.plain.endswith("- response rate was 41.2% in 34 treated patients.")
    marked = {text.plain[span.start : span.end]: span.style for span in text.spans}
    assert {"41.2%": "bold green", "response rate": "cyan"}.items() <= marked.items()


def test_a_heading_names_the_document():
    assert heading(SOURCE, 1).plain == "ex99.htm · document 2 · EX-99.1 · Zelnor [Bio] Inc. · 2020-05-04 · 1 row"
    assert heading(Source("a.txt", "0" * 64), 0).plain == "a.txt · 0 rows"


CHECKS = (
    Check("count_feasible", "pass", "14 of 34 is 41.2%"),
    Check("inside_interval", "fail", "41.2 against 50 to 60"),
)


@pytest.mark.parametrize(
    ("checks", "said"),
    [((), ""), (CHECKS[:1], "1 pass"), (CHECKS, "fails inside_interval")],
    ids=["none", "one", "both"],
)
def test_a_table_line_holds_the_row(checks, said):
    line = drawn(table((replace(make_row("response rate", "34 treated patients"), checks=checks),))).splitlines()[2]
    cells = [cell.strip() for cell in line.split("│")]
    assert cells == ["012345", "41.2%", "response rate", "34 treated patients", "34", "", "", "0.88", said]


def test_a_row_in_full_names_its_places_and_the_arithmetic_of_its_checks():
    lines = [" ".join(line.split()) for line in drawn(details(replace(make_row(), checks=CHECKS))).splitlines()]
    start = TEXT.index("41.2%")
    assert f"value 41.2% [{start}, {start + 5}) kind percent, number 41.2, unit %, relation =" in lines
    assert "count_feasible pass: 14 of 34 is 41.2%" in lines
    assert not any(line.startswith("endpoint") for line in lines)

from dataclasses import replace

import pytest

from topline.schema import Check, Cohort, Endpoint, Place, Quote, Result, Source, Treatment, Trial, Value
from topline.terminal import details, heading, make_console, table

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


def drawn(renderable, width=None):
    console = make_console()
    console.width = width or console.width
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


def test_a_heading_names_the_document():
    assert heading(SOURCE, 1).plain == "ex99.htm · document 2 · EX-99.1 · Zelnor [Bio] Inc. · 2020-05-04 · 1 row"
    assert heading(Source("a.txt", "0" * 64), 0).plain == "a.txt · 0 rows"


CHECKS = (
    Check("count_feasible", "pass", "14 of 34 is 41.2%"),
    Check("inside_interval", "fail", "41.2 against 50 to 60"),
)


@pytest.mark.parametrize(
    ("checks", "said"),
    [((), "0.88"), (CHECKS[:1], "0.88 ✓1"), (CHECKS, "0.88 ✗1")],
    ids=["none", "one", "both"],
)
def test_a_narrow_table_puts_its_last_columns_together(checks, said):
    row = make_row("response rate", "34 treated")
    start = TEXT.index("treated")
    row = replace(row, time_frame=Quote("treated", start, start + 7), checks=checks)
    lines = drawn(table((row,), 80), 80).splitlines()
    assert max(map(len, lines)) <= 80
    cells = [cell.strip() for cell in lines[2].split("│")]
    assert cells == ["012345", "41.2%", "response rate", "34 treated", "34", "treated", said]


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

"""The checks of a row and what they derive."""

import pytest

from topline.results.checks import check
from topline.schema import Cohort, Count, Interval, Place, Result, Source, Treatment, Trial, Value


def row(value: str, kind="percent", relation="=", n=None, k=None, ci=None, cohort=True) -> Result:
    number = float("".join(c for c in value if c.isdigit() or c == "."))
    return Result(
        id="r1",
        source=Source("note.txt", "0" * 64),
        value=Value(value, 0, len(value), kind=kind, number=number, relation=relation),
        endpoint=None,
        cohort=Cohort("patients", 20, 28, n=n) if cohort else None,
        comparator=None,
        numerator=Count(str(k), 30, 32, number=k) if k is not None else None,
        time_frame=None,
        ci=Interval("95% CI", 40, 46, low=ci[0], high=ci[1], level=95.0) if ci else None,
        p_value=None,
        treatment=Treatment(),
        trial=Trial(),
        sentence=Place(0, 50),
        where="prose",
        confidence=None,
    )


def outcomes(found: Result) -> dict[str, str]:
    return {each.name: each.outcome for each in check(found)[0]}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (row("39.3%", n=107), {"count_feasible": "pass"}),
        (row("39.3%", n=76), {"count_feasible": "fail"}),
        (row("39.3 percent", n=107), {"count_feasible": "pass"}),
        (row("38.3%", n=60, k=23), {"count_feasible": "pass", "numerator": "pass"}),
        (row("38.3%", n=60, k=24), {"count_feasible": "pass", "numerator": "fail"}),
        (row("38.3%", n=0, k=0), {"count_feasible": "fail", "numerator": "fail"}),
        (row("38.3%", ci=(26.1, 51.8)), {"inside_interval": "pass"}),
        (row("38.3%", ci=(38.3, 51.8)), {"inside_interval": "pass"}),
        (row("12.1%", ci=(26.1, 51.8)), {"inside_interval": "fail"}),
        (row("0.72", kind="ratio", ci=(0.5, 0.9)), {"inside_interval": "pass"}),
        # what cannot be asked is not asked
        (row("38.3%"), {}),
        (row("38.3%", k=23), {}),
        (row("38.3%", cohort=False, k=23), {}),
        (row("39.3%", n=76, relation=">"), {}),
        (row("12.4 months", kind="duration", n=76), {}),
        (row("0.72", kind="ratio", ci=(0.5, None)), {}),
    ],
)
def test_outcomes(found, expected):
    assert outcomes(found) == expected


@pytest.mark.parametrize(
    ("found", "derived"),
    [
        (row("39.3%", n=107), {"numerator": 42}),
        (row("39.3%", n=107, k=42), {}),  # it stands in the text
        (row("50%", n=200), {}),  # 99, 100 or 101
        (row("39.3%", n=76), {}),
    ],
)
def test_the_only_count_that_fits_is_derived(found, derived):
    assert check(found)[1] == derived


@pytest.mark.parametrize(
    ("found", "details"),
    [
        (row("39.3%", n=107), ["42 of 107 is 39.3%"]),
        (row("50%", n=200), ["99 to 101 of 200 is 50%"]),
        (row("39.3%", n=76), ["no count of 76 is 39.3%"]),
        (row("38.3%", n=60, k=24), ["23 of 60 is 38.3%", "24 of 60 is 40.0%, the text says 38.3%"]),
        (row("12.1%", ci=(26.1, 51.8)), ["12.1 against 26.1 to 51.8"]),
    ],
)
def test_the_arithmetic_is_spelled_out(found, details):
    assert [each.detail for each in check(found)[0]] == details

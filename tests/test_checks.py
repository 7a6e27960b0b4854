"""The checks of one row and what they derive."""

from dataclasses import replace

import pytest

from topline.results.checks import check
from topline.results.shares import half_unit
from topline.schema import Cohort, Count, Endpoint, Interval, Place, PValue, Result, Source, Treatment, Trial, Value

NAMES = ["count_feasible", "numerator", "range_order", "inside_interval", "confidence_level", "interval_and_p"]


def row(
    value: str, text: str = "", *, kind="percent", relation="=", n=None, k=None, ci=None, cohort=True, code=None
) -> tuple[Result, str]:
    """Return a row about `value` where it stands in `text`, and the text; `ci` is (low, high) or (low, high, level)."""
    text = text or f"The rate was {value} in patients."
    start = text.index(value)
    digits = "".join(c for c in value if c.isdigit() or c in ".-")
    bounds = None
    if ci:
        level = ci[2] if len(ci) > 2 else 95.0
        bounds = Interval(f"95% CI: {ci[0]} to {ci[1]}", 0, 1, low=ci[0], high=ci[1], level=level)
    made = Result(
        id="r1",
        source=Source("note.txt", "0" * 64),
        value=Value(value, start, start + len(value), kind=kind, number=float(digits), relation=relation),
        endpoint=Endpoint("the endpoint", 0, 1, code=code) if code else None,
        cohort=Cohort("patients", 0, 1, n=n) if cohort else None,
        comparator=None,
        numerator=Count(str(k), 0, 1, number=k) if k is not None else None,
        time_frame=None,
        ci=bounds,
        p_value=None,
        treatment=Treatment(),
        trial=Trial(),
        sentence=Place(0, len(text)),
        where="prose",
        confidence=None,
    )
    return made, text


def outcomes(found: tuple[Result, str]) -> dict[str, str]:
    """Return the outcomes that are not `not_applicable`."""
    return {each.name: each.outcome for each in check(*found)[0] if each.outcome != "not_applicable"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (row("39.3%", n=107), {"count_feasible": "pass"}),
        (row("39.3%", n=76), {"count_feasible": "fail"}),
        (row("39.3 percent", n=107), {"count_feasible": "pass"}),
        (row("38.3%", n=60, k=23), {"count_feasible": "pass", "numerator": "pass"}),
        (row("38.3%", n=60, k=24), {"count_feasible": "pass", "numerator": "fail"}),
        (row("38.3%", n=0, k=0), {"count_feasible": "fail", "numerator": "fail"}),
        (row("68.7%", n=112, k=77), {"count_feasible": "pass", "numerator": "pass"}),  # 68.75, half-down
        (row("68.8%", n=112, k=77), {"count_feasible": "pass", "numerator": "pass"}),  # half-up
        (row("38.3%", ci=(26.1, 51.8)), {"range_order": "pass", "inside_interval": "pass", "confidence_level": "pass"}),
        (row("38.3%", ci=(38.3, 51.8)), {"range_order": "pass", "inside_interval": "pass", "confidence_level": "pass"}),
        (row("12.1%", ci=(26.1, 51.8)), {"range_order": "pass", "inside_interval": "fail", "confidence_level": "pass"}),
        (row("38.3%", ci=(51.8, 26.1)), {"range_order": "fail", "inside_interval": "fail", "confidence_level": "pass"}),
        (row("9.1%", ci=(7.4, None)), {"inside_interval": "pass", "confidence_level": "pass"}),
        (row("9.1%", ci=(9.4, None)), {"inside_interval": "fail", "confidence_level": "pass"}),
        (
            row("9.1%", ci=(7.4, 12.0, None)),
            {"range_order": "pass", "inside_interval": "pass", "confidence_level": "fail"},
        ),
        # what cannot be asked is not asked
        (row("38.3%"), {}),
        (row("38.3%", k=23), {}),
        (row("38.3%", cohort=False, k=23), {}),
        (row("39.3%", n=76, relation=">"), {}),
        (row("12.4 months", kind="duration", n=76), {}),
    ],
)
def test_outcomes(found, expected):
    assert outcomes(found) == expected


@pytest.mark.parametrize(
    ("value", "text", "code", "feasible"),
    [
        # a change, a risk or an estimate is no count of people
        ("67%", "a 67% reduction from baseline in wheals", None, "not_applicable"),
        ("12%", "LDL cholesterol fell by 12% on velotinib", None, "not_applicable"),
        ("12%", "a mean reduction in spleen volume of 12% was seen", None, "not_applicable"),
        ("28%", "a 28% relative risk reduction", None, "not_applicable"),
        ("12%", "exacerbations were 12% lower than on placebo", None, "not_applicable"),
        ("97%", "patients spent 97% of days without pain", None, "not_applicable"),
        ("71%", "the estimated survival was 71% at one year", None, "not_applicable"),
        ("71%", "overall survival was 71% at one year", "OS", "not_applicable"),
        ("11%", "the score was 11% of normal", "WEIGHT", "not_applicable"),
        # and these are, whatever the endpoint is
        ("67%", "67% of patients had a 50% reduction in wheals", None, "fail"),
        ("67%", "67% of the patients lost weight", "WEIGHT", "fail"),
        ("67%", "the response rate was 67% on velotinib", "ORR", "fail"),
    ],
)
def test_a_percentage_that_is_no_share_of_people_is_not_asked_for_its_count(value, text, code, feasible):
    found, *_ = check(*row(value, text, n=7, code=code))[0]
    assert (found.name, found.outcome) == ("count_feasible", feasible)


def test_every_row_has_every_check_with_a_reason():
    for found in (row("39.3%"), row("39.3%", n=107, k=42, ci=(30.0, 49.2))):
        checks = check(*found)[0]
        assert [each.name for each in checks] == NAMES
        assert all(each.detail for each in checks)


@pytest.mark.parametrize(
    ("found", "derived"),
    [
        (row("39.3%", n=107), {"numerator": 42}),
        (row("39.3%", n=107, k=42), {}),  # it stands in the text
        (row("50%", n=200), {}),  # 99, 100 or 101
        (row("39.3%", n=76), {}),
        (row("12%", "LDL cholesterol fell by 12% on velotinib", n=25), {}),
    ],
)
def test_the_only_count_that_fits_is_derived(found, derived):
    assert check(*found)[1] == derived


@pytest.mark.parametrize(
    ("found", "name", "detail"),
    [
        (row("39.3%", n=107), "count_feasible", "42 of 107 is 39.3%"),
        (row("50%", n=200), "count_feasible", "99 to 101 of 200 is 50%"),
        (row("39.3%", n=76), "count_feasible", "no count of 76 is 39.3%"),
        (row("38.3%", n=60, k=24), "numerator", "24 of 60 is 40.0%, the text says 38.3%"),
        (row("1.25%", n=400, k=6), "numerator", "6 of 400 is 1.50%, the text says 1.25%"),
        (row("12.1%", ci=(26.1, 51.8)), "inside_interval", "12.1 against 26.1 to 51.8"),
        (row("9.1%", ci=(7.4, None)), "inside_interval", "9.1 against 7.4 to a bound without a number"),
        (row("38.3%", ci=(51.8, 26.1)), "range_order", "the interval runs from 51.8 down to 26.1"),
    ],
)
def test_the_arithmetic_is_spelled_out(found, name, detail):
    assert next(each.detail for each in check(*found)[0] if each.name == name) == detail


@pytest.mark.parametrize(
    ("printed", "half"), [("39.3%", "0.05"), ("39", "0.5"), ("0.720", "0.0005"), ("1,024", "0.5"), ("half", "0.5")]
)
def test_half_a_unit_of_the_last_printed_digit(printed, half):
    assert str(half_unit(printed)) == half


def ratio(
    value: str, low: float, high: float, p: str, relation: str = "=", *, words: str = "hazard ratio", level=95.0
) -> tuple[Result, str]:
    """Return a row of a ratio or a difference with its interval and p-value."""
    text = f"The {words} was {value} (95% CI {low} to {high}; p{relation}{p})."
    start = text.index(value)
    made, _ = row(value, text, kind="number")
    held = Interval(f"95% CI {low} to {high}", 0, 1, low=low, high=high, level=level)
    value_held = Value(value, start, start + len(value), kind="number", number=float(value))
    stated = PValue(f"p{relation}{p}", 0, 1, number=float(p), relation=relation)
    return replace(made, value=value_held, ci=held, p_value=stated), text


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        # Altman and Bland 2011: a relative risk of 0.81 (0.70 to 0.94) has p = 0.005
        (ratio("0.81", 0.70, 0.94, "0.005"), "pass"),
        (ratio("0.63", 0.41, 0.97, "0.034"), "pass"),
        (ratio("0.63", 0.41, 0.97, "0.05", "<"), "pass"),
        (ratio("0.63", 0.41, 0.97, "0.0001", "<"), "fail"),
        (ratio("0.63", 0.41, 0.97, "0.34"), "fail"),
        (ratio("0.63", 0.41, 0.97, "0.003"), "fail"),
        # a log-rank test beside Cox's interval: another z by a few percent
        (ratio("0.63", 0.41, 0.97, "0.028"), "pass"),
        # significance: p = 0.048 beside an interval that reaches beyond 1
        (ratio("0.67", 0.44, 1.02, "0.048"), "fail"),
        (ratio("0.67", 0.44, 1.02, "0.061"), "pass"),
        (ratio("0.67", 0.45, 1.00, "0.048"), "pass"),  # the bound may be 0.999 or 1.001
        # differences, on the plain scale
        (ratio("-3.2", -5.2, -1.2, "0.002", words="difference"), "pass"),
        (ratio("-3.2", -5.2, -1.2, "0.2", words="difference"), "fail"),
        (ratio("0.4", -0.8, 1.6, "0.51", words="difference"), "pass"),
        # where the normal approximation says nothing
        (ratio("-3.2", -5.2, -1.2, "0.2", words="mean change"), "not_applicable"),
        (ratio("0.63", 0.41, 0.97, "0.34", level=None), "not_applicable"),
        (ratio("0.45", 0.41, 0.97, "0.34"), "not_applicable"),  # lopsided
        (ratio("0.63", 0.41, 0.97, "0.017", words="one-sided test's hazard ratio"), "not_applicable"),
        (ratio("0.97", 0.80, 1.18, "0.001", "<", words="test for non-inferiority: the hazard ratio"), "not_applicable"),
    ],
)
def test_interval_and_p_value(found, outcome):
    assert check(*found)[0][-1].outcome == outcome


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (
            ratio("0.63", 0.41, 0.97, "0.34"),
            "the interval excludes 1, but p is not below 0.05; "
            "z = |ln 0.63| * 3.92 / (ln 0.97 - ln 0.41) = 2.10, p = 0.035; the text says p=0.34",
        ),
        (
            ratio("-3.2", -5.2, -1.2, "0.002", words="difference"),
            "z = |-3.2| * 3.92 / (-1.2 - (-5.2)) = 3.14, p = 0.0017; the text says p=0.002",
        ),
        (
            ratio("-3.2", -5.2, -1.2, "0.2", words="mean change"),
            "neither a ratio nor a difference between groups",
        ),
    ],
)
def test_the_recomputed_p_value_is_spelled_out(found, detail):
    assert check(*found)[0][-1].detail == detail

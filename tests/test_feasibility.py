"""Which counts a printed percentage may stand for."""

from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topline.relations.feasibility import counts, feasible

SHARES = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("digits", "n", "expected"),
    [
        ("39.3", 107, [42]),
        ("39.3", 76, []),
        ("68.7", 112, [77]),  # 68.75, rounded down
        ("68.8", 112, [77]),
        ("68.6", 112, []),
        ("0", 12, [0]),
        ("0.0", 5_000, [0, 1, 2]),
        ("100", 12, [12]),
        ("12.5", 8, [1]),
        ("12", 8, [1]),  # 12.5, rounded to even
        ("13", 8, [1]),
        ("14", 8, []),
        ("39.30", 107, []),  # 39.25 to two decimals
        ("39.25", 107, [42]),
        ("50", 200, [99, 100, 101]),
        (".5", 200, [1]),
    ],
)
def test_counts_of_a_printed_percentage(digits, n, expected):
    assert list(counts(digits, n)) == expected
    assert feasible(digits, n) == bool(expected)


@pytest.mark.parametrize(
    ("digits", "n"),
    [("101", 60), ("-3.2", 60), ("38.3", 0), ("38.3", -4), ("about", 60), ("", 60), ("1.2.3", 60), ("NaN", 60)],
)
def test_what_is_no_share_of_a_group_has_no_counts(digits, n):
    assert not feasible(digits, n)


@given(SHARES, st.integers(0, 2), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN]))
def test_every_share_is_feasible_however_it_was_rounded(share, decimals, rounding):
    k, n = share
    printed = (Decimal(100 * k) / n).quantize(Decimal(1).scaleb(-decimals), rounding)
    assert k in counts(str(printed), n)


@given(SHARES, st.integers(0, 2))
def test_a_share_printed_a_unit_off_is_another_count(share, decimals):
    k, n = share
    unit = Decimal(1).scaleb(-decimals)
    printed = (Decimal(100 * k) / n).quantize(unit, ROUND_HALF_UP) + 2 * unit
    assert k not in counts(str(printed), n)

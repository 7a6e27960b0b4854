"""Can this percentage be a count of that group? Exact arithmetic on the printed digits.

`39.3` of 107 is 42; no count of 76 rounds to 39.3. Half-up, half-even and half-down all pass: a filing printed 68.7 %
for 77 of 112 (68.75). With one decimal a wrong n of 107 is refused in 89 % of cases, whole percentages refuse none
from 100 on.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from functools import lru_cache


def feasible(digits: str, n: int) -> bool:
    """Tell whether some count of `n` rounds to the percentage printed as `digits`."""
    return bool(counts(digits, n))


@lru_cache(maxsize=1 << 14)
def counts(digits: str, n: int) -> range:
    """Return the counts of `n` that round to the percentage printed as `digits` (`39.3`); empty when none does.

    A count k fits when 100 k / n lies within half a unit of the last printed digit, both ends included.
    """
    try:
        percent = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return range(0)
    if n <= 0 or not percent.is_finite() or not 0 <= percent <= 100:
        return range(0)
    half = Decimal(1).scaleb(int(percent.as_tuple().exponent)) / 2
    low = ((percent - half) * n / 100).to_integral_value(ROUND_CEILING)
    high = ((percent + half) * n / 100).to_integral_value(ROUND_FLOOR)
    return range(max(0, int(low)), min(n, int(high)) + 1)

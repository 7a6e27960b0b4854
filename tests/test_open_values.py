"""Values that were not reached: each row is a text and what in it is one."""

import pytest

from topline.mentions import open_values, quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Median overall survival was not reached in patients on velotinib.", ["not reached"]),
        ("The median duration of response has not yet been reached.", ["not yet been reached"]),
        ("Median PFS was NR (95% CI 18.2-NE) and 9.8 months.", ["NR"]),
        ("Median OS was 8.1 months versus not estimable with placebo.", ["not estimable"]),
        ("Median DOR, months\t17.9\tNR\n", ["NR"]),
        # an abbreviation of what was just said, or of something else
        ("Median overall survival was not reached (NR) at the cut-off.", ["not reached"]),
        ("The median age of the non-responders (NR) was 61 years.", []),
        # a trial that missed its endpoint, and what is no time
        ("The primary endpoint of overall survival was not reached.", []),
        ("Statistical significance was not reached for overall survival.", []),
        ("The maximum tolerated dose was not reached.", []),
        # the median belongs to another sentence
        ("Median age was 61 years. The dose limit was not reached.", []),
        # a bound of an interval
        ("Median PFS was 18.2 months (95% CI 12.1-NE).", []),
    ],
)
def test_a_time_that_was_not_reached_is_a_value_without_a_number(text, expected):
    found = open_values.match(text, quantities.match(text))
    assert [text[mention.start : mention.end] for mention in found] == expected
    assert all(m.label == "DURATION" and m.quantity and m.quantity.number is None for m in found)

"""Which groups a value cannot be of: those of which no count is the percentage, and those it is compared with."""

from __future__ import annotations

import re

import numpy as np

from topline.relations.feasibility import feasible
from topline.relations.size_patterns import PEOPLE
from topline.relations.view import View, value_kind

NAMED = 120  # characters before a bare number in which a ratio's name may stand
LONGEST_JOINT = 6  # characters between a group's phrase and the bracket's percentage that repeats its count
REACH = 4  # tokens behind "versus" in which the compared group's name begins

# Percentages that are no count of n: model-based, changes, and what is left of something.
_EXEMPT = (
    "reduction",
    "change",
    "decrease",
    "increase",
    "improvement",
    "kaplan",
    "survival",
    "efficacy",
    "lower",
    "greater",
    "less",
    "more",
)


def is_refused(view: View, value: int, endpoint: int | None, group: int, size: int | None) -> bool:
    """Tell whether a percentage cannot be a count of the group's stated size."""
    quantity = view.mentions[value].quantity
    if size is None or quantity is None or quantity.kind != "percent" or not quantity.digits:
        return False
    if _states_its_own(view, value) or _counts_it(view, value, group) or _is_change(view, value):
        return False
    mention = view.mentions[endpoint] if endpoint is not None else view.mentions[value]
    words = view.text[max(0, min(mention.start, view.mentions[value].start - 20)) : mention.end].lower()
    return not any(word in words for word in _EXEMPT) and not feasible(quantity.digits, size)


# "34 vaccinated subjects (44.7%)", "eight children on velotinib, or 5%": the phrase counts the percentage's own.
_ITS_COUNT = re.compile(r"\s?(?:[(\[]|,\sor)\s?")


def _counts_it(view: View, value: int, group: int) -> bool:
    """Tell whether a percentage is another word for the group's count."""
    start, end = view.mentions[group].end, view.mentions[value].start
    return 0 <= end - start <= LONGEST_JOINT and bool(_ITS_COUNT.fullmatch(view.text, start, end))


# "dropped by 58 percent", "44% below baseline"; not "achieved by 41% of patients"
_BY = re.compile(
    r"\bby\s(?:(?:an?|only|just|about|approximately|nearly|almost|over|up\sto|relative|mean|median|average|of)\s){0,3}$",
    re.I,
)
_OF_PEOPLE = re.compile(rf"\sof\s|\s{PEOPLE}\b", re.I)
_BELOW = re.compile(
    r"\s(?:below|above|under|over)\s(?:the\s)?(?:baseline|placebo|normal)|\sof\s(?:predicted|normal|baseline)\b", re.I
)


def _is_change(view: View, value: int) -> bool:
    """Tell whether the words beside a percentage make it a change."""
    mention, text = view.mentions[value], view.text
    if _BELOW.match(text, mention.end):
        return True
    before = _BY.search(text, max(0, mention.start - 40), mention.start)
    return bool(before) and not _OF_PEOPLE.match(text, mention.end)


# "43% (9 of 21)", "(43%; n = 9/21)", "9/21 (43%)": then the group's size elsewhere says nothing of this percentage.
_FRACTION = r"(?:n\s?=\s?)?\d[\d,]{0,6}\s?(?:/|\s(?:out\s)?of\s)\s?\d[\d,]{0,6}"
_FRACTION_BEHIND = re.compile(rf"[\s;,]{{0,3}}[(\[]?\s?{_FRACTION}")
_FRACTION_BEFORE = re.compile(rf"{_FRACTION}[\s;,]{{0,3}}[(\[]?\s?$")


def _states_its_own(view: View, value: int) -> bool:
    """Tell whether the count and its whole stand beside a percentage."""
    mention, text = view.mentions[value], view.text
    behind = _FRACTION_BEHIND.match(text, mention.end)
    return bool(behind or _FRACTION_BEFORE.search(text, max(0, mention.start - 24), mention.start))


_RATIO = re.compile(r"\b(?:hazard|odds|risk|rate)\sratio\b|\b(?-i:HR)\b", re.I)


def is_ratio(view: View, value: int) -> bool:
    """Tell whether a number is a ratio, by its unit or a name before it: "the hazard ratio for death in A was 0.61"."""
    kind, quantity = value_kind(view, value), view.mentions[value].quantity
    if kind != "number" or quantity is None or quantity.unit:
        return kind == "ratio"
    start = view.mentions[value].start
    low = max(start - NAMED, int(view.starts[view.sentence_first[view.sentence[view.first[value]]]]))
    for k in range(value - 1, -1, -1):
        if view.mentions[k].start < low or view.is_value[k]:
            low = max(low, view.mentions[k].end) if view.is_value[k] else low
            break
    return bool(_RATIO.search(view.text, low, start))


def is_compared(view: View, value: int, group: int) -> bool:
    """Tell whether a group is one that the value's own is compared with: right behind "versus" in its sentence."""
    sentence = view.at(np.array([value, group]), view.sentence)
    first = view.first[group]
    low = max(first - REACH, view.sentence_first[sentence[1]])
    return bool(sentence[0] == sentence[1] and view.between("contrast", low, first) > 0)

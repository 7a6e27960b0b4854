"""Percentages against counts: can this percentage be a count of the group, and is it the count that the text gives?

Changes, risks and estimates are percentages of something else. Of 145 rows on the annotated texts whose percentage is
no count of their n, 79 are set aside here for that, and 66 fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial

from topline.mentions.endpoint_terms import table
from topline.mentions.gates import fold_document
from topline.relations.feasibility import counts, feasible
from topline.schema import Check, Result

_CHANGE = (
    r"reduc(?:tions?|ed?|es|ing)|declin(?:ed?|es|ing)|decreas(?:ed?|es|ing)|increas(?:ed?|es|ing)|improv(?:ements?|ed?)"
    r"|chang(?:ed?|es)|dropp?(?:s|ed)?|fell|falls?|rose|rise|gain(?:ed|s)?|lower(?:ed|ing)?|higher|greater|less|fewer"
    r"|more|smaller|slow(?:er|ing|ed|down)|faster|loss|lost|differences?|benefit|boost"
)
# Both for folded text.
_BEFORE = re.compile(
    rf"""(?<![\w-])(?: (?:{_CHANGE})(?:\s[\w-]{{1,20}}){{0,5}}\s(?:of|by|was|were)  # "reduction in weight of"
           | (?:{_CHANGE}) | by | median | mean | average | risk\sof                         # "fell 12%", "by 54%"
         ) (?:\s(?:a|an|the|up\sto|about|nearly|almost|approximately|over|roughly|only|just|at\sleast))?
       [\s(]{{0,2}}$""",
    re.X,
)
# "a 67% reduction", "a 28% relative risk reduction", "12% lower than"; not "36% achieved a 50% reduction"
_BEHIND = re.compile(
    rf"""[\s,)]{{1,2}}(?:(?:relative|absolute|mean|median|average|statistically|significant(?:ly)?|overall|further|weight
         |placebo-adjusted|risk|body|symptom|tumou?r|pain|mortality|viral)\s){{0,3}}
         (?:{_CHANGE})(?![\w-])""",
    re.X,
)
_PEOPLE = re.compile(
    r"\s?(?:of|in|among)?\s?(?:(?:all|the|these|those|its|our|evaluable|treated|enrolled|study)\s){0,3}"
    r"(?:patients|subjects|participants|people|adults|women|men|children|responders|individuals|volunteers)\b",
    re.I,
)
# "97% of days", "0.2% per injection"
_OF_THINGS = re.compile(
    r"\s(?:per|of\s(?:all\s|the\s|their\s|study\s)?(?:days|time|nights|weeks|visits|doses|injections|infusions|episodes"
    r"|attacks|samples|specimens|lesions|eyes|cells|events|control|baseline|predicted|normal))\b",
    re.I,
)
_ESTIMATED = re.compile(r"\b(?:kaplan[-\s]meier|estimated|model(?:led|-based)|probability|actuarial)\b", re.I)
# Kinds of the endpoint table whose percentages are estimates or changes.
_NO_COUNT = {
    "time_to_event": "a rate over time is an estimate",
    "measure": "a measured quantity is no count of people",
    "score": "a score is no count of people",
    "ratio": "a ratio is no count of people",
    "rate": "a rate of events is no count of people",
}
# "% of control", "percent of predicted", "tumor size dropped"
_NAMES_CHANGE = re.compile(
    rf"(?<![\w-])(?:{_CHANGE})(?![\w-])|(?:%|percent(?:age)?)\sof\s(?:control|baseline|predicted|normal|placebo)", re.I
)


def digits(printed: str) -> str:
    """Return the digits and the decimal point of a printed number."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?|\.\d+", printed)
    return found[0].replace(",", "") if found else ""


@lru_cache(maxsize=4096)
def half_unit(printed: str) -> Decimal:
    """Return half a unit of the last printed digit: 0.05 for `39.3`, 0.5 for `39` and for a number in words."""
    shown = digits(printed)
    return Decimal(1).scaleb(-len(shown.partition(".")[2])) / 2


def is_change(row: Result, text: str) -> bool:
    """Tell whether the words beside the value make it a change or a comparison ("a 28% reduction", "by 12%")."""
    value, folded = row.value, fold_document(text)
    before = _BEFORE.search(folded, max(0, value.start - 90), value.start)
    return bool(before or _BEHIND.match(folded[value.end : value.end + 80]))


def not_a_share(row: Result, text: str) -> str | None:
    """Return why the percentage is no count of the group; None when it is one."""
    value = row.value
    if value.kind != "percent" or value.number is None or not digits(value.text):
        return "not one percentage in digits"
    if value.relation != "=" or not 0 <= value.number <= 100:
        return "no exact percentage between 0 and 100"
    if row.numerator is not None:
        return None
    if is_change(row, text):
        return "a change is no count of people"
    if _OF_THINGS.match(text, value.end):
        return "counted are other things than people"
    kind = _endpoint_kind(row)
    if _PEOPLE.match(text[value.end : value.end + 60]) and kind != "time_to_event":
        return None
    if kind in _NO_COUNT:
        return _NO_COUNT[kind]
    if row.endpoint is not None and _NAMES_CHANGE.search(row.endpoint.text):
        return "a change is no count of people"
    if _ESTIMATED.search(text, max(row.sentence.start, value.start - 200), min(row.sentence.end, value.end + 100)):
        return "an estimate is no count of people"
    return None


def _endpoint_kind(row: Result) -> str:
    term = table().get(row.endpoint.code) if row.endpoint and row.endpoint.code else None
    return term.kind if term else ""


def count_feasible(row: Result, text: str) -> Check:
    """Check that some count of the group rounds to the percentage."""
    name = "count_feasible"
    if reason := not_a_share(row, text):
        return Check(name, "not_applicable", reason)
    if row.cohort is None or row.cohort.n is None:
        return Check(name, "not_applicable", "the size of the group is not stated")
    possible = counts(digits(row.value.text), row.cohort.n)
    if not possible:
        return Check(name, "fail", f"no count of {row.cohort.n} is {row.value.text}")
    shown = str(possible[0]) if len(possible) == 1 else f"{possible[0]} to {possible[-1]}"
    return Check(name, "pass", f"{shown} of {row.cohort.n} is {row.value.text}")


def refuses_n(row: Result, text: str) -> bool:
    """Tell whether no count of the group rounds to the percentage."""
    return count_feasible(row, text).outcome == "fail"


def admitting(row: Result) -> Callable[[int], bool]:
    """Return the test of which sizes the percentage can be a share of."""
    return partial(feasible, digits(row.value.text))


def only_count(row: Result, text: str) -> int | None:
    """Return the one count of the group that rounds to the percentage; None when the text states it, or several do."""
    if row.numerator is not None or row.cohort is None or row.cohort.n is None or not_a_share(row, text):
        return None
    possible = counts(digits(row.value.text), row.cohort.n)
    return possible[0] if len(possible) == 1 else None


def numerator(row: Result, text: str) -> Check:
    """Check that the stated numerator and n give the percentage as printed, half-up, half-even or half-down."""
    name = "numerator"
    if reason := not_a_share(row, text):
        return Check(name, "not_applicable", reason)
    if row.numerator is None or row.numerator.number is None:
        return Check(name, "not_applicable", "no numerator is stated")
    if row.cohort is None or row.cohort.n is None:
        return Check(name, "not_applicable", "the size of the group is not stated")
    k, n = row.numerator.number, row.cohort.n
    places = max(1, len(digits(row.value.text).partition(".")[2]))
    said = f"{k} of {n} is {100 * k / n:.{places}f}%" if n else f"{k} of 0 is nothing"
    agrees = k in counts(digits(row.value.text), n)
    return Check(name, "pass" if agrees else "fail", f"{said}, the text says {row.value.text}")

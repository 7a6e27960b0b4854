"""What belongs to a linked value besides its endpoint and cohort, read from structure alone.

An interval, a p-value and a numerator stand beside their value; a time frame in its clause or sentence; a comparator
behind "versus". The gold holds too few of each to learn them (one interval, eighteen p-values).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from topline.relations.decoding import Decision
from topline.relations.feasibility import counts
from topline.relations.view import View

INTERVAL_REACH = 14  # tokens between a value and its interval
NEARBY = 60  # mentions looked at on either side in one sentence; a table run together can hold thousands
NUMERATOR_REACH = 9  # tokens between a count and its percentage: "23 of the 60 evaluable patients (38.3%)"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A mention that belongs to a value, both by index.

    `role` is `ci`, `p_value`, `numerator`, `n`, `time_frame` or `comparator`.
    """

    value: int
    role: str
    target: int


class _Labels:
    """Finds the mentions of a label in a token range."""

    def __init__(self, view: View):
        self.view = view
        self.by_label: dict[str, list[int]] = {}
        for i, mention in enumerate(view.mentions):
            self.by_label.setdefault(mention.label, []).append(i)
        self.first: list[int] = view.first.tolist()
        self.last: list[int] = view.last.tolist()

    def within(self, label: str, low: int, high: int) -> list[int]:
        held = self.by_label.get(label, [])
        return held[
            bisect_left(held, low, key=self.first.__getitem__) : bisect_left(held, high, key=self.first.__getitem__)
        ]

    def sentence(self, mention: int) -> tuple[int, int]:
        s = int(self.view.sentence[min(self.first[mention], len(self.view.sentence) - 1)])
        return int(self.view.sentence_first[s]), int(self.view.sentence_first[s + 1])


def _decided(labels: _Labels, decisions: Sequence[Decision], low: int, high: int) -> Sequence[Decision]:
    """Return the decisions, which are in order, whose values begin in the token range [low, high)."""

    def first(decision: Decision) -> int:
        return labels.first[decision.value]

    return decisions[bisect_left(decisions, low, key=first) : bisect_left(decisions, high, key=first)]


def attach(view: View, decisions: Sequence[Decision]) -> list[Attachment]:
    """Return all attachments of the decided values, ordered by value."""
    labels = _Labels(view)
    found: list[Attachment] = []
    found.extend(_intervals(labels, decisions))
    found.extend(_p_values(labels, decisions))
    for decision in decisions:
        found.extend(_numerator(labels, decision))
        found.extend(_time_frame(labels, decision))
        found.extend(_comparator(labels, decision, decisions))
    return sorted(found, key=lambda a: (a.value, a.role))


def _before(labels: _Labels, mention: int, decisions: Sequence[Decision]) -> Sequence[Decision]:
    """Return the decisions before a mention in its sentence, the nearest first."""
    low, _ = labels.sentence(mention)
    return _decided(labels, decisions, low, labels.first[mention])[-NEARBY:][::-1]


def _intervals(labels: _Labels, decisions: Sequence[Decision]) -> Iterator[Attachment]:
    """Give each interval to the nearest value before it that it contains."""
    taken: set[int] = set()
    for mention in labels.by_label.get("CI", []):
        bounds = labels.view.mentions[mention].quantity
        for decision in _before(labels, mention, decisions):
            if labels.first[mention] - labels.last[decision.value] > INTERVAL_REACH or decision.value in taken:
                break
            number = labels.view.mentions[decision.value].quantity
            known = (
                bounds and number and number.number is not None and bounds.low is not None and bounds.high is not None
            )
            if not known or bounds.low <= number.number <= bounds.high:  # type: ignore[union-attr,operator]
                taken.add(decision.value)
                yield Attachment(decision.value, "ci", mention)
                break


def _p_values(labels: _Labels, decisions: Sequence[Decision]) -> Iterator[Attachment]:
    """Give each p-value to the nearest value before it; of compared arms, to the nearest that is no control."""
    decided = {d.value for d in decisions}
    taken: set[int] = set()
    for mention in labels.by_label.get("P_VALUE", []):
        if mention in decided:
            continue
        held = [d for d in _before(labels, mention, decisions) if d.value not in taken]
        if not held:
            _, high = labels.sentence(mention)
            held = list(_decided(labels, decisions, labels.first[mention] + 1, high)[:1])
        if held:
            chosen = next((d for d in held if d.endpoint == held[0].endpoint and not _control(labels.view, d)), held[0])
            taken.add(chosen.value)
            yield Attachment(chosen.value, "p_value", mention)


def _control(view: View, decision: Decision) -> bool:
    if decision.cohort is None:
        return False
    mention = view.mentions[decision.cohort]
    words = view.text[mention.start : mention.end].lower()
    return any(word in words for word in ("placebo", "control", "vehicle", "sham", "standard of care", "comparator"))


def _numerator(labels: _Labels, decision: Decision) -> Iterator[Attachment]:
    """Find "23 of 60 patients (38.3%)", "38.3% (23/60)", "9 patients, or 33%"; the arithmetic must hold."""
    view, value = labels.view, decision.value
    quantity = view.mentions[value].quantity
    if quantity is None or quantity.kind != "percent" or not quantity.digits:
        return
    low, high = labels.sentence(value)
    first, last = labels.first[value], labels.last[value]
    before = labels.within("COUNT", max(low, first - NUMERATOR_REACH), first)
    behind = [
        c for c in labels.within("COUNT", last, min(high, last + 7)) if view.paren[labels.first[c]] or view.paren[first]
    ]
    for held in (before, behind):
        for k, n in pairwise(held):
            if _fits(view, k, n, quantity.digits):
                yield Attachment(value, "numerator", k)
                yield Attachment(value, "n", n)
                return
    for k in before[-1:]:
        if _COUNT_FIRST.fullmatch(view.text[view.mentions[k].end : view.mentions[value].start][:60]):
            yield Attachment(value, "numerator", k)
            return
    for k in behind[:1]:
        if _COUNT_BEHIND.fullmatch(view.text[view.mentions[value].end : view.mentions[k].start][:20]):
            yield Attachment(value, "numerator", k)


# "9 patients, or 33%", "16 patients (80%)", "16 (80%"; and "80% (n=16".
_COUNT_FIRST = re.compile(r"(?:\s[\w-]{1,20}){0,5}(?:,?\sor|\s?[(\[])\s?")
_COUNT_BEHIND = re.compile(r"\s?[(\[]\s?(?:[nN]\s?=\s?)?")


def _fits(view: View, k: int, n: int, digits: str) -> bool:
    """Tell whether the two counts stand as "k of n" or "k/n", and give the percentage."""
    one, other = view.mentions[k], view.mentions[n]
    between = view.text[one.end : other.start].strip().lower()
    if not (between in ("/", "out of") or between.startswith(("of", "out of"))) or len(between) > 20:
        return False
    if one.quantity is None or other.quantity is None or one.quantity.number is None or other.quantity.number is None:
        return False
    return int(one.quantity.number) in counts(digits, int(other.quantity.number))


def _time_frame(labels: _Labels, decision: Decision) -> Iterator[Attachment]:
    """Take the nearest time frame of the value's clause, else of its sentence."""
    view, value = labels.view, decision.value
    low, high = labels.sentence(value)
    first, last = labels.first[value], labels.last[value]
    near = [*labels.within("TIME_FRAME", low, first)[-NEARBY:], *labels.within("TIME_FRAME", first, high)[:NEARBY]]
    inside = [t for t in near if labels.last[t] <= first or labels.first[t] >= last]
    if inside:
        clause = view.clause[first]
        yield Attachment(
            value,
            "time_frame",
            min(
                inside,
                key=lambda t: (
                    view.clause[labels.first[t]] != clause,
                    max(first - labels.last[t], labels.first[t] - last),
                ),
            ),
        )


def _comparator(labels: _Labels, decision: Decision, decisions: Sequence[Decision]) -> Iterator[Attachment]:
    """Take the group behind "versus" or "than", unless it has a value of its own in the sentence."""
    view = labels.view
    low, high = labels.sentence(decision.value)
    value = labels.first[decision.value]
    here = [*_before(labels, decision.value, decisions), *_decided(labels, decisions, value, high)[:NEARBY]]
    own = {d.cohort for d in here}
    cues = view.cues["contrast"]
    behind = (labels.within(label, value + 1, high)[:NEARBY] for label in ("COHORT", "DRUG"))
    for target in sorted(chain.from_iterable(behind)):
        first = labels.first[target]
        nearby = max(low, first - 4)
        if cues[first] - cues[nearby] > 0 and target not in own and target != decision.cohort:
            if not _decided(labels, decisions, value + 1, first):
                yield Attachment(decision.value, "comparator", target)
            return

"""The group that a value compares its own with: behind "versus", or the control whose value stands beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from topline.relations.attachments.arms import changes, compares, is_control
from topline.relations.attachments.heads import Heads
from topline.relations.attachments.labels import NEARBY, Attachment, Labels, once_each
from topline.relations.decoding import Decision

# What stands right before the other group: "compared with", "versus the", "difference from", "compared to Orrin's"
_VERSUS = re.compile(
    r"(?:\b(?:versus|vs\.?|against|over|relative\sto|compar(?:ed|ison)\s(?:with|to)|rather\sthan"
    r"|(?:differen(?:ce|t)|separat(?:ion|ed))\sfrom)|(?<!more\s)(?<!less\s)(?<!greater\s)\bthan(?:\s(?:in|for|with|on))?)"
    r"\s(?:(?:the|a|an|that\s(?:of|in|with)|those\s(?:of|in|with|on)|patients\son|[a-z]{2,20}[’']s)\s){0,2}$"
)
_BETWEEN = re.compile(r"\bbetween\s[^.;]{2,60}\sand\s(?:the\s)?$")
_ADJUSTED = re.compile(r"[\s-](?:adjusted|corrected|subtracted)\b", re.I)
_WINDOW = 90  # characters before a group


def comparators(found: Labels) -> Iterator[Attachment]:
    """Yield the comparator of each value that has one."""
    labels = ("COHORT", "DRUG")
    opposed = [g for label in labels for g in found.by_label.get(label, []) if is_opposed(found, g)]
    heads = Heads(found, sorted(opposed))
    for decision in found.decisions:
        chosen = _stated(found, decision, frozenset(opposed))
        if chosen is None and compares(found, decision):
            chosen = _other_arm(found, decision)
        if chosen is None and (compares(found, decision) or changes(found, decision)):
            chosen = heads.of(decision.value)
        if chosen is not None and chosen != decision.cohort:
            yield Attachment(decision.value, "comparator", chosen)


def is_opposed(found: Labels, group: int) -> bool:
    """Tell whether a group stands where the other of two does: "versus placebo", "placebo-adjusted"."""
    return any(opposed_by(found, group))


@once_each
def opposed_by(found: Labels, group: int) -> tuple[bool, bool, bool]:
    """Tell by which wording a group is the other of two: behind "versus", behind "between … and", "-adjusted"."""
    place, text = found.view.mentions[group], found.view.text
    before = text[max(0, place.start - _WINDOW) : place.start].lower()
    behind = before[-1:].isspace()  # as the patterns end; half of the groups stand behind a bracket, say
    versus = behind and bool(_VERSUS.search(before))
    return (
        versus,
        behind and "between" in before and bool(_BETWEEN.search(before)),
        bool(_ADJUSTED.match(text, place.end)),
    )


def _stated(found: Labels, decision: Decision, opposed: frozenset[int]) -> int | None:
    """Return the group behind "versus" in the value's sentence that has no value of its own there."""
    value = decision.value
    low, high = found.sentence(value)
    own = {d.cohort for d in (decision, *found.before(value), *found.behind(value))}
    free = [g for g in _groups(found, low, high) if g in opposed and g not in own]
    comparing = compares(found, decision)
    for group in (g for g in free if found.first[g] >= found.last[value]):
        if comparing or (not _of_a_p_value(found, value, group) and _reaches(found, decision, group)):
            return group
    before = [g for g in free if found.first[g] < found.first[value]]
    return before[-1] if before and comparing else None


def _groups(found: Labels, low: int, high: int) -> list[int]:
    """Return the groups and drugs that begin in a token range; of two at one place the first."""
    held = sorted([*found.within("COHORT", low, high)[:NEARBY], *found.within("DRUG", low, high)[:NEARBY]])
    return [i for k, i in enumerate(held) if k == 0 or found.first[i] >= found.last[held[k - 1]]]


def _reaches(found: Labels, decision: Decision, group: int) -> bool:
    """Tell whether no value stands between, or only others that changed: "by 78% and 74% compared with placebo"."""
    between = found.decided(found.last[decision.value], found.first[group])
    return not between or (changes(found, decision) and all(changes(found, d) for d in between))


def _of_a_p_value(found: Labels, value: int, group: int) -> bool:
    """Tell whether a group stands in brackets with a p-value: "43.3% (p<0.001 vs. vehicle)" is of one arm."""
    paren = int(found.view.paren[found.first[group]])
    near = found.within("P_VALUE", found.first[value], found.first[group])
    return bool(paren and near) and int(found.view.paren[found.first[near[-1]]]) == paren


def _other_arm(found: Labels, decision: Decision) -> int | None:
    """Return the group of the control whose value stands beside, in the sentence or in the one before."""
    low, _ = found.sentence(decision.value)
    chosen = _control_of(found, decision, found.before(decision.value))
    if chosen is None and low:
        previous = int(found.view.sentence_first[found.view.sentence[low - 1]])
        beside = [d for d in found.decided(previous, low) if found.block(d.value) == found.block(decision.value)]
        chosen = _control_of(found, decision, beside[::-1])
    return chosen


def _control_of(found: Labels, decision: Decision, beside: Sequence[Decision]) -> int | None:
    others = [d for d in beside if d.cohort is not None and d.cohort != decision.cohort]
    return next((d.cohort for d in others if is_control(found, d)), None)

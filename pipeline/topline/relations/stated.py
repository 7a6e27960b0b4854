"""The stated sizes under their groups' names, and which of them are the whole trial's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from topline.relations.arm_names import Namer
from topline.relations.group_names import Name, is_control
from topline.relations.sizes import Statement
from topline.relations.view import View
from topline.schema import Mention

FAR = 80  # characters between two groups that are set against each other
CLOSE = 24  # mentions behind a group in which what it was given may stand
_NOT_ENROLLED = re.compile(r"\s(?:who\s)?(?:were|was|had|have|did)\s(?:not|never)\b", re.I)
_ENROLLED = re.compile(
    r"""\b(?:enrol|included|randomi|involv|recruit|analy[sz]ed|treated|total\sof|study\sof|trial\sof
        |(?:data|results)\s(?:from|on|in)|evaluated|assigned|dosed)""",
    re.X | re.I,
)
_SOME = re.compile(r"\b(?:only|remaining|other|additional|further)\b", re.I)
_GIVEN = re.compile(
    r"""[^.;]{0,14}\b(?:received|were\sgiven|(?:was|were)\s(?:prescribed|assigned\sto(?:\stake)?|treated\swith)
        |dosed|took)\b(?P<what>[^.;,]{3,90})""",
    re.X | re.I,
)
# "312 patients were assigned to velotinib 70 mg (n=104), 210 mg (n=105) or placebo": they are no one arm
_SEVERAL = re.compile(r"\(\s?n\s?[=:]|\(\d|\b(?:or|either)\b", re.I)
_VERSUS = re.compile(r"\s?\)?,?\s(?:vs\.?|versus|compared\s(?:with|to))(?:\s[\w/-]{1,24}){0,6}\s", re.I)
_PARTNERED = frozenset({"combination"})


@dataclass(frozen=True, slots=True, eq=False)  # one is no other: a hash of all parts of its name takes 2 µs
class Stated:
    """A statement under one of its group's names, and whether it reads like the whole trial's."""

    group: int
    count: int
    name: Name
    firm: bool = True
    rounded: bool = False
    enrolled: bool = False
    counted: bool = False


def named(namer: Namer, held: Iterable[Statement]) -> list[Stated]:
    """Return the statements under all names of their groups, in order of the groups.

    A bracket's "(54 patients)" is the group before it, not all patients.
    """
    found = [(each, namer.name(each.group)) for each in held]
    taken = {each.count for each, name in found if not name.is_plain()}
    found = [(each, name) for each, name in found if not (name.is_plain() and each.count in taken)]
    found = _set_against(namer, found)
    given = [(each, other) for each, name in found if (other := _given(namer, each, name))]
    return sorted((_stated(namer, *pair) for pair in (*found, *given)), key=lambda stated: stated.group)


def _set_against(namer: Namer, found: list[tuple[Statement, Name]]) -> list[tuple[Statement, Name]]:
    """Call the group behind "velotinib (n=25) vs." the control where no group of another size is one as well."""
    view, ordered = namer.view, sorted(found, key=lambda pair: pair[0].group)
    against = {
        other.group for (one, name), (other, its) in pairwise(ordered) if _is_set_against(view, one, name, other, its)
    }
    controls = {_number(view, each) for each, name in found if each.group in against or is_control(name)}
    if len(controls) != 1:
        return found
    control = frozenset({"control"})
    return [
        (each, replace(name, words=frozenset(), roles=name.roles | control) if each.group in against else name)
        for each, name in found
    ]


def _is_set_against(view: View, one: Statement, name: Name, other: Statement, its: Name) -> bool:
    """Tell whether "vs." alone parts two drugs with their sizes: doses and subgroups are no controls of each other."""
    start, end = view.mentions[one.count].end, view.mentions[other.group].start
    apart = name.words and its.words and not name.words & its.words and not (name.population or its.population)
    near = other.group < other.count and start < end <= start + FAR
    return bool(apart and near and _VERSUS.fullmatch(view.text[start:end]))


def _stated(namer: Namer, each: Statement, name: Name) -> Stated:
    view, mention = namer.view, namer.view.mentions[each.group]
    # "120 enrolled. The 61 in arm A": what the sentence before says is not said of these.
    sentence = int(view.starts[view.sentence_first[view.at(np.array([each.group]), view.sentence)[0]]])
    around = view.text[max(sentence, mention.start - 40) : mention.end + 20]
    some = _SOME.search(namer.text(each.group)) or _NOT_ENROLLED.match(view.text, mention.end)
    enrolled = bool(_ENROLLED.search(around) and not some)
    return Stated(each.group, each.count, name, each.firm, each.rounded, enrolled, each.counted)


def _given(namer: Namer, each: Statement, name: Name) -> Name | None:
    """Return what a group was given as a name of its own: "group one (40) was prescribed 10 mg of velotinib"."""
    if not (name.is_plain() or name.code):
        return None
    mentions, text = namer.view.mentions, namer.view.text
    found = _GIVEN.match(text, max(mentions[each.group].end, mentions[each.count].end))
    if found is None or _SEVERAL.search(found["what"]):
        return None
    drugs = _drugs_within(mentions[each.group : each.group + CLOSE], *found.span("what"))
    told = namer.read(found["what"])
    if not drugs and not told.doses:
        return None
    words = namer.read(" ".join(text[m.start : m.end] for m in drugs)).words
    return Name(words, told.doses, name.code, None, told.roles | _PARTNERED if len(drugs) > 1 else told.roles)


def _number(view: View, each: Statement) -> float | None:
    quantity = view.mentions[each.count].quantity
    return quantity.number if quantity else None


def _drugs_within(near: tuple[Mention, ...], low: int, high: int) -> list[Mention]:
    return [mention for mention in near if mention.label == "DRUG" and low <= mention.start < high]

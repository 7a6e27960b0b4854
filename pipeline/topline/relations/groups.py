"""The groups of a document: what each is called, how many it has, what it is a part of, what points back at it.

A size is stated once and meant many times: "these patients", "the 60 mg group", "both arms". Groups that the text keeps
apart by dose, letter or set never lend each other a size; where several could be meant, there is none.

Asked for the groups of the gold, it gives the right n for 0.98 of the results with one in the samples, on which it was
written, as it was on the press releases (0.83), and for 0.88 in the filings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from topline.mentions.shares import ROUND_WHOLES
from topline.relations.arm_names import namer_of
from topline.relations.group_names import PEOPLE, POINTING, Name, is_control
from topline.relations.lookup import Lookup, best
from topline.relations.pointing import OF_TWO, Pointing
from topline.relations.populations import counted_kind, population_name
from topline.relations.size_patterns import LEAD
from topline.relations.sizes import Statement, is_members, parts, says_all, size_of_each, statements
from topline.relations.stated import Stated, named
from topline.relations.view import View
from topline.schema import Mention

_SPOKEN = 5  # times as large as the ten of "7 out of 10" is a group that this cannot be
_WHOLE = re.compile(
    r"""\b(?:patients?|subjects?|participants?|people|persons?|adults|individuals|volunteers|population|groups?|arms?
        |cohorts?|doses?|recipients|women|men|children|trial|study)\b""",
    re.X | re.I,
)
_RANKED = frozenset({"highest", "middle", "lowest"})
_ENTIRE = re.compile(r"\b(?:entire|whole|total|overall)\b", re.I)
_TWO = re.compile(r"\b(?:both|either|neither)\b", re.I)
_WERE = re.compile(r"\s(?:were|was|are)\s(?P<what>[^.;,]{3,60})")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people with its stated size; mentions by index.

    `part_of` is the count that states the size of the group of which this one is a part.
    """

    name: Name
    n: int
    count: int
    population: str | None = None
    part_of: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """The count that states a group's size, and the group phrases (by index) that lead to it."""

    count: int
    through: tuple[int, ...] = ()


class Groups:
    """Answers what is known of a group mention: its size, its population, what stands inside its phrase.

    `results` are the counts (by index) that are results or numerators themselves, and so no group's size; `reported`
    are the denominators of results by their group ("38.3% (23 of 60)").
    """

    def __init__(
        self, view: View, results: frozenset[int] = frozenset(), reported: Mapping[int, int] = MappingProxyType({})
    ):
        self.view = view
        self.namer = namer_of(view)
        self.parts = dict(parts(view))
        told = statements(view)
        self.told = {each.group: each.count for each in told}
        # "All 98 patients had nausea": the result is the group's size too.
        self.own = {each.group: each for each in told if each.count not in results or says_all(view, each.count)}
        added = [self._reported(g, c) for g, c in reported.items() if g not in self.own]
        held = named(self.namer, (*(each for each in self.own.values() if not each.planned), *added))
        self.lookup = Lookup(self.namer, held)
        # "Sixty of the evaluable patients had had it": whoever is linked to the phrase is one of the sixty, yet the
        # phrase goes on to name them all.
        members = (Statement(g, c) for g, c in self.parts.items() if c not in results and is_members(view, g))
        self.own |= {each.group: each for each in members}
        self._pointing = Pointing(view, self.namer, self.own, frozenset(self.told))
        self._each = size_of_each(view)
        self._traced: dict[int, Size | None] = {}

    def _reported(self, group: int, count: int) -> Statement:
        """Return the size that a result is out of; fewer than the group has by its very name were counted of it.

        "64 received velotinib. It was gone in 48% of the velotinib group (29 of 61 with usable images)."
        """
        fewer = self._number(count) < self._largest.get(_told_by(self.name(group)), 0)
        return Statement(group, count, firm=True, counted=fewer)

    @cached_property
    def _largest(self) -> dict[tuple[object, ...], int]:
        """The largest firm size that the text states under each name."""
        found: dict[tuple[object, ...], int] = {}
        for each in self.own.values():
            if each.firm and not (each.planned or each.counted):
                key = _told_by(self.name(each.group))
                found[key] = max(found.get(key, 0), self._number(each.count))
        return found

    def text(self, group: int) -> str:
        """Return the group's phrase."""
        return self.namer.text(group)

    def name(self, group: int) -> Name:
        """Return what tells the group from others."""
        return self.namer.name(group)

    def size(self, group: int) -> Mention | None:
        """Return the count that states the group's size, wherever the text states it; None when it does not."""
        found = self.trace(group)
        return self.view.mentions[found.count] if found else None

    def counted_inside(self, group: int) -> int | None:
        """Return the count that opens the group's phrase and is a result itself: what else is said is of so many.

        "One patient left the trial after a rash that lasted 12 days."
        """
        count = self.told.get(group) if group not in self.own else None
        if count is None or not self.view.is_cohort[group]:
            return None
        lead = self.view.text[self.view.mentions[group].start : self.view.mentions[count].start]
        return count if LEAD.fullmatch(lead.strip()) and self._number(count) > 0 else None

    def trace(self, group: int) -> Size | None:
        """Return the group's size with the phrases that lead to it."""
        if group not in self._traced:
            own = self.own.get(group)
            if own is None:
                self._traced[group] = self._elsewhere(group)
            else:
                self._traced[group] = self._in_earnest(group, own) or Size(own.count)
        return self._traced[group]

    def _in_earnest(self, group: int, own: Statement) -> Size | None:
        """Return the size of a group by its name where "7 out of 10" of it is but a manner of speaking."""
        if not own.counted or self._number(own.count) not in ROUND_WHOLES or self.name(group).is_plain():
            return None
        found = self._elsewhere(group)
        return found if found and self._number(found.count) >= _SPOKEN * self._number(own.count) else None

    def fitting(self, group: int, fits: Callable[[int], bool]) -> Size | None:
        """Return the only size stated under the group's very name that fits; None where several do, or none."""
        held = [s for s in self.lookup.named(group, self.name(group)) if fits(self._number(s.count))]
        found = best(held, group) if len({self._number(s.count) for s in held}) == 1 else None
        return Size(found.count, (found.group,)) if found else None

    def _number(self, count: int) -> int:
        quantity = self.view.mentions[count].quantity
        return round(quantity.number) if quantity and quantity.number is not None else 0

    def refers(self, group: int) -> bool:
        """Tell whether the phrase points back at a group, or at all: "these patients", "the entire population"."""
        text = self.text(group)
        return bool(POINTING.match(text) or _ENTIRE.search(text))

    def population(self, group: int) -> str | None:
        """Return the kind of population that the phrase names."""
        return population_name(self.text(group))

    def population_through(self, group: int) -> tuple[str | None, int | None]:
        """Return the kind of population, and the group phrase that names it where the group's own only points to it."""
        own = self.population(group)
        if own or not self._points(group) or (found := self.trace(group)) is None:
            return own, None
        named = ((self.population(index), index) for index in found.through)
        return next(((kind, index) for kind, index in named if kind), (None, None))

    def inside(self, label: str, group: Mention) -> list[Mention]:
        """Return the mentions of a label that begin inside a group's phrase."""
        held = self.namer.mentions.get(label, [])
        low, high = (bisect_left(held, place, key=lambda mention: mention.start) for place in (group.start, group.end))
        return held[low:high]

    @cached_property
    def stated(self) -> tuple[Group, ...]:
        """The groups whose size the text states, in order of the places where it does."""
        sizes = ((group, each.count) for group, each in sorted(self.own.items()) if not each.planned)
        return tuple(self._group(group, count) for group, count in sizes)

    def _group(self, group: int, count: int) -> Group:
        whole = self._elsewhere(group) if self.parts.get(group) == count else None
        told = self._were(group)
        named = told and counted_kind(told["what"]) and population_name(told["what"])
        population = named or self.population(group)
        return Group(self.name(group), self._number(count), count, population, whole.count if whole else None)

    def _were(self, group: int) -> re.Match[str] | None:
        """Match what a part is said to be: "90 of these patients were evaluable"."""
        return _WERE.match(self.view.text, self.view.mentions[group].end) if group in self.parts else None

    def _points(self, group: int) -> bool:
        return self._pointing.points(group)

    def _elsewhere(self, group: int) -> Size | None:
        """Return the size that is stated with another phrase."""
        if self._points(group):
            return self._antecedent(group)
        if ordinal := OF_TWO.match(self.text(group)):
            return self._of_two(group, ordinal[1].lower() == "latter")
        found = self._by_name(group)
        if found:
            return Size(found.count, (found.group,))
        return Size(self._each) if self._each is not None and self._is_arm(group) else None

    def _is_arm(self, group: int) -> bool:
        """Tell whether the name is that of a single arm: by its dose, its letter or its role."""
        name = self.name(group)
        return bool(
            len(name.doses) == 1
            or name.code
            or is_control(name)
            or name.roles & {"highest", "middle", "lowest"}
            or (name.words and name.words <= self.namer.drug_words)
        )

    def _of_two(self, group: int, second: bool) -> Size | None:
        """Return the size of the former or the latter of the two groups named last."""
        found = self._pointing.last_two(group)
        return self.trace(found[second]) if found else None

    def _antecedent(self, group: int) -> Size | None:
        """Return the size of the group that "these patients" points to: the last one before that is told apart."""
        for before in self._pointing.people_before(group):
            count = self.parts.get(before) or self.told.get(before)
            if count is not None:
                return Size(count, (before,))
            if not self.name(before).is_plain() and not self._points(before):
                found = self._by_name(before)
                return Size(found.count, (before, found.group)) if found else None
        return None

    def _by_name(self, group: int) -> Stated | None:
        return self._by_stated_name(group) or self._pointing.counted_later.get(self.name(group))

    def _by_stated_name(self, group: int) -> Stated | None:
        name = self.name(group)
        name = replace(name, words=name.words - self.lookup.everyone)
        if name.is_plain():
            return self._whole(group)
        if name.words and name.words <= PEOPLE and name.roles & _RANKED:  # "women on the higher dose"
            found = self.lookup.by_role(group, name)
            if found:
                return found
        if name.words or name.doses or name.code:
            return self.lookup.by_name(group, name)
        return best(self._sets.get(name.population, ()), group) if name.population else self.lookup.by_role(group, name)

    def _whole(self, group: int) -> Stated | None:
        """Return the whole trial, if the phrase can mean it: of three arms, "both arms" are not all."""
        text = self.text(group)
        if not _WHOLE.search(text) or (_TWO.search(text) and self._more_than_two):
            return None
        return self.lookup.whole(group)

    @cached_property
    def _more_than_two(self) -> bool:
        return len({s.name for s in self.lookup.arms}) > 2

    @cached_property
    def _sets(self) -> dict[str, list[Stated]]:
        """The analysis sets by kind, named with their number or told as a part of another group."""
        found: dict[str, list[Stated]] = {}
        for each in self.lookup.stated:
            if each.name.population and not (each.name.words or each.name.doses or each.name.code):
                found.setdefault(each.name.population, []).append(each)
        for parent, count in self.parts.items():
            if (told := self._were(parent)) and (kind := counted_kind(told["what"])):
                found.setdefault(kind, []).append(Stated(parent, count, Name(population=kind)))
        return found


def _told_by(name: Name) -> tuple[object, ...]:
    """Return the parts of a name by which two groups of one name agree."""
    return name.words, name.doses, name.code

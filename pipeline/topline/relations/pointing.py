"""What points to a group by no name of its own: "these patients", "the former", "the latter"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Set
from functools import cached_property

from topline.relations.arm_names import Namer
from topline.relations.group_names import POINTING, Name
from topline.relations.sizes import Statement
from topline.relations.stated import Stated
from topline.relations.view import View

BACK = 8  # group phrases looked back at from "these patients"
OF_TWO = re.compile(r"(?:(?:those|patients|people)\s(?:in|on|given)\s)?the\s(former|latter)\b", re.I)
_THE = re.compile(r"\bthe\s", re.I)


class Pointing:
    """Finds the groups that are pointed to; `own` are the sizes stated with a phrase, `told` the phrases with one."""

    def __init__(self, view: View, namer: Namer, own: Mapping[int, Statement], told: Set[int]):
        self.view = view
        self.namer = namer
        self.own = own
        self.told = told

    def points(self, group: int) -> bool:
        """Tell whether the phrase points back at a group."""
        return bool(POINTING.match(self.namer.text(group)))

    @cached_property
    def people(self) -> list[int]:
        """The group phrases that name people, by index."""
        mentions = enumerate(self.view.mentions)
        return [i for i, mention in mentions if mention.label == "COHORT" and mention.code != "study"]

    def people_before(self, group: int) -> Iterator[int]:
        """Yield the phrases for people before a group, the nearest first."""
        k = bisect_left(self.people, group)
        return reversed(self.people[max(0, k - BACK) : k])

    def last_two(self, group: int) -> tuple[int, int] | None:
        """Return the former and the latter of the two groups named last."""
        names: dict[Name, int] = {}
        for before in reversed(self._named[: bisect_left(self._named, group)][-BACK:]):
            names.setdefault(self.namer.name(before), before)
            if len(names) == 2:
                latter, former = names.values()
                return former, latter
        return None

    @cached_property
    def _named(self) -> list[int]:
        """The group and drug mentions that a name tells apart, by index."""
        held = (i for i in self.view.is_cohort.nonzero()[0].tolist() if not OF_TWO.match(self.namer.text(i)))
        return [i for i in held if not self.namer.name(i).is_plain() and not self.points(i)]

    @cached_property
    def counted_later(self) -> dict[Name, Stated]:
        """The groups without a size that "these patients" points to and the sentence counts further on, by name.

        "Of these patients 75% lived for six months, with a median follow-up of nine among the eight patients."
        """
        found: dict[Name, Stated] = {}
        for group in filter(self.points, self.people):
            before = self._told_apart(group)
            count = self._definite_behind(group) if before is not None and before not in self.told else None
            if count is not None and before is not None:
                name = self.namer.name(before)
                found.setdefault(name, Stated(before, count, name))
        return found

    def _told_apart(self, group: int) -> int | None:
        """Return the last group before that points to no other, if a name tells it apart."""
        before = next((each for each in self.people_before(group) if not self.points(each)), None)
        return None if before is None or self.namer.name(before).is_plain() else before

    def _definite_behind(self, group: int) -> int | None:
        """Return the number of "the eight patients" that stand behind a group in its sentence."""
        view, k = self.view, bisect_left(self.people, group) + 1
        for other in self.people[k : k + BACK]:
            if view.sentence[view.first[other]] != view.sentence[view.first[group]]:
                return None
            each = self.own.get(other)
            if each and each.firm and self.namer.name(other).is_plain():
                start = view.mentions[other].start
                return each.count if _THE.search(view.text, max(0, start - 5), start + 4) else None
        return None

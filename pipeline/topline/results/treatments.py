"""What a group was given: drug, dose and schedule from its own phrase, else from an earlier phrase for the same arm."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from topline.relations.group_names import Name, alike, is_control
from topline.relations.groups import Groups
from topline.relations.view import COHORT_LABELS
from topline.schema import Mention, Treatment

LABELS: Mapping[str, str] = MappingProxyType({"DRUG": "drug", "DOSE": "dose", "SCHEDULE": "schedule"})
# What joins the drugs of one arm: "velotinib plus docetaxel"; "and" may join two arms.
_TOGETHER = re.compile(r"\s?(?:\+|/|plus|(?:in\s)?combin(?:ation|ed)\swith|together\swith|with)\s?", re.I)
_APART = re.compile(r"\s?(?:,|,?\s?(?:and|or)\s(?:the\s)?)\s?")
LONGEST = 12  # mentions of what was given in one phrase
ARMS_BACK = 400  # wordings of arms that a group is compared with: the cost of a document would be their square
ARMS_BACK = 200  # phrases before a group that are compared with it; keeps long documents linear
# Between a group and what it was given: "Arm B (velotinib", "patients treated with", "was prescribed"
_JOINED = re.compile(
    r"\s?[(:]?\s?(?:(?:at|of|on|to|with|was|were|who|that|had|been|received|receiving|given|treated|taking|prescribed"
    r"|assigned|randomi[sz]ed|administered|the|an?|doses?|dosed)\s){0,5}"
)


@dataclass(frozen=True, slots=True)
class Arm:
    """What one phrase says of its group: its place, its name, and what was given."""

    group: int
    name: Name
    given: Treatment


class Arms:
    """Answers what the group of a mention was given.

    Of earlier phrases for the same arm the nearest counts; where they differ in a dose or schedule, none is taken.
    """

    def __init__(self, groups: Groups):
        self.groups = groups
        self.view = groups.namer.view
        self.given = [i for i, mention in enumerate(self.view.mentions) if mention.label in LABELS]
        self.starts = [self.view.mentions[i].start for i in self.given]
        self._stated: list[Arm] | None = None
        self._found: dict[int, Treatment] = {}

    def treatment(self, group: int | None) -> Treatment:
        """Return what a group was given; of what the text does not say, None."""
        if group is None:
            return Treatment()
        if group not in self._found:
            self._found[group] = self._resolved(group)
        return self._found[group]

    def _resolved(self, group: int) -> Treatment:
        own, name = self._own(group), self.groups.namer.name(group)
        if name.is_plain() or is_control(name):
            return own
        earlier = [arm for arm in self._earlier(group) if alike(name, arm.name)]
        for field in LABELS.values():
            said = [value for arm in earlier if (value := getattr(arm.given, field)) is not None]
            if getattr(own, field) is None and said and (field == "drug" or len(set(map(_plain, said))) == 1):
                own = replace(own, **{field: said[-1]})
        return own

    def _earlier(self, group: int) -> list[Arm]:
        """Return what the phrases before a group say that was given, each wording once, in order."""
        if self._stated is None:
            self._stated = self._all()
        last = bisect_left(self._stated, group, key=lambda arm: arm.group)
        return self._stated[max(0, last - ARMS_BACK) : last]

    def _all(self) -> list[Arm]:
        arms: dict[tuple[Name, Treatment], Arm] = {}
        for i, mention in enumerate(self.view.mentions):
            if mention.label in COHORT_LABELS and (given := self._own(i)) != Treatment():
                arm = Arm(i, self.groups.namer.name(i), given)
                arms.setdefault((arm.name, arm.given), arm)
        return list(arms.values())

    def _own(self, group: int) -> Treatment:
        """Return what the group's phrase says, and what is joined to it: "Arm B (velotinib 10 mg once daily)"."""
        place, control = self.view.mentions[group], is_control(self.groups.namer.name(group))
        found: dict[str, str] = {}
        end = drug_end = place.end
        k = bisect_left(self.starts, place.start)
        for i in self.given[k : k + LONGEST]:
            mention = self.view.mentions[i]
            if mention.start >= place.end and (control or not self._joined(end, mention)):
                break
            end = max(end, mention.end)
            said = self.view.text[mention.start : mention.end]
            if mention.label == "DRUG" and "drug" in found:
                between = self.view.text[drug_end : mention.start]
                if _APART.fullmatch(between) and mention.start < place.end:
                    return Treatment()
                if not _TOGETHER.fullmatch(between):
                    break
                said = found["drug"] + between + said
                found["drug"] = said
            found.setdefault(LABELS[mention.label], said)
            drug_end = mention.end if mention.label == "DRUG" else drug_end
        return Treatment(**found)

    def _joined(self, end: int, mention: Mention) -> bool:
        between = self.view.text[end : mention.start]
        between = between.removeprefix(",") if mention.label == "SCHEDULE" else between
        return len(between) <= 48 and bool(_JOINED.fullmatch(between))


def _plain(said: str) -> str:
    return "".join(said.lower().split())

"""Which stated size a name or a role means: the same name, else a like one, else the only group that can be meant.

Where names that the text keeps apart could both be meant, none is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations

from topline.relations.arm_names import Namer
from topline.relations.group_names import PEOPLE, Name, alike, conflict, is_control, same
from topline.relations.sizes import block_of
from topline.relations.stated import Stated

NEAR = 6  # statements looked at on either side of a phrase: the work stays linear in the document
ONE_TRIAL = 4000  # characters within which two statements are of one trial, if no other is named between them
BEHIND = 60
_ANOTHER = re.compile(
    r"\b(?:second|third|other|another|later|earlier|previous|separate|pooled|extension|open-label)\s(?:[\w-]{2,20}\s){0,3}(?:trial|study|cohort)",
    re.I,
)
_ROLES = frozenset({"control", "active", "combination", "alone"})
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,4})?")


class Lookup:
    """Finds the statement of a group's size by the group's name."""

    def __init__(self, namer: Namer, stated: Sequence[Stated]):
        self.namer = namer
        self.stated = stated
        self._by_word: dict[str, list[Stated]] = {}
        for each in stated:
            for word in _words(each.name):
                self._by_word.setdefault(word, []).append(each)

    def by_name(self, group: int, name: Name) -> Stated | None:
        """Return the statement for a name with words, doses or a letter."""
        near = {each for word in _words(name) for each in _near(self._by_word.get(word, ()), group)}
        # An event's count ("10 patients on velotinib stopped") must not beat the arm's own "velotinib 20 mg (n=812)".
        for firm in (True, False):
            held = [s for s in near if s.firm is firm]
            if found := [s for s in held if same(s.name, name)] or [s for s in held if alike(name, s.name)]:
                return None if _apart(found) else self._whole_group(best(found, group), found)
        return self.by_role(group, name) if is_control(name) else self._single_arm(group, name)

    def _whole_group(self, chosen: Stated | None, found: Sequence[Stated]) -> Stated | None:
        """Return the larger size that the same trial has stated before: the nearer one then counts a part of those.

        "138 were assigned to velotinib. 52 were smokers (35 on velotinib)."
        """
        if chosen is None:
            return None
        k = bisect_left(self.trials, chosen.group, key=_group)
        since = self.trials[k - 1].group if k else -1
        larger = [s for s in found if since <= s.group < chosen.group and s.firm]
        larger = [s for s in larger if self._number(s) > self._number(chosen) and self._number(s) not in self._totals]
        whole = max(larger, key=lambda s: (self._number(s), -s.group), default=None)
        return whole if whole is not None and self._of_one_trial(whole, chosen) else chosen

    def _of_one_trial(self, one: Stated, other: Stated) -> bool:
        """Tell whether nothing between two statements, or right behind, speaks of another trial."""
        view = self.namer.view
        start, end = view.mentions[one.group].end, view.mentions[other.group].end
        return end - start < ONE_TRIAL and not _ANOTHER.search(view.text, start, end + BEHIND)

    def named(self, group: int, name: Name) -> list[Stated]:
        """Return the firm statements near by under a name, however many sizes they give it; a control's under any."""
        if is_control(name):
            return [s for s in _near(self.arms, group) if is_control(s.name)]
        near = {each for word in _words(name) for each in _near(self._by_word.get(word, ()), group)}
        return [s for s in near if s.firm and same(s.name, name)]

    def by_role(self, group: int, name: Name) -> Stated | None:
        """Return the one group near by that a role can mean: the control, the highest dose, the combination."""
        arms = _near(self.arms, group)
        if is_control(name):
            return _only([s for s in arms if is_control(s.name)], group)
        if "active" in name.roles:
            return _only([s for s in arms if not is_control(s.name)], group)
        for role in ("combination", "alone"):
            if role in name.roles:
                return _only(self._whole_arms([s for s in arms if role in s.name.roles]), group)
        for role in ("highest", "middle", "lowest"):
            named = [s for s in _near(self.stated, group) if role in name.roles & s.name.roles and s.firm]
            if named:
                return _only(named, group)
        return _by_dose(arms, group, name)

    def _whole_arms(self, found: list[Stated]) -> list[Stated]:
        """Return the statements of whole arms, not of responders or a subgroup in them, where there are any."""
        drugs = self.namer.drug_words
        return [s for s in found if s.name.words <= drugs and not s.name.population] or found

    def _single_arm(self, group: int, name: Name) -> Stated | None:
        """Return the whole trial for its only drug: without a control, the patients on the drug are its patients."""
        if name.doses or name.code or not name.words <= self.namer.drug_words or self.arms or self.namer.has_control:
            return None
        whole = self.whole(group)
        block = block_of(self.namer.view, whole.group) if whole else None
        told = self.namer.view.text[block.start : block.end].lower() if block else ""
        return whole if all(word in told for word in name.words) else None

    @cached_property
    def arms(self) -> list[Stated]:
        """The statements that tell arms: a drug, a dose, a letter or a role."""
        drugs = self.namer.drug_words
        return [
            s
            for s in self.stated
            if s.firm and (s.name.doses or s.name.code or s.name.roles & _ROLES or s.name.words & drugs)
        ]

    @cached_property
    def trials(self) -> list[Stated]:
        """The statements that read like a whole trial's: "enrolled 120 patients with migraine"."""
        arms = {s.count for s in self.arms}
        held = [s for s in self.stated if s.count not in arms and not s.name.population and not s.name.pointing]
        return [s for s in held if s.enrolled] or [s for s in held if s.firm and s.name.is_plain()]

    @cached_property
    def everyone(self) -> frozenset[str]:
        """The words for people that hold of all the trial's: in a trial of women, the women on placebo are its arm."""
        return frozenset(word for s in self.trials for word in s.name.words & PEOPLE)

    @cached_property
    def _totals(self) -> frozenset[float]:
        """The sizes of whole trials: no arm has so many."""
        return frozenset(self._number(s) for s in self.trials)

    def whole(self, group: int) -> Stated | None:
        """Return the whole trial: the one stated last before, else the first one."""
        k = bisect_left(self.trials, group, key=_group)
        chosen = self.trials[max(0, k - 1)] if self.trials else None
        return self._exact(chosen) if chosen and chosen.rounded else chosen

    def _exact(self, rounded: Stated) -> Stated:
        """Return the exact size of what is also given roundly: "over 1,500" where 1,512 stands as well."""
        about = self._number(rounded)
        exact = [
            s
            for s in _near(self.trials, rounded.group)
            if not s.rounded and abs(self._number(s) - about) <= 0.05 * about
        ]
        return exact[0] if exact else rounded

    def _number(self, stated: Stated) -> float:
        quantity = self.namer.view.mentions[stated.count].quantity
        return float(quantity.number) if quantity and quantity.number is not None else 0.0


def best(found: Iterable[Stated], group: int) -> Stated | None:
    """Return the statement to be trusted most: exact before rounded, then the nearest."""
    return min(found, key=lambda s: (s.rounded, s.counted, _away(s, group), s.count), default=None)


def _away(stated: Stated, group: int) -> int:
    """Return how far off a statement is; one that is still to come counts double."""
    return group - stated.group if stated.group <= group else 2 * (stated.group - group)


def _group(stated: Stated) -> int:
    return stated.group


def _words(name: Name) -> tuple[str, ...]:
    return (*name.words, *name.doses, *((name.code,) if name.code else ()))


def _near(held: Sequence[Stated], group: int) -> Sequence[Stated]:
    """Return the statements nearest to a group on either side; `held` is in order."""
    k = bisect_left(held, group, key=_group)
    return held[max(0, k - NEAR) : k + NEAR]


def _only(found: list[Stated], group: int) -> Stated | None:
    """Return the best statement of the one group that all are about; None where they are about several."""
    names = {s.name for s in found}
    nested = all(a.words <= b.words or b.words <= a.words for a, b in combinations(names, 2))
    return best(found, group) if nested and not _apart(found) else None


def _apart(found: list[Stated]) -> bool:
    """Tell whether any two of the statements are about groups that their names keep apart."""
    return any(conflict(one, other) for one, other in combinations({s.name for s in found}, 2))


def _by_dose(arms: Sequence[Stated], group: int, name: Name) -> Stated | None:
    """Return the arm of the highest or the lowest dose, where all doses have one unit."""
    wanted = [place for role, place in (("highest", -1), ("lowest", 0)) if role in name.roles]
    doses = {dose for s in arms for dose in s.name.doses if len(s.name.doses) == 1}
    if len(wanted) != 1 or len(doses) < 2 or len({_NUMBER.sub("", dose, count=1) for dose in doses}) != 1:
        return None
    dose = sorted(doses, key=_amount)[wanted[0]]
    return best([s for s in arms if s.name.doses == {dose}], group)


def _amount(dose: str) -> float:
    found = _NUMBER.match(dose)
    return float(found[0]) if found else 0.0

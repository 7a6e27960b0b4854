"""The groups of a document and their sizes: "these patients" are as many as the group that they refer to."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from topline.relations.context import size_counts
from topline.relations.view import View
from topline.schema import Mention

_WORD = re.compile(r"[a-z][\w+/-]*|\d+(?:\.\d+)?\s?m?c?g(?:/\w+)?")
# Words that do not tell one group from another.
_PLAIN = frozenset(
    """a an the of in on at with to and or for by from who that which were was had have been patients patient subjects
    subject participants participant people adults individuals volunteers those these this all each both most some every
    entire total overall study trial enrolled treated treatment receiving received taking given randomized randomised
    arm arms group groups cohort cohorts population recipients evaluable assigned evaluated dosed initial main""".split()
)
_WHOLE = frozenset("patients subjects participants people adults individuals volunteers".split())
_REFERS = re.compile(r"^(?:all\s(?:of\s)?)?(?:these|those|this|such)\b", re.I)
_POPULATIONS = (
    ("intent-to-treat", re.compile(r"\bintent(?:ion)?[- ]to[- ]treat\b|\bm?ITT\b")),
    ("efficacy evaluable", re.compile(r"\befficacy[- ]evaluable\b|\bevaluable\b", re.I)),
    ("per protocol", re.compile(r"\bper[- ]protocol\b", re.I)),
    ("safety", re.compile(r"\bsafety (?:population|set|analysis)\b", re.I)),
    ("randomized", re.compile(r"\brandomi[sz]ed\b", re.I)),
    ("enrolled", re.compile(r"\benrolled\b", re.I)),
    ("treated", re.compile(r"\btreated\b", re.I)),
    ("responders", re.compile(r"\bresponders\b", re.I)),
)


class Groups:
    """Answers what is known of a group mention: its size, its population, what stands inside its phrase."""

    def __init__(self, view: View):
        self.view = view
        self.counts = size_counts(view)
        self.names = {g: _name(self.text(g)) for g in self._all()}
        self.starts: dict[str, list[int]] = {}
        self.by_label: dict[str, list[Mention]] = {}
        for mention in view.mentions:
            self.by_label.setdefault(mention.label, []).append(mention)
            self.starts.setdefault(mention.label, []).append(mention.start)

    def _all(self) -> Iterator[int]:
        return (i for i, held in enumerate(self.view.is_cohort.tolist()) if held)

    def text(self, group: int) -> str:
        """Return the group's phrase."""
        mention = self.view.mentions[group]
        return self.view.text[mention.start : mention.end]

    def size(self, group: int) -> Mention | None:
        """Return the count that states the group's size, wherever the text states it; None when it does not."""
        if group in self.counts:
            return self.view.mentions[self.counts[group]]
        if _REFERS.match(self.text(group)):
            return self._referred(group)
        name = self.names.get(group) or _name(self.text(group))
        if not name:
            return self._whole(group)
        same = [g for g in self.counts if self.names[g] == name]
        near = same or [g for g in self.counts if self.names[g] and _alike(self.names[g], name)]
        return self._count(min(near, key=lambda g: abs(g - group))) if near else None

    def _count(self, group: int) -> Mention:
        return self.view.mentions[self.counts[group]]

    def _referred(self, group: int) -> Mention | None:
        """Return the size of the last group before that has one."""
        before = [g for g in self.counts if g < group]
        return self._count(before[-1]) if before else None

    def _whole(self, group: int) -> Mention | None:
        """Return the size of the whole trial: of the groups without a telling name, the largest stated."""
        if not any(word in self.text(group).lower() for word in _WHOLE):
            return None
        plain = [g for g in self.counts if not self.names[g]]
        if not plain:
            return None
        return self._count(max(plain, key=lambda g: (self._count(g).quantity.number or 0, -g)))  # type: ignore[union-attr]

    def population(self, group: int) -> str | None:
        """Return the kind of population that the phrase names."""
        text = self.text(group)
        return next((name for name, pattern in _POPULATIONS if pattern.search(text)), None)

    def inside(self, label: str, group: Mention) -> list[Mention]:
        """Return the mentions of a label that begin inside a group's phrase."""
        starts = self.starts.get(label, [])
        return self.by_label.get(label, [])[bisect_left(starts, group.start) : bisect_left(starts, group.end)]


def _name(text: str) -> frozenset[str]:
    """Return the words that tell the group from others."""
    return frozenset(word.rstrip("s") for word in _WORD.findall(text.lower().replace("-treated", " ")) if word not in _PLAIN)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) > len(one | other)

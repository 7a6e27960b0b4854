"""The groups of a document and their sizes: "these patients" are as many as the group that they refer to."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from topline.relations.context import size_counts
from topline.relations.view import View
from topline.schema import Mention

_WORD = re.compile(r"[a-z][\w+/-]*|\d+(?:\.\d+)?\s?m?c?g(?:/\w+)?")
# Words that do not tell one group from another.
_PLAIN = frozenset(
    """a an the of in on at with to and or for by from who that which were was had have been has patients patient
    subjects subject participants participant people persons individuals volunteers those these this all each both
    most some every any entire total overall whole study studies trial trials enrolled treated treatment receiving
    received taking given using assigned randomized randomised arm arms group groups cohort cohorts population
    populations recipients evaluable evaluated dosed initial main either only they them adult adults final active
    once daily twice weekly""".split()
)
_WHOLE = re.compile(
    r"\b(?:patients?|subjects?|participants?|people|adults|individuals|volunteers|population|groups|arms)\b", re.I
)
_REFERS = re.compile(
    r"^(?:all\s(?:of\s)?|each\sof\s)?"
    r"(?:these|this|such|those(?!\s(?:who|with|in|on|taking|receiving|given|treated|randomi|assigned)))\b",
    re.I,
)
_ENTIRE = re.compile(r"\b(?:entire|whole|total|overall)\b", re.I)
_ENROLLED = re.compile(
    r"\b(?:enrol|includ|randomi|involv|recruit|analy|treated|total of|study of|trial of|data from|evaluat)", re.I
)
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


@dataclass(frozen=True, slots=True)
class Stated:
    """A group whose size the text states: both mentions by index, and whether it reads like the whole trial's."""

    group: int
    count: int
    name: frozenset[str]
    enrolled: bool


class Groups:
    """Answers what is known of a group mention: its size, its population, what stands inside its phrase.

    `results` are the counts (by index) that are results or numerators themselves, and so no group's size.
    """

    def __init__(self, view: View, results: frozenset[int] = frozenset()):
        self.view = view
        sizes = size_counts(view).items()
        self.stated = [self._stated(group, count) for group, count in sizes if count not in results]
        self.own = {stated.group: stated for stated in self.stated}
        self.starts: dict[str, list[int]] = {}
        self.by_label: dict[str, list[Mention]] = {}
        for mention in view.mentions:
            self.by_label.setdefault(mention.label, []).append(mention)
            self.starts.setdefault(mention.label, []).append(mention.start)

    def _stated(self, group: int, count: int) -> Stated:
        view, mention = self.view, self.view.mentions[group]
        sentence = int(
            view.starts[view.sentence_first[view.sentence[view.first[group]]]]
        )  # "120 enrolled. The 61 in arm A"
        around = view.text[max(sentence, mention.start - 40) : mention.end + 20]
        return Stated(group, count, _name(self.text(group)), bool(_ENROLLED.search(around)))

    def text(self, group: int) -> str:
        """Return the group's phrase."""
        mention = self.view.mentions[group]
        return self.view.text[mention.start : mention.end]

    def size(self, group: int) -> Mention | None:
        """Return the count that states the group's size, wherever the text states it; None when it does not."""
        found = self.own.get(group) or self._elsewhere(group)
        return self.view.mentions[found.count] if found else None

    def refers(self, group: int) -> bool:
        """Tell whether the phrase points back at a group, or at all: "these patients", "the entire population"."""
        return bool(_REFERS.match(self.text(group)) or _ENTIRE.search(self.text(group)))

    def _elsewhere(self, group: int) -> Stated | None:
        if _REFERS.match(self.text(group)):
            return next((stated for stated in reversed(self.stated) if stated.group < group), None)
        name = _name(self.text(group))
        if not name:
            return self._whole(group)
        same = [stated for stated in self.stated if stated.name == name]
        alike = same or [stated for stated in self.stated if stated.name and _alike(stated.name, name)]
        return min(alike, key=lambda stated: abs(stated.group - group), default=None)

    def _whole(self, group: int) -> Stated | None:
        """Return the whole trial: the enrolled group that was stated last before, else first after."""
        if not _WHOLE.search(self.text(group)):
            return None
        enrolled = [stated for stated in self.stated if stated.enrolled] or [s for s in self.stated if not s.name]
        before = [stated for stated in enrolled if stated.group < group]
        return before[-1] if before else enrolled[0] if enrolled else None

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
    words = _WORD.findall(text.lower().replace("-treated", " "))
    return frozenset(word.rstrip("s") for word in words if word not in _PLAIN)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two names share more than half of their words, or one is a part of the other."""
    return (
        2 * len(one & other) > len(one | other)
        or (len(one) == 1 and one <= other)
        or (len(other) == 1 and other <= one)
    )

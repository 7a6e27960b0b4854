"""The name of a group mention in its document: with the dose beside a bare drug, under the document's short forms."""

from __future__ import annotations

import re
from functools import cached_property

from topline.mentions import abbreviations
from topline.mentions.gates import fold
from topline.relations.group_names import DOSE, Name, read_name, read_strengths
from topline.relations.view import View, once
from topline.schema import Mention

LONGEST = 60  # characters of a phrase that is looked through for a group's single word or for a control
_LEFT = re.compile(rf"(?:{DOSE}\s(?:of\s)?|[\w®™-]{{2,30}}(?:\s?\+\s?|\splus\s|/))$", re.I)
# What ends all that the pattern finds: nine groups of ten stand behind none of these.
_LEFT_ENDS = tuple("+ / plus of mg mcg gram grams µg μg ug g kg iu unit units ml m2 m² day dose".split())
_RIGHT = re.compile(
    rf"""(?:[/+-][\w®™-]{{1,28}}[a-z®™]|\s?\+\s?[\w®™-]{{2,30}}                   # "/docetaxel", "-semaglutide"
          |(?:\s{DOSE})?\s(?:plus|combined\swith|in\scombination\swith|along\swith)\s(?:an?\s)?[\w®™-]{{2,30}}(?:\sof\scare)?)?
      (?:\s(?:cream|gel|ointment|solution|lotion|foam|tablets?|capsules?))?
      (?:[^\S\t]?(?:\bat\s)?{DOSE})?(?:\s(?:alone|monotherapy))?
    """,
    re.X | re.I,
)
_WORD_BEFORE = re.compile(r"(?<![\w-])([\w-]{3,30})[®™]?\s$")
_STRENGTH = re.compile(r"\s(\d{1,3}(?:\.\d{1,4})?%)")


class Namer:
    """Names the group mentions of a document."""

    def __init__(self, view: View):
        self.view = view
        self.mentions: dict[str, list[Mention]] = {}
        for mention in view.mentions:
            self.mentions.setdefault(mention.label, []).append(mention)
        defined = abbreviations.expansions(view.text)
        self._aliases = {short.lower(): d.long.lower() for short, d in defined.items() if " " not in d.long}
        self._aliases |= _short_names(view)
        self._strengths = read_strengths(view.text)
        self._names: dict[str, Name] = {}
        self._of_group: dict[int, Name] = {}

    def read(self, phrase: str) -> Name:
        """Return the name in a phrase."""
        if phrase not in self._names:
            self._names[phrase] = read_name(phrase, self._aliases, self._strengths)
        return self._names[phrase]

    def text(self, group: int) -> str:
        """Return the group's phrase."""
        mention = self.view.mentions[group]
        return self.view.text[mention.start : mention.end]

    def name(self, group: int) -> Name:
        """Return the group's name, with the dose and the partner that stand beside a bare drug."""
        if group not in self._of_group:
            self._of_group[group] = self.read(self._phrase(group))
        return self._of_group[group]

    def _phrase(self, group: int) -> str:
        """Return the group's phrase with what stands beside it."""
        mention, text = self.view.mentions[group], self.view.text
        joined = fold(text[max(0, mention.start - 12) : mention.start]).rstrip().endswith(_LEFT_ENDS)
        left = _LEFT.search(text, max(0, mention.start - 48), mention.start) if joined else None
        right = _RIGHT.match(text, mention.end)
        start = left.start() if left else self._drug_before(mention)
        end = right.end() if right else mention.end
        strength = _STRENGTH.match(text, end)
        return text[start : strength.end() if strength and strength[1] in self._strengths else end]

    def _drug_before(self, mention: Mention) -> int:
        """Return where a group starts that begins with a dose behind a drug: "velotinib 10 mg"."""
        text = self.view.text
        if not text[mention.start : mention.start + 1].isdigit():
            return mention.start
        word = _WORD_BEFORE.search(text, max(0, mention.start - 32), mention.start)
        return word.start() if word and word[1].lower() in self._given else mention.start

    @cached_property
    def _given(self) -> frozenset[str]:
        """The drugs, and what groups are called by a single word: "the pelidast group"."""
        drugs = {self.view.text[m.start : m.end].lower().strip("®™") for m in self.mentions.get("DRUG", [])}
        names = (read_name(phrase).words for phrase in self._phrases("COHORT"))
        return frozenset(drugs.union(*(words for words in names if len(words) == 1)))

    def _phrases(self, *labels: str) -> set[str]:
        held = (m for label in labels for m in self.mentions.get(label, []) if m.end - m.start < LONGEST)
        return {self.view.text[m.start : m.end] for m in held}

    @cached_property
    def drug_words(self) -> frozenset[str]:
        """The words that the document's drugs are called by."""
        return frozenset(word for phrase in self._phrases("DRUG") for word in self.read(phrase).words)

    @cached_property
    def has_control(self) -> bool:
        """Whether any group of the document is a control."""
        return any("control" in self.read(phrase).roles for phrase in self._phrases("COHORT", "DRUG"))


@once
def namer_of(view: View) -> Namer:
    """Return the names of a document's groups, each read once."""
    return Namer(view)


def _short_names(view: View) -> dict[str, str]:
    """Return the capitals that stand for a drug whose full name the document uses as well."""
    drugs = [(view.text[m.start : m.end], m.code or "") for m in view.mentions if m.label == "DRUG"]
    said = {text.strip("®™").lower() for text, _ in drugs}
    return {
        text.lower(): code.lower()
        for text, code in drugs
        if text.isupper() and text.isalpha() and len(text) < 7 and code.lower() in said
    }

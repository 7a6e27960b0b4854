"""What a table's title and the notes below it add: who was analysed, how many, and to which labels a mark applies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from topline.mentions import populations

Span = tuple[int, int]

MOST_NOTES = 40  # of one table
# Kinds of the term table that name whom an analysis counts, wherever in a table; the others (`responders`) may be
# what was measured.
ANALYSED = frozenset(
    """intent_to_treat modified_intent_to_treat full_analysis per_protocol efficacy_evaluable safety as_treated
    immunogenicity pharmacokinetic""".split()
)
_MARK = r"[*†‡§¶#^]{1,3}|[¹²³⁴⁵]|\([a-h1-9]\)|\[[a-h1-9]\]"
_OPENING = re.compile(
    rf"""(?:^|(?<=[.;\n])\s{{0,3}})(?P<mark>{_MARK}
      | [a-h](?=\s(?:n\s?=|p\s?[<=]|in\b|[A-Z])|[A-Z][a-z])       # a superscript letter: "a n=21", "aIncludes 34"
      | [1-9](?=\s[A-Z]|[A-Z][a-z]))
    """,
    re.VERBOSE,
)
# A letter is a mark behind a sign or a figure, or with a space before it at the end: "33.3%a", "Seroconversion b"
_MARKED = re.compile(rf"(?P<mark>{_MARK}|(?<=[)%\d])[a-h](?=$|\s?[(\[])|(?<=\S\s)[a-h]$)")
_SIZE = re.compile(
    r"""\b[nN]\s?=\s?(?P<n>[0-9][0-9,]{0,8})\b
      | (?<![\d.,/])(?P<people>[0-9]{1,3}(?:,[0-9]{3})*+|[0-9]{4,6})\s(?:[a-z-]{3,14}\s){0,2}
        (?:patients|subjects|participants|volunteers)\b""",
    re.VERBOSE,
)
_PIECE = re.compile(r"[,;]\s|\sand\s")
_DEFINED = re.compile(r"\b[A-Za-z-]{2,8}\s?[=,:–-]\s?$")
_DEFINES = re.compile(r"\s?[=,:]\s?(?!n\s?=)[a-z]")


@dataclass(frozen=True, slots=True)
class Note:
    """A note in `[start, end)`; without a mark it holds for the whole table."""

    start: int
    end: int
    mark: str | None


def notes(text: str, places: Iterable[Span]) -> tuple[Note, ...]:
    """Return the notes of lines below a table, a line with several marks parted at each."""
    found: list[Note] = []
    for start, end in places:
        marks = list(_OPENING.finditer(text[start:end]))[:MOST_NOTES]
        if not marks or marks[0].start() or _is_bold(text[start:end]):
            found.append(
                Note(start, start + marks[0].start() if marks and not _is_bold(text[start:end]) else end, None)
            )
        if _is_bold(text[start:end]):
            continue
        stops = [*(start + mark.start() for mark in marks[1:]), end]
        found += [Note(start + m.end(), stop, _bare(m["mark"])) for m, stop in zip(marks, stops, strict=False)]
    return tuple(found[:MOST_NOTES])


class Notes:
    """The notes of one table by what leads to them: the marks of its labels and cells, or nothing."""

    def __init__(self, text: str, places: Iterable[Span], titles: Iterable[str]):
        self.text = text
        self.all = notes(text, places)
        said = frozenset(mark for title in titles for mark in marks(title))
        self.general = tuple((note.start, note.end) for note in self.all if note.mark is None or note.mark in said)
        self.to_marks = tuple((note.start, note.end) for note in self.all if note.mark)

    def marked(self, texts: Iterable[str]) -> list[Span]:
        """Return the notes to which the marks of labels or cells lead."""
        held = frozenset(mark for text in texts for mark in marks(text)) if self.to_marks else frozenset()
        return [(note.start, note.end) for note in self.all if note.mark in held]

    def size(self, texts: Iterable[str], arm: str | None) -> Span | None:
        """Return where the first note that a mark leads to states the size of an arm, or the only one."""
        return next(filter(None, (size(self.text, *place, arm) for place in self.marked(texts))), None)


def _is_bold(text: str) -> bool:
    """Tell whether asterisks set a line in bold and mark nothing."""
    return text.startswith("**") and text.find("**", 2) > 0


def _bare(mark: str) -> str:
    return mark.strip("()[]")


def marks(text: str) -> frozenset[str]:
    """Return the footnote marks of a label or a cell."""
    return frozenset(_bare(found["mark"]) for found in _MARKED.finditer(text[-160:]))


def population(text: str, start: int, end: int) -> Span | None:
    """Return where a line names the one population that was analysed; an abbreviation explained names none."""
    said = text[start:end]
    found = [
        (low, high, kind)
        for low, high, kind in populations.find(said)
        if kind in ANALYSED and not _DEFINED.search(said[max(0, low - 12) : low]) and not _DEFINES.match(said, high)
    ]
    if len({kind for _, _, kind in found}) != 1:
        return None
    return start + found[0][0], start + found[0][1]


def size(text: str, start: int, end: int, arm: str | None = None) -> Span | None:
    """Return where a line states one size, or the arm's among several: "n=86 for velotinib and n=87 for placebo"."""
    held = sizes(text, start, end)
    if len(held) > 1 and arm:
        cuts = [start, *(start + cut.end() for cut in _PIECE.finditer(text[start:end])), end]
        pieces = [piece for piece in pairwise(cuts) if arm.lower() in text[slice(*piece)].lower()]
        held = [place for place in held if any(low <= place[0] < high for low, high in pieces)]
    return held[0] if len(held) == 1 else None


def sizes(text: str, start: int, end: int) -> Sequence[Span]:
    """Return where a line states numbers of people: "(N=45)", "34 patients"."""
    groups = ("n", "people")
    return [
        (start + m.start(name), start + m.end(name))
        for m in _SIZE.finditer(text[start:end])
        for name in groups
        if m[name]
    ]

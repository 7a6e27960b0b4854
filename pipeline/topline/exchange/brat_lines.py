"""The lines of one of brat's .ann files: text-bound annotations, relations, attributes and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from topline.errors import GoldError
from topline.exchange.standoff import Relation, Span

_LINE = re.compile(r"(?P<id>[A-Z#*][0-9]{0,9})\t(?P<head>[^\t]*+)(?:\t(?P<tail>.*+))?+", re.DOTALL)
_SPAN = re.compile(r"(?P<label>\S++) (?P<places>[0-9]{1,12} [0-9]{1,12}(?:;[0-9]{1,12} [0-9]{1,12})*+)")
_RELATION = re.compile(r"(?P<label>\S++) Arg1:(?P<source>T[0-9]{1,9}) Arg2:(?P<target>T[0-9]{1,9})")
_N = re.compile(r"\s*+n\s*+=\s*+(?P<n>[0-9]{1,15})\s*+")
_FOREIGN: Mapping[str, str] = {"E": "an event", "*": "an equivalence", "N": "a normalization"}

Places = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A text-bound annotation: its label, its fragments, and the words that the line repeats."""

    label: str
    places: Places
    words: str | None
    where: str


@dataclass(slots=True)
class _Annotations:
    """What the lines say so far, by the ids of what they are or are about."""

    marks: dict[str, _Mark] = field(default_factory=dict)
    relations: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


def parse(lines: str, text: str, file: str) -> tuple[list[Span], list[Relation]]:
    """Return the spans, keyed by brat's ids, and the relations of an .ann file.

    Raises:
        GoldError: a line is none of brat's, or says what gold cannot hold; the message names file and line.
    """
    held = _Annotations()
    for number, line in enumerate(lines.split("\n"), start=1):
        if line.strip():
            _read_line(line.rstrip("\r"), held, f"{file}:{number}")
    for key in (*held.kinds, *held.numbers):
        if key not in held.marks and key not in held.relations:
            raise GoldError(f"{file}: an attribute or note is about {key}, which is not in the file")
    spans = [_span(key, mark, held, text) for key, mark in held.marks.items()]
    relations = [Relation(*ends, held.numbers.get(key)) for key, ends in held.relations.items()]
    return spans, relations


def _read_line(line: str, held: _Annotations, where: str) -> None:
    """Put one line among what is held."""
    found = _LINE.fullmatch(line)
    if not found:
        raise GoldError(f"{where}: {line!r:.60} is no line of brat's; expected an id, a tab and what it says")
    key, head, tail = found["id"], found["head"], found["tail"]
    if key in held.marks or key in held.relations:
        raise GoldError(f"{where}: {key} is there twice")
    if key[0] in _FOREIGN:
        raise GoldError(f"{where}: {key} is {_FOREIGN[key[0]]}; gold holds mentions and relations")
    if key[0] == "T":
        held.marks[key] = _mark(head, tail, where)
    elif key[0] == "R":
        ends = _matched(_RELATION, head, f"{where}: {key} is no relation between two mentions")
        held.relations[key] = (ends["source"], ends["target"], ends["label"])
    elif key[0] in "AM":
        _read_attribute(key, head, held, where)
    elif key[0] == "#":
        _read_note(head, tail or "", held)
    else:
        raise GoldError(f"{where}: {key} is of no sort that brat has")


def _mark(head: str, tail: str | None, where: str) -> _Mark:
    """Return a text-bound annotation."""
    found = _matched(_SPAN, head, f"{where}: expected `LABEL START END`, fragments set apart by semicolons, not")
    bounds = [tuple(int(number) for number in place.split()) for place in found["places"].split(";")]
    return _Mark(found["label"], tuple((start, end) for start, end in bounds), tail, where)


def _read_attribute(key: str, head: str, held: _Annotations, where: str) -> None:
    """Put a value's kind among what is held."""
    match head.split():
        case ["Kind", about, kind]:
            if about in held.kinds:
                raise GoldError(f"{where}: {about} has two kinds; keep one")
            held.kinds[about] = kind
        case _:
            raise GoldError(f"{where}: {key} is {head!r:.60}; the only attribute here is `Kind T1 percent`")


def _read_note(head: str, tail: str, held: _Annotations) -> None:
    """Put an n among what is held; other notes are the annotators' own."""
    about, n = head.split()[1:], _N.fullmatch(tail)
    if n and len(about) == 1:
        held.numbers[about[0]] = int(n["n"])


def _matched(pattern: re.Pattern[str], text: str, otherwise: str) -> re.Match[str]:
    """Return a match of the whole text, or raise the sentence with the text behind it."""
    found = pattern.fullmatch(text)
    if not found:
        raise GoldError(f"{otherwise}: {text!r:.60}")
    return found


def _span(key: str, mark: _Mark, held: _Annotations, text: str) -> Span:
    """Return a span with its fragments put together and its words compared."""
    places = sorted(mark.places)
    start, end = places[0][0], max(place[1] for place in places)
    if not 0 <= start < end <= len(text):
        raise GoldError(f"{mark.where}: {key} [{start}, {end}) is not inside the text of {len(text)} characters")
    for (_, first), (last, _) in pairwise(places):
        if text[first:last].strip():
            raise GoldError(f"{mark.where}: {key} leaves out {text[first:last]!r:.50}; mark one stretch without gaps")
    words = " ".join(text[first:last] for first, last in places)
    if mark.words is not None and mark.words.split() != words.split():
        raise GoldError(f"{mark.where}: {key} quotes {mark.words!r:.50}, but the text has {words!r:.50} there")
    return Span(key, start, end, mark.label, kind=held.kinds.get(key), n=held.numbers.get(key))

"""Abbreviations that a document defines: "complete response (CR)", "CR (complete response)", "response, or CR,".

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (PSB 2003),
with offsets, the quotation marks that filings put around a defined term, and their ", or CR,".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_QUOTES = "\"'“”‘’*_[]"
_PARENTHESIS = re.compile(r"\(((?:[^()\n]|\n(?!\s)){2,120})\)")
_OR_FORM = re.compile(r", or [“\"]?+([A-Za-z0-9][\w/+-]{1,9})[”\"]?+(?=[,.;:)])")
_LEAD_IN = re.compile(r"(?:or|the|i\.e\.,|also|collectively,)\s{1,3}(?:the\s{1,3})?", re.IGNORECASE)
_LAST_WORD = re.compile(r"[\w/+™®-]{2,12}\s{0,2}$")
# Plain words, ordinals, "n=54", "p<0.01", and units.
_NO_SHORT_FORM = re.compile(r"[A-Z][a-z]+$|\d+(?:st|nd|rd|th)?$|[nNpP]\s?[=<]|[a-zµ]{1,4}/")
# A definition does not reach back over the end of a sentence or a paragraph.
_BREAK = re.compile(r"[.;:!?]\s|\n\s{0,80}\n|[()]")
# Ten words of an abbreviation's window are below 160 characters in 99 % of English text; the rest is margin.
_REACH = 240


@dataclass(frozen=True, slots=True)
class Definition:
    """A short form and its long form, half-open ranges of the text."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int
    short: str
    long: str


@lru_cache(maxsize=2)
def find(text: str) -> tuple[Definition, ...]:
    """Return the abbreviations that a text defines, in the order of their short forms."""
    breaks = [found.end() for found in _BREAK.finditer(text)]
    definitions = {found.short_start: found for found in (*_in_parentheses(text, breaks), *_after_or(text, breaks))}
    return tuple(definitions[start] for start in sorted(definitions))


def expansions(text: str) -> dict[str, Definition]:
    """Return the first definition of each short form."""
    first: dict[str, Definition] = {}
    for definition in find(text):
        first.setdefault(definition.short, definition)
    return first


def long_form_start(short: str, long: str) -> int | None:
    """Return where the long form starts that ends with `long`; None when the letters of `short` are not all there.

    The letters are matched from the right; the first one must begin a word.
    """
    place = len(long)
    letters = [character.lower() for character in short if character.isalnum()]
    for index in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= 0 and not _fits(letters[index], long, place, begins_word=index == 0):
            place -= 1
        if place < 0:
            return None
    return max(long.rfind(" ", 0, place), long.rfind("\n", 0, place)) + 1


def _fits(letter: str, long: str, place: int, begins_word: bool) -> bool:
    return long[place].lower() == letter and not (begins_word and place > 0 and long[place - 1].isalnum())


def _in_parentheses(text: str, breaks: list[int]) -> Iterator[Definition]:
    for found in _PARENTHESIS.finditer(text):
        inside = re.split(r"[;,] ", found[1])[0]
        lead_in = _LEAD_IN.match(inside)
        start = found.start(1) + (lead_in.end() if lead_in else 0)
        start, end = _strip(text, start, found.start(1) + len(inside))
        if _is_short_form(text[start:end]):
            definition = _define(text, start, end, _window(text, found.start(), breaks))
        else:
            definition = _define_before(text, found.start(), start, end)
        if definition:
            yield definition


def _after_or(text: str, breaks: list[int]) -> Iterator[Definition]:
    for found in _OR_FORM.finditer(text):
        if sum(character.isupper() for character in found[1]) >= 2:
            definition = _define(text, found.start(1), found.end(1), _window(text, found.start(), breaks))
            if definition:
                yield definition


def _window(text: str, end: int, breaks: list[int]) -> tuple[int, int]:
    """Return the range before `end` that may hold a long form."""
    nearest = bisect_left(breaks, end)
    start = max(breaks[nearest - 1] if nearest else 0, end - _REACH)
    return start, start + len(text[start:end].rstrip(" \n" + _QUOTES))


def _define(text: str, start: int, end: int, window: tuple[int, int]) -> Definition | None:
    """Join a short form to the long form at the end of `window`."""
    short = text[start:end]
    # A plural abbreviation is matched without its s: "agents (HMA)" and "agents (HMAs)" are the same.
    core = short[:-1] if short[-1] == "s" and short[-2].isupper() else short
    words = list(re.finditer(r"\S+", text[window[0] : window[1]]))
    reach = min(len(core) + 5, 2 * len(core))
    if not words:
        return None
    first = window[0] + words[max(0, len(words) - reach)].start()
    offset = long_form_start(core, text[first : window[1]])
    if offset is None:
        return None
    long = text[first + offset : window[1]]
    if len(long) <= len(short) or short in re.split(r"[\s-]", long):
        return None
    return Definition(start, end, first + offset, window[1], short, long)


def _define_before(text: str, parenthesis: int, start: int, end: int) -> Definition | None:
    """Join the word before a parenthesis to the long form inside it."""
    long = text[start:end]
    before = _LAST_WORD.search(text[max(0, parenthesis - 16) : parenthesis])
    if before is None or " " not in long:
        return None
    word = before[0].rstrip()
    low = max(0, parenthesis - 16) + before.start()
    if not _is_short_form(word) or long_form_start(word, long) != 0:
        return None
    return Definition(low, low + len(word), start, end, word, long)


def _is_short_form(text: str) -> bool:
    """Say whether a string looks like an abbreviation: 2 to 10 characters, at most two words, a capital letter."""
    return (
        2 <= len(text) <= 10
        and text.count(" ") <= 1
        and text[0].isalnum()
        and any(character.isupper() for character in text)
        and not _NO_SHORT_FORM.match(text)
    )


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    stripped = inner.lstrip(" " + _QUOTES)
    return start + len(inner) - len(stripped), start + len(inner) - len(stripped) + len(stripped.rstrip(" " + _QUOTES))

"""Term tables and the matcher for them.

A table is a tab-separated file in `lexicons/` with a header and one row a term or canonical name. Terms are compared
word by word: white space, hyphens and apostrophes between words do not count, letter case only for abbreviations.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, chain

from topline.errors import ConfigError

# One word or one mark; white space, hyphens, dashes, apostrophes and underscores separate without being words.
WORD = re.compile(r"([^\W_]+|[^\w\s\u00ad\u2010-\u2015\u2212'\u2018\u2019\u2032-])")
_HEAD = re.compile(r"^(.+?)(?= (?:of|in|for|to|from|with|at|on|due|by|per|or|without|against) |$)")
_LETTERS = re.compile(r"[^\W\d_]+")
_INFLECTABLE = re.compile(r"[^\W\d_]{3,}(?<!s)(?<!ed)(?<!ing)$")
_FUNCTION_WORDS = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "was", "with"]
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]++")
NONE = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a term table; `cells` by column name, an absent value is the empty string."""

    table: str
    line: int
    cells: dict[str, str]

    def parts(self, column: str) -> tuple[str, ...]:
        """Return the values of a cell that lists several with `|` between them."""
        return tuple(part.strip() for part in self.cells[column].split("|") if part.strip())

    @property
    def place(self) -> str:
        """Return file and line, for messages."""
        return f"lexicons/{self.table}:{self.line}"


@dataclass(frozen=True, slots=True)
class Term:
    """A way to write what `code` stands for; `exact` terms match in their own letter case only."""

    code: str
    text: str
    exact: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A term found at `text[start:end]`."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in lower case, and where each starts and ends."""

    words: list[str]
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms by their words; `lengths` holds, for a first word, the lengths in words to try, longest first."""

    lengths: dict[str, tuple[int, ...]]
    terms: dict[str, tuple[Term, ...]]


def parse_table(table: str, content: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """Return the rows of a term table; a dash stands for "none".

    Raises ConfigError for a wrong header, a wrong number of cells, an empty cell, or a first cell that repeats.
    """
    lines = content.splitlines()
    if not lines or tuple(lines[0].split("\t")) != columns:
        raise ConfigError(f"lexicons/{table}:1: the header must be {', '.join(columns)}, separated by tabs")
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise ConfigError(f"lexicons/{table}:{number}: {len(cells)} cells, not {len(columns)}; use tabs")
        for column, cell in zip(columns, cells, strict=True):
            if not cell.strip():
                raise ConfigError(f"lexicons/{table}:{number}: the cell {column!r} is empty; write a dash for none")
        if cells[0] in seen:
            raise ConfigError(f"lexicons/{table}:{number}: {cells[0]!r} repeats line {seen[cells[0]]}; remove one")
        seen[cells[0]] = number
        values = ("" if cell.strip() == NONE else cell.strip() for cell in cells)
        rows.append(Row(table, number, dict(zip(columns, values, strict=True))))
    return tuple(rows)


@cache
def read_table(table: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """Return the rows of a table that comes with the package."""
    return parse_table(table, (files("topline.mentions.lexicons") / table).read_text(encoding="utf-8"), columns)


@cache
def read_words(table: str, column: str, *other_columns: str) -> frozenset[str]:
    """Return the first column of a table as a set, as written."""
    return frozenset(row.cells[column] for row in read_table(table, (column, *other_columns)))


def build(terms: Iterable[Term]) -> Lexicon:
    """Return the lexicon of some terms with their plurals and British spellings.

    Raises ConfigError for a term that would match everywhere, and for one that is written twice.
    """
    written: dict[tuple[str, bool], Term] = {}
    for term in terms:
        check_term(term)
        first = written.setdefault((term.text if term.exact else term.text.lower(), term.exact), term)
        if first is not term:
            raise ConfigError(f"{term.place}: the term {term.text!r} stands at {first.place} already; remove one")
    lengths: dict[str, set[int]] = {}
    table: dict[str, tuple[Term, ...]] = {}
    # As-written terms go first: a plural made from one term never replaces what another row says outright.
    for found in chain(written.values(), _variants(written.values())):
        words = WORD.findall(found.text)
        key = " ".join(words).lower()
        lengths.setdefault(words[0].lower(), set()).add(len(words))
        held = table.get(key, ())
        if all(known.exact != found.exact or known.exact for known in held):
            table[key] = tuple(sorted((*held, found), key=lambda known: not known.exact)) if held else (found,)
    return Lexicon({word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()}, table)


def check_term(term: Term) -> None:
    """Raise ConfigError when a term has no content of its own."""
    if not has_content(term):
        raise ConfigError(f"{term.place}: the term {term.text!r} would match nearly everything; make it longer")


def has_content(term: Term) -> bool:
    """Tell whether a term has a letter, a second character, and a word that is more than a function word."""
    has_letter = any(map(str.isalpha, term.text))
    words = WORD.findall(term.text.lower())
    return (
        sum(map(str.isalnum, term.text)) >= 2 and has_letter and (term.exact or not _FUNCTION_WORDS.issuperset(words))
    )


@lru_cache(maxsize=2)
def scan(text: str) -> Words:
    """Split a text into words once for all lexicons, web addresses left out; the last two texts are kept."""
    # split with a group gives separator, word, separator, word, …: offsets are running sums, no match objects are made.
    lowered = _lower(text)
    if "://" in text or "www." in text:
        lowered = _ADDRESS.sub(lambda address: " " * len(address[0]), lowered)
    pieces = WORD.split(lowered)
    offsets = list(accumulate(map(len, pieces), initial=0))
    return Words(pieces[1::2], offsets[1:-1:2], offsets[2::2])


def starts(text: str, triggers: frozenset[str]) -> list[int]:
    """Return where the words in `triggers` and the whole numbers of a text start: the places to try a pattern at."""
    found = places(text)
    return sorted(start for word in found if word in triggers or word.isdigit() for start in found[word])


@lru_cache(maxsize=2)
def places(text: str) -> dict[str, list[int]]:
    """Return where each word of a text starts; the last two texts are kept."""
    found: dict[str, list[int]] = {}
    scanned = scan(text)
    for word, start in zip(scanned.words, scanned.starts, strict=True):
        found.setdefault(word, []).append(start)
    return found


def matches(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern in order, without overlaps, tried at some places only.

    They are those of `finditer` where every match starts at one of the places.
    """
    free = 0
    for start in sorted(starts):
        found = pattern.match(text, start) if start >= free else None
        if found:
            yield found
            free = found.end()


def find(lexicon: Lexicon, text: str) -> list[Match]:
    """Return the longest matches from left to right, without overlaps."""
    scanned = scan(text)
    words, starts, ends = scanned.words, scanned.starts, scanned.ends
    lengths = lexicon.lengths
    matches: list[Match] = []
    free = 0
    first_words = places(text)
    tried = sorted(start for word in lengths.keys() & first_words.keys() for start in first_words[word])
    for index in (bisect_left(starts, start) for start in tried):
        if index < free:
            continue
        for length in lengths[words[index]]:
            terms = lexicon.terms.get(" ".join(words[index : index + length]))
            if not terms or index + length > len(words):
                continue
            start, end = starts[index], ends[index + length - 1]
            term = _choose(terms, text[start:end])
            if term:
                matches.append(Match(start, end, term))
                free = index + length
                break
    return matches


def _choose(terms: tuple[Term, ...], found: str) -> Term | None:
    """Return the term that the found text may stand for; a blank line inside a match breaks it."""
    if "\n" in found and re.search(r"\n[^\S\n]*+\n", found):
        return None
    for term in terms:
        if not term.exact or WORD.findall(found) == WORD.findall(term.text):
            return term
    return None


def _variants(terms: Iterable[Term]) -> Iterator[Term]:
    """Yield the plurals of the terms, and the British spelling of these and of the terms themselves."""
    for term in terms:
        plurals = _plurals(term)
        spelt = [] if term.exact else [other for text in (term.text, *plurals) if (other := _british(text)) != text]
        for text in (*plurals, *spelt):
            yield Term(term.code, text, term.exact, term.place)


def _plurals(term: Term) -> list[str]:
    """Return the plural of an abbreviation, or of a phrase's head: its last word, or the last before a preposition."""
    if term.exact:
        return [term.text + "s"] if term.text[-1].isupper() else []
    head = _HEAD.match(term.text)
    if head is None or not _INFLECTABLE.search(head[1]):
        return []
    word = head[1]
    if word[-1] == "y" and word[-2] not in "aeiou":
        plural = word[:-1] + "ies"
    else:
        plural = word + ("es" if word.endswith(("x", "ch", "sh", "z")) else "s")
    return [plural + term.text[head.end() :]]


def _british(text: str) -> str:
    spellings = _spellings()
    if spellings.keys().isdisjoint(_LETTERS.findall(text.lower())):
        return text
    return _LETTERS.sub(lambda word: spellings.get(word[0].lower(), word[0]), text)


@cache
def _spellings() -> dict[str, str]:
    rows = read_table("spellings.tsv", ("american", "british"))
    return {row.cells["american"]: row.cells["british"] for row in rows}


def _lower(text: str) -> str:
    """Return the text in lower case with every character in its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)

"""Words that mentions fit on: a text cut where its words end and where its mentions begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from topline.exchange.standoff import Span

_WORD = re.compile(r"\w++|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch `[start, end)`; `space` says that a blank follows which belongs to no token."""

    start: int
    end: int
    space: bool


def words(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of words, numbers and single signs."""
    return (found.span() for found in _WORD.finditer(text))


def cut(text: str, places: Iterable[tuple[int, int]], spans: Sequence[Span]) -> list[Token]:
    """Return tokens that give the text back, blanks included, with every span beginning and ending on one.

    As in spaCy, one blank behind a token is the token's; other white space is tokens of its own.
    """
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    edges = sorted({0, len(text), *starts, *ends, *(edge for place in places for edge in place)})
    tokens: list[Token] = []
    for start, end in pairwise(edges):
        first = start
        # The blank is a token only where a mention has it.
        if tokens and tokens[-1].end == start and text[start] == " " and start not in starts and start + 1 not in ends:
            tokens[-1] = Token(tokens[-1].start, start, space=True)
            first = start + 1
        if first < end:
            tokens.append(Token(first, end, space=False))
    return tokens


def numbered(tokens: Sequence[Token], spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the numbers of each span's first and last token."""
    first = {token.start: number for number, token in enumerate(tokens)}
    last = {token.end: number for number, token in enumerate(tokens)}
    return [(first[span.start], last[span.end]) for span in spans]

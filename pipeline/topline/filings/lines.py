"""What a line of text is by its looks alone: a heading, a list item, a rule, a row of columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from topline.schema import Block

_MARKER = r"""
    (?:
        [-*•·▪■◦‣○●–—§+¨☐☒□þ] | -- | o | \uf0b7               # bullets and boxes, the letter o, a symbol font's
      | \((?: \d{1,2} | [A-Za-z] | [ivx]{1,4} )\)            # (1) (a) (iv)
      | (?: \d{1,2} | [A-Za-z] | [ivx]{1,4} ) [.)]           # 1. a) iv.
    )
"""
_LIST = re.compile(rf"(?P<marker>{_MARKER}) (?P<gap>[ \t]{{1,20}}+) (?=\S)", re.VERBOSE)
_MARK = re.compile(rf"{_MARKER} | \[\d{{1,2}}\] | [*†‡§]{{1,3}} | \d{{1,2}}", re.VERBOSE)
_HASHES = re.compile(r"(#{1,6})[ \t]{1,4}+\S")
_BOLD_LINE = re.compile(r"(?P<mark>\*\*|__)(?=\S)[^*_\n]{1,200}+(?P=mark):?")
_WORD = re.compile(r"[^\W\d_]{2,}+")
_RULE = re.compile(r"[-=_*~.\s–—|+:<>]{3,}+")
_GAP = re.compile(
    r"""
    (?<=\S) [ ]? \. [. ]{4,}+ (?=\S)           # leader dots
  | (?<=\S) \t [ \t]*+ (?=\S)
  | (?<=\S) [ ]{3,}+ (?=\S)
  | (?<=[\d)%*-]) [ ]{2} (?=[$(\d<-])          # two numbers need less
  | (?<=[\d)%]) [ ] (?=\$[(\d])
    """,
    re.VERBOSE,
)

_CAPS_HEADING = 160  # characters
_SHORT_HEADING = 80


def list_marker(text: str) -> str:
    """Return the bullet or number that a list item starts with, the empty string for other lines."""
    found = _LIST.match(text)
    return found["marker"] if found else ""


def is_marker(text: str) -> bool:
    """Tell whether a text is only a bullet, an item's number or a footnote's mark."""
    return bool(_MARK.fullmatch(text))


def heading_level(text: str) -> int | None:
    """Return a heading's rank (0 when the looks don't tell), None for other text.

    Headings by looks: Markdown hashes, a line all in asterisks, capitals throughout.
    """
    if len(text) > _CAPS_HEADING + 50 or not _WORD.search(text):
        return None
    if hashes := _HASHES.match(text):
        return len(hashes[1])
    if _BOLD_LINE.fullmatch(text) or (text.isupper() and len(text) <= _CAPS_HEADING):
        return 0
    return None


def is_title(text: str) -> bool:
    """Tell whether a line that stands alone reads as a title: short, with a capital, no end of sentence."""
    return (
        len(text) <= _SHORT_HEADING
        and text[:1].isupper()
        and text[-1:] not in ".,;:!?|)"
        and len(text.split()) <= 12
        and bool(_WORD.search(text))
    )


def with_titles(blocks: Sequence[Block], text: str) -> tuple[Block, ...]:
    """Return the blocks; a short line over a long paragraph, a list or a heading is a heading too."""
    return tuple(
        replace(block, kind="heading") if _leads(block, following, text) else block
        for block, following in pairwise([*blocks, None])
        if block is not None
    )


def _leads(block: Block | None, following: Block | None, text: str) -> bool:
    if block is None or following is None or block.kind != "paragraph" or not is_title(text[block.start : block.end]):
        return False
    longer = following.end - following.start > 2 * (block.end - block.start)
    return following.kind in ("list_item", "heading") or (following.kind == "paragraph" and longer)


def is_rule(text: str) -> bool:
    """Tell whether a line is only drawn: dashes, dots, signs of equality."""
    return bool(_RULE.fullmatch(text))


def columns(line: str) -> list[tuple[int, int]]:
    """Return the ranges of a line that wide gaps, tabs or leader dots part; one range when nothing does."""
    content = line.rstrip()
    low = len(content) - len(content.lstrip())
    ranges: list[tuple[int, int]] = []
    for gap in _GAP.finditer(content):
        ranges.append((low, gap.start()))
        low = gap.end()
    return [*ranges, (low, len(content))] if content.strip() else []

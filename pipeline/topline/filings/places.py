"""Proof that reading text stands in the file where its segments say."""

from __future__ import annotations

import html
import re
from bisect import bisect_right

from topline.errors import OffsetError
from topline.filings.charset import CP1252, printable
from topline.schema import Document, Segment

_REFERENCE = re.compile(
    r"""
    &\#(?P<decimal>[0-9]++);?               # &#150;
  | &\#[xX](?P<hex>[0-9a-fA-F]++);?         # &#x2013;
  | &[^\s\#&;<]{1,32}+;?                    # &ndash; and, as pages have it, &ndash
    """,
    re.VERBOSE,
)


def verify(document: Document, decoded: str, start: int, end: int) -> None:
    """Check that the file holds `document.text[start:end]` at its source ranges.

    Markup between the ranges and references within them are taken out; white space that the reader put in has no
    source, and any white space stands for any other.

    Raises:
        OffsetError: the range lies outside the text, or the file holds other characters there.
    """
    if not 0 <= start <= end <= len(document.text):
        raise OffsetError(f"{_place(document, start, end)} lies outside the reading text of {len(document.text)}.")
    if not document.segments:
        _compare(document, start, end, decoded[start:end])
        return
    position = start
    index = max(0, bisect_right(document.segments, start, key=lambda segment: segment.start) - 1)
    while position < end:
        while index < len(document.segments) and document.segments[index].end <= position:
            index += 1
        segment = document.segments[index] if index < len(document.segments) else None
        high = end if segment is None else min(end, max(segment.start, position))
        if high > position:
            _compare(document, position, high, " " * (high - position))
        if segment is None or segment.start >= end:
            return
        position = max(position, segment.start)
        high = min(end, segment.end)
        _compare(document, position, high, _source_text(segment, position, high, decoded))
        position = high


def _source_text(segment: Segment, start: int, end: int, decoded: str) -> str:
    """Return what the file holds for `[start, end)` of the reading text, which lies in one segment."""
    raw = decoded[segment.source_start : segment.source_end]
    if len(raw) != segment.end - segment.start:
        raw = _REFERENCE.sub(_resolved, raw)
        raw = " " if raw.isspace() else raw
    return raw[start - segment.start : end - segment.start]


def _resolved(found: re.Match[str]) -> str:
    """Return the characters of a reference by the HTML standard; `html.unescape` drops what is no character."""
    if found["decimal"] is None and found["hex"] is None:
        return html.unescape(found[0])
    digits, base = (found["decimal"], 10) if found["hex"] is None else (found["hex"], 16)
    digits = digits.lstrip("0")
    code = int(digits, base) if 0 < len(digits) < 8 else 0
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return "\N{REPLACEMENT CHARACTER}"
    return CP1252.get(code, chr(code))


def _compare(document: Document, start: int, end: int, held: str) -> None:
    quoted = document.text[start:end]
    if quoted != held and _plain(quoted) != _plain(held):
        raise OffsetError(f"{_place(document, start, end)} is {quoted[:60]!r}, but the file holds {held[:60]!r} there.")


def _plain(text: str) -> str:
    # U+0085 first: in a filing it is an ellipsis, to Python white space.
    return "".join(" " if character.isspace() else character for character in printable(text))


def _place(document: Document, start: int, end: int) -> str:
    part = f" document {document.source.document}" if document.source.document is not None else ""
    return f"{document.source.file}{part}: [{start}, {end})"

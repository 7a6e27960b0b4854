"""Markup tokens with exact places in the source; the only module that knows turbohtml.

turbohtml tokenises 2.8 MB in 47 ms and gives line and column of each token in the raw text. The token stream is used
instead of the tree: it is flat, so hostile nesting costs nothing, and `</html>` before the content ends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Literal

import turbohtml
from turbohtml import TokenType

TokenKind = Literal["text", "reference", "start", "end", "comment", "other"]
# The characters, for a start tag the tag as written, for an end tag its name in lower case; then the range in the file,
# which nothing asks for of a tag.
Token = tuple[TokenKind, str, int, int]
Attributes = dict[str, str | None]

_START, _END, _TEXT = TokenType.START_TAG, TokenType.END_TAG, TokenType.TEXT
_OTHER_KINDS: dict[int, TokenKind] = {TokenType.COMMENT: "comment", TokenType.CHARACTER_REFERENCE: "reference"}

# Elements whose content the tokenizer takes as characters up to their own end tag.
_RAW_ELEMENTS = ("title", "script", "style", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext")
# Their first two letters are looked at first, of every tag in the page.
_RAW_TAG = re.compile(rf"<(?=/?[tsxinp][cefilmot])(/?)({'|'.join(_RAW_ELEMENTS)})", re.IGNORECASE | re.ASCII)
_COMMENT_END = re.compile(r"--!?>")
_RECOVERIES = 4  # a tag that is never closed swallows the rest; each recovery reads that rest once more


def tokens(source: str, base: int = 0) -> Iterator[Token]:
    """Yield the markup tokens of `source` in order; characters that no token covers are broken markup.

    `base` is where `source` begins in the file.
    """
    written = _with_single_newlines(source)
    text = defuse(written)
    mended = text != written
    done = 0
    for _ in range(_RECOVERIES):
        token = None
        places = _line_starts(text, done, base)
        for token in turbohtml.tokenize(text[done:], resolve_references=False, capture_source=True):
            kind = token.type
            if kind is _START:
                yield "start", token.source or "", 0, 0
            elif kind is _END:
                yield "end", token.tag or "", 0, 0
            elif kind is _TEXT:
                data = token.data or ""
                start = places[token.line] + token.col
                shown = _as_written(data, start - base, written, text) if mended else data
                yield "text", shown, start, start + len(data)
            else:
                start = places[token.line] + token.col
                yield _OTHER_KINDS.get(kind, "other"), token.data or "", start, start + len(token.source or "")
        if token is not None:
            last = token.data if token.type is _TEXT else token.source
            done = places[token.line] + token.col + len(last or "") - base
        if done >= len(text):
            return
        # An unfinished tag: its "<" is a character like any other, and what follows is read anew.
        yield "text", text[done], base + done, base + done + 1
        done += 1


def _as_written(data: str, low: int, written: str, text: str) -> str:
    """Return characters of `text`; those that were mended and turn out to be no markup are those of the file."""
    held = slice(low, low + len(data))
    return written[held] if written[held] != text[held] else data


def _line_starts(text: str, begin: int, base: int) -> list[int]:
    """Return the place of each line's first character in the file, counted from 1, of `text` from `begin` on."""
    lengths = map(len, text[begin:].split("\n"))
    return [base + begin, *(base + begin + k + end for k, end in enumerate(accumulate(lengths, initial=0)))]


def parse_tag(written: str) -> tuple[str, Attributes, bool]:
    """Return a start tag's name in lower case, its attributes, and whether it closes itself.

    What a tag says hangs on its own characters alone, so that a tag that is met again need not be parsed again.
    """
    token = next(turbohtml.tokenize(written, resolve_references=False))
    return token.tag or "", dict(token.attrs or ()), token.self_closing


def _with_single_newlines(source: str) -> str:
    """Return `source` with each line ended by one character, and its length kept."""
    return source.replace("\r\n", " \n").replace("\r", "\n")


def defuse(written: str) -> str:
    """Return markup with the damage mended that would swallow the rest of the file; lengths stay equal.

    `</>` (which leaves no token) becomes an inert tag, as does the opening of a comment that nothing ends. Raw elements
    that nothing ends lose their name.
    """
    text = written.replace("</>", "<i>")
    last = max((match.end() for match in _COMMENT_END.finditer(text)), default=0)
    text = text[:last] + text[last:].replace("<!--", "</i>")
    ended = dict.fromkeys(_RAW_ELEMENTS, 0)  # from where on no end tag follows
    unended: set[str] = set()
    for tag in _RAW_TAG.finditer(text):
        name = tag[2].lower()
        if tag[1]:
            ended[name] = tag.start() + 1
            unended.discard(name)
        else:
            unended.add(name)
    for name in unended:
        start = ended[name]
        text = text[:start] + re.sub(f"(?i)<{name[0]}(?={name[1:]})", "<x", text[start:])
    return text

"""Markup tokens with exact places in the source; the only module that knows turbohtml.

turbohtml tokenises 2.8 MB in 47 ms and gives line and column of each token in the raw text. The token stream is used
instead of the tree: it is flat, so hostile nesting costs nothing, and `</html>` before the content ends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import Literal

import turbohtml

TokenKind = Literal["text", "reference", "start", "end", "comment", "other"]
# The characters, for a start tag the tag as written, for an end tag its name in lower case; then the range in the file,
# which nothing asks for of a tag.
Token = tuple[TokenKind, str, int, int]
Attributes = dict[str, str | None]

_KINDS: dict[int, TokenKind] = {0: "text", 1: "start", 2: "end", 3: "comment", 5: "reference"}

# Elements whose content the tokenizer takes as characters up to their own end tag.
_RAW_ELEMENTS = ("title", "script", "style", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext")
_RAW_TAG = re.compile(rf"<(/?)(?=[tsxinp])({'|'.join(_RAW_ELEMENTS)})", re.IGNORECASE | re.ASCII)
_NEWLINE = re.compile("\n")
_COMMENT_END = re.compile(r"--!?>")
_RECOVERIES = 4  # a tag that is never closed swallows the rest; each recovery reads that rest once more


def tokens(source: str, base: int = 0) -> Iterator[Token]:
    """Yield the markup tokens of `source` in order; characters that no token covers are broken markup.

    `base` is where `source` begins in the file.
    """
    written = _with_single_newlines(source)
    text = defuse(written)
    done = 0
    for _ in range(_RECOVERIES):
        done = yield from _tokenized(text, written, done, base)
        if done >= len(text):
            return
        # An unfinished tag: its "<" is a character like any other, and what follows is read anew.
        yield "text", text[done], base + done, base + done + 1
        done += 1


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


def _tokenized(text: str, written: str, begin: int, base: int) -> Generator[Token, None, int]:
    """Yield the tokens of `text` from `begin` on; return where the last one ends."""
    low = base + begin
    lines = [low, low, *(base + match.end() for match in _NEWLINE.finditer(text, begin))]
    mended = text != written
    token = None
    for token in turbohtml.tokenize(text[begin:], resolve_references=False, capture_source=True):
        kind = _KINDS.get(token.type, "other")
        if kind == "start":
            yield kind, token.source or "", 0, 0
        elif kind == "end":
            yield kind, token.tag or "", 0, 0
        elif kind == "text":
            data = token.data or ""
            start = lines[token.line] + token.col
            end = start + len(data)
            held = slice(start - base, end - base)
            # Characters that were mended and turn out to be no markup are those of the file.
            yield kind, written[held] if mended and written[held] != text[held] else data, start, end
        else:
            start = lines[token.line] + token.col
            yield kind, token.data or "", start, start + len(token.source or "")
    if token is None:
        return begin
    last = token.data if _KINDS.get(token.type) == "text" else token.source
    return lines[token.line] + token.col - base + len(last or "")

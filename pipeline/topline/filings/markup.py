"""Markup tokens with exact places in the source; the only module that knows turbohtml.

turbohtml tokenises 2.8 MB in 47 ms and gives line and column of each token in the raw text. The token stream is used
instead of the tree: it is flat, so hostile nesting costs nothing, and `</html>` before the content ends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import turbohtml

Attributes = tuple[tuple[str, str | None], ...]
TokenKind = Literal["text", "reference", "start", "end", "comment", "other"]

_KINDS: dict[int, TokenKind] = {0: "text", 1: "start", 2: "end", 3: "comment", 5: "reference"}

# Elements whose content the tokenizer takes as characters up to their own end tag.
_RAW_ELEMENTS = ("title", "script", "style", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext")
_COMMENT_END = re.compile(r"--!?>")
_RECOVERIES = 4  # a tag that is never closed swallows the rest; each recovery reads that rest once more


class Token(NamedTuple):
    """One token: `text` is the characters, or the element's name in lower case; the range is in the source."""

    kind: TokenKind
    text: str
    start: int
    end: int
    attributes: Attributes = ()
    closed: bool = False


def tokens(source: str) -> Iterator[Token]:
    """Yield the markup tokens of `source` in order; characters that no token covers are broken markup."""
    written = _with_single_newlines(source)
    text = defuse(written)
    mended = text != written
    base = 0
    for _ in range(_RECOVERIES):
        end = base
        for token in _tokenized(text[base:], base):
            end = token.end
            yield _as_written(token, written, text) if mended else token
        if end >= len(text):
            return
        # An unfinished tag: its "<" is a character like any other, and what follows is read anew.
        yield Token("text", text[end], end, end + 1)
        base = end + 1


def _with_single_newlines(source: str) -> str:
    """Return `source` with each line ended by one character, and its length kept."""
    return source.replace("\r\n", " \n").replace("\r", "\n")


def _as_written(token: Token, written: str, text: str) -> Token:
    """Return a token of `text`; characters that were mended and turn out to be no markup are those of the file."""
    held = slice(token.start, token.end)
    differs = token.kind == "text" and written[held] != text[held]
    return token._replace(text=written[held]) if differs else token


def defuse(written: str) -> str:
    """Return markup with the damage mended that would swallow the rest of the file; lengths stay equal.

    `</>` (which leaves no token) becomes an inert tag, as does the opening of a comment that nothing ends. Raw elements
    that nothing ends lose their name.
    """
    text = written.replace("</>", "<i>")
    last = max((match.end() for match in _COMMENT_END.finditer(text)), default=0)
    text = text[:last] + text[last:].replace("<!--", "</i>")
    lowered = text.lower() if text.isascii() else _ascii_lower(text)
    for name in _RAW_ELEMENTS:
        closing = lowered.rfind(f"</{name}")
        if f"<{name}" in lowered[closing + 1 :]:
            tail = re.sub(f"(?i)<{name[0]}(?={name[1:]})", "<x", text[closing + 1 :])
            text = text[: closing + 1] + tail
    return text


def _ascii_lower(text: str) -> str:
    """Lower the letters A-Z only: `str.lower` can change a text's length."""
    return text.translate({code: code + 32 for code in range(65, 91)})


def _tokenized(text: str, base: int) -> Iterator[Token]:
    lines = [base - 1, base - 1, *(base + match.start() for match in re.finditer("\n", text))]
    for token in turbohtml.tokenize(text, resolve_references=False, capture_source=True):
        kind = _KINDS.get(token.type, "other")
        start = lines[token.line] + 1 + token.col
        if kind == "text":
            data = token.data or ""
            yield Token(kind, data, start, start + len(data))
            continue
        end = start + len(token.source or "")
        characters = token.tag if kind in ("start", "end") else token.data
        attributes = tuple(token.attrs or ()) if kind == "start" else ()
        yield Token(kind, characters or "", start, end, attributes, kind == "start" and token.self_closing)

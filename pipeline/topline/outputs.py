"""What leaves the program: files that appear whole or not at all, and text that a terminal can be given.

Filing text and file names are untrusted: a terminal obeys escape sequences and direction marks wherever they come from.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import jsonlines

from topline.errors import InputError

# What json leaves as it is and a terminal obeys: DEL, C1 controls (U+009B opens an escape sequence), direction marks;
# and lone surrogates, which no encoding takes.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# How a formula or a call of another program may begin, in the wide forms of East Asian input too.
_FORMULA_SIGNS = frozenset("=+-@|%＝＋－＠｜％")
_NUMBER = re.compile(
    r"""
    [+-]?+
    (?: [0-9]{1,3}+(?:,[0-9]{3})++ (?:\.[0-9]++)?+   # 1,389.5
      | [0-9]++ (?:\.[0-9]*+)?+                      # 54  39.3
      | \.[0-9]++                                    # .05
    )
    (?: [eE][+-]?+[0-9]{1,3}+ )?+ %?+
    # mmHg  mg/dL  percentage points: neither cell nor call
    (?: [ ] [A-Za-z\u00b5\u03bc°]++ (?: / [A-Za-z\u00b5\u03bc°]++ )?+ ){0,4}+
    """,
    re.VERBOSE,
)
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str, keep: str = "\n") -> str:
    """Return text without what a terminal obeys: controls and direction marks become signs, soft hyphens go."""
    return "".join(c if c.isprintable() or c in keep else _shown(c) for c in text)


def _shown(character: str) -> str:
    """Return what stands for a character that cannot be printed."""
    category, code = unicodedata.category(character), ord(character)
    if category == "Zs":
        return " "
    if category == "Cf" and character not in _DIRECTION:
        return ""
    return chr(0x2400 + code) if code < 32 else "\N{REPLACEMENT CHARACTER}"


def spreadsheet_safe(text: str) -> str:
    """Return text that a spreadsheet takes as text: before what would begin a formula stands an apostrophe.

    Numbers stay what they are, negative ones and those with a unit too. What a program may skip (white space, controls,
    characters without width) hides no formula. Cells of CSV are to be quoted besides: a reader may part them by other
    signs than commas.
    """
    first = next((c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")), "")
    return f"'{text}" if first in _FORMULA_SIGNS and first and not _NUMBER.fullmatch(text) else text


def dump(record: dict[str, Any]) -> bytes:
    """Return a record as JSON in UTF-8, with the characters that a terminal would obey written as escapes."""
    line = json.dumps(record, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line).encode()


@contextmanager
def open_lines(path: Path) -> Iterator[jsonlines.Writer]:
    """Open a file of JSON Lines; `-` is standard output, written line by line.

    Raises:
        InputError: the file cannot be written.
    """
    with open_whole(path) as file:
        yield jsonlines.Writer(file, dumps=dump, flush=True)


@contextmanager
def open_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when the block ends well; pipes and devices are written as it goes.

    Raises:
        InputError: the file cannot be written.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    # Through a link to the file behind it: a rename would replace the link, or /dev/null itself.
    path = path.resolve()
    direct = path.exists() and not path.is_file()
    temporary = path if direct else _temporary(path)
    try:
        with _open(temporary) as file:
            yield file
        if not direct:
            os.replace(temporary, path)
    except BaseException:
        if not direct:
            temporary.unlink(missing_ok=True)
        raise


def _temporary(path: Path) -> Path:
    """Make an empty file beside `path`, with the rights that any new file gets."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); check the folder") from error
    umask = os.umask(0)
    os.umask(umask)
    os.fchmod(handle, 0o666 & ~umask)
    os.close(handle)
    return Path(name)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name a file") from error

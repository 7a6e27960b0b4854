"""What is no filing, or too large for one, each with its reason and a remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from topline.errors import FilingError

MAX_LENGTH = 100_000_000  # bytes of a page, characters of a part; the largest report met has 60 million
MAX_SUBMISSION = 500_000_000  # bytes of a submission, encoded pictures not counted
MAX_LINES = 4_000_000  # of plain text: 250 bytes of memory each
MAX_PIECES = 4_000_000  # tokens of markup and runs of characters: 150 to 400 bytes of memory each

# What cannot be a filing by its first bytes, and what makes filings of it.
_ARCHIVES = (
    (b"PK\x03\x04", "a zip archive or an office document; unpack it with `unzip`, or save it as HTML"),
    (b"PK\x05\x06", "an empty zip archive; fetch it again"),
    (b"\x1f\x8b", "packed twice with gzip; unpack it with `gunzip`"),
    (b"\x1f\x9d", "packed with compress; unpack it with `gunzip`"),
    (b"BZh", "packed with bzip2; unpack it with `bunzip2`"),
    (b"\xfd7zXZ", "packed with xz; unpack it with `unxz`"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard; unpack it with `unzstd`"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it with `7z x`"),
    (b"Rar!", "a rar archive; unpack it with `unrar`"),
)
_BINARY = (
    b"\xd0\xcf\x11\xe0",  # office formats before 2007
    b"\x89PNG",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
)
_TAR, _TAR_PLACE = b"ustar", 257  # the zeros of an archive are few beside the text of large files
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 11, 12, 13, 26, 27))
_SAMPLE = 65_536
_BINARY_SHARE = 0.02  # of control bytes: texts of 1994-2026 have below 0.0001, images and archives above 0.08
_BLOCK_PAGE = re.compile(
    r"""
    request\s{1,3}+rate\s{1,3}+threshold\s{1,3}+exceeded              # the throttle's title
  | exceeded\s{1,3}+the\s{1,3}+sec.{1,3}s\s{1,3}+(?:traffic\s{1,3}+limit|maximum\s{1,3}+allowable)
  | your\s{1,3}+request\s{1,3}+originates\s{1,3}+from\s{1,3}+an\s{1,3}+undeclared
  | undeclared\s{1,3}+automated\s{1,3}+tool
  | <title>\s{0,9}+(?:403\s{1,3}+forbidden|access\s{1,3}+denied|error\s{1,3}+403)
  | <h1>\s{0,9}+(?:403\s{1,3}+forbidden|access\s{1,3}+denied)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# One of these stands in each; of 110 short filings 3 hold any.
_BLOCK_PAGE_WORDS = ("threshold", "traffic", "allowable", "undeclared", "403", "denied")
_BLOCK_PAGE_LENGTH = 40_000  # characters: a filing may quote such words, an error page is short


def refuse_bytes(data: bytes, name: str) -> None:
    """Refuse what is empty, a PDF, an archive or otherwise binary.

    Raises:
        FilingError: with reason `empty`, `pdf` or `binary`.
    """
    if not data.strip():
        raise FilingError(f"{name}: the file is empty.", "empty")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        raise FilingError(f"{name}: the file is a PDF; fetch the filing as text or HTML.", "pdf")
    if data.startswith(_UTF16):
        return
    kind = next((kind for magic, kind in _ARCHIVES if data.startswith(magic)), None)
    if data.startswith(_TAR, _TAR_PLACE):
        kind = "a tar archive; unpack it with `tar xf`"
    if kind:
        raise FilingError(f"{name}: the file is {kind}.", "binary")
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if data.startswith(_BINARY) or controls > _BINARY_SHARE * len(sample):
        raise FilingError(f"{name}: the file is binary, not a filing; convert it first.", "binary")


def refuse_block_page(text: str, name: str) -> None:
    """Refuse a server's refusal that was saved in a filing's place.

    Raises:
        FilingError: with reason `block_page`.
    """
    lowered = text.lower() if len(text) <= _BLOCK_PAGE_LENGTH else ""
    if any(word in lowered for word in _BLOCK_PAGE_WORDS) and _BLOCK_PAGE.search(text):
        sentence = "a server's refusal (403 or rate limit) stands in the filing's place; fetch it again"
        raise FilingError(f"{name}: {sentence}.", "block_page")


def refuse_size(size: int, limit: int, name: str) -> None:
    """Refuse a file of more bytes than can be read.

    Raises:
        FilingError: with reason `too_large`.
    """
    if size > limit:
        raise FilingError(f"{name}: has more than {limit:,} bytes; cut it into its documents.", "too_large")


def is_too_large(text: str, start: int, end: int) -> bool:
    """Tell whether a part of a decoded file has more characters or lines than can be read."""
    return end - start > MAX_LENGTH or text.count("\n", start, end) > MAX_LINES


@dataclass(slots=True)
class Budget:
    """How many more pieces a page may be made of."""

    name: str
    left: int = MAX_PIECES

    def spend(self) -> None:
        """Take one piece from it.

        Raises:
            FilingError: with reason `too_large`, when none is left.
        """
        self.left -= 1
        if self.left < 0:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Refuse the page.

        Raises:
            FilingError: with reason `too_large`.
        """
        sentence = f"the page is made of more than {MAX_PIECES:,} pieces of markup; cut it into its documents"
        raise FilingError(f"{self.name}: {sentence}.", "too_large")

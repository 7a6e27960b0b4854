"""What an archive's list of members gives away unread: which of them may be unpacked, and why the others may not."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from topline.filings.packed import MAX_RATIO, grows_too_much

_ENCRYPTED = 0x1 | 0x40 | 0x2000  # by a password, strongly, with its headers hidden
_PATCH = 0x20  # holds a difference to a file that is elsewhere
_HEADER = 30  # bytes of a member's own header, without its name
_UNSAFE_NAME = re.compile(
    r"""
    [\\\0]                                                          # a separator elsewhere, an end elsewhere
  | \A[A-Za-z]:                                                     # a drive
  | (?:\A|/)\.{0,2}(?:/|\Z)                                         # the root, the folder itself, the one above
  | (?:\A|/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.[^/]*+)?(?:/|\Z)  # a device of Windows
    """,
    re.VERBOSE | re.IGNORECASE,
)

Why = tuple[str, str]  # a status' reason, and what its sentence says
UNSAFE_NAME: Why = (
    "unsafe_name",
    "has an unsafe name (a way out, a drive, a device, a backslash or a NUL); rename it and pack it again",
)
NO_FILE: Why = ("no_file", "is a link or a device, no file; pack the file that is meant")
ENCRYPTED: Why = ("encrypted", "is encrypted; unpack it with its password")
METHOD: Why = ("method", "is packed by another method than deflate; pack it again with `zip`")
DUPLICATE: Why = ("duplicate", "is the name of several members; rename them and pack them again")
OVERLAP: Why = ("overlap", "shares bytes of the archive with other members, as in a bomb; fetch the archive again")
RATIO: Why = ("ratio", f"unpacks to more than {MAX_RATIO} times its size, as no filing does; unpack it if you trust it")


def refused(members: Sequence[ZipInfo], end: int) -> dict[str, Why]:
    """Return, by name, why members are not to be unpacked; `end` is where the archive's last member ends."""
    times = Counter(info.orig_filename for info in members)
    shared = {info.orig_filename for info in _overlapping(members, end)}
    found = {}
    for info in members:
        name = info.orig_filename
        if is_unsafe(name):
            found[name] = UNSAFE_NAME
        elif times[name] > 1:  # which of them is meant, programs do not agree on
            found[name] = DUPLICATE
        elif why := _of_itself(info) or (OVERLAP if name in shared else None):
            found[name] = why
    return found


def is_unsafe(name: str) -> bool:
    """Tell whether a name, were it a path, could lead elsewhere than below a folder."""
    return bool(_UNSAFE_NAME.search(name))


def _of_itself(info: ZipInfo) -> Why | None:
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return NO_FILE
    if info.flag_bits & _ENCRYPTED:
        return ENCRYPTED
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or info.flag_bits & _PATCH:
        return METHOD  # bzip2 and LZMA unpack a few bytes to a hundred megabytes at once
    return RATIO if grows_too_much(info.file_size, info.compress_size) else None


def _overlapping(members: Iterable[ZipInfo], end: int) -> set[ZipInfo]:
    """Return the members whose bytes, as the list has them, are partly those of another one, or of the list."""
    found: set[ZipInfo] = set()
    last: ZipInfo | None = None
    for info in sorted(members, key=lambda info: info.header_offset):
        if last and info.header_offset < _end(last):
            found |= {last, info}
        if _end(info) > end:
            found.add(info)
        last = max(last or info, info, key=_end)
    return found


def _end(info: ZipInfo) -> int:
    """Return a place that a member reaches at least: its own header may be longer than the list says."""
    return info.header_offset + _HEADER + len(info.orig_filename) + info.compress_size

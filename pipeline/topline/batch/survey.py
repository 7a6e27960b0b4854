"""Inputs before they are read: what each file is, its digest, and whether it is refused unread."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from topline.batch.manifest import Plan
from topline.batch.shards import Entry, Settings, refusal
from topline.errors import BatchError
from topline.filings.charset import decode
from topline.filings.sgml import is_submission
from topline.schema import Status

# A submission holds many documents, most of them skipped unread (graphics, data), and is read whole.
SUBMISSION_FACTOR = 8
_HEAD = 20_000


def make_plan(inputs: Iterable[Path | str], missing: Sequence[Status], settings: Settings) -> Plan:
    """Return the plan of a run: paths that lead nowhere first, then every input with its digest.

    Raises:
        BatchError: standard input is among the inputs, which cannot be read twice.
    """
    absent = [Entry(status.file, None, status) for status in missing]
    return Plan(settings, (*absent, *(survey(path, settings.max_size) for path in inputs)))


def survey(path: Path | str, max_size: int) -> Entry:
    """Return an input with its digest; what is no plain file, or too large, is refused."""
    if path == "-":
        raise BatchError("-: standard input cannot be read again after a stop; name files, or a file for the output")
    bare = Entry(str(path), None)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return Entry(bare.file, None, refusal(bare, "unreadable", "is no plain file"))
        return _hashed(Path(path), max_size)
    except OSError as error:
        return Entry(bare.file, None, refusal(bare, "unreadable", f"cannot be read: {error.strerror}"))


def _hashed(path: Path, max_size: int) -> Entry:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        submission = size > max_size and is_submission(decode(file.read(_HEAD)))
        file.seek(0)
        entry = Entry(str(path), hashlib.file_digest(file, "sha256").hexdigest())
    limit = max_size * SUBMISSION_FACTOR if submission else max_size
    if size <= limit:
        return entry
    sentence = f"has {size:,} bytes, more than {limit:,}; raise --max-size to read it"
    return Entry(entry.file, entry.sha256, refusal(entry, "too_large", sentence))

"""Inputs before they are read: what each file is, its digest, and whether it is refused unread."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from topline.batch.manifest import Plan
from topline.batch.shards import Entry, Settings, refusal
from topline.errors import BatchError, FilingError
from topline.filings.charset import decode
from topline.filings.packed import MAGIC, opened
from topline.filings.sgml import is_submission
from topline.schema import Status

# A submission holds many documents, most of them skipped unread (graphics, data), and is read whole.
SUBMISSION_FACTOR = 8
_HEAD = 20_000
_PIECE = 1 << 20


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
        entry = Entry(str(path), hashlib.file_digest(file, "sha256").hexdigest())
        file.seek(0)
        try:
            sentence = _excess(file, path.name, max_size)
        except FilingError as error:
            return replace(entry, refusal=Status(entry.file, entry.sha256, "error", error.reason, str(error)))
    return replace(entry, refusal=refusal(entry, "too_large", sentence)) if sentence else entry


def _excess(file: BufferedReader, name: str, max_size: int) -> str | None:
    """Say how a file is too large, None when it is not; a packed one is unpacked to see, and nothing of it kept.

    Raises:
        FilingError: it cannot be unpacked.
    """
    packed = file.read(len(MAGIC)) == MAGIC
    size = os.fstat(file.fileno()).st_size
    if size <= max_size and not packed:
        return None
    file.seek(0)
    stream, _ = opened(file, name)
    head = stream.read(_HEAD)
    limit = max_size * SUBMISSION_FACTOR if is_submission(decode(head)) else max_size
    if packed:
        size = len(head)
        while size <= limit and (piece := stream.read(_PIECE)):
            size += len(piece)
    if size <= limit:
        return None
    has = f"unpacks to more than {limit:,} bytes" if packed else f"has {size:,} bytes, more than {limit:,}"
    return f"{has}; raise --max-size to read it"

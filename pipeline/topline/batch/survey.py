"""Inputs before they are read: what each file is, its digest, and whether it is refused unread."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from topline.batch.manifest import Plan
from topline.batch.shards import Entry, Settings, refusal
from topline.errors import BatchError, FilingError
from topline.filings.charset import decode
from topline.filings.inputs import located, on_disk, open_input, refuse_whole_archive
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
    """Return an input with its digest; what is no plain file, or too large, or a refused member, is refused here."""
    if path == "-":
        raise BatchError("-: standard input cannot be read again after a stop; name files, or a file for the output")
    bare = Entry(str(path), None)
    try:
        if not stat.S_ISREG(os.stat(on_disk(path)).st_mode):
            return Entry(bare.file, None, refusal(bare, "unreadable", "is no plain file"))
        return _member(bare, max_size) if located(path) else _hashed(bare, max_size)
    except OSError as error:
        return Entry(bare.file, None, refusal(bare, "unreadable", f"cannot be read: {error.strerror}"))


def _hashed(bare: Entry, max_size: int) -> Entry:
    """Return a file with its digest."""
    path = Path(bare.file)
    with path.open("rb") as file:
        entry = replace(bare, sha256=hashlib.file_digest(file, "sha256").hexdigest())
        file.seek(0)
        try:
            refuse_whole_archive(path)
            sentence = _excess(file, path.name, max_size)
        except FilingError as error:
            return replace(entry, refusal=Status(entry.file, entry.sha256, "error", error.reason, str(error)))
    return replace(entry, refusal=refusal(entry, "too_large", sentence)) if sentence else entry


def _member(bare: Entry, max_size: int) -> Entry:
    """Return a member of an archive with its digest, none where it cannot or may not be unpacked to its end."""
    try:
        file, name = open_input(bare.file)
        with file:
            stream, raw = opened(file, name)
            sentence = _excess_unpacked(stream, max_size)
    except FilingError as error:
        return replace(bare, refusal=Status(bare.file, None, "error", error.reason, str(error)))
    if sentence:
        return replace(bare, refusal=refusal(bare, "too_large", sentence))
    return replace(bare, sha256=raw.digest.hexdigest())


def _excess(file: BinaryIO, name: str, max_size: int) -> str | None:
    """Say how a file is too large, None when it is not.

    Raises:
        FilingError: it is packed and cannot be unpacked.
    """
    packed = file.read(len(MAGIC)) == MAGIC
    size = os.fstat(file.fileno()).st_size
    if size <= max_size and not packed:
        return None
    file.seek(0)
    stream, _ = opened(file, name)
    if packed:
        return _excess_unpacked(stream, max_size)
    limit = _limit(stream.read(_HEAD), max_size)
    return f"has {size:,} bytes, more than {limit:,}; raise --max-size to read it" if size > limit else None


def _excess_unpacked(stream: BinaryIO, max_size: int) -> str | None:
    """Say how something is too large, None when it is not; it is unpacked to see, and nothing of it kept."""
    head = stream.read(_HEAD)
    size, limit = len(head), _limit(head, max_size)
    while size <= limit and (piece := stream.read(_PIECE)):
        size += len(piece)
    return f"unpacks to more than {limit:,} bytes; raise --max-size to read it" if size > limit else None


def _limit(head: bytes, max_size: int) -> int:
    return max_size * SUBMISSION_FACTOR if is_submission(decode(head)) else max_size

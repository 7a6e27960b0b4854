"""`manifest.jsonl`: every filing that a folder was asked to hold, and what became of it.

While filings come in, each is added as a line of its own, on the disk before the next; at the end the file is written
anew, one line a filing in order of date. Of several lines about a filing the last one holds.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from topline.edgar.records import Filing, parse_accession
from topline.errors import InputError
from topline.outputs import dump, open_whole

MANIFEST = "manifest.jsonl"
State = Literal["fetched", "failed", "pending"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One filing of a folder: sha256 and size in bytes of its `ACCESSION.txt`, and why it failed."""

    accession: str
    cik: str
    form: str | None
    filed: str | None
    url: str
    sha256: str | None = None
    size: int | None = None
    status: State = "pending"
    message: str | None = None

    def path(self, folder: Path) -> Path:
        """Return where the filing stands."""
        return folder / f"{self.accession}.txt"


def planned(filing: Filing, url: str) -> Entry:
    """Return the entry of a filing that is still to come."""
    return Entry(filing.accession, filing.cik, filing.form, filing.filed, url)


def is_there(entry: Entry, folder: Path) -> bool:
    """Tell whether a filing stands in the folder with the size and the sha256 that it came with."""
    path = entry.path(folder)
    if entry.status != "fetched" or not path.is_file() or path.stat().st_size != entry.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256


def read_manifest(folder: Path) -> dict[str, Entry]:
    """Return a folder's entries by accession number; a last line that was cut off counts for nothing.

    Raises:
        InputError: the file is no manifest of filings.
    """
    path = folder / MANIFEST
    entries: dict[str, Entry] = {}
    try:
        lines = path.read_bytes().split(b"\n") if path.exists() else []
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    for number, line in enumerate(lines[:-1], 1):
        try:
            entry = _entry(json.loads(line))
        except (ValueError, TypeError, KeyError, RecursionError, InputError) as error:
            raise InputError(f"{path}:{number}: is no line about a filing; name another folder") from error
        entries[entry.accession] = entry
    return entries


def _entry(line: dict[str, object]) -> Entry:
    """Return the entry of a line; its number becomes a file's name and is checked as one."""
    entry = Entry(**{field.name: line[field.name] for field in fields(Entry)})  # type: ignore[arg-type]
    if parse_accession(entry.accession) != entry.accession or entry.status not in get_args(State):
        raise ValueError(entry.accession)
    return replace(entry, cik=str(entry.cik))


def write_manifest(folder: Path, entries: Iterable[Entry]) -> None:
    """Write a folder's manifest whole, oldest filing first.

    Raises:
        InputError: it cannot be written.
    """
    with open_whole(folder / MANIFEST) as file:
        for entry in sorted(entries, key=lambda entry: (entry.filed or "", entry.accession)):
            file.write(_line(entry))


@contextmanager
def open_journal(folder: Path) -> Iterator[BinaryIO]:
    """Open a folder's manifest for lines at its end."""
    with (folder / MANIFEST).open("ab", buffering=0) as file:
        yield file


def add(journal: BinaryIO, entry: Entry) -> None:
    """Add a line, and wait until it is on the disk."""
    journal.write(_line(entry))
    os.fsync(journal.fileno())


def _line(entry: Entry) -> bytes:
    return dump(asdict(entry)) + b"\n"

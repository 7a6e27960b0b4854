"""The journal of a review: a line an event, on the disk before it counts, held by one reviewer at a time.

A line that was being written when the machine stopped has no line end: it is cut off when the journal is opened again.
The lock is the kernel's, on the file itself: it ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from topline.errors import ReviewError
from topline.outputs import dump

FORMAT = "topline-review/1"


@dataclass(frozen=True, slots=True)
class Held:
    """What a journal's bytes hold: the events behind its head, the length of its whole lines, what was torn off."""

    events: tuple[dict[str, Any], ...]
    length: int
    torn: int


@dataclass(slots=True)
class Journal:
    """An open journal; `events` are those that it held when it was opened, `torn` the bytes cut off its end."""

    path: Path
    events: tuple[dict[str, Any], ...]
    torn: int
    _handle: int = field(repr=False)
    _end: int = 0

    def append(self, event: dict[str, Any]) -> None:
        """Add an event; when this returns, it is on the disk.

        Raises:
            ReviewError: the disk refuses; the journal holds what it held before.
        """
        line = dump(event) + b"\n"
        try:
            _write(self._handle, line, self._end)
            os.fsync(self._handle)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._handle, self._end)
            raise ReviewError(f"{self.path}: cannot be written ({error.strerror}); the change was not taken") from error
        self._end += len(line)


@contextmanager
def open_journal(path: Path, rows: str) -> Iterator[Journal]:
    """Hold the journal of a review of rows whose file has this sha256, made if need be.

    Raises:
        ReviewError: someone else holds it, it belongs to other rows, is damaged, or cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise ReviewError(
            f"{path}: cannot be opened ({error.strerror}); name another journal with --journal"
        ) from error
    try:
        _lock(handle, path)
        yield _opened(handle, path, rows)
    finally:
        os.close(handle)


def read_journal(path: Path, rows: str) -> tuple[dict[str, Any], ...]:
    """Return the events of a journal without holding it; none when it is not there.

    Raises:
        ReviewError: it belongs to other rows, is damaged, or cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ReviewError(f"{path}: cannot be read ({error.strerror})") from error
    return parse_journal(data, str(path), rows).events


def parse_journal(data: bytes, name: str, rows: str) -> Held:
    """Return what a journal's bytes hold; `name` stands in errors.

    Raises:
        ReviewError: a whole line is no object, or the head is that of other rows.
    """
    length = data.rfind(b"\n") + 1
    lines = data[:length].split(b"\n")[:-1]
    records = [_record(line, f"{name}:{number}") for number, line in enumerate(lines, start=1)]
    head = records[0] if records else {"format": FORMAT, "rows": rows}
    if head.get("format") != FORMAT:
        raise ReviewError(f"{name}: is no journal of a review ({FORMAT}); name another with --journal")
    if head.get("rows") != rows:
        raise ReviewError(f"{name}: is the journal of other rows; put those back or name another with --journal")
    return Held(tuple(records[1:]), length, len(data) - length)


def _record(line: bytes, place: str) -> dict[str, Any]:
    try:
        held = json.loads(line)
    except ValueError:
        held = None
    if not isinstance(held, dict):
        raise ReviewError(f"{place}: the line is damaged; mend or remove it, the others hold")
    return held


def _opened(handle: int, path: Path, rows: str) -> Journal:
    """Return the journal of a locked file, its torn end cut off and its head written."""
    with open(handle, "rb", closefd=False) as file:
        held = parse_journal(file.read(), str(path), rows)
    journal = Journal(path, held.events, held.torn, handle, held.length)
    if held.torn:
        os.ftruncate(handle, held.length)
    if not held.length:
        journal.append({"format": FORMAT, "rows": rows})
        _sync_folder(path.parent)
    return journal


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ReviewError(
            f"{path}: another review is writing here; end it first, or name another journal with --journal"
        ) from error
    except OSError as error:
        raise ReviewError(f"{path}: cannot be locked ({error.strerror}); put it on a local disk") from error


def _write(handle: int, line: bytes, end: int) -> None:
    while line:
        written = os.pwrite(handle, line, end)
        line, end = line[written:], end + written


def _sync_folder(folder: Path) -> None:
    """Wait until the journal's name is on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

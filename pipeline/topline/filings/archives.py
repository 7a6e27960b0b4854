"""Zip archives of filings: a member is read as a file is, under the archive's name and its own.

A member's name is looked up in the archive's list and nowhere else. Nothing is unpacked to the disk, and of a member
no more than the list says; what the list says is held to what gzip may unpack to.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from topline.errors import FilingError
from topline.filings.members import Why, refused
from topline.filings.packed import damaged, refuse_ratio

ENDING = ".zip"
MAX_MEMBERS = 10_000
MAX_LIST = 4_000_000  # bytes of the list of members, 400 a member: it is read as a whole
_MAGIC = b"PK"
_BUFFER = 1 << 16
# What `zipfile` raises on bytes that are no whole archive.
_BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive: its members by name, folders left out, and why some of them are not to be unpacked."""

    file: ZipFile
    members: Mapping[str, ZipInfo]
    refused: Mapping[str, Why]


def is_archive(path: Path) -> bool:
    """Tell whether a path is a file that is named and begins like a zip archive."""
    if path.suffix.lower() != ENDING or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def open_archive(path: Path) -> Archive:
    """Return an archive, which is held open until another one is asked for.

    Raises:
        FilingError: with reason `damaged`, `too_large` or `ratio`.
        OSError: the file cannot be opened.
    """
    found = path.stat()
    return _listed(path, found.st_size, found.st_dev, found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=1)  # every member of an archive asks for its list
def _listed(path: Path, size: int, *identity: int) -> Archive:
    file = _Held(path)
    try:
        held = ZipFile(file)
    except _BROKEN as error:
        sentence = f"the archive's list of members, at its end (byte {size:,}), cannot be read ({error})"
        raise FilingError(f"{path.name}: {sentence}; fetch it again.", "damaged") from error
    listed = held.infolist()
    if len(listed) > MAX_MEMBERS:
        raise _too_many(path.name)
    whys = refused(listed, held.start_dir)
    members = {info.orig_filename: info for info in listed if not info.orig_filename.endswith("/")}
    # Members of 8 MB are let through at any ratio, but not ten thousand of them.
    total = sum(info.file_size for name, info in members.items() if name not in whys)
    refuse_ratio(total, size, path.name)
    return Archive(held, members, whys)


def _too_many(name: str) -> FilingError:
    sentence = f"the archive has more than {MAX_MEMBERS:,} members, or a list of them of more than {MAX_LIST:,} bytes"
    return FilingError(f"{name}: {sentence}; make several archives of it.", "too_large")


class _Held(io.FileIO):
    """An archive on the disk, of which `zipfile` takes no list of any length into memory."""

    def __init__(self, path: Path):
        self.said = path.name
        super().__init__(path)

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes.

        Raises:
            FilingError: with reason `too_large`.
        """
        if size and size > MAX_LIST:
            raise _too_many(self.said)
        return super().read(size) or b""

    def __del__(self) -> None:
        self.close()


def open_member(path: Path, name: str) -> BinaryIO:
    """Return a member's bytes, unpacked while they are read.

    Raises:
        FilingError: the archive is refused, or its member: the reasons are those of `members`, or `not_found`; while
            it is read `damaged`.
        OSError: the archive cannot be opened.
    """
    archive, said = open_archive(path), f"{path.name}/{name}"
    if name in archive.refused:
        reason, sentence = archive.refused[name]
        raise FilingError(f"{said}: {sentence}.", reason)
    if name not in archive.members:
        raise FilingError(f"{said}: the archive has no such member; check the spelling.", "not_found")
    return io.BufferedReader(_Member(archive, archive.members[name], said), _BUFFER)


class _Member(io.RawIOBase):
    """What a member holds.

    Raises, while it is read:
        FilingError: with reason `damaged`.
    """

    def __init__(self, archive: Archive, info: ZipInfo, said: str):
        self.archive, self.info, self.said = archive, info, said
        self.file: IO[bytes] | None = None
        self.given = 0

    def readable(self) -> bool:
        """Say that there is something to read."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as the member goes; return the number of bytes, 0 at the end."""
        try:
            self.file = self.file or self._opened()
            data = self.file.read(len(target))
        except _BROKEN as error:
            raise self._damaged("is broken inside") from error
        self.given += len(data)
        if self.given > self.info.file_size or (not data and self.given < self.info.file_size):
            raise self._damaged("has another length than the archive says")
        target[: len(data)] = data
        return len(data)

    def _opened(self) -> IO[bytes]:
        longer = copy(self.info)
        longer.file_size += 1  # `zipfile` cuts what is longer than the list says; then it shows
        return self.archive.file.open(longer)

    def _damaged(self, how: str) -> FilingError:
        return damaged(self.said, f"{how}, at byte {self.info.header_offset:,} of the archive")

"""Gzip as it comes in: unpacked in bounded pieces, and never to more than a filing could be.

Known by its first bytes, not by its name: a page that a server sent packed is often saved under the page's own name.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from typing import BinaryIO, Protocol

from topline.errors import FilingError

MAGIC = b"\x1f\x8b"
# Of 426 filings of 1994-2026 deflate makes a fifth (median), an eighteenth (99 %) or, at the most, a 44th; of zeros a
# 1,030th.
MAX_RATIO = 200
FREE = 8_000_000  # bytes that may come out at any ratio: a few blank pages, a small file of one line repeated
MAX_STREAMS = 100_000  # of one file; block compression makes one in 64 KB, and empty ones cost time for no text
_PIECE = 16_384  # packed bytes taken at once; what stands behind a stream's end is copied, so few
_BUFFER = 1 << 16


class Readable(Protocol):
    """What bytes can be taken from."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""


class Digested(io.RawIOBase):
    """Bytes as they stand on the disk, digested while they are read."""

    def __init__(self, file: Readable):
        self.file = file
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        """Say that there is something to read."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as the file goes; return the number of bytes, 0 at the end."""
        data = self.file.read(len(target))
        self.digest.update(data)
        target[: len(data)] = data
        return len(data)


class Unpacked(io.RawIOBase):
    """What gzip holds, stream after stream.

    Raises, while it is read:
        FilingError: with reason `damaged` or `ratio`.
    """

    def __init__(self, file: Readable, name: str):
        self.file, self.name = file, name
        self.stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.taken = self.given = 0
        self.streams = 1
        self.waiting = b""

    def readable(self) -> bool:
        """Say that there is something to read."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Fill a part of a buffer; return the number of bytes, 0 at the end."""
        while not self.stream.eof or self._next_stream():
            data = self._piece(len(target))
            if data:
                self.given += len(data)
                refuse_ratio(self.given, self.taken, self.name)
                target[: len(data)] = data
                return len(data)
        return 0

    def _piece(self, size: int) -> bytes:
        """Return at most so many bytes; none when the stream has taken packed ones only."""
        ended = not self.waiting and not self._take()
        try:
            data = self.stream.decompress(self.waiting, size)
        except zlib.error as error:
            raise damaged(self.name, "is broken inside") from error
        if ended and not data and not self.stream.eof:  # zlib gives what it has held back first
            raise damaged(self.name, "ends too early")
        self.waiting = self.stream.unused_data if self.stream.eof else self.stream.unconsumed_tail
        return data

    def _take(self) -> bool:
        self.waiting = self.file.read(_PIECE)
        self.taken += len(self.waiting)
        return bool(self.waiting)

    def _next_stream(self) -> bool:
        """Begin with the stream behind one that has ended; False when there is none, only zeros that fill a block."""
        self.waiting = self.waiting.lstrip(b"\0")
        while not self.waiting:
            if not self._take():
                return False
            self.waiting = self.waiting.lstrip(b"\0")
        if len(self.waiting) < len(MAGIC):
            self.waiting += self.file.read(len(MAGIC))
        if not self.waiting.startswith(MAGIC):
            raise damaged(self.name, "goes on with other bytes behind its end")
        self.streams += 1
        if self.streams > MAX_STREAMS:
            raise damaged(self.name, f"is made of more than {MAX_STREAMS:,} streams")
        self.stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return True


def opened(file: BinaryIO, name: str) -> tuple[BinaryIO, Digested]:
    """Return a file's bytes, unpacked if they are packed, and the digest that grows with the bytes on the disk."""
    raw = Digested(file)
    plain = io.BufferedReader(raw, _BUFFER)
    if not plain.peek(len(MAGIC)).startswith(MAGIC):
        return plain, raw
    return io.BufferedReader(Unpacked(plain, name), _BUFFER), raw


def damaged(name: str, how: str) -> FilingError:
    """Return the error about packed bytes that cannot all be unpacked."""
    return FilingError(f"{name}: the packed file {how}; fetch it again.", "damaged")


def grows_too_much(size: int, packed: int) -> bool:
    """Tell whether so many bytes out of so many packed ones are more than filings make."""
    return size > max(FREE, MAX_RATIO * packed)


def refuse_ratio(size: int, packed: int, name: str) -> None:
    """Refuse what grows while it is unpacked as no filing does.

    Raises:
        FilingError: with reason `ratio`.
    """
    if grows_too_much(size, packed):
        sentence = f"unpacks to more than {MAX_RATIO} times its size, as no filing does"
        raise FilingError(f"{name}: {sentence}; unpack it yourself if you trust it.", "ratio")

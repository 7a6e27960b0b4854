"""Files that are there whole or not at all, whatever the moment of a crash, and a folder that one run holds at a time.

A file's content is on the disk before its name is (write, fsync, rename), and its name before the next step counts on
it (fsync of the folder). The lock is the kernel's: it ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from topline.errors import BatchError

LOCK = ".lock"
PART = ".part"
BLOCK = 1 << 20


def partial(path: Path) -> Path:
    """Return the temporary file that becomes `path`: always the same, so that the next run writes over a left one."""
    return path.with_name(f".{path.name}{PART}")


def write_whole(path: Path, blocks: Iterable[bytes]) -> str:
    """Write a file that takes its place only when all of it is on the disk; return its sha256.

    Raises:
        BatchError: the disk or the folder refuses; what stood there before stands there still.
    """
    temporary = partial(path)
    try:
        digest = _write(temporary, blocks)
        os.replace(temporary, path)
        sync(path.parent)
    except OSError as error:
        with suppress(OSError):
            os.unlink(temporary)
        raise BatchError(f"{path}: cannot be written ({error.strerror}); mend that and go on with --resume") from error
    return digest


def _write(path: Path, blocks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        for block in _gathered(blocks):
            digest.update(block)
            held = memoryview(block)
            while held:
                held = held[os.write(handle, held) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    return digest.hexdigest()


def _gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield blocks joined to larger ones: a manifest comes line by line."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder in one that exists, if it is not there.

    Raises:
        BatchError: it cannot be made.
    """
    if folder.is_dir():
        return
    try:
        os.mkdir(folder)
        sync(folder.parent)
    except OSError as error:
        raise BatchError(f"{folder}: cannot be made a folder ({error.strerror}); name another") from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder while the block runs.

    Raises:
        BatchError: another process holds it, or nothing can be written into it.
    """
    path = folder / LOCK
    try:
        handle = _lock(path)
    except BlockingIOError as error:
        raise BatchError(f"{folder}: another run is writing here; wait for it or name another folder") from error
    except OSError as error:
        raise BatchError(f"{folder}: cannot be written into ({error.strerror}); name another folder") from error
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(path)
        os.close(handle)


def _lock(path: Path) -> int:
    """Return the locked file's handle."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The run before may have taken the file away between our two calls: then the lock is on a file of no name.
            if path.exists() and os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        except OSError:
            os.close(handle)
            raise
        os.close(handle)

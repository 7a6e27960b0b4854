"""What the user names on the command line to the files, and members of archives, that it means."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from itertools import accumulate
from os.path import isfile
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO

from topline.errors import FilingError, InputError
from topline.filings.archives import ENDING, is_archive, open_archive, open_member
from topline.filings.members import is_unsafe

ENDINGS = frozenset((".txt", ".htm", ".html", ".md", ".nc", ".sgml", ""))
# What may hold filings and is not read counts as well: it gets a status that says so.
ARCHIVES = frozenset((".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar"))
COMPRESSIONS = frozenset((".gz", ".bz2", ".xz", ".zst", ".z"))
_ENDINGS = ".txt .htm .html .md .nc .sgml, also as .gz"
_WILDCARDS = frozenset("*?[")

Input = Path | str  # a file; `-`, or a member of an archive, whose name may be none that a path can have


def find_inputs(paths: Iterable[str]) -> list[Input]:
    """Return the files that paths, folders, patterns and `-` (standard input) name, each once.

    Folders are searched through and sorted; of their files those with a filing's ending, or none, count, also when they
    are packed (`.htm.gz`), and archives. Of a zip archive its members come instead, chosen and sorted as a folder's
    files, as `filings.zip/folder/member.htm`. What is named outright counts whatever its ending.

    Raises:
        InputError: a path does not exist, or a folder or a pattern leads to no file.
    """
    found: dict[Input, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_expanded(path)))
    return list(found)


def _expanded(path: str) -> list[Input]:
    if path == "-":
        return ["-"]
    place = Path(path)
    if place.is_dir():
        return _with_members(_folder(place))
    if located(place):
        return [str(place)]
    if place.exists():
        return _with_members([place])
    if not _WILDCARDS.intersection(path):
        raise InputError(f"{path}: no such file or folder; check the spelling.")
    matches = [Path(match) for match in sorted(glob.glob(path, recursive=True))]
    files = [match for match in matches if match.is_file()]
    if not files:
        raise InputError(f"{path}: the pattern matches no file; quote it, or check the folder.")
    return _with_members(files)


def _folder(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if _is_filing(file, folder))
    if not files:
        raise InputError(f"{folder}: the folder holds no filings ({_ENDINGS} and in .zip).")
    return files


def _is_filing(file: Path, folder: Path) -> bool:
    return _is_named_like_one(file.relative_to(folder)) and file.is_file()


def _is_named_like_one(name: PurePath) -> bool:
    hidden = any(part.startswith(".") for part in name.parts)
    return not hidden and _has_ending(PurePath(name.name.lower()))


def _has_ending(name: PurePath) -> bool:
    inner = PurePath(name.stem) if name.suffix in COMPRESSIONS else name
    return inner.suffix in ENDINGS or inner.suffix in ARCHIVES


# --- members of zip archives ------------------------------------------------------------------------------------------
def _with_members(files: Iterable[Path]) -> list[Input]:
    """Return files with the members of each archive in its place; one that cannot be read stays, to say why."""
    found: list[Input] = []
    for file in files:
        try:
            found += [f"{file}/{name}" for name in _filings_in(file)] if is_archive(file) else [file]
        except (FilingError, OSError):
            found.append(file)
    return found


def _filings_in(archive: Path) -> list[str]:
    """Return the members that are named like filings, or like no member should be, in the order of a folder's files.

    Raises:
        FilingError: the archive is refused, or has none.
    """
    names = [
        name for name in open_archive(archive).members if is_unsafe(name) or _is_named_like_one(PurePosixPath(name))
    ]
    if not names:
        raise FilingError(f"{archive.name}: the archive holds no filings ({_ENDINGS}).", "empty")
    return sorted(names, key=lambda name: name.split("/"))


def located(path: Path | str) -> tuple[Path, str] | None:
    """Return the archive and the name in it that a path means, None when no part of it but the last is an archive."""
    *above, name = str(path).split("/")
    for k, place in enumerate(accumulate(above, "{}/{}".format), start=1):
        if place.lower().endswith(ENDING) and isfile(place):
            return Path(place), "/".join([*above[k:], name])
    return None


def on_disk(path: Path | str) -> Path:
    """Return the file that an input is, or is a member of."""
    place = located(path)
    return place[0] if place else Path(path)


def open_input(path: Path | str) -> tuple[BinaryIO, str]:
    """Return the open file, or member of an archive, that a path names, and the name that its rows give.

    Raises:
        FilingError: an archive or its member is refused.
        OSError: the file cannot be opened.
    """
    if place := located(path):
        archive, name = place
        return open_member(archive, name), f"{archive.name}/{name}"
    file = Path(path)
    refuse_whole_archive(file)
    return file.open("rb"), file.name


def refuse_whole_archive(file: Path) -> None:
    """Refuse an archive in the place of a filing.

    Raises:
        FilingError: the archive cannot be read, holds no filings, or holds some; `reason` says which.
        OSError: it cannot be opened.
    """
    if is_archive(file):
        sentence = f"a zip archive is no filing by itself; name one in it, as {file.name}/{_filings_in(file)[0]}"
        raise FilingError(f"{file.name}: {sentence}.", "archive")

"""What the user names on the command line to the files that it means."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Literal

from topline.errors import InputError

ENDINGS = frozenset((".txt", ".htm", ".html", ".md", ".nc", ".sgml", ""))
# What may hold filings and is not read counts as well: it gets a status that says so.
ARCHIVES = frozenset((".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar"))
COMPRESSIONS = frozenset((".gz", ".bz2", ".xz", ".zst", ".z"))
_WILDCARDS = frozenset("*?[")

Input = Path | Literal["-"]


def find_inputs(paths: Iterable[str]) -> list[Input]:
    """Return the files that paths, folders, patterns and `-` (standard input) name, each once.

    Folders are searched through and sorted; of their files those with a filing's ending, or none, count, also when they
    are packed (`.htm.gz`), and archives. A file that is named outright counts whatever its ending.

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
        return list(_folder(place))
    if place.exists():
        return [place]
    if not _WILDCARDS.intersection(path):
        raise InputError(f"{path}: no such file or folder; check the spelling.")
    matches = [Path(match) for match in sorted(glob.glob(path, recursive=True))]
    files = [match for match in matches if match.is_file()]
    if not files:
        raise InputError(f"{path}: the pattern matches no file; quote it, or check the folder.")
    return list(files)


def _folder(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if _is_filing(file, folder))
    if not files:
        raise InputError(f"{folder}: the folder holds no filings (.txt .htm .html .md .nc .sgml, also as .gz).")
    return files


def _is_filing(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and _has_ending(PurePath(file.name.lower())) and file.is_file()


def _has_ending(name: PurePath) -> bool:
    inner = PurePath(name.stem) if name.suffix in COMPRESSIONS else name
    return inner.suffix in ENDINGS or inner.suffix in ARCHIVES

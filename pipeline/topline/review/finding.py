"""Files by name and sha256: rows name their file, not its folder, and what was changed since is refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from topline.errors import FilingError, InputError
from topline.filings.inputs import on_disk, open_input


@dataclass(frozen=True, slots=True)
class Filing:
    """A file that rows were read from."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file as rows or statuses name it."""

    name: str
    sha256: str

    @property
    def stem(self) -> str:
        """Return the name by which the gold knows the file."""
        return PurePath(self.name).stem


class Finder:
    """Finds files in folders named by the user, where a run read them (`named`), beside the rows, and here."""

    def __init__(self, beside: Path, folders: Sequence[Path], named: Mapping[Source, Path]):
        self._named = named
        self._beside = (beside, Path())
        self._inside = _index(folders)

    def find_all(self, sources: Iterable[Source]) -> tuple[dict[Source, Filing], list[str]]:
        """Return the files that are there, and a sentence for each of the others."""
        found: dict[Source, Filing] = {}
        refused: list[str] = []
        stems: dict[str, Source] = {}
        contents: dict[str, Source] = {}
        for source in sources:
            held = self._find(source)
            other = stems.get(source.stem)
            if isinstance(held, str):
                refused.append(held)
            elif contents.setdefault(source.sha256, source) != source:
                refused.append(
                    f"{source.name}: is {contents[source.sha256].name} again; it is reviewed under that name"
                )
            elif other is not None and other.sha256 != source.sha256:
                refused.append(
                    f"{held.path}: has the name of another file of the run ({found[other].path}), by which the gold "
                    "knows documents; rename one and extract again"
                )
            else:
                found[source] = held
                stems.setdefault(source.stem, source)
        return found, refused

    def _find(self, source: Source) -> Filing | str:
        changed = None
        for path in self._places(source):
            if not on_disk(path).is_file():
                continue
            if _digest(path) == source.sha256:
                return Filing(path, source.sha256)
            changed = changed or path
        if changed:
            return (
                f"{changed}: is not the file that the rows were read from (its sha256 differs); "
                "extract again, or name the folder of the old one with --filings"
            )
        return f"{source.name}: is not found; name the folder that holds it with --filings"

    def _places(self, source: Source) -> Iterator[Path]:
        yield from self._inside.get(source.name, ())
        if source in self._named:
            yield self._named[source]
        yield from (folder / source.name for folder in self._beside)


def _index(folders: Sequence[Path]) -> dict[str, list[Path]]:
    """Return all files of some folders and of those in them, by name."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"{folder}: no such folder of filings")
        for place, inner, names in os.walk(folder):
            inner.sort()
            for name in sorted(names):
                found.setdefault(name, []).append(Path(place) / name)
    return found


def _digest(path: Path) -> str | None:
    try:
        file, _ = open_input(path)
        with file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except (FilingError, OSError):
        return None

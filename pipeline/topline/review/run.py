"""What is to be reviewed: the rows of a run by document, and for each document the file that it was read from.

A document goes by the id that the gold gives it. Rows name their file and its sha256, not its folder: the folders to
look in are those of the run's statuses, of the rows, the current one, and those that the user names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from topline import filings
from topline.errors import FilingError, GoldError, InputError
from topline.gold.records import KINDS, ROW_FIELDS, read_lines
from topline.review.events import Span
from topline.review.finding import Filing, Finder, Source
from topline.review.state import Row

ROWS, STATUSES = "results.jsonl", "statuses.jsonl"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A document to review; `number` is its part of a submission, `title` the company and form where rows say them."""

    id: str
    filing: Filing
    number: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Predicted:
    """A row as it was predicted: its start of review, the words of its places, and how sure the model was."""

    row: Row
    quotes: Mapping[Span, str]
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of a run by id, its documents by theirs, and the sha256 of the file of rows.

    `refused` are sentences about files that cannot be reviewed.
    """

    path: Path
    sha256: str
    documents: Mapping[str, Reviewed]
    rows: Mapping[str, Predicted]
    refused: tuple[str, ...] = ()

    def predicted(self, document: str) -> Iterator[Predicted]:
        """Yield the rows of a document."""
        return (held for held in self.rows.values() if held.row.document == document)


def rows_file(path: Path) -> Path:
    """Return the file of rows that a path names: itself, or that of a run's folder.

    Raises:
        InputError: there is no such file.
    """
    file = path / ROWS if path.is_dir() else path
    if not file.is_file():
        what = f"holds no {ROWS}; name the folder of a finished run" if path.is_dir() else "no such file of rows"
        raise InputError(f"{path}: {what}, or a file that `topline extract -o` wrote")
    return file


def read_run(path: Path, folders: Sequence[Path] = (), *, whole: bool = False) -> Run:
    """Return the rows of a file or a run's folder with their documents; `folders` are searched for moved filings.

    With `whole`, documents without rows are there too: the other parts of submissions, and inputs without results.

    Raises:
        InputError: there are no rows, a line is no row, or no document can be reviewed.
    """
    file = rows_file(path)
    records = [(place, record, _source(record, place)) for place, record in _records(file)]
    read = dict(_statuses(file))
    finder = Finder(file.parent, folders, read)
    wanted = dict.fromkeys([*(source for *_, source in records), *(read if whole else ())])
    found, refused = finder.find_all(wanted)
    documents: dict[str, Reviewed] = {}
    rows: dict[str, Predicted] = {}
    for place, record, source in records:
        if source in found:
            reviewed = _reviewed(record, source, found[source])
            documents.setdefault(reviewed.id, reviewed)
            row = _predicted(record, reviewed.id, place)
            rows.setdefault(row.row.id, row)
    if whole:
        refused += _add_rest(found, documents)
    if not documents:
        raise InputError(refused[0] if refused else f"{file}: holds no rows, so there is nothing to review")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Run(file, digest, MappingProxyType(documents), MappingProxyType(rows), tuple(refused))


def _add_rest(found: Mapping[Source, Filing], documents: dict[str, Reviewed]) -> Iterator[str]:
    """Add the documents that no row names; yield a sentence for a file that cannot be read any more."""
    for source, filing in found.items():
        try:
            for document in filings.read(filing.path):
                number = document.source.document
                name = source.stem + (f".{number}" if number else "")
                documents.setdefault(name, Reviewed(name, filing, number, document.source.company or ""))
        except FilingError as error:
            yield str(error)


def _records(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        for place, record in read_lines(file):
            if str(record.get("schema", "topline")).split("/")[0] == "topline":
                yield place, record
    except GoldError as error:
        raise InputError(str(error)) from error


def _statuses(file: Path) -> Iterator[tuple[Source, Path]]:
    """Yield the inputs that a run read, and their paths as it was given them."""
    path = file.parent / STATUSES
    if file.name != ROWS or not path.is_file():
        return
    try:
        for _, held in read_lines(path):
            name, sha256 = held.get("file"), held.get("sha256")
            if held.get("status") in ("results", "no_results") and isinstance(name, str) and isinstance(sha256, str):
                yield Source(PurePath(name).name, sha256), Path(name)
    except GoldError as error:
        raise InputError(str(error)) from error


def _source(record: Mapping[str, Any], place: str) -> Source:
    source = record.get("source")
    name, sha256 = (source.get(key) if isinstance(source, dict) else None for key in ("file", "sha256"))
    if not isinstance(name, str) or not isinstance(sha256, str):
        raise InputError(f"{place}: the row names no file with its sha256; review what `topline extract` wrote")
    return Source(PurePath(name).name, sha256)


def _reviewed(record: Mapping[str, Any], source: Source, filing: Filing) -> Reviewed:
    held = record["source"]
    number = held.get("document") if isinstance(held.get("document"), int) else None
    said = (held.get("company"), held.get("type") or held.get("form_type"), held.get("filed") or held.get("period"))
    title = " · ".join(str(part) for part in said if part)
    return Reviewed(source.stem + (f".{number}" if number else ""), filing, number, title)


def _predicted(record: Mapping[str, Any], document: str, place: str) -> Predicted:
    """Return a row of the file.

    Raises:
        InputError: it has no id, no value, an unknown kind, or a field without its place.
    """
    name, value = record.get("id"), record.get("value")
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(name, str) or kind not in KINDS:
        raise InputError(f"{place}: the row has no id, or no value of a known kind; extract again")
    found = {key: _quote(record.get(field), f"{place}: `{field}`") for key, field in ROW_FIELDS.items()}
    quotes = {key: quote for key, quote in found.items() if quote is not None}
    places = {key: span for key, (span, _) in quotes.items()}
    n = _size(record.get("cohort"))
    if n is not None:
        places["n_at"] = n[1]
    row = Row(name, document, kind, MappingProxyType(dict(sorted(places.items()))), n[0] if n else None)
    confidence = record.get("confidence")
    held = float(confidence) if isinstance(confidence, int | float) else None
    return Predicted(row, MappingProxyType(dict(quotes.values())), held)


def _quote(held: Any, place: str) -> tuple[Span, str] | None:
    if held is None:
        return None
    start, end, text = (held.get(key) if isinstance(held, dict) else None for key in ("start", "end", "text"))
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(text, str) or not 0 <= start < end:
        raise InputError(f"{place} lacks its text, start or end; extract again")
    return (start, end), text


def _size(cohort: Any) -> tuple[int, Span] | None:
    """Return a group's size and where it stands; one without its place is no statement of the text."""
    n, start, end = (cohort.get(key) if isinstance(cohort, dict) else None for key in ("n", "n_start", "n_end"))
    if not isinstance(n, int) or not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
        return None
    return n, (start, end)

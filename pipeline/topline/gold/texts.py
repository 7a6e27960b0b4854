"""Join gold that holds offsets only to its texts, each proved by its SHA-256."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from topline.errors import GoldError, InputError
from topline.gold.checks import record_problems, set_problems, text_digest
from topline.gold.records import GoldRecord, gold_files, parse_record, read_lines


def load_gold(path: Path | str, texts: Path | str | None = None) -> list[GoldRecord]:
    """Return the checked records of a file or folder, joined to the texts of `texts` where they hold none.

    Raises:
        InputError: there is no such file, or no gold in the folder.
        GoldError: the first thing that does not hold, with its place.
    """
    records = []
    for file in gold_files(Path(path)):
        records += [parse_record(data, place) for place, data in read_lines(file)]
    if not records:
        raise InputError(f"{path}: holds no documents; a gold file has one a line, see `topline gold compile --help`")
    if texts is not None:
        records = [resolve_record(record, Path(texts)) for record in records]
    for problem in (*set_problems(records), *(fault for record in records for fault in record_problems(record))):
        raise GoldError(problem)
    return records


def find_problems(path: Path, texts: Path | None = None) -> list[str]:
    """Return everything that does not hold of the gold of a file or folder."""
    problems: list[str] = []
    records: list[GoldRecord] = []
    for file in gold_files(path):
        for record in _parse_all(file, problems):
            try:
                records.append(resolve_record(record, texts) if texts else record)
            except GoldError as error:
                problems.append(str(error))
    if not (records or problems):
        problems.append(f"{path}: holds no documents; a gold file has one a line, see `topline gold compile --help`")
    problems += set_problems(records)
    for record in records:
        problems += record_problems(record)
    return problems


def resolve_record(record: GoldRecord, texts: Path) -> GoldRecord:
    """Return the record with its text out of `texts/<id>.txt`; one that has a text is returned as it is.

    Raises:
        GoldError: the text is missing, or has another SHA-256.
    """
    if record.text is not None:
        return record
    file = texts / f"{record.id}.txt"
    where = f"{record.place} ({record.id})"
    if not texts.is_dir():
        raise InputError(f"{texts}: no such folder of texts")
    # An id is a file's name here: one with a slash in it would reach outside the folder.
    if file.parent != texts or not file.is_file():
        raise GoldError(f"{where}: the text {file} is missing; get it with `topline gold fetch {texts}`")
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise GoldError(f"{where}: the text {file} is not UTF-8 at byte {error.start}") from error
    if text_digest(text) != record.sha256:
        raise GoldError(f"{where}: {file} is not the text that was annotated: its sha256 differs")
    return replace(record, text=text)


def _parse_all(file: Path, problems: list[str]) -> Iterator[GoldRecord]:
    """Yield a file's records; faults of single records go to `problems`, a line that is no JSON ends the file."""
    try:
        for place, data in read_lines(file):
            try:
                yield parse_record(data, place)
            except GoldError as error:
                problems.append(str(error))
    except GoldError as error:
        problems.append(str(error))

"""Rows and statuses that an earlier call wrote, read line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from topline.errors import InputError

ROWS, STATUSES = "results.jsonl", "statuses.jsonl"


def rows_file(path: Path) -> Path:
    """Return the file of rows that a path means: itself, or a run's folder's.

    Raises:
        InputError: the folder holds no run that came to its end.
    """
    if not path.is_dir():
        return path
    if not (path / ROWS).is_file():
        raise InputError(f"{path}: holds no {ROWS}; name a folder that `topline extract -o` filled, or a file of rows")
    return path / ROWS


def status_file(path: Path) -> Path | None:
    """Return the file of statuses beside a run's rows, if the path is a run's folder."""
    held = path / STATUSES
    return held if held.is_file() else None


def read_records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a JSON Lines file, each with its place; empty lines count for nothing.

    Raises:
        InputError: the file cannot be read, or a line is no JSON object.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}:{number}", _record(line, f"{path}:{number}")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error


def _record(line: bytes, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: is no JSON; rows are JSON Lines, as `topline extract` writes them") from error
    if not isinstance(record, dict):
        raise InputError(f"{place}: is no JSON object; rows are JSON Lines, as `topline extract` writes them")
    return record

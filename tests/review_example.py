"""A small run to review: two filings, rows written by hand, and a server in a thread."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from topline.review.run import read_run
from topline.review.server import Address, make_server, take_address
from topline.review.sitting import Sitting, open_sitting
from topline.schema import Status

FIRST = (
    "Results of the BRELLO study\n\n"
    "In all 54 patients received morvatide and 27 patients received placebo.\n\n"
    "The overall response rate was 41% in the morvatide group and 22.2% in the placebo group at week 12 (p=0.03). "
    "Nausea was seen in 13 patients on morvatide. Median survival was 8.4 months.\n"
)
SECOND = (
    "The clinical benefit rate was 30% among 20 evaluable patients \U0001f600 on\u00ad tolvarin, "
    "\u202eand nausea was rare.\n"
)
QUIET = "The company moved its office to a larger building in May.\n"
# document -> (value, kind, endpoint, cohort, n, confidence) by the words of the text
ROWS: dict[str, list[tuple[str, str, str | None, str | None, str | None, float | None]]] = {
    "brello.txt": [
        ("41%", "percent", "overall response rate", "placebo group", "27", 0.9),
        ("22.2%", "percent", "Nausea", "placebo group", "27", 0.4),
        ("13", "count", "Nausea", "patients on morvatide", None, 0.7),
        ("12", "number", None, None, None, 0.2),
    ],
    "tolvarin.txt": [("30%", "percent", "clinical benefit rate", "20 evaluable patients", "20", 0.6)],
}
TEXTS = {"brello.txt": FIRST, "tolvarin.txt": SECOND}


def span_of(text: str, words: str, at: int = 0) -> tuple[int, int]:
    """Return where words stand for the first time behind an offset."""
    start = text.index(words, at)
    return start, start + len(words)


def quote(text: str, words: str | None) -> dict[str, Any] | None:
    """Return the words as a row cites them."""
    if words is None:
        return None
    start, end = span_of(text, words)
    return {"text": words, "start": start, "end": end}


def row(file: str, value: str, kind: str, *more: Any) -> dict[str, Any]:
    """Return a row as `extract` writes it, as far as a review reads it."""
    endpoint, cohort, n, confidence = more
    text = TEXTS[file]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    held = quote(text, cohort)
    if held and n:
        start, end = span_of(text, n)
        held |= {"n": int(n), "n_start": start, "n_end": end}
    placed = quote(text, value)
    assert placed is not None
    place = f"{sha256}:0:{placed['start']}:{placed['end']}"
    return {
        "schema": "topline/1",
        "id": hashlib.sha256(place.encode()).hexdigest()[:12],
        "source": {"file": file, "sha256": sha256, "document": None, "company": "Brello Inc."},
        "value": {**placed, "kind": kind},
        "endpoint": quote(text, endpoint),
        "cohort": held,
        "confidence": confidence,
    }


def write_run(folder: Path) -> Path:
    """Write the example's filings and rows into a folder, and return the file of rows."""
    for name, text in TEXTS.items():
        (folder / name).write_bytes(text.encode())
    lines = [json.dumps(row(file, *fields)) for file, rows in ROWS.items() for fields in rows]
    path = folder / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def write_folder(folder: Path) -> Path:
    """Write the example as the folder of a run that also read a filing without results; return the run's folder."""
    filings, out = folder / "filings", folder / "run"
    filings.mkdir()
    out.mkdir()
    write_run(filings).rename(out / "results.jsonl")
    (filings / "quiet.txt").write_text(QUIET)
    texts = {**dict.fromkeys(TEXTS, "results"), "quiet.txt": "no_results"}
    statuses = [
        asdict(Status(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), state))
        for name, state in texts.items()
        if (path := filings / name)
    ]
    (out / "statuses.jsonl").write_text("".join(json.dumps(status) + "\n" for status in statuses))
    return out


def ids(path: Path) -> dict[str, str]:
    """Return the ids of a file's rows by their values."""
    return {held["value"]["text"]: held["id"] for held in map(json.loads, path.read_text("utf-8").splitlines())}


@contextmanager
def sitting_at(path: Path, folders: Sequence[Path] = (), *, whole: bool = False) -> Iterator[Sitting]:
    """Hold the review of a file of rows."""
    run = read_run(path, folders, whole=whole)
    journal = run.path.with_name(f"{run.path.name}.review")
    with open_sitting(run, journal, run.path.with_name(f"{run.path.stem}.gold.jsonl")) as sitting:
        yield sitting


@contextmanager
def served(path: Path, folders: Sequence[Path] = (), *, whole: bool = False) -> Iterator[Address]:
    """Serve the review of a file of rows as the command does, and end it."""
    with sitting_at(path, folders, whole=whole) as sitting:
        address = take_address()
        server = make_server(sitting, address)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [address.socket]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.01)
            yield address
        finally:
            server.should_exit = True
            thread.join(10)
            address.socket.close()

"""Reviewed rows to gold records: the accepted ones, with every place that they cite as a mention."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from topline.errors import ReviewError
from topline.gold import readings, text_digest
from topline.gold.checks import record_problems
from topline.gold.compiler import percentages
from topline.gold.records import LINKS, GoldMention, GoldRecord, GoldResult, GoldSize
from topline.review.events import Span
from topline.review.run import Reviewed
from topline.review.state import Row


def make_record(reviewed: Reviewed, text: str, rows: Iterable[Row], file: str | None = None) -> GoldRecord:
    """Return the gold record of a document: its accepted rows that state a number, and all its percentages.

    The gold does not hold "not reached" (`annotations/GUIDELINES.md`).
    """
    held = [row for row in rows if row.decision == "accepted" and states_number(text, row)]
    marked = {(*span, LINKS[name]) for row in held for name, span in row.places.items()}
    marked |= {(*span, "PERCENT") for span in percentages(text)}
    ids = {place: f"m{number}" for number, place in enumerate(sorted(marked), start=1)}
    return GoldRecord(
        id=reviewed.id,
        sha256=text_digest(text),
        mentions=tuple(GoldMention(name, *place) for place, name in ids.items()),
        sizes=tuple(_sizes(held, ids)),
        results=tuple(_result(row, ids) for row in sorted(held, key=lambda row: row.value)),
        text=text,
        file=file,
        document=reviewed.number,
        place=reviewed.id,
    )


def states_number(text: str, row: Row) -> bool:
    """Return whether a row's value says a number."""
    return bool(readings(text[row.value[0] : row.value[1]]))


def problems(reviewed: Reviewed, text: str, rows: Sequence[Row]) -> list[str]:
    """Return what the gold's check has to say about some rows, as if they were accepted."""
    accepted = [replace(row, decision="accepted") for row in rows]
    head = f"{reviewed.id} ({reviewed.id}): "
    return [problem.removeprefix(head) for problem in record_problems(make_record(reviewed, text, accepted))]


def relative_file(file: Path, gold: Path) -> str:
    """Return a filing's path as a gold file names it: relative to its own folder."""
    return Path(os.path.relpath(file.resolve(), gold.resolve().parent)).as_posix()


def refuse_problems(records: Iterable[GoldRecord]) -> None:
    """Refuse gold that its own check would refuse.

    Raises:
        ReviewError: names the first thing that does not hold.
    """
    for record in records:
        for problem in record_problems(record):
            raise ReviewError(f"{problem}; open the row and mend it")


def _result(row: Row, ids: dict[tuple[int, int, str], str]) -> GoldResult:
    links = {name: ids[(*span, LINKS[name])] for name, span in row.places.items()}
    return GoldResult(row.kind, row.n, **links)


def _sizes(rows: Iterable[Row], ids: dict[tuple[int, int, str], str]) -> Iterable[GoldSize]:
    """Yield the sizes of groups that the rows state, each once."""
    stated: dict[tuple[Span, Span, int], None] = {}
    for row in rows:
        cohort, count = row.places.get("cohort"), row.places.get("n_at")
        if cohort is not None and count is not None and row.n is not None:
            stated[cohort, count, row.n] = None
    for cohort, count, n in sorted(stated):
        yield GoldSize(ids[(*cohort, LINKS["cohort"])], ids[(*count, LINKS["n_at"])], n)

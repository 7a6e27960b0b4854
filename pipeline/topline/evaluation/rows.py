"""Gold results and predicted rows as one flat record, so that scoring compares like with like.

A predicted row belongs to the gold record whose id is the stem of its `source.file`, with `.N` behind it when the row
names document N of a submission.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from topline.errors import GoldError, InputError
from topline.gold import GoldRecord, readings, value_place
from topline.gold.records import read_lines
from topline.schema import document_id


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of reading text and its words."""

    start: int
    end: int
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One result, gold or predicted.

    `number` is `(low, high)`, equal ends for a single number; None for gold (its text is read instead) and for rows
    without a number. `name` is the value's mention id (gold) or the row's id (predicted); `duplicates` are names of
    predicted rows, `evidence` further places by their role.
    """

    name: str
    value: Span
    kind: str
    endpoint: Span | None = None
    cohort: Span | None = None
    comparator: Span | None = None
    n: int | None = None
    n_at: Span | None = None
    numerator: Span | None = None
    time_frame: Span | None = None
    ci: Span | None = None
    p_value: Span | None = None
    number: tuple[float, float] | None = None
    where: str = "prose"
    confidence: float | None = None
    duplicates: tuple[str, ...] = ()
    evidence: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A labelled stretch of the text."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Pages:
    """One document's two sides: gold rows and predicted rows, each in order of place; `marks` are all gold mentions.

    `file` is the input's name as the predicted rows give it, or the gold.
    """

    id: str
    text: str
    gold: tuple[Row, ...]
    predicted: tuple[Row, ...]
    marks: tuple[Mark, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """All documents of the gold with their rows, and sentences about rows that could not be placed."""

    documents: tuple[Pages, ...]
    warnings: tuple[str, ...] = ()


def read_records(path: Path, schema: str = "topline") -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file whose `schema` has that name, whatever its version, or who name none.

    Raises:
        InputError: the file is not there, or a line is no JSON object or does not say which document it is about.
    """
    try:
        records = list(read_lines(path))
    except GoldError as error:
        raise InputError(str(error)) from error
    wanted = [(place, held) for place, held in records if str(held.get("schema", schema)).split("/")[0] == schema]
    for place, record in wanted:
        if schema == "topline":
            record_id(record, place)
        elif not isinstance(record.get("id"), str):
            raise InputError(f"{place}: a record of {schema} has no `id`: {json.dumps(record, default=str)[:120]}")
    return [record for _, record in wanted]


def pair_documents(gold: Sequence[GoldRecord], predicted: Iterable[Mapping[str, Any]]) -> Sides:
    """Return the gold documents in order of id, each with the predicted rows that belong to it."""
    known = {record.id: record for record in gold}
    names = gold_names(gold)
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in known}
    strange: dict[str, int] = {}
    for row in predicted:
        name = record_id(row)
        if name in names:
            found[names[name]].append(row)
        else:
            strange[name] = strange.get(name, 0) + 1
    documents = tuple(_pages(known[name], found[name]) for name in sorted(known))
    return Sides(documents, tuple(_strange_rows(strange)))


def gold_names(gold: Sequence[GoldRecord]) -> dict[str, str]:
    """Return the ids of records by every name they go by: the id, and the name of the file and part they cite."""
    cited = {
        record_id({"source": {"file": record.file, "document": record.document}}): record.id
        for record in gold
        if record.file
    }
    return cited | {record.id: record.id for record in gold}


def record_id(row: Mapping[str, Any], place: str = "") -> str:
    """Return the id of the gold record that a row belongs to."""
    source = row.get("source")
    if not isinstance(source, Mapping) or not isinstance(source.get("file"), str):
        at = f"{place}: " if place else ""
        raise InputError(f"{at}a predicted row has no `source.file`: {json.dumps(row, default=str)[:120]}")
    return document_id(source["file"], source.get("document"))


def _strange_rows(strange: Mapping[str, int]) -> Iterable[str]:
    """Yield the warning about rows of documents that the gold does not have."""
    if not strange:
        return
    names = ", ".join(sorted(strange)[:3]) + (", …" if len(strange) > 3 else "")
    yield f"{sum(strange.values())} predicted rows left out: their documents are not in the gold ({names})"


def _pages(record: GoldRecord, rows: Sequence[Mapping[str, Any]]) -> Pages:
    """Return one document's two sides."""
    if record.text is None:
        raise GoldError(f"{record.place} ({record.id}): the record has no text; pass `--texts DIR`")
    gold = sorted(_gold_rows(record, record.text), key=_order)
    predicted = sorted((row for row in (_predicted_row(row, record) for row in rows) if _scored(row, gold)), key=_order)
    marks = sorted(Mark(mention.start, mention.end, mention.label) for mention in record.mentions)
    file = rows[0]["source"]["file"] if rows else record.file or f"{record.id}.txt"
    return Pages(record.id, record.text, tuple(gold), tuple(predicted), tuple(marks), file)


def _scored(row: Row, gold: Sequence[Row]) -> bool:
    """Return whether a predicted row counts: the gold marks numbers, and passes over what was "not reached"."""
    if row.number is not None or readings(row.value.text):
        return True
    return any(row.value.start < each.value.end and each.value.start < row.value.end for each in gold)


def _order(row: Row) -> tuple[int, int, str]:
    """Return the sort key that makes every result independent of the order of rows; the repr settles equal places."""
    return row.value.start, row.value.end, repr(row)


def _gold_rows(record: GoldRecord, text: str) -> Iterable[Row]:
    """Yield a record's results as rows."""
    spans = {m.id: Span(m.start, m.end, text[m.start : m.end]) for m in record.mentions}
    for result in record.results:
        value = spans[result.value]
        yield Row(
            name=result.value,
            value=value,
            kind=result.kind,
            endpoint=spans.get(result.endpoint or ""),
            cohort=spans.get(result.cohort or ""),
            comparator=spans.get(result.comparator or ""),
            n=result.n,
            n_at=spans.get(result.n_at or ""),
            numerator=spans.get(result.numerator or ""),
            time_frame=spans.get(result.time or ""),
            ci=spans.get(result.ci or ""),
            p_value=spans.get(result.p or ""),
            where=value_place(text, value.start),
        )


def _predicted_row(row: Mapping[str, Any], record: GoldRecord) -> Row:
    """Return a predicted row as a flat one.

    Raises:
        InputError: the value is missing, or its quote is not what the gold's text holds there.
    """
    value = _span(row.get("value"))
    text = record.text or ""
    if value is None:
        raise InputError(f"a predicted row of {record.id} has no value: {json.dumps(row, default=str)[:120]}")
    if text[value.start : value.end] != value.text:
        raise InputError(
            f"predicted row {row.get('id')} of {record.id}: [{value.start}, {value.end}) is "
            f"{text[value.start : value.end]!r:.60} in the gold's text, not {value.text!r:.60}; "
            "the rows come from another reading text"
        )
    cohort = row.get("cohort") or {}
    return Row(
        name=str(row.get("id", "")),
        value=value,
        kind=str(row["value"].get("kind", "")),
        endpoint=_span(row.get("endpoint")),
        cohort=_span(row.get("cohort")),
        comparator=_span(row.get("comparator")),
        n=cohort.get("n"),
        n_at=_n_place(cohort, text),
        numerator=_span(row.get("numerator")),
        time_frame=_span(row.get("time_frame")),
        ci=_span(row.get("ci")),
        p_value=_span(row.get("p_value")),
        number=_number(row["value"]),
        where=value_place(text, value.start),
        confidence=row.get("confidence"),
        duplicates=tuple(map(str, row.get("duplicates") or ())),
        evidence=tuple(_evidence(row.get("evidence") or ())),
    )


def _evidence(quotes: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, Span]]:
    """Yield the role and the place of each further quote that a row cites."""
    for quote in quotes:
        span = _span(quote)
        if span is not None:
            yield str(quote.get("role", "evidence")), span


def _span(quote: Any) -> Span | None:
    """Return a row's quote as a span.

    Raises:
        InputError: the quote lacks its text or its offsets.
    """
    if quote is None:
        return None
    try:
        return Span(int(quote["start"]), int(quote["end"]), str(quote["text"]))
    except (KeyError, TypeError, ValueError) as error:
        shown = json.dumps(quote, default=str)[:120]
        raise InputError(f"a predicted mention lacks text, start or end: {shown}") from error


def _n_place(cohort: Mapping[str, Any], text: str) -> Span | None:
    """Return where a predicted row's n stands."""
    start, end = cohort.get("n_start"), cohort.get("n_end")
    return None if start is None or end is None else Span(start, end, text[start:end])


def _number(value: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the ends of a predicted value's number."""
    number, low, high = (value.get(key) for key in ("number", "low", "high"))
    if number is not None:
        return float(number), float(number)
    return None if low is None or high is None else (float(low), float(high))

"""The rows that stand in the tables of a page or text, as lines that a reader can write by hand."""

from __future__ import annotations

from functools import cache

from marked import pipeline

from topline.extraction import read_document
from topline.filings import read_bytes
from topline.schema import Result

ATTACHED = ("numerator", "ci", "p_value", "time_frame", "comparator")
NAMES = {"p_value": "p", "time_frame": "time"}


@cache
def results(source: str, name: str) -> tuple[Result, ...]:
    """Return the rows in a source's tables, by the untrained scores; the name's ending tells the format."""
    documents = read_bytes(source.encode(), name)
    rows = (row for document in documents for row in read_document(pipeline(), document)._.results)
    return tuple(row for row in rows if row.where.startswith("table "))


def read(source: str, name: str) -> list[str]:
    """Return a line a row: `row,column | value | kind and unit | endpoint | cohort | n | what is attached`."""
    return [" | ".join(_fields(row)).rstrip(" |") for row in results(source, name)]


def lines(written: str) -> list[str]:
    """Return rows written below each other, without their indent."""
    return [line.strip() for line in written.strip().splitlines() if line.strip()]


def _fields(row: Result) -> list[str]:
    _, line, column = (part.split()[1] for part in row.where.split(", "))
    unit = "" if row.value.unit in (None, "%") else f" {row.value.unit}"
    cohort, n = (row.cohort.text, str(row.cohort.n or "-")) if row.cohort else ("-", "-")
    endpoint = row.endpoint.text if row.endpoint else "-"
    said = {NAMES.get(name, name): getattr(row, name) for name in ATTACHED}
    attached = [f"{name}={quote.text}" for name, quote in said.items() if quote]
    if row.cohort and row.cohort.population not in (None, "arm"):
        attached.append(f"population={row.cohort.population}")
    attached += [f"derived n={row.derived['n']:g}"] if "n" in row.derived else []
    attached += [f"subgroup={quote.text}" for quote in row.evidence if quote.role == "subgroup"]
    said_value = " ".join(row.value.text.split())
    return [f"{line},{column}", said_value, f"{row.value.kind}{unit}", endpoint, cohort, n, "; ".join(attached)]

"""Tables of results and tables of other matters, each beside the rows that it should give, written by hand.

A file of `tests/tables` is a page or a text with one table; its `.rows` hold, with tabs between: row and column, value,
kind, endpoint, cohort, n, and what is attached (`numerator`, `ci`, `p`, `time`, `comparator`). An empty one: no rows.
`table_shapes.tsv` says which are laid out as a table of a real filing is; what they say is invented.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from marked import pipeline

from topline.extraction import read_document
from topline.filings import read_bytes
from topline.schema import Result

CASES = sorted(path for path in (Path(__file__).parent / "tables").iterdir() if path.suffix != ".rows")
ATTACHED = ("numerator", "ci", "p_value", "time_frame", "comparator")
NAMES = {"p_value": "p", "time_frame": "time"}


def rows_of(path: Path) -> list[Result]:
    """Return the rows that stand in the tables of a file, by the untrained scores."""
    found = (
        row
        for document in read_bytes(path.read_bytes(), path.name)
        for row in read_document(pipeline(), document)._.results
    )
    return [row for row in found if row.where.startswith("table ")]


def as_line(row: Result) -> str:
    """Return a row as the `.rows` files have it."""
    _, line, column = (part.split()[1] for part in row.where.split(", "))
    said = {NAMES.get(name, name): getattr(row, name) for name in ATTACHED}
    attached = ";".join(f"{name}={quote.text}" for name, quote in said.items() if quote)
    cohort, n = (row.cohort.text, str(row.cohort.n or "-")) if row.cohort else ("-", "-")
    endpoint = row.endpoint.text if row.endpoint else "-"
    return "\t".join([f"{line},{column}", row.value.text, row.value.kind, endpoint, cohort, n, attached])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_table_gives_the_rows_beside_it(path):
    wanted = path.with_suffix(".rows").read_text("utf-8").splitlines()
    assert [as_line(row) for row in rows_of(path)] == wanted


def test_the_shapes_of_real_tables_are_cases():
    lines = (Path(__file__).parent / "table_shapes.tsv").read_text("utf-8").splitlines()[1:]
    shaped = {line.split("\t")[0] for line in lines}
    assert len(shaped) == len(lines) >= 18
    assert shaped <= {path.stem for path in CASES}

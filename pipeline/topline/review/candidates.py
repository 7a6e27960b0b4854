"""What else a field of a row could be: mentions of its kind, the likeliest first, and words for where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from heapq import nsmallest
from types import MappingProxyType

from topline.excerpts import own_place, place
from topline.gold import says
from topline.gold.records import KINDS, LINKS
from topline.outputs import clean
from topline.review.events import Span
from topline.review.pages import Page
from topline.review.state import Row
from topline.schema import Block, Mention

SHOWN = 9  # one for each number key
LONGEST = 160  # characters of a mention that are shown
ELSEWHERE, LESSER = 100, 250  # characters that another sentence, and a mention of a lesser kind, count as
VALUES = frozenset({"PERCENT", "COUNT", "DURATION", "RATIO", "NUMBER", "P_VALUE"})
_GROUPS = frozenset({"COHORT", "DRUG"})
_COUNTS = frozenset({"COUNT"})
# The labels of mentions that may take each link of the gold.
LABELS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "value": VALUES,
        "endpoint": frozenset({"ENDPOINT", "PHRASE"}),
        "cohort": _GROUPS,
        "comparator": _GROUPS,
        "n_at": _COUNTS,
        "numerator": _COUNTS,
        "time": frozenset({"TIME_FRAME", "DURATION"}),
        "ci": frozenset({"CI"}),
        "p": frozenset({"P_VALUE"}),
    }
)
_LESSER = frozenset({"PHRASE", "DRUG", "DURATION"})  # no known endpoint, no group, no point in time
_HEADED = frozenset({"endpoint", "cohort", "comparator", "time"})  # what a table's heads and labels name


def candidates(page: Page, row: Row, field: str, others: Mapping[Span, str]) -> list[Span]:
    """Return the likeliest places for a field, at most nine.

    Heads and labels of the value's cell come first, then what is near, where another sentence and a mere phrase
    count as farther away. `others` are places that further rows of the document use, by their field.
    """
    found = {(mention.start, mention.end) for mention in page.mentions if mention.label in LABELS[field]}
    found |= {span for span, used in others.items() if LINKS[used] == LINKS[field]}
    heads = set(_heads(page, row.value[0])) if field in _HEADED else set()
    # A head that holds a mention of the kind is offered as that mention.
    bare = {head for head in heads if not any(head[0] <= low and high <= head[1] for low, high in found)}
    lesser = {(m.start, m.end) for m in page.mentions if m.label in _LESSER}
    held = row.places.get(field)
    unit = page.layout.unit_at(row.value[0])

    def rank(span: Span) -> tuple[bool, int, Span]:
        heading = any(low <= span[0] and span[1] <= high for low, high in heads)
        away = row.value[0] - span[1] if span[0] < row.value[0] else span[0] - row.value[1]
        elsewhere = not unit[0] <= span[0] < unit[1]
        return not heading, abs(away) + ELSEWHERE * elsewhere + LESSER * (span in lesser), span

    return nsmallest(SHOWN, (found | bare) - {held, row.value}, key=rank)


def free_values(page: Page, rows: list[Row]) -> list[Span]:
    """Return the places of values that no row has, in order: what may have been missed."""
    used = [span for row in rows for span in row.places.values()]
    found = sorted({(m.start, m.end) for m in page.mentions if m.label in VALUES})
    return [(low, high) for low, high in found if not any(low < end and start < high for start, end in used)]


def _heads(page: Page, at: int) -> Iterator[Span]:
    """Yield the cells above a value's cell and left of it that name its column and its row."""
    home = page.layout.cell(at)
    if home is None:
        return
    for block in page.layout.blocks:
        if block.kind == "table_cell" and block.table == home.table and _names(block, home):
            held = page.text[block.start : block.end]
            if held.strip() and any(map(str.isalpha, held)):
                start = block.start + len(held) - len(held.lstrip())
                yield start, start + len(held.strip())


def _names(block: Block, home: Block) -> bool:
    row, column = home.row or 0, home.column or 0
    above = (block.row or 0) < row and (block.column or 0) <= column < (block.column or 0) + block.column_span
    label = block.row == home.row and block.column == 0 and column > 0
    return label or (above and (block.header or (block.row or 0) < 3))


def quoted(page: Page, span: Span) -> str:
    """Return the words at a place in one line, as they can be shown."""
    words = " ".join(clean(page.text[span[0] : span[1]], "\n\t").split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def said_place(page: Page, row: Row, span: Span) -> str:
    """Say where a place is, seen from the row's value; of the value itself, where it stands in the document."""
    if span == row.value:
        return own_place(page.layout, span[0])
    return place(page.layout, span[0], row.value[0])


def kind_of(page: Page, span: Span) -> str:
    """Return the kind of the value at a place: that of the number found there, else what its words show."""
    held = page.text[span[0] : span[1]]
    overlapping = [m for m in page.mentions if m.start < span[1] and span[0] < m.end]
    known = next((kind for m in overlapping if (kind := _kind(m)) is not None), None)
    if "%" in held or re.search(r"(?i)\bper\s?cent\b", held):
        return "percent"
    return known or "number"


def _kind(mention: Mention) -> str | None:
    kind = mention.label.lower()
    if kind not in KINDS and mention.quantity is not None:
        kind = mention.quantity.kind
    return kind if kind in KINDS else None


def find_number(page: Page, n: int, near: Span) -> Span | None:
    """Return the nearest place that says a number of people."""
    digits = re.compile(rf"(?<![\d.,]){n:,}(?![\d%]|[.,]\d)|(?<![\d.,]){n}(?![\d%]|[.,]\d)")
    found = {match.span() for match in digits.finditer(page.text)}
    found |= {
        (m.start, m.end)
        for m in page.mentions
        if m.label in ("COUNT", "SET_ASIDE") and says(page.text[m.start : m.end], n, n) and m.quantity is not None
    }
    counted = {(m.start, m.end) for m in page.mentions if m.label in _COUNTS}
    return min(found, key=lambda span: (span not in counted, abs(span[0] - near[0]), span), default=None)

"""Labels of tools that give a span nothing but a label: a result's kind stands in it, `VALUE:percent`."""

from __future__ import annotations

from collections.abc import Sequence

from topline.exchange.standoff import Span


def joined(span: Span) -> str:
    """Return a span's label with its kind."""
    return span.label if span.kind is None else f"{span.label}:{span.kind}"


def parted(label: str) -> tuple[str, str | None]:
    """Return label and kind of such a label."""
    name, colon, kind = label.partition(":")
    return name, kind if colon else None


def overlapping(spans: Sequence[Span]) -> int:
    """Return how many spans share a character with another one."""
    order = sorted(range(len(spans)), key=lambda number: (spans[number].start, spans[number].end))
    found: set[int] = set()
    reach, holder = -1, -1
    for number in order:
        if spans[number].start < reach:
            found |= {number, holder}
        if spans[number].end > reach:
            reach, holder = spans[number].end, number
    return len(found)

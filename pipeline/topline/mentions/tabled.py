"""What the tables of a document make of its mentions: numbers as their heads say, and whole names of arms."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from topline.mentions.grids import Span
from topline.mentions.tables import TableReading, as_count
from topline.schema import PLACE, Mention

_NAMES = frozenset({"COHORT", "PHRASE", "ENDPOINT"})


def renumbered(numbers: Sequence[Mention], readings: Sequence[TableReading]) -> list[Mention]:
    """Return the numbers of a text with those in a clinical table's cells as the table reads them."""
    cells = [cell for reading in readings for cell in reading.cells if cell.parts]
    sizes = {low for reading in readings for low, _ in reading.sizes}
    if not cells and not sizes:
        return sorted(numbers, key=PLACE)
    kept = list(without(numbers, [(cell.start, cell.end) for cell in cells]))
    kept = [as_count(mention) if mention.start in sizes and mention.label == "NUMBER" else mention for mention in kept]
    return sorted([*kept, *(part.mention for cell in cells for part in cell.parts)], key=PLACE)


def without(mentions: Sequence[Mention], spans: Sequence[Span]) -> Iterator[Mention]:
    """Yield the mentions that share no character with any of the spans, which are disjoint and in order."""
    ends = [end for _, end in spans]
    for mention in mentions:
        k = bisect_left(ends, mention.start + 1)
        if k == len(spans) or spans[k][0] >= mention.end:
            yield mention


def _in_one_cell(mentions: Iterable[Mention], readings: Sequence[TableReading]) -> Iterator[Mention]:
    """Yield the mentions but for those that run from one cell of a clinical table into the next: "years | 63"."""
    cells = sorted(place[:2] for reading in readings if reading.clinical for place in reading.places)
    for mention in mentions:
        k = bisect_left(cells, (mention.start + 1, 0)) - 1
        if k < 0 or mention.start >= cells[k][1] or mention.end <= cells[k][1]:
            yield mention


def labelled(mentions: Iterable[Mention], readings: Sequence[TableReading], terms: Sequence[Mention]) -> list[Mention]:
    """Return the mentions with each label of a clinical table as one: an arm's name, or an endpoint with its code."""
    arms = [arm for reading in readings for arm in reading.arms]
    endpoints = [endpoint for reading in readings for endpoint in reading.endpoints]
    held = list(_in_one_cell(mentions, readings))
    named = [mention for mention in held if mention.label in _NAMES]
    kept = [mention for mention in held if mention.label not in _NAMES]
    kept += without(named, sorted([*arms, *endpoints]))
    kept += [Mention(*arm, "COHORT", "people") for arm in arms]
    told = {mention.start for mention in held if mention.label == "TIME_FRAME"}
    kept += [Mention(*time, "TIME_FRAME") for reading in readings for time in reading.times if time[0] not in told]
    starts = [term.start for term in terms]
    for low, high in endpoints:
        inside = terms[bisect_left(starts, low) : bisect_left(starts, high)]
        best = max(inside, key=lambda term: term.end - term.start, default=None)
        kept.append(Mention(low, high, "ENDPOINT", best.code) if best else Mention(low, high, "PHRASE"))
    return kept

"""The tables' own reading of their values, as mentions: what a cell's number is linked to by its heads and stub alone.

`topline.mentions.tables` reads the grids; here its places are looked up among the mentions of a view.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from topline.mentions.cells import Part
from topline.mentions.grids import Span
from topline.mentions.tables import CellReading, TableReading
from topline.relations.view import COHORT_LABELS, ENDPOINT_LABELS, View, once
from topline.schema import Mention

# Set, not swept. All 111 gold results in the gold's eleven clinical tables have value, endpoint and arm from the
# reading, but its rules were written with these tables in view, so that is no estimate for tables of other documents.
CERTAIN = 0.95
_ATTACHED = ("numerator", "n", "ci", "p_value")


@dataclass(frozen=True, slots=True)
class CellLinks:
    """What a value in a table is linked to, by index; None where the table does not say.

    `open_cohort`: the table names no arm for it, and one named elsewhere may be its group. `population` and `subgroup`
    quote what says who of the cohort was analysed; `n` is the sum of the arms of which a total states none.
    """

    value: int
    endpoint: int | None
    cohort: int | None
    open_cohort: bool
    attached: tuple[tuple[str, int], ...]
    population: Mention | None = None
    subgroup: Mention | None = None
    n: int | None = None


class Tables:
    """Answers what the tables of a document say of a mention."""

    def __init__(self, view: View):
        self.view = view
        self.starts = [mention.start for mention in view.mentions]
        self.links = {links.value: links for table in view.tables for links in self._table(table)}
        self._inert = sorted(span for table in view.tables for span in table.inert)
        self._cells = sorted((place, table.number) for table in view.tables for place in table.places)
        self._beside = frozenset(target for links in self.links.values() for _, target in links.attached)

    def is_inert(self, mention: int) -> bool:
        """Tell whether a number stands in a table where no result stands: a head, a stub, another matter's table.

        Numbers beside a value in its cell, which are attached to it or set aside, are no results either.
        """
        start = self.starts[mention]
        k = bisect_right(self._inert, (start, 1 << 60)) - 1
        return (k >= 0 and start < self._inert[k][1]) or mention in self._beside

    def is_noted(self, mention: int) -> bool:
        """Tell whether a number stands in a note to marked cells, and says nothing of others."""
        start = self.starts[mention]
        return any(low <= start < high for table in self.view.tables for low, high in table.noted)

    def where(self, mention: int) -> str | None:
        """Return the cell that a mention stands in, counted from 1: "table 2, row 3, column 1"."""
        start = self.starts[mention]
        k = bisect_right(self._cells, start, key=lambda cell: cell[0][0]) - 1
        if k < 0 or start >= self._cells[k][0][1]:
            return None
        (_, _, row, column), number = self._cells[k]
        return f"table {number}, row {row}, column {column}"

    def _table(self, table: TableReading) -> Iterator[CellLinks]:
        rows: dict[int, list[CellReading]] = {}
        for cell in table.cells:
            rows.setdefault(cell.row, []).append(cell)
        p_values: dict[int, Part] = {}
        read: list[CellReading] = []
        above: list[CellReading] = []
        for row in rows.values():
            hosts = [cell for cell in row if any(_is_effect(part) for part in cell.parts)]
            p_values.update((host.start, part) for part, host in _hosted(row, hosts or _compared(above)))
            read += hosts or [cell for cell in row if not _compared(above)]
            above = hosts
        for cell in read:
            yield from self._cell(cell, p_values.get(cell.start), table.titles)

    def _cell(self, cell: CellReading, p_value: Part | None, titles: tuple[Span, ...]) -> Iterator[CellLinks]:
        endpoint, cohort = self._named(cell.endpoint, ENDPOINT_LABELS), self._named(cell.arm, COHORT_LABELS)
        if endpoint is None:
            endpoint = self._only(titles, frozenset({"ENDPOINT"}))
        if endpoint is None:
            endpoint = self._only(titles, ENDPOINT_LABELS)
        if cohort is None and not cell.compares:
            cohort = self._only(titles, frozenset({"COHORT"}))
        shared = [
            (role, index)
            for role, index in (
                ("n", self._number(cell.size)),
                ("comparator", self._named(cell.comparator, COHORT_LABELS)),
                ("time_frame", self._time(cell)),
            )
            if index is not None
        ]
        held = [(part.role, self._index(part)) for part in cell.parts if part.role in _ATTACHED]
        held += [("p_value", self._index(p_value))] if p_value else []
        attached = dict([*shared, *((role, index) for role, index in held if index is not None)])
        for part in cell.parts:
            value = self._index(part) if part.role == "value" else None
            if value is not None:
                yield CellLinks(
                    value,
                    endpoint,
                    cohort,
                    not cell.compares,
                    tuple(sorted(attached.items())),
                    Mention(*cell.population, "COHORT") if cell.population else None,
                    Mention(*cell.subgroup, "COHORT") if cell.subgroup else None,
                    self._sum(cell.addends),
                )

    def _index(self, part: Part) -> int | None:
        mention = part.mention
        for k in range(bisect_left(self.starts, mention.start), len(self.starts)):
            if self.starts[k] != mention.start:
                break
            if self.view.mentions[k].label == mention.label:
                return k
        return None

    def _within(self, span: Span) -> range:
        return range(bisect_left(self.starts, span[0]), bisect_left(self.starts, span[1]))

    def _named(self, span: Span | None, wanted: frozenset[str]) -> int | None:
        """Return the longest mention of the labels that begins in a place."""
        if span is None:
            return None
        held = [k for k in self._within(span) if self.view.mentions[k].label in wanted]
        return max(held, key=lambda k: self.view.mentions[k].end - self.view.mentions[k].start, default=None)

    def _only(self, places: tuple[Span, ...], wanted: frozenset[str]) -> int | None:
        """Return the mention of the labels in the places where there is but one."""
        held = [k for place in places for k in self._within(place) if self.view.mentions[k].label in wanted]
        return held[0] if len(held) == 1 else None

    def _number(self, span: Span | None) -> int | None:
        if span is None:
            return None
        return next((k for k in self._within(span) if self.view.mentions[k].label == "COUNT"), None)

    def _sum(self, places: tuple[Span, ...]) -> int | None:
        """Return the sum of the sizes that stand in the places; None when one is missing."""
        counts = [
            self.view.mentions[k].quantity if (k := self._number(place)) is not None else None for place in places
        ]
        numbers = [count.number for count in counts if count is not None and count.number is not None]
        return round(sum(numbers)) if numbers and len(numbers) == len(places) else None

    def _time(self, cell: CellReading) -> int | None:
        """Return the nearest label's or line's time frame; of a line that names several, none."""
        for place in cell.places:
            held = [k for k in self._within(place) if self.view.mentions[k].label == "TIME_FRAME"]
            said = {self.view.text[slice(*_span(self.view, k))].lower() for k in held}
            if held:
                return held[0] if len(said) == 1 else None
        return None


@once
def tables_of(view: View) -> Tables:
    """Return what a document's tables say, read once."""
    return Tables(view)


def _span(view: View, mention: int) -> Span:
    return view.mentions[mention].start, view.mentions[mention].end


def _is_effect(part: Part) -> bool:
    return part.role == "value" and part.mention.label != "P_VALUE"


def _compared(row: list[CellReading]) -> list[CellReading]:
    """Return a row's only comparison, which a p-value in the row below belongs to."""
    held = [cell for cell in row if cell.compares]
    return held if len(held) == 1 else []


def _hosted(row: list[CellReading], hosts: list[CellReading]) -> Iterator[tuple[Part, CellReading]]:
    """Yield each p-value of a column of its own with the value that it belongs to: a comparison, else its arm's."""
    for cell in row:
        part = next((part for part in cell.parts if part.role == "value" and not _is_effect(part)), None)
        if part is None:
            continue
        compared = [host for host in hosts if host.compares]
        same = [host for host in hosts if cell.arm and host.arm == cell.arm]
        chosen = next((held[0] for held in (compared, same, hosts) if len(held) == 1), None)
        if chosen is not None:
            yield part, chosen

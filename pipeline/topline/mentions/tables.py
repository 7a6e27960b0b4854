"""Clinical tables as they are meant: for each value its arm and n, its endpoint, where its time may stand, its unit.

The axes are told apart by what their labels are: arms head the columns ("Placebo (n=54)") or the rows; what the other
axis says is what was measured. What the table does not say stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from topline.mentions import labels, table_notes
from topline.mentions.axes import Axes, Path
from topline.mentions.cells import Measure, Part, combined, interval, is_whole, measure, read
from topline.mentions.grids import LONGEST_STUB, Cell, Grid, Span, grids
from topline.mentions.layout import Layout, layouts
from topline.mentions.table_notes import Notes
from topline.schema import Block, Mention

OPENING = 12  # characters in which a lead's opening time frame begins: "After 8 weeks, the arms …"


@dataclass(frozen=True, slots=True)
class CellReading:
    """What a cell's numbers report; places are ranges of the reading text, None where the table does not say.

    `row` and `column` count from 1. `places` are where its time frame may stand, the nearest first. `compares`: the
    number compares arms, so no arm but `arm` may be taken for it. `population` is where it says who was analysed,
    `subgroup` which part of the arm; `addends` are the sizes of the arms that a total is the sum of.
    """

    start: int
    end: int
    row: int
    column: int
    parts: tuple[Part, ...]
    endpoint: Span | None = None
    arm: Span | None = None
    size: Span | None = None
    comparator: Span | None = None
    places: tuple[Span, ...] = ()
    compares: bool = False
    population: Span | None = None
    subgroup: Span | None = None
    addends: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TableReading:
    """A table: the readings of its values, the names of its arms and endpoints, and the cells that hold no result.

    `places` are all its cells: start, end, row and column, from 1; `times` the labels of values from the baseline;
    `noted` the notes below it that a mark leads to.
    """

    number: int
    clinical: bool
    places: tuple[tuple[int, int, int, int], ...]
    inert: tuple[Span, ...]
    cells: tuple[CellReading, ...] = ()
    arms: tuple[Span, ...] = ()
    endpoints: tuple[Span, ...] = ()
    sizes: tuple[Span, ...] = ()
    titles: tuple[Span, ...] = ()
    times: tuple[Span, ...] = ()
    noted: tuple[Span, ...] = ()


def tables(text: str, blocks: Sequence[Block]) -> tuple[TableReading, ...]:
    """Return the reading of every table of a document, in order."""
    return tuple(_table(text, grid) for grid in grids(text, blocks))


def _table(text: str, grid: Grid) -> TableReading:
    cells = [cell for row in grid.rows for cell in row]
    panels = layouts(grid)
    places = tuple((c.start, c.end, c.row + 1, c.column + 1) for c in cells)
    said = _labels(text, grid, panels)
    if labels.of_another_matter(said):
        return TableReading(grid.number, False, places, tuple(c.span for c in cells if len(c.text) <= LONGEST_STUB))
    if not (panels and labels.of_a_trial(said, [cell.text for cell in cells])):
        return TableReading(grid.number, False, places, tuple(c.span for c in cells if c.kind == "value"))
    readers = [_Reader(text, grid, panel) for panel in panels]
    found = [reading for reader in readers for reading in reader.readings()]
    held = {(reading.start, reading.end) for reading in found if reading.parts}
    arms = {place for reading in found for place in (reading.arm, reading.comparator) if place}
    endpoints = {reading.endpoint for reading in found if reading.endpoint} - arms
    inert = (cell.span for cell in cells if cell.span not in held and len(cell.text) <= LONGEST_STUB)
    sizes = {place for reading in found for place in (reading.size, *reading.addends) if place}
    return TableReading(
        grid.number,
        True,
        places,
        tuple(inert),
        tuple(found),
        tuple(sorted(arms)),
        tuple(sorted(endpoints)),
        tuple(sorted(sizes)),
        _titles(text, grid),
        tuple(sorted(_baselines(text, found))),
        readers[0].notes.to_marks,
    )


def _baselines(text: str, found: Sequence[CellReading]) -> set[Span]:
    """Return where labels say that their values are from before the treatment: the word alone, "Baseline"."""
    places = {reading.places[0] for reading in found if len(reading.places) == 1}
    return {word for low, high in places if (word := labels.baseline(text, low, high))}


def _labels(text: str, grid: Grid, panels: Sequence[Layout]) -> list[str]:
    """Return all that says what a table is about: its title, heads, stubs, sections and notes; without rows, all."""
    said = [text[low:high] for low, high in _titles(text, grid)]
    said += [cell.text for panel in panels[:1] for cell in panel.context]
    said += [cell.text for panel in panels for row in panel.heads for cell in row]
    said += [cell.text for panel in panels for line in panel.lines for cell in (*line.sections, *line.labels)]
    held = said if panels else [*said, *(cell.text for row in grid.rows for cell in row)]
    return list(dict.fromkeys(text for text in held if len(text) <= LONGEST_STUB))


class _Reader:
    """Reads the value cells of one panel of a clinical table."""

    def __init__(self, text: str, grid: Grid, panel: Layout):
        self.text = text
        self.grid = grid
        self.panel = panel
        self.titles = _titles(text, grid)
        said = [text[low:high] for low, high in self.titles]
        self.axes = Axes(panel, said)
        self.title_measures = [measure(title) for title in said]
        below = [cell.span for cell in panel.context if cell.row > panel.lines[0].values[0].row]
        self.notes = Notes(text, [*below, *grid.notes], said)

    def readings(self) -> Iterator[CellReading]:
        """Yield the reading of every value cell; halves of one value that stand in two cells are joined."""
        for line in self.panel.lines:
            paths = self.axes.paths(line)
            row: list[CellReading] = []
            for path in paths:
                if path.cell.kind == "missing" or self.axes.is_design(path):
                    continue
                joined = self._joined(row[-1], path) if row else None
                if joined:
                    row[-1:] = joined
                elif path.cell.kind == "value":
                    row.append(self._reading(path, paths))
            yield from row

    def _joined(self, before: CellReading, path: Path) -> tuple[CellReading, ...] | None:
        """Return the cell before and this one where they say one value: "12 | (22.2%)", "n | %", "6.7 | (5.4, 8.2)"."""
        own = [part for part in before.parts if part.role == "value"]
        if len(own) != 1 or not self._belongs(before, path):
            return None
        said = self._measure(path)
        bounds = interval(self.text, *path.cell.span, said.level)
        if bounds and (path.cell.kind == "interval" or said.level):
            return (replace(before, parts=(*before.parts, Part("ci", bounds))),)
        fraction = own[0].mention.label in ("COUNT", "NUMBER") and {part.role for part in before.parts} == {
            "value",
            "n",
        }
        if not (fraction or is_whole(self.text[before.start : before.end])):
            return None
        here = self._reading(path, [])
        shares = [part for part in here.parts if part.role == "value" and part.mention.label == "PERCENT"]
        if len(shares) != 1 or any(part.role in ("numerator", "n") for part in here.parts):
            return None
        size = here.size or before.size
        counts = fraction or path.cell.text[0] in "([" or own[0].mention.label == "COUNT"
        if not (counts or self._is_share(own[0].mention, size, shares[0].mention)):
            return None
        counted = (Part("numerator", as_count(own[0].mention)), *(part for part in before.parts if part.role == "n"))
        return replace(before, parts=()), replace(
            here, parts=(*counted, *here.parts), size=size, endpoint=here.endpoint or before.endpoint
        )

    def _counted(self, parts: Sequence[Part], size: Span | None) -> tuple[Part, ...]:
        """Return a cell's parts, the number beside a percentage as its count where it is: "30.0% (12)" of 40."""
        shares = [part.mention for part in parts if part.role == "value" and part.mention.label == "PERCENT"]
        if len(shares) != 1 or any(part.role == "numerator" for part in parts):
            return tuple(parts)
        return tuple(
            Part("numerator", as_count(part.mention))
            if part.role == "aside" and self._is_share(part.mention, size, shares[0])
            else part
            for part in parts
        )

    def _is_share(self, count: Mention, size: Span | None, share: Mention) -> bool:
        """Tell whether a count of the stated size gives the percentage as printed."""
        n = self.text[slice(*size)].replace(",", "") if size else ""
        if not n.isdigit() or not int(n) or not count.quantity or not share.quantity or not share.quantity.digits:
            return False
        decimals = len(share.quantity.digits.partition(".")[2])
        exact = 100 * (count.quantity.number or 0) / int(n)
        return bool(abs(exact - float(share.quantity.digits)) <= 0.51 / 10**decimals)

    def _belongs(self, before: CellReading, path: Path) -> bool:
        """Tell whether a cell stands under the same arm as the cell before, or under no head of its own."""
        arm = self.axes.arm(path)
        return arm is None or before.arm is None or _named(arm, labels.arm_name) == before.arm

    def _reading(self, path: Path, row: Sequence[Path]) -> CellReading:
        endpoint, arm = self.axes.endpoint(path), self.axes.arm(path)
        compares = self.axes.compares(path)
        comparator = None
        if compares and arm is None:
            arm, comparator = self.axes.compared()
        subgroup = self.axes.subgroup(path)
        size = self._size(path, arm, self.axes.size(arm, path, row), subgroup)
        return CellReading(
            *path.cell.span,
            path.cell.row + 1,
            path.cell.column + 1,
            self._counted(read(self.text, *path.cell.span, self._said(path, endpoint)), size),
            self._endpoint_name(endpoint) if endpoint else None,
            self._arm_name(arm) if arm else None,
            size,
            self._arm_name(comparator) if comparator else None,
            tuple(dict.fromkeys(self._places(path))),
            compares,
            self._population(path),
            subgroup.span if subgroup else None,
            self.axes.addends(arm) if arm and size is None and subgroup is None else (),
        )

    def _arm_name(self, arm: Cell) -> Span:
        parts = self.axes.labels[arm.text].parts
        return (arm.start + parts[1][0], arm.start + parts[1][1]) if parts else _named(arm, labels.arm_name)

    def _endpoint_name(self, endpoint: Cell) -> Span:
        """Return the endpoint that a label names; of a head that names an arm too, its part."""
        label = self.axes.labels[endpoint.text]
        if label.parts and endpoint in self.axes.arms():
            return endpoint.start + label.parts[0][0], endpoint.start + label.parts[0][1]
        return _named(endpoint, labels.endpoint_name)

    def _size(self, path: Path, arm: Cell | None, stated: Span | None, subgroup: Cell | None) -> Span | None:
        """Return where the value's n stands: by its own mark, its arm's, or in the title where there is one group."""
        name = self.text[slice(*self._arm_name(arm))] if arm else None
        place = self.notes.size([path.cell.text, *(cell.text for cell in path.stubs[:1])], name)
        if place or subgroup is not None:
            return place
        place = stated or (self.notes.size([arm.text, *(c.text for c in path.sections)], name) if arm else None)
        if place is None and (arm is None or self.axes.labels[arm.text].whole or len(self.axes.arms()) == 1):
            held = [place for title in self.titles for place in table_notes.sizes(self.text, *title)]
            place = held[0] if len(held) == 1 and not self.axes.compares(path) else None
        return place

    def _population(self, path: Path) -> Span | None:
        """Return where the table says who was analysed: by marks, in labels, in the title, in a note to all of it."""
        labelled = [*path.stubs, *(cell for _, cell in path.heads), *path.sections]
        places = [*self.notes.marked(cell.text for cell in (path.cell, *labelled)), *(cell.span for cell in labelled)]
        places += [*self.titles, *(cell.span for cell in self.panel.context[:1]), *self.notes.general]
        return next(filter(None, (table_notes.population(self.text, *place) for place in places)), None)

    def _said(self, path: Path, endpoint: Cell | None) -> Measure:
        """Return what a value's labels say of it, or else what its endpoint's numbers usually are."""
        said = self._measure(path)
        if endpoint and self.axes.labels[endpoint.text].timed and not any(c.isdigit() for c in path.cell.text):
            return replace(said, kind="duration", unit=said.unit if said.kind == "duration" else None)
        usual = self.axes.labels[endpoint.text].usual if endpoint and said.kind is None else None
        if usual == "duration" or (usual == "count" and is_whole(path.cell.text)):
            return replace(said, kind=usual)
        return said

    def _measure(self, path: Path) -> Measure:
        """Read the labels for the number's kind, the nearest first."""
        said = self.axes.labels
        heads = [said[cell.text] for _, cell in path.heads]
        near = [head for head in heads[:1] if head.qualifies or head.compares]
        order = [*near, *(said[cell.text] for cell in (*path.stubs, *path.parent, *path.sections)), *heads]
        order += [said[cell.text] for cell in (*self.axes.stub_heads, *self.panel.context)]
        return combined([*(label.measure for label in order), *self.title_measures])

    def _places(self, path: Path) -> Iterator[Span]:
        heads = [cell for _, cell in path.heads]
        near = [*path.stubs, *heads, *path.sections]
        at_start = next((cell for cell in near if labels.baseline(self.text, *cell.span)), None)
        if at_start:
            yield at_start.span
            return
        yield from (cell.span for cell in near)
        yield from self.notes.marked(cell.text for cell in (path.cell, *near))
        yield from (cell.span for cell in (*self.axes.stub_heads, *self.panel.context))
        yield from self.titles
        yield from self.notes.general
        for low, high in self.grid.captions:  # prose above: what opens it may hold for what follows
            yield low, min(low + OPENING, high)


def _titles(text: str, grid: Grid) -> tuple[Span, ...]:
    """Return the line above a table that is its title or leads to it: "Results after 24 weeks were:"."""
    return tuple(
        (low, high) for low, high in grid.captions[:1] if high - low <= LONGEST_STUB or text[high - 1 : high] == ":"
    )


def _named(cell: Cell, name: Callable[[str], Span]) -> Span:
    low, high = name(cell.text)
    return cell.start + low, cell.start + max(high, low + 1)


def as_count(mention: Mention) -> Mention:
    """Return a plain number as a number of people or events."""
    stated = replace(mention.quantity, kind="count") if mention.quantity else None
    return replace(mention, label="COUNT", quantity=stated)

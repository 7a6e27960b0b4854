"""Markup tokens to chunks: the runs between two block boundaries, and where in which table they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from topline.filings.elements import BLOCKS, BOLD, HIDDEN, LINK, LIST, PRE, RAISED, Stack, Tag, is_page_break, read_tag
from topline.filings.markup import tokens
from topline.filings.refusals import Budget
from topline.filings.runs import Run, TextBuilder
from topline.schema import Exclusion

_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}
_STRUCTURE = frozenset((*_HEADINGS, "li", "dd", "table", "tr", "td", "th"))  # elements that change where text stands
# A raised mark that would change the number it is glued to: a digit, or one letter alone.
_CHANGES_NUMBER = re.compile(r"\d|[A-Za-z](?![A-Za-z])")
_MAX_LIST_DEPTH = 12  # an item is headed by those above it, one a level


@dataclass(slots=True, eq=False)
class Cell:
    """A table cell as the markup has it; `outer` is the cell that its table stands in.

    `column` is its place in the grid, once the table is laid out.
    """

    table: int
    row: int
    column_span: int
    row_span: int
    header: bool
    outer: Cell | None
    column: int = 0


@dataclass(slots=True)
class Chunk:
    """Characters between two block boundaries, with what the markup says about them."""

    runs: list[Run]
    text: str
    cell: Cell | None
    heading: int = 0
    list_depth: int = 0
    bold: bool = False
    linked: bool = False
    after_break: bool = False
    before_break: bool = False
    preformatted: bool = False


@dataclass(slots=True)
class _Table:
    number: int
    outer: Cell | None
    row: int = -1
    cell: Cell | None = None


@dataclass(slots=True)
class Flow:
    """What a page holds, in order."""

    chunks: list[Chunk] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)


class FlowReader:
    """Walks the tokens of one page; the state is what is open, and how much more the page may hold."""

    def __init__(self, budget: Budget) -> None:
        self.flow = Flow()
        self._budget = budget
        self._stack = Stack()
        self._text = TextBuilder(self.flow.exclusions, budget)
        self._tables: list[_Table] = []
        self._table_count = 0
        self._heading = 0
        self._item = False
        self._breaks = 0
        self._page_break = False
        self._raised_end = False
        self._plain = self._bold = self._linked = 0  # characters so far
        self._pre = False

    def read(self, source: str, base: int = 0) -> Flow:
        """Return the flow of `source`, which begins at `base` in the file.

        Raises:
            FilingError: the page is made of more pieces than its budget.
        """
        budget = self._budget
        for kind, text, start, end in tokens(source, base):
            budget.left -= 1
            if budget.left < 0:
                budget.refuse()
            if kind == "start":
                self._open(read_tag(text))
            elif kind == "end":
                self._close(text)
            elif kind == "text" or kind == "reference":
                self._read_text(kind, text, start, end)
            elif kind == "comment":
                self._exclude("comment", start, end)
                if is_page_break(text):
                    self._break_page()
        self._flush()
        return self.flow

    def _read_text(self, kind: str, text: str, start: int, end: int) -> None:
        traits = self._stack.traits
        blank = text.isspace()
        if traits[HIDDEN]:
            if not blank:
                self._exclude(self._stack.reason(), start, end)
            return
        if traits[RAISED] or self._raised_end:
            self._keep_number(text)
        if kind == "text":
            self._text.add(text, start, traits[PRE] > 0)
        else:
            self._text.add_reference(text, start, end)
        if blank:
            return
        self._breaks = 0
        if traits[PRE]:
            self._pre = True
        if traits[BOLD]:
            self._bold += len(text)
        else:
            self._plain += len(text)
        if traits[LINK]:
            self._linked += len(text)

    def _keep_number(self, text: str) -> None:
        """Part a number from a raised digit beside it: `45<sup>2</sup>` is not 452."""
        if self._text.last.isdigit() and _CHANGES_NUMBER.match(text):
            self._text.add_break(" ")
        self._raised_end = self._stack.traits[RAISED] > 0

    def _open(self, tag: Tag) -> None:
        if tag.name == "br":
            self._line_break()
            return
        if tag.breaks_page:
            self._break_page()
        if tag.is_block:
            self._flush()
        if not tag.opens:
            return
        for ended in self._stack.push(tag):
            self._leave(ended)
        if tag.name in _STRUCTURE:
            self._enter(tag)

    def _close(self, name: str) -> None:
        if name in BLOCKS:
            self._flush()
        elif name == "br":
            self._line_break()
        for ended in self._stack.close(name):
            if ended in _STRUCTURE:
                self._leave(ended)

    def _enter(self, tag: Tag) -> None:
        name = tag.name
        if name in ("tr", "td", "th"):
            if self._tables:
                self._enter_row(tag)
        elif name in _HEADINGS:
            self._heading = _HEADINGS[name]
        elif name in ("li", "dd"):
            self._item = True
        else:
            outer = self._tables[-1].cell if self._tables else None
            self._tables.append(_Table(self._table_count, outer))
            self._table_count += 1

    def _enter_row(self, tag: Tag) -> None:
        table = self._tables[-1]
        is_row = tag.name == "tr"
        if is_row or table.row < 0:
            table.row += 1
        if not is_row:
            table.cell = Cell(table.number, table.row, *tag.spans, tag.name == "th", table.outer)
            self.flow.cells.append(table.cell)

    def _leave(self, name: str) -> None:
        if name in _HEADINGS:
            self._heading = 0
        elif name in ("li", "dd"):
            self._item = False
        elif self._tables and name in ("td", "th"):
            self._tables[-1].cell = None
        elif self._tables and name == "table":
            self._tables.pop()

    def _line_break(self) -> None:
        if self._stack.traits[HIDDEN]:
            return
        self._breaks += 1
        if self._breaks == 2 and not (self._tables and self._tables[-1].cell):
            self._flush()
        elif self._breaks == 1:
            self._text.add_break("\n")

    def _break_page(self) -> None:
        self._flush()
        self._page_break = True
        if self.flow.chunks:
            self.flow.chunks[-1].before_break = True

    def _exclude(self, reason: str, start: int, end: int) -> None:
        exclusions = self.flow.exclusions
        if exclusions and exclusions[-1].reason == reason and exclusions[-1].source_end == start:
            start = exclusions.pop().source_start
        exclusions.append(Exclusion(reason, start, end))

    def _flush(self) -> None:
        runs = self._text.take()
        if runs:
            self._add_chunk(runs)
        self._plain = self._bold = self._linked = self._breaks = 0
        self._pre = False

    def _add_chunk(self, runs: list[Run]) -> None:
        cell = self._tables[-1].cell or self._tables[-1].outer if self._tables else None
        depth = min(max(1, self._stack.traits[LIST]), _MAX_LIST_DEPTH) if self._item else 0
        bold = self._bold > 0 and self._plain <= 2
        linked = self._linked > 0
        text = "".join([run.text for run in runs])
        self.flow.chunks.append(
            Chunk(runs, text, cell, self._heading, depth, bold, linked, self._page_break, preformatted=self._pre)
        )
        self._item = False
        self._page_break = False

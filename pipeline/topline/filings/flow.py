"""Markup tokens to chunks: the runs between two block boundaries, and where in which table they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from topline.filings.elements import BLOCKS, VOID, Stack, Trait, breaks_page, element
from topline.filings.markup import Attributes, Token, tokens
from topline.filings.refusals import Budget
from topline.filings.runs import Run, TextBuilder
from topline.schema import Exclusion

_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}
# A raised mark that would change the number it is glued to: a digit, or one letter alone.
_CHANGES_NUMBER = re.compile(r"\d|[A-Za-z](?![A-Za-z])")
_MAX_LIST_DEPTH = 12  # an item is headed by those above it, one a level
_MAX_SPAN = 200  # one real file asks for a colspan of 376967340


@dataclass(slots=True, eq=False)
class Cell:
    """A table cell as the markup has it; `outer` is the cell that its table stands in."""

    table: int
    row: int
    column_span: int
    row_span: int
    header: bool
    outer: Cell | None


@dataclass(slots=True)
class Chunk:
    """Characters between two block boundaries, with what the markup says about them."""

    runs: list[Run]
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
        self._bold = [0, 0]
        self._linked = 0
        self._pre = False

    def read(self, source: str) -> Flow:
        """Return the flow of `source`.

        Raises:
            FilingError: the page is made of more pieces than its budget.
        """
        handlers = {"text": self._read_text, "reference": self._read_text, "start": self._open, "end": self._close}
        for token in tokens(source):
            self._budget.spend()
            if token.kind in handlers:
                handlers[token.kind](token)
            elif token.kind == "comment":
                self._exclude("comment", token.start, token.end)
                if breaks_page(token):
                    self._break_page()
        self._flush()
        return self.flow

    def _read_text(self, token: Token) -> None:
        if self._stack.has(Trait.HIDDEN):
            if not token.text.isspace():
                self._exclude(self._stack.reason(), token.start, token.end)
            return
        self._keep_number(token.text)
        if token.kind == "text":
            self._text.add(token.text, token.start, pre=self._stack.has(Trait.PRE))
        else:
            self._text.add_reference(token.text, token.start, token.end)
        if not token.text.isspace():
            self._breaks = 0
            self._pre |= self._stack.has(Trait.PRE)
            self._bold[self._stack.has(Trait.BOLD)] += len(token.text)
            self._linked += len(token.text) if self._stack.has(Trait.LINK) else 0

    def _keep_number(self, text: str) -> None:
        """Part a number from a raised digit beside it: `45<sup>2</sup>` is not 452."""
        raised = self._stack.has(Trait.RAISED)
        if (raised or self._raised_end) and self._text.last.isdigit() and _CHANGES_NUMBER.match(text):
            self._text.add_break(" ")
        self._raised_end = raised

    def _open(self, token: Token) -> None:
        name = token.text
        if name == "br":
            self._line_break()
            return
        if breaks_page(token):
            self._break_page()
        if name in BLOCKS:
            self._flush()
        if name in VOID or (token.closed and ":" in name):
            return
        for ended in self._stack.push(element(token)):
            self._leave(ended)
        self._enter(name, token.attributes)

    def _close(self, token: Token) -> None:
        name = token.text
        if name in BLOCKS:
            self._flush()
        if name == "br":
            self._line_break()
        for ended in self._stack.close(name):
            self._leave(ended)

    def _enter(self, name: str, attributes: Attributes) -> None:
        if name in _HEADINGS:
            self._heading = _HEADINGS[name]
        elif name in ("li", "dd"):
            self._item = True
        elif name == "table":
            outer = self._tables[-1].cell if self._tables else None
            self._tables.append(_Table(self._table_count, outer))
            self._table_count += 1
        elif self._tables and name in ("tr", "td", "th"):
            self._enter_row(name, attributes)

    def _enter_row(self, name: str, attributes: Attributes) -> None:
        table = self._tables[-1]
        if name == "tr" or table.row < 0:
            table.row += 1
        if name != "tr":
            written = dict(attributes)
            span = [_span(written.get(key)) for key in ("colspan", "rowspan")]
            table.cell = Cell(table.number, table.row, span[0], span[1], name == "th", table.outer)
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
        if self._stack.has(Trait.HIDDEN):
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
            cell = self._tables[-1].cell or self._tables[-1].outer if self._tables else None
            depth = min(max(1, self._stack.depth(Trait.LIST)), _MAX_LIST_DEPTH) if self._item else 0
            bold = self._bold[1] > 0 and self._bold[0] <= 2
            linked = self._linked > 0
            self.flow.chunks.append(
                Chunk(runs, cell, self._heading, depth, bold, linked, self._page_break, preformatted=self._pre)
            )
            self._item = False
            self._page_break = False
        self._bold, self._linked, self._breaks, self._pre = [0, 0], 0, 0, False


def _span(value: str | None) -> int:
    """Return a span as the grid can hold it: 1 to 200, 1 for what is no number."""
    digits = (value or "").strip()[:12]
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() else 1

"""What holds for the items of a list and the cells of a table, from where it stands above or beside them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from topline.relations.attachments.labels import Labels
from topline.schema import Block

SHORT = 120  # characters of a block that may be a cell of a flattened table, unless it ends as a sentence does
RUN = 6  # short paragraphs in a row that are a flattened table
CELLS = 200  # cells with a mention looked at above a value in its table


class Heads:
    """Finds which of some mentions stands in the head of a value's list or table.

    A cell's is in its row's stub, above it in its column, in the table's corner or a row without values above, or in
    what leads the table; a list item's in the items that it is under, or in what leads the list.
    """

    def __init__(self, found: Labels, mentions: Sequence[int]):
        self.found = found
        self.blocks = found.view.blocks
        self.leads = leads_of(self.blocks)
        self.flattened = _flattened(self.blocks, found.view.text)
        self.held: dict[int, int] = {}
        self.cells: dict[int, list[int]] = {}
        rows = (self.blocks[found.block(d.value)] for d in found.decisions if found.block(d.value) >= 0)
        self.valued = {(block.table, block.row) for block in rows}
        for mention in mentions:
            block = found.block(mention)
            self.held[block] = mention
            if block >= 0 and (table := self.blocks[block].table) is not None:
                self.cells.setdefault(table, []).append(block)
        self.holders = sorted(self.held)

    def of(self, value: int) -> int | None:
        """Return the last of the mentions in the nearest head of a value that holds any."""
        block = self.found.block(value)
        if block < 0:
            return None
        for head in (*self._cells(block), *self.leads[block]):
            if head in self.held:
                return self.held[head]
        return self._above_in_flattened(block)

    def _above_in_flattened(self, block: int) -> int | None:
        """Return the mention of the nearest paragraph above that is a part or the lead of the flattened table."""
        top = self.flattened[block]
        above = bisect_left(self.holders, block) - 1
        return self.held[self.holders[above]] if top is not None and above >= 0 and self.holders[above] >= top else None

    def _cells(self, block: int) -> list[int]:
        """Return the cells that hold a mention and head a cell: of its own row, then above, the nearest first."""
        cell = self.blocks[block]
        if cell.table is None or cell.row is None or cell.column is None:
            return []
        held = self.cells.get(cell.table, [])
        near = held[: bisect_left(held, block)][-CELLS:][::-1]
        row = [k for k in near if self.blocks[k].row == cell.row]
        return row + [k for k in near if k not in row and self._is_above(self.blocks[k], cell)]

    def _is_above(self, head: Block, cell: Block) -> bool:
        """Tell whether a cell heads the other's column, or heads rows: it is first in a row that has no value."""
        if head.column == 0:
            return (head.table, head.row) not in self.valued
        return (head.column or 0) <= (cell.column or 0) < (head.column or 0) + head.column_span


def leads_of(blocks: tuple[Block, ...]) -> list[tuple[int, ...]]:
    """Return for each block what leads it, the nearest first: items it is under, then the text before list or table."""
    found: list[tuple[int, ...]] = []
    lead: tuple[int, ...] = ()
    parents: dict[int, int] = {}
    table: int | None = None
    for i, block in enumerate(blocks):
        if block.kind == "table_cell" and table not in (None, block.table):
            lead = ()
        table = block.table if block.kind == "table_cell" else None
        if block.kind == "list_item":
            parents = {level: k for level, k in parents.items() if level < block.level}
            found.append((*reversed(parents.values()), *lead))
            parents[block.level] = i
        elif block.kind == "table_cell":
            found.append(lead)
        else:
            found.append(())
            parents, lead = {}, (i,)
    return found


def _flattened(blocks: tuple[Block, ...], text: str) -> list[int | None]:
    """Return for each block of a flattened table, a paragraph a cell, the block that leads the table."""
    leads: list[int | None] = [None] * len(blocks)
    first = 0
    for i in range(len(blocks) + 1):
        if i < len(blocks) and _like_a_cell(blocks[i], text):
            continue
        if i - first >= RUN:
            leads[first:i] = [max(0, first - 1)] * (i - first)
        first = i + 1
    return leads


def _like_a_cell(block: Block, text: str) -> bool:
    short = block.kind in ("paragraph", "heading") and block.end - block.start <= SHORT
    return short and not text[block.start : block.end].rstrip().endswith((".", ":", "!", "?"))

"""What heads each block of a document: list heads, headings, the heads and stubs of a table's cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from topline.relations.view import View, once
from topline.schema import Block

SHORT = 60  # characters of a block that may be a cell of a flattened table


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a document: what heads each, its first token and the one behind it."""

    heads: list[tuple[int, ...]]
    first: list[int]
    last: list[int]


@once
def layout_of(view: View) -> Layout:
    """Return the layout of a document."""
    numbered = [any(map(str.isdigit, view.text[b.start : min(b.end, b.start + SHORT)])) for b in view.blocks]
    first, last = (
        np.searchsorted(view.starts, [getattr(block, edge) for block in view.blocks]).tolist()
        for edge in ("start", "end")
    )
    return Layout(heads_of(view.blocks, numbered), first, last)


def heads_of(blocks: tuple[Block, ...], numbered: list[bool]) -> list[tuple[int, ...]]:
    """Return for every block those that head it: list head, heading, table stub, column heads, caption.

    A table that was flattened into a paragraph a cell keeps its stubs: a short block is headed by the last short one
    that holds no number.
    """
    heads: list[tuple[int, ...]] = []
    heading: int | None = None
    stub: int | None = None
    parents: dict[int, int] = {}
    lead: int | None = None
    cells: dict[tuple[int, int, int], int] = {}
    for i, block in enumerate(blocks):
        found = [heading] if heading is not None else []
        if block.kind == "list_item":
            parents = {level: k for level, k in parents.items() if level < block.level}
            found += [lead] if lead is not None else []
            found += list(parents.values())
            parents[block.level] = i
        elif block.kind == "table_cell":
            found += [lead] if lead is not None else []
            found += _cell_heads(block, cells)
            if block.table is not None and block.row is not None and block.column is not None:
                cells[block.table, block.row, block.column] = i
        else:
            parents = {}
            lead = i
        if block.end - block.start > SHORT:
            stub = None
        elif block.kind != "table_cell":
            found += [stub] if stub is not None else []
            stub = stub if numbered[i] else i
        heads.append(tuple(dict.fromkeys(found)))
        heading = i if block.kind == "heading" else heading
    return heads


def _cell_heads(block: Block, cells: dict[tuple[int, int, int], int]) -> Iterator[int]:
    """Yield the cells that stand left of `block` in its row and the five topmost above it in its columns."""
    if block.table is None or block.row is None or block.column is None:
        return
    for column in range(min(block.column, 3)):
        if (cell := cells.get((block.table, block.row, column))) is not None:
            yield cell
    for row in [*range(min(block.row, 5)), *range(max(5, block.row - 3), block.row)]:
        for column in {block.column, 0}:
            if (cell := cells.get((block.table, row, column))) is not None:
                yield cell

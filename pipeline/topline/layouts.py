"""Layouts for a reader's eyes: a document's blocks, with the tables that were flattened put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from topline.excerpts import Layout, make_layout
from topline.mentions.grids import grids
from topline.schema import Block, Document


def document_layout(document: Document, sentences: Sequence[int] = ()) -> Layout:
    """Return a document's layout; `sentences` are the starts of its sentences, where they are known."""
    recovered = _recovered_cells(document)
    blocks = tuple(recovered.get(block.start, block) for block in document.blocks)
    return make_layout(document.text, blocks, sentences)


def _recovered_cells(document: Document) -> dict[int, Block]:
    """Return the cells of the tables that were flattened to a cell a paragraph, by where they start."""
    known = max((block.table for block in document.blocks if block.table is not None), default=-1)
    at = {block.start: block for block in document.blocks}
    return {
        cell.start: replace(
            at[cell.start],
            kind="table_cell",
            table=known + grid.number,
            row=cell.row,
            column=cell.column,
            column_span=max(1, cell.beyond - cell.column),
            header=cell.header,
        )
        for grid in grids(document.text, document.blocks)
        if grid.flat
        for row in grid.rows
        for cell in row
        if cell.start in at
    }

"""A page of markup to reading text, blocks and segments."""

from __future__ import annotations

from dataclasses import replace

from topline.filings.flow import FlowReader
from topline.filings.grid import Look, Unit, units
from topline.filings.lines import with_titles
from topline.filings.pages import continues, is_bare_number, is_contents_link, is_head, is_page_number
from topline.filings.plain import read_blocks
from topline.filings.refusals import Budget
from topline.filings.runs import segments
from topline.schema import Block, Document, Ranges, Segment, Source

_REPEATED = 3  # a line that stands beside at least so many page breaks is a running head
_HEAD_LENGTH = 120
_FOOTER_CELLS = 4
_FOOTER_LENGTH = 60
_PREFORMATTED_TABLES = 1_000_000  # above the number of tables that a page's markup can hold


def html_document(markup: str, source: Source, base: int = 0) -> Document:
    """Return the document that the markup shows; `base` is where `markup` begins in the decoded file.

    Raises:
        FilingError: the page is made of too many pieces.
    """
    flow = FlowReader(Budget(source.file)).read(markup, base)
    laid = units(flow)
    text, runs = _lay_out(laid)
    furniture = _furniture(laid)
    inner = {index: _preformatted(unit) for index, unit in enumerate(laid) if _has_lines(unit)}
    blocks = _bridged(laid, furniture, inner, text)
    ranges = [(unit.start, unit.end) for index, unit in enumerate(laid) if index in furniture]
    ranges += [place for _, places in inner.values() for place in places]
    return Document(source, text, blocks, tuple(sorted(ranges)), tuple(runs), tuple(flow.exclusions))


def _lay_out(pieces: list[Unit]) -> tuple[str, list[Segment]]:
    """Return the reading text and its segments; each unit is told its place."""
    texts: list[str] = []
    runs: list[Segment] = []
    offset = 0
    last: Look | None = None
    for unit in pieces:
        if last is not None:
            separator = _separator(last, unit.look)
            texts.append(separator)
            offset += len(separator)
        texts.append(unit.text)
        runs += segments(unit.runs, offset)
        unit.start = offset
        unit.end = offset = offset + len(unit.text)
        last = unit.look
    return "".join(texts), runs


def _separator(left: Look, right: Look) -> str:
    if left.table is None or left.table != right.table:
        return "\n\n"
    return "\t" if left.row == right.row else "\n"


def _furniture(laid: list[Unit]) -> set[int]:
    """Return the indices of the units that belong to the page."""
    edges = _page_edges(laid)
    found = _footers(laid, edges)
    heads: dict[str, list[int]] = {}
    for index, unit in enumerate(laid):
        line = unit.text
        if unit.look.table is not None or not 0 < len(line) <= _HEAD_LENGTH:
            continue
        edge = index in edges
        link = (edge or unit.linked) and is_contents_link(line)
        if link or is_page_number(line) or (edge and is_bare_number(line)):
            found.add(index)
        if edge:
            heads.setdefault(line, []).append(index)
    for line, places in heads.items():
        if len(places) >= _REPEATED and is_head(line):
            found.update(places)
    return found


def _page_edges(laid: list[Unit]) -> set[int]:
    """Return the indices within two units of a page break."""
    edges: set[int] = set()
    for index, unit in enumerate(laid):
        if unit.after_break:
            edges |= {index - 2, index - 1, index, index + 1}
        if unit.before_break:
            edges |= {index - 1, index}
    return edges


def _footers(laid: list[Unit], edges: set[int]) -> set[int]:
    """Return the units of one-row tables that stand at a page break and hold a page number."""
    found: set[int] = set()
    tables: dict[int, list[int]] = {}
    for index, unit in enumerate(laid):
        if unit.look.table is not None:
            tables.setdefault(unit.look.table, []).append(index)
    for members in tables.values():
        if len(members) > _FOOTER_CELLS or edges.isdisjoint(members):
            continue
        lines = [laid[index].text for index in members]
        if len({laid[index].look.row for index in members}) > 1 or max(map(len, lines)) > _FOOTER_LENGTH:
            continue
        if any(is_page_number(line) or is_bare_number(line) for line in lines):
            found.update(members)
    return found


def _has_lines(unit: Unit) -> bool:
    return unit.preformatted and unit.look.table is None and "\n" in unit.text


def _preformatted(unit: Unit) -> tuple[tuple[Block, ...], Ranges]:
    """Read a preformatted unit as the plain text that it is; its tables get numbers of their own."""
    blocks, furniture = read_blocks(unit.text)
    first = _PREFORMATTED_TABLES + unit.start
    moved = tuple(
        replace(
            block,
            start=block.start + unit.start,
            end=block.end + unit.start,
            table=None if block.table is None else first + block.table,
        )
        for block in blocks
    )
    return moved, tuple((start + unit.start, end + unit.start) for start, end in furniture)


def _bridged(
    laid: list[Unit], furniture: set[int], inner: dict[int, tuple[tuple[Block, ...], Ranges]], text: str
) -> tuple[Block, ...]:
    """Return the blocks; a paragraph that a page break cuts in mid-sentence is one block."""
    blocks: list[Block] = []
    crossed = False
    for index, unit in enumerate(laid):
        crossed |= unit.after_break or index in furniture
        if index in furniture:
            continue
        if index in inner:
            blocks.extend(inner[index][0])
            continue
        block = unit.look.block(unit.start, unit.end)
        if crossed and blocks and _joinable(blocks[-1], block) and _goes_on(blocks[-1], block, text):
            block = replace(blocks.pop(), end=block.end)
        blocks.append(block)
        crossed = unit.before_break
    return with_titles(blocks, text)


def _joinable(left: Block, right: Block) -> bool:
    return left.kind in ("paragraph", "list_item") and right.kind == "paragraph"


def _goes_on(left: Block, right: Block, text: str) -> bool:
    return continues(text[max(left.start, left.end - 400) : left.end], text[right.start : right.end][:200])

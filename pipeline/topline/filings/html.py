"""A page of markup to reading text, blocks and segments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from topline.filings.flow import FlowReader
from topline.filings.grid import Unit, units
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


@dataclass(frozen=True, slots=True)
class Laid:
    """A unit with its place in the reading text."""

    unit: Unit
    start: int
    end: int


def html_document(markup: str, source: Source, base: int = 0) -> Document:
    """Return the document that the markup shows; `base` is where `markup` begins in the decoded file.

    Raises:
        FilingError: the page is made of too many pieces.
    """
    flow = FlowReader(Budget(source.file)).read(markup, base)
    pieces = units(flow)
    text, laid, runs = _lay_out(pieces)
    furniture = _furniture(laid, text)
    inner = {index: _preformatted(item, text) for index, item in enumerate(laid) if _has_lines(item, text)}
    blocks = _bridged(laid, furniture, inner, text)
    ranges = [(item.start, item.end) for index, item in enumerate(laid) if index in furniture]
    ranges += [place for _, places in inner.values() for place in places]
    return Document(source, text, blocks, tuple(sorted(ranges)), tuple(runs), tuple(flow.exclusions))


def _lay_out(pieces: list[Unit]) -> tuple[str, list[Laid], list[Segment]]:
    texts: list[str] = []
    laid: list[Laid] = []
    runs: list[Segment] = []
    offset = 0
    for index, unit in enumerate(pieces):
        if index:
            separator = _separator(pieces[index - 1].block, unit.block)
            texts.append(separator)
            offset += len(separator)
        text = "".join(run.text for run in unit.runs)
        texts.append(text)
        laid.append(Laid(unit, offset, offset + len(text)))
        runs.extend(segments(unit.runs, offset))
        offset += len(text)
    return "".join(texts), laid, runs


def _separator(left: Block, right: Block) -> str:
    if left.table is None or left.table != right.table:
        return "\n\n"
    return "\t" if left.row == right.row else "\n"


def _furniture(laid: list[Laid], text: str) -> set[int]:
    """Return the indices of the units that belong to the page."""
    found = _footers(laid, text)
    lines = [text[item.start : item.end] if item.end - item.start <= _HEAD_LENGTH else "" for item in laid]
    beside = [line and item.unit.block.table is None for line, item in zip(lines, laid, strict=True)]
    edge = _page_edges(laid)
    for index, line in enumerate(lines):
        if not beside[index]:
            continue
        link = is_contents_link(line) and (index in edge or laid[index].unit.linked)
        if link or is_page_number(line) or (index in edge and is_bare_number(line)):
            found.add(index)
    heads = Counter(line for index, line in enumerate(lines) if beside[index] and index in edge and is_head(line))
    found |= {index for index in edge if beside[index] and heads[lines[index]] >= _REPEATED}
    return found


def _page_edges(laid: list[Laid]) -> set[int]:
    """Return the indices within two units of a page break."""
    edges: set[int] = set()
    for index, item in enumerate(laid):
        if item.unit.after_break:
            edges |= {index - 2, index - 1, index, index + 1}
        if item.unit.before_break:
            edges |= {index - 1, index}
    return {index for index in edges if 0 <= index < len(laid)}


def _footers(laid: list[Laid], text: str) -> set[int]:
    """Return the units of one-row tables that stand at a page break and hold a page number."""
    found: set[int] = set()
    edges = _page_edges(laid)
    tables: dict[int, list[int]] = {}
    for index, item in enumerate(laid):
        if item.unit.block.table is not None:
            tables.setdefault(item.unit.block.table, []).append(index)
    for members in tables.values():
        one_row = len(members) <= _FOOTER_CELLS and len({laid[index].unit.block.row for index in members}) == 1
        lines = [text[laid[index].start : laid[index].end] for index in members] if one_row else []
        if max(map(len, lines), default=0) > _FOOTER_LENGTH:
            continue
        if edges.intersection(members) and any(is_page_number(line) or is_bare_number(line) for line in lines):
            found.update(members)
    return found


def _has_lines(item: Laid, text: str) -> bool:
    return item.unit.preformatted and item.unit.block.table is None and "\n" in text[item.start : item.end]


def _preformatted(item: Laid, text: str) -> tuple[tuple[Block, ...], Ranges]:
    """Read a preformatted unit as the plain text that it is; its tables get numbers of their own."""
    blocks, furniture = read_blocks(text[item.start : item.end])
    first = _PREFORMATTED_TABLES + item.start
    moved = tuple(
        replace(
            block,
            start=block.start + item.start,
            end=block.end + item.start,
            table=None if block.table is None else first + block.table,
        )
        for block in blocks
    )
    return moved, tuple((start + item.start, end + item.start) for start, end in furniture)


def _bridged(
    laid: list[Laid], furniture: set[int], inner: dict[int, tuple[tuple[Block, ...], Ranges]], text: str
) -> tuple[Block, ...]:
    """Return the blocks; a paragraph that a page break cuts in mid-sentence is one block."""
    blocks: list[Block] = []
    crossed = False
    for index, item in enumerate(laid):
        crossed |= item.unit.after_break or index in furniture
        if index in furniture:
            continue
        if index in inner:
            blocks.extend(inner[index][0])
            continue
        block = replace(item.unit.block, start=item.start, end=item.end)
        if crossed and blocks and _joinable(blocks[-1], block) and _goes_on(blocks[-1], block, text):
            block = replace(blocks.pop(), end=block.end)
        blocks.append(block)
        crossed = item.unit.before_break
    return with_titles(blocks, text)


def _joinable(left: Block, right: Block) -> bool:
    return left.kind in ("paragraph", "list_item") and right.kind == "paragraph"


def _goes_on(left: Block, right: Block, text: str) -> bool:
    return continues(text[max(left.start, left.end - 400) : left.end], text[right.start : right.end][:200])

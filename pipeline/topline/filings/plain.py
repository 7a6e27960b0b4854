"""Plain text and Markdown to blocks; the reading text is the text itself, unchanged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from topline.filings.lines import heading_level, is_rule, list_marker, with_titles
from topline.filings.pages import continues, is_bare_number, is_contents_link, is_head, is_page_number
from topline.filings.ruled import columned_cells, is_columned, is_pipe_row, pipe_cells, tagged_cells
from topline.schema import Block, Document, Ranges, Source

LineKind = Literal["blank", "text", "break", "number", "furniture", "rule", "table", "end_table", "pipe"]

_FURNITURE = ("break", "furniture")
_NO_TEXT = (*_FURNITURE, "blank", "rule", "table", "end_table")
_TABLE_ENDS = (*_FURNITURE, "end_table")
_MOST_TABLE_LINES = 2000  # of one table over several pages
_LINE = re.compile(r"[^\n]*+(?:\n|$)")
_PAGE_TAG = re.compile(r"(?i)<PAGE>[ \t]{0,20}+(?:[-–(]?\s?\w{1,8}+\s?[-–)]?)?")
_TABLE_TAG = re.compile(r"(?i)<(/?)TABLE>")
_OTHER_TAG = re.compile(r"(?i)</?(?:S|C|CAPTION|FN|F\d{1,2}|R|HEAD|TEXT|SECTION)>")
_INLINE_MARKS = re.compile(r"[.;:!?,)\"'”’]$")
_SURE_MARKERS = "•·▪■◦‣○●¨☐☒□þ\uf0b7"
_REPEATED = 3  # a line beside at least so many page breaks is a running head
_NUMBER_DISTANCE = 4  # lines of text: bare numbers closer together are a column of data, not pages
# "8,377", "-3.1", "14.2%", "6 (5.0)"; the bare "12" is judged by its distance
_FIGURE = re.compile(
    r"[<>≤≥~]?[-+−–]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,6}\.[0-9]{1,6}|[0-9]{1,6}(?=[ (%]))"
    r"\s?%?(?:\s?\([^()\n]{1,20}\))?"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text without its white space; `indent` counts characters before it."""

    start: int
    end: int
    text: str
    indent: int
    kind: LineKind


def text_document(text: str, source: Source | None = None) -> Document:
    """Return the document of a plain text."""
    blocks, furniture = read_blocks(text)
    return Document(source or Source(file="", sha256=""), text, blocks, furniture)


def read_blocks(text: str) -> tuple[tuple[Block, ...], Ranges]:
    """Return the blocks and the furniture of plain text or Markdown, both in order."""
    lines = _pages(_lines(text))
    furniture = tuple((line.start, line.end) for line in lines if line.kind in _FURNITURE)
    blocks: list[Block] = []
    crossed = False
    for group in _groups(lines):
        if group[0].kind in _FURNITURE:
            crossed = True
            continue
        for block in _blocks(group, text, len(blocks)):
            if crossed and blocks and _goes_on(blocks[-1], block, text):
                blocks.append(replace(blocks.pop(), end=block.end))
            else:
                blocks.append(block)
            crossed = False
    return with_titles(blocks, text), furniture


def _lines(text: str) -> list[Line]:
    result: list[Line] = []
    for match in _LINE.finditer(text):
        raw = match.group()
        content = raw.strip()
        if raw:
            start = match.start() + len(raw) - len(raw.lstrip()) if content else match.start()
            result.append(Line(start, start + len(content), content, start - match.start(), _kind(content)))
    return result


def _kind(content: str) -> LineKind:
    """Return what a line is by itself."""
    if not content:
        return "blank"
    if content[0] == "<":
        if _PAGE_TAG.fullmatch(content):
            return "break"
        if tag := _TABLE_TAG.match(content):
            return "end_table" if tag[1] else "table"
        if _OTHER_TAG.match(content):
            return "rule" if not _OTHER_TAG.sub("", content).strip() else "text"
    if is_page_number(content):
        return "break" if content[0] == "{" else "furniture"
    if is_rule(content) and "|" not in content:
        return "rule"
    if is_bare_number(content):
        return "number"
    return "pipe" if is_pipe_row(content) else "text"


def _pages(lines: list[Line]) -> list[Line]:
    """Decide which bare numbers, contents links and repeated lines are furniture."""
    solid = [index for index, line in enumerate(lines) if line.kind != "blank"]
    _decide_numbers(lines, solid)
    edge = {
        solid[near]
        for place, index in enumerate(solid)
        if lines[index].kind in _FURNITURE
        for near in range(max(0, place - 2), min(len(solid), place + 3))
        if lines[solid[near]].kind == "text"
    }
    heads = Counter(lines[index].text for index in edge if is_head(lines[index].text))
    for index in edge:
        if is_contents_link(lines[index].text) or heads[lines[index].text] >= _REPEATED:
            lines[index] = replace(lines[index], kind="furniture")
    return lines


def _decide_numbers(lines: list[Line], solid: list[int]) -> None:
    """Make page numbers furniture and other bare numbers text, in place."""
    last = -_NUMBER_DISTANCE
    for place, index in enumerate(solid):
        if lines[index].kind == "number":
            following = any(lines[near].kind == "number" for near in solid[place + 1 : place + _NUMBER_DISTANCE])
            alone = _stands_alone(lines, index) and place - last >= _NUMBER_DISTANCE and not following
            page = (alone and not _by_figure(lines, solid, place)) or _by_break(lines, solid, place)
            lines[index] = replace(lines[index], kind="furniture" if page else "text")
            last = place


def _stands_alone(lines: list[Line], index: int) -> bool:
    """Tell whether a line has a blank line, or nothing, on both sides."""
    before = index == 0 or lines[index - 1].kind == "blank"
    return before and (index + 1 == len(lines) or lines[index + 1].kind == "blank")


def _by_figure(lines: list[Line], solid: list[int], place: int) -> bool:
    """Tell whether the line before or after, blank ones apart, is a figure: both are cells of a flattened table."""
    beside = [*solid[max(0, place - 1) : place], *solid[place + 1 : place + 2]]
    return any(_FIGURE.fullmatch(lines[index].text.strip()) for index in beside)


def _by_break(lines: list[Line], solid: list[int], place: int) -> bool:
    """Tell whether the line before or after, blank ones apart, is a page mark."""
    beside = [*solid[max(0, place - 1) : place], *solid[place + 1 : place + 2]]
    return any(lines[index].kind == "break" for index in beside)


def _groups(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines that belong together: a paragraph, an item, a table; furniture lines one by one.

    A table that is closed goes on over the pages inside it.
    """
    group: list[Line] = []
    in_table = False
    end = -1
    for index, line in enumerate(lines):
        if line.kind == "table":
            end = _table_end(lines, index)
        elif in_table and index < end and line.kind in _FURNITURE:
            continue
        in_table = line.kind == "table" or (in_table and line.kind not in _TABLE_ENDS)
        ends = line.kind in _NO_TEXT and not (in_table and line.kind != "table")
        if group and (ends or (not in_table and _starts_group(line, group))):
            yield group
            group = []
        if line.kind in _FURNITURE:
            yield [line]
        elif in_table or line.kind not in _NO_TEXT:
            group.append(line)
    if group:
        yield group


def _table_end(lines: list[Line], start: int) -> int:
    """Return the line that closes the table that a line opens; -1 when another is opened before, or none does."""
    for index in range(start + 1, min(len(lines), start + _MOST_TABLE_LINES)):
        if lines[index].kind in ("table", "end_table"):
            return index if lines[index].kind == "end_table" else -1
    return -1


def _starts_group(line: Line, group: list[Line]) -> bool:
    """Tell whether a line opens a block of its own, without a blank line before it."""
    previous = group[-1]
    if (line.kind == "pipe") != (previous.kind == "pipe"):
        return True
    if line.kind == "pipe":
        return False
    if marker := list_marker(line.text):
        sure = marker in _SURE_MARKERS
        return sure or bool(list_marker(group[0].text)) or bool(_INLINE_MARKS.search(previous.text))
    return heading_level(line.text) is not None or heading_level(previous.text) is not None


def _blocks(group: list[Line], text: str, number: int) -> Iterator[Block]:
    """Yield the blocks of one group of lines; `number` names its table, if it is one."""
    spans = [(line.start, line.end) for line in group if line.kind not in ("blank", "rule", "table")]
    if not spans:
        return
    if group[0].kind == "table":
        yield from tagged_cells(text, spans, number)
    elif group[0].kind == "pipe":
        yield from pipe_cells(text, spans, number)
    elif is_columned(text, spans):
        yield from columned_cells(text, spans, number)
    else:
        yield _prose(group)


def _prose(group: list[Line]) -> Block:
    first, last = group[0], group[-1]
    joined = " ".join(line.text for line in group[:4])
    if list_marker(first.text):
        return Block("list_item", first.start, last.end, level=1 + min(first.indent // 4, 5))
    level = heading_level(joined) if len(group) < 4 else None
    if level is not None:
        return Block("heading", first.start, last.end, level=level)
    return Block("paragraph", first.start, last.end)


def _goes_on(left: Block, right: Block, text: str) -> bool:
    """Tell whether a page break cut one paragraph or item into these two."""
    if left.kind not in ("paragraph", "list_item") or right.kind != "paragraph":
        return False
    return continues(text[max(left.start, left.end - 400) : left.end], text[right.start : right.end][:200])

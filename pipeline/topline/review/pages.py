"""Documents as the page shows them: units of text that map one to one to the reading text, and all mentions.

Filing text is untrusted: controls and direction marks are shown as signs, as everywhere (`outputs.clean`). A piece of
text has one character for each of the reading text, or none at all where that cannot be seen, so that what a person
selects leads back to offsets.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any

from topline import filings
from topline.errors import ReviewError
from topline.excerpts import Layout
from topline.outputs import clean
from topline.review.events import Span
from topline.review.finding import Filing
from topline.review.run import Predicted, Reviewed
from topline.schema import Block, Document, Mention

if TYPE_CHECKING:
    from spacy.language import Language

KEPT = 8  # documents that are held read
_RULES = re.compile(r"[\s|+=:_.·-]*+")  # what stands between the cells of a table


@dataclass(frozen=True, slots=True)
class Page:
    """A document, its layout and its mentions."""

    document: Document
    layout: Layout
    mentions: tuple[Mention, ...]

    @property
    def text(self) -> str:
        """Return the reading text."""
        return self.document.text


class Reader:
    """Reads documents when they are asked for, and keeps the last few."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = Lock()  # the pipeline is one, the server has several threads

    def page(self, reviewed: Reviewed, predicted: Iterable[Predicted] = ()) -> Page:
        """Return a document's page; the quotes of its predicted rows must stand where they say.

        Raises:
            FilingError: the file cannot be read any more.
            ReviewError: it was changed meanwhile, or reads otherwise than when the rows were written.
        """
        with self._lock:
            held = self._pages.get(reviewed.id)
            if held is None:
                held = _open(read_document(reviewed, predicted))
                self._pages[reviewed.id] = held
                if len(self._pages) > KEPT:
                    self._pages.popitem(last=False)
            self._pages.move_to_end(reviewed.id)
            return held


def read_document(reviewed: Reviewed, predicted: Iterable[Predicted] = ()) -> Document:
    """Return a document out of its file, which must be the one that the rows were read from.

    Raises:
        FilingError: the file cannot be read.
        ReviewError: the file changed, has no such part, or a quote stands elsewhere.
    """
    documents = _read_file(reviewed.filing)
    if any(document.source.sha256 != reviewed.filing.sha256 for document in documents):
        _read_file.cache_clear()
        raise ReviewError(f"{reviewed.filing.path}: changed since the review began; put the file back")
    for document in documents:
        if reviewed.number in (None, document.source.document):
            _verify(reviewed, document.text, predicted)
            return document
    raise ReviewError(f"{reviewed.filing.path}: has no readable document {reviewed.number}")


@lru_cache(maxsize=2)
def _read_file(filing: Filing) -> list[Document]:
    return filings.read(filing.path)


def _verify(reviewed: Reviewed, text: str, predicted: Iterable[Predicted]) -> None:
    for row in predicted:
        for (start, end), quote in row.quotes.items():
            if text[start:end] != quote:
                raise ReviewError(
                    f"{reviewed.filing.path}: reads otherwise than when row {row.row.id} was written "
                    f"([{start}, {end}) is {text[start:end]!r:.40}); extract again"
                )


@lru_cache(maxsize=1)
def _pipeline() -> Language:
    from topline import extraction

    return extraction.load("rules")


def _open(document: Document) -> Page:
    """Find a document's mentions: the first stages of the pipeline, which need no model."""
    from topline.layouts import document_layout
    from topline.segmentation import make_doc

    nlp = _pipeline()
    doc = make_doc(nlp, document)
    for name, component in nlp.pipeline:
        doc = component(doc)
        if name == "topline_mentions":
            break
    return Page(document, document_layout(document, [sent.start_char for sent in doc.sents]), doc._.mentions)


def units(layout: Layout) -> Iterator[dict[str, Any]]:
    """Yield a document's blocks as plain data, tables as rows of cells, and text outside of blocks as `loose`."""
    at = 0
    for table, group in groupby(layout.blocks, key=lambda block: block.table if block.kind == "table_cell" else None):
        if table is None:
            for block in group:
                yield from _loose(layout.text, at, block.start)
                yield {"kind": block.kind, "level": block.level, "pieces": pieces(layout.text, block.start, block.end)}
                at = block.end
            continue
        cells = list(group)
        yield from _loose(layout.text, at, cells[0].start)
        yield {"kind": "table", "rows": table_rows(layout.text, cells)}
        at = max(cell.end for cell in cells)
    yield from _loose(layout.text, at, len(layout.text))


def _loose(text: str, start: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield what stands between blocks, unless it is white space or the rules of a table."""
    if start < end and not _RULES.fullmatch(text, start, end):
        yield {"kind": "loose", "level": 0, "pieces": pieces(text, start, end)}


def pieces(text: str, start: int, end: int) -> list[list[Any]]:
    """Return `[start, end, shown]` for runs of text that are shown character by character, or not at all."""
    held = text[start:end]
    if all(line.isprintable() for line in held.replace("\t", "\n").split("\n")):
        return [[start, end, held]] if held else []
    found: list[list[Any]] = []
    for at, character in enumerate(held, start=start):
        shown = clean(character, "\n\t")
        if found and bool(found[-1][2]) == bool(shown):
            found[-1][1:] = at + 1, found[-1][2] + shown
        else:
            found.append([at, at + 1, shown])
    return found


def table_rows(text: str, cells: Sequence[Block]) -> list[list[dict[str, Any]]]:
    """Return a table's cells row by row; columns that hold nothing are left out, and gaps are cells without text."""
    said = [cell for cell in cells if text[cell.start : cell.end].strip()]
    columns = sorted({cell.column or 0 for cell in said})
    place = {column: k for k, column in enumerate(columns)}
    rows: list[list[dict[str, Any]]] = []
    for _, group in groupby(sorted(said, key=_grid_place), key=lambda cell: cell.row or 0):
        row: list[dict[str, Any]] = []
        at = 0
        for cell in group:
            here = place[cell.column or 0]
            if here > at:
                row.append({"pieces": [], "span": here - at, "head": False})
            last = (cell.column or 0) + cell.column_span
            span = max(1, sum(cell.column <= column < last for column in columns if cell.column is not None))
            row.append({"pieces": pieces(text, cell.start, cell.end), "span": span, "head": cell.header})
            at = max(at, here) + span
        rows.append(row)
    return rows


def _grid_place(cell: Block) -> Span:
    return cell.row or 0, cell.column or 0

"""Everything of interest in a text as labelled mentions: quantities, drugs, doses, schedules, groups, endpoints, times.

Mentions are found on characters and written to `doc.spans["mentions"]` (they may overlap); `doc._.mentions` holds the
parsed records in order of place. Numbers are read at once, all else when it is first asked for: most filings hold no
number that can be a result, and nothing else is ever looked for in them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate

import numpy as np
from spacy.attrs import IDX, LENGTH, SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from topline.errors import PipelineError
from topline.mentions import (
    cohorts,
    contexts,
    drugs,
    endpoint_terms,
    open_values,
    phrases,
    quantities,
    schedules,
    time_frames,
    trials,
)
from topline.mentions.tabled import labelled, renumbered
from topline.mentions.tables import TableReading, tables
from topline.schema import PLACE, Block, Document, Mention
from topline.segmentation import give_layout

VALUE_LABELS = frozenset({"PERCENT", "COUNT", "DURATION", "RATIO", "NUMBER", "P_VALUE"})
_HEADS = frozenset({"heading", "table_cell"})
SHORT = 60  # characters of a block that may be a cell of a flattened table
_DASHES = "-–—+"
_BARE = re.compile(r"[<>≤≥]{0,2}(?:\s|<br>){0,3}\d{1,4}(?:\s?[-–]\s?\d{1,4})?")

if not Doc.has_extension("mentions"):
    Doc.set_extension("reading", default=None)
    Doc.set_extension("numbers", getter=lambda doc: doc._.reading.numbers if doc._.reading else ())
    Doc.set_extension("mentions", getter=lambda doc: doc._.reading.mentions if doc._.reading else ())


@Language.factory(
    "topline_mentions", requires=["doc.sents"], assigns=["doc._.mentions", "doc.spans"], retokenizes=False
)
def make_mentions(nlp: Language, name: str) -> Mentions:
    """Make the component that finds mentions."""
    return Mentions()


class Mentions:
    """Write `doc._.mentions` and the span group `mentions`; needs sentences, whoever marked them."""

    def __call__(self, doc: Doc) -> Doc:
        """Find the mentions of a document and return it.

        Raises:
            PipelineError: nothing before it has marked sentences.
        """
        self.read(doc)
        spans = (
            doc.char_span(mention.start, mention.end, label=mention.label, alignment_mode="expand")
            for mention in doc._.mentions
        )
        doc.spans["mentions"] = [span for span in spans if span is not None]
        return doc

    def read(self, doc: Doc) -> Doc:
        """Read the numbers of a document, put off its other mentions, write no spans, and return it."""
        if not doc.has_annotation("SENT_START"):
            raise PipelineError(
                "topline_mentions: the Doc has no sentences; "
                "add `topline_segmentation` or spaCy's `sentencizer` before it"
            )
        doc._.reading = Reading(give_layout(doc), _sentences(doc))
        return doc


def _sentences(doc: Doc) -> list[tuple[int, int]]:
    """Return the sentences' character ranges; arrays spare the making of a Span each."""
    table = doc.to_array([IDX, LENGTH, SENT_START]).astype(np.int64)
    if not len(table):
        return []
    first = np.flatnonzero(table[:, 2] == 1)
    first = first if len(first) and first[0] == 0 else np.concatenate([[0], first])
    last = np.append(first[1:], len(table)) - 1
    return list(zip(table[first, 0].tolist(), (table[last, 0] + table[last, 1]).tolist(), strict=True))


class Reading:
    """The mentions of a document; numbers in page furniture are set aside.

    The cells of clinical tables are read as their heads, stubs and captions say.
    """

    def __init__(self, document: Document, sentences: list[tuple[int, int]]):
        self.document = document
        self.sentences = sentences
        self.tables = tables(document.text, document.blocks)
        self._found = _numbers(document, self.tables)
        judged = contexts.set_aside(document.text, document.blocks, sentences, self._found)
        self.numbers = tuple(sorted(judged, key=PLACE))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """All mentions in order of place."""
        text = self.document.text
        names = drugs.match(text)
        terms = endpoint_terms.match(text)
        groups = cohorts.match(text)
        groups += trials.match(text, [*names, *terms], groups)
        times = time_frames.match(text)
        doses = schedules.match(text)
        measured = [number for number in self._found if number.label != "SET_ASIDE"]  # the 1 of HbA1c cuts nothing
        said_of = [cohorts.without_clause(text, group) for group in groups]
        cutting = _disjoint([*measured, *said_of, *names, *times, *doses])
        wanted = _worth_reading(self.document.blocks, self.sentences, self._found)
        found = [*_endpoints(text, wanted, cutting, terms), *_bare_heads(self.document)]
        whole = labelled([*names, *groups, *times, *doses, *found], self.tables, terms)
        return tuple(sorted([*self.numbers, *whole], key=PLACE))


def find(document: Document, sentences: list[tuple[int, int]]) -> tuple[Mention, ...]:
    """Return a document's mentions in order of place."""
    return Reading(document, sentences).mentions


def _numbers(document: Document, readings: tuple[TableReading, ...]) -> list[Mention]:
    """Return a document's numbers in order of place."""
    found = _furnished(quantities.match(_without_bullets(document)), document)
    numbers = renumbered(found, readings)
    return sorted([*numbers, *open_values.match(document.text, numbers)], key=PLACE)


def _without_bullets(document: Document) -> str:
    """Return the text with blanks for the dashes that open list items: "- 38.9% with velotinib" is no negative."""
    text, pieces, place = document.text, [], 0
    for block in document.blocks:
        if (
            block.kind == "list_item"
            and text[block.start] in _DASHES
            and text[block.start + 1 : block.start + 2].isspace()
        ):
            pieces += [text[place : block.start], " "]
            place = block.start + 1
    return "".join([*pieces, text[place:]]) if pieces else text


def _furnished(numbers: list[Mention], document: Document) -> list[Mention]:
    """Set the numbers aside that are part of the page: its number, a running head."""
    if not document.furniture:
        return numbers
    furniture = sorted(document.furniture)
    starts = [start for start, _ in furniture]
    reached = list(accumulate((end for _, end in furniture), max, initial=0))
    return [
        Mention(number.start, number.end, "SET_ASIDE", "furniture", number.quantity)
        if number.start < reached[bisect_right(starts, number.start)]
        else number
        for number in numbers
    ]


def _disjoint(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions in order, without those that begin inside an earlier one."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _worth_reading(
    blocks: tuple[Block, ...], sentences: list[tuple[int, int]], numbers: list[Mention]
) -> Iterator[tuple[int, int]]:
    """Yield the sentences in which an endpoint may stand: those with a value, headings, cells, and heads of lists."""
    values = [mention.start for mention in numbers if mention.label in VALUE_LABELS]
    starts = [block.start for block in blocks]
    for start, end in sentences:
        if bisect_left(values, start) < bisect_left(values, end):
            yield start, end
            continue
        k = bisect_left(starts, start + 1) - 1
        if k < 0:
            continue
        leads = k + 1 < len(blocks) and blocks[k + 1].kind in ("list_item", "table_cell") and end >= blocks[k].end - 2
        short = blocks[k].end - blocks[k].start <= SHORT
        if blocks[k].kind in _HEADS or leads or short:
            yield start, end


def _endpoints(
    text: str, sentences: Iterator[tuple[int, int]], cutting: list[Mention], terms: list[Mention]
) -> Iterator[Mention]:
    """Yield the phrases of the sentences; one that holds a term of the endpoint table is an ENDPOINT with its code."""
    cut_starts, term_starts = [m.start for m in cutting], [m.start for m in terms]
    covered: set[int] = set()
    for start, end in sentences:
        low = max(0, bisect_left(cut_starts, start) - 1)
        inside = cutting[low : bisect_left(cut_starts, end)]
        for phrase in phrases.match(text, start, end, [m for m in inside if m.end > start]):
            k, last = bisect_left(term_starts, phrase.start), bisect_left(term_starts, phrase.end)
            held = [i for i in range(max(0, k - 1), last) if terms[i].end > phrase.start]
            covered.update(held)
            best = max((terms[i] for i in held), key=lambda m: m.end - m.start, default=None)
            yield Mention(phrase.start, phrase.end, "ENDPOINT", best.code) if best else phrase
    yield from (term for i, term in enumerate(terms) if i not in covered)


def _bare_heads(document: Document) -> Iterator[Mention]:
    """Yield column heads and stubs that are bare numbers, such as the score band "0-1", as phrases."""
    for block in document.blocks:
        leads = block.kind == "table_cell" and ((block.row or 0) < 2 or block.column == 0)
        if leads and _BARE.fullmatch(document.text, block.start, block.end):
            yield Mention(block.start, block.end, "PHRASE")

"""The records that flow from stage to stage, and the JSON Schema of what is written.

Offsets are half-open, in Unicode code points, into `Document.text` (the *reading text*), unless a field says `source`:
those are ranges in the decoded file. All records are frozen; tuples stand where JSON has lists.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from pathlib import PurePath
from typing import Any, Literal

SCHEMA = "topline/1"

Kind = Literal["percent", "count", "duration", "ratio", "number", "p_value"]
Relation = Literal["=", "<", "<=", ">", ">=", "~"]
BlockKind = Literal["paragraph", "heading", "list_item", "table_cell"]
Outcome = Literal["met", "missed", "not_stated"]
Significance = Literal["significant", "not_significant", "not_stated"]
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A unit of layout in the reading text; blocks are disjoint and in order.

    `level` is the heading's rank (1 is the highest, 0 when unknown) or the list item's depth (1 is the outermost).
    Cells of one table share `table`; `row` and `column` count from 0 in the grid after spans are laid out.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    table: int | None = None
    row: int | None = None
    column: int | None = None
    row_span: int = 1
    column_span: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of reading text and where it came from.

    A copied run has equal lengths on both sides; a resolved reference (`&#150;`) has one character for several.
    Reading text that no segment covers (line breaks between blocks) was put in by the reader.
    """

    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A range of the decoded file left out of the reading text, and why (`hidden`, `script`, `uuencoded`, …)."""

    reason: str
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from; the fields of the submission's header where it has one.

    `sha256` is that of the file on the disk: of a packed file (`.gz`) of the packed bytes, so that a filing that is
    packed, or packed again, counts as another file and its rows have other ids. Of a member of a zip archive, whose
    `file` is `filings.zip/folder/member.htm`, it is that of the member's bytes, however the archive packs them.
    """

    file: str
    sha256: str
    document: int | None = None
    type: str | None = None
    form_type: str | None = None
    accession_number: str | None = None
    cik: str | None = None
    company: str | None = None
    items: tuple[str, ...] = ()
    period: str | None = None
    filed: str | None = None


def bare_name(file: str) -> str:
    """Return a file's name as it was before the file was packed: without `.gz`."""
    return file[:-3] if file.lower().endswith(".gz") else file


def document_id(file: str, part: object) -> str:
    """Return the id by which the gold knows a document: the stem of its `source.file`, with `.N` for part N."""
    return PurePath(bare_name(file)).stem + (f".{part}" if part else "")


@dataclass(frozen=True, slots=True)
class Document:
    """One readable part of a file: its reading text, its layout, and the way back to the file.

    `furniture` are ranges of `text` that belong to the page (page numbers, running heads): sentences bridge them.
    `segments` is empty when the reading text is the decoded file itself, character for character.
    """

    source: Source
    text: str
    blocks: tuple[Block, ...] = ()
    furniture: Ranges = ()
    segments: tuple[Segment, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    _starts: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def source_ranges(self, start: int, end: int) -> Ranges | None:
        """Return the ranges of the decoded file that hold `text[start:end]`; None when the file is the reading text."""
        if not self.segments:
            return None
        if not self._starts:
            self._starts.extend(segment.start for segment in self.segments)
        ranges: list[tuple[int, int]] = []
        for k in range(max(0, bisect_right(self._starts, start) - 1), len(self.segments)):
            segment = self.segments[k]
            if segment.start >= end:
                break
            if segment.end <= start:
                continue
            low, high = segment.source_start, segment.source_end
            if high - low == segment.end - segment.start:
                low, high = low + max(0, start - segment.start), high - max(0, segment.end - end)
            if ranges and ranges[-1][1] == low:
                low = ranges.pop()[0]
            ranges.append((low, high))
        return tuple(ranges)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a number says: `39.3%`, `31 to 55 months`, `95% CI: 0.31-0.55`.

    `kind` is a result kind or one of `interval`, `dose`, `money`, `date`, `identifier`, …
    `number` is None for a range or an interval, which have `low` and `high`. `digits` keeps the printed digits
    (`39.30`), for exact arithmetic. `level` is an interval's confidence level in percent.
    """

    kind: str
    number: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    relation: Relation = "="
    statistic: str | None = None
    digits: str | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A labelled stretch of reading text.

    `code` is the canonical name behind it: an endpoint's code, a drug's name, a set-aside number's reason.
    """

    start: int
    end: int
    label: str
    code: str | None = field(default=None, compare=False)
    quantity: Quantity | None = field(default=None, compare=False)


PLACE = attrgetter("start", "end", "label")  # mentions in order, ten times as fast as by comparing them


@dataclass(frozen=True, slots=True)
class Link:
    """A value joined to another mention: `role` is `endpoint`, `cohort`, `n`, `time_frame`, `ci`, `p_value`, …"""

    value: Mention
    role: str
    target: Mention
    confidence: float


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of reading text as a row cites it; `source` is None when the file is the reading text."""

    text: str
    start: int
    end: int
    source: Ranges | None = None


@dataclass(frozen=True, slots=True)
class Value(Quote):
    """The number that a row reports."""

    kind: Kind = "number"
    number: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    relation: Relation = "="
    statistic: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint(Quote):
    """What was measured; `code` is the canonical endpoint where the table has it."""

    code: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Cohort(Quote):
    """The group that the value was computed over, and its stated size."""

    n: int | None = None
    n_start: int | None = None
    n_end: int | None = None
    population: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Count(Quote):
    """A number of people."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence(Quote):
    """A place that a field of the row was read from, other than the field's own.

    `role` is `n` where the group's size is stated, `group` for a phrase that leads to it ("these patients" points to
    it, or the size stands with it), `population` where the kind of population is named, `subgroup` the row of a table
    that says which part of an arm was counted.
    """

    role: str = ""


@dataclass(frozen=True, slots=True)
class Interval(Quote):
    """An interval with its confidence level in percent."""

    low: float | None = None
    high: float | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class PValue(Quote):
    """A p-value; `number` is None for `p=NS`."""

    number: float | None = None
    relation: Relation = "="


@dataclass(frozen=True, slots=True)
class Treatment:
    """What the cohort was given, as written."""

    drug: str | None = None
    dose: str | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Which trial the value belongs to, as written."""

    phase: str | None = None
    nct_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check on a row, with its arithmetic spelled out in `detail`."""

    name: str
    outcome: Literal["pass", "fail", "not_applicable"]
    detail: str


@dataclass(frozen=True, slots=True)
class Place:
    """A range of the reading text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Result:
    """One reported result: a row."""

    id: str
    source: Source
    value: Value
    endpoint: Endpoint | None
    cohort: Cohort | None
    comparator: Quote | None
    numerator: Count | None
    time_frame: Quote | None
    ci: Interval | None
    p_value: PValue | None
    treatment: Treatment
    trial: Trial
    sentence: Place
    where: str
    confidence: float | None
    checks: tuple[Check, ...] = ()
    derived: dict[str, float] = field(default_factory=dict)
    duplicates: tuple[str, ...] = ()
    duplicate_of: str | None = None
    evidence: tuple[Evidence, ...] = ()
    schema: str = SCHEMA

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain data, `schema` first."""
        return {"schema": self.schema, **asdict(self)}


def row_id(source: Source, start: int, end: int) -> str:
    """Return the id of the row whose value stands at a place of a document: the same in every run."""
    place = f"{source.sha256}:{source.document or 0}:{start}:{end}"
    return hashlib.sha256(place.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a primary endpoint: by the text's words and by the p-values and intervals of its rows.

    `document` is its number in a submission; `endpoint` is None when the text does not name it. `rows` are the ids of
    the rows that report it; `conflict` is set when words and numbers disagree.
    """

    document: int | None
    trial: str | None
    endpoint: Endpoint | None
    words: Outcome
    numbers: Significance
    conflict: bool
    words_quote: Quote | None
    numbers_quote: Quote | None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of a document's numbers: total = used + unlinked + the sum of `set_aside`."""

    total: int = 0
    used: int = 0
    unlinked: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """What became of one input file; `reason` is set when there are no rows."""

    file: str
    sha256: str | None
    status: Literal["results", "no_results", "error"]
    reason: str | None = None
    message: str | None = None
    documents: int = 0
    rows: int = 0
    numbers: Ledger = field(default_factory=Ledger)
    warnings: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a result row."""
    from pydantic import TypeAdapter  # 0.2 s, only needed here

    schema: dict[str, Any] = TypeAdapter(Result).json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema

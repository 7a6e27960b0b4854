"""Spans and relations that came back from an annotation tool, put together into a gold record.

What does not hold is a problem with its place; nothing is guessed. An `n` is written beside its relation or its value,
or is what the cited mention says; where it can be read in two ways, what was remembered counts if it is one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from topline.exchange.standoff import COUNTED, ENDS, SIZE, Relation, Span, Standoff, stated_number
from topline.gold import GoldMention, GoldRecord, GoldResult, GoldSize, says, text_digest
from topline.gold.checks import record_problems
from topline.gold.records import KINDS, LABELS


@dataclass(slots=True)
class _Sheet:
    """A document while it is put together: its mentions' ids in the order of its spans, and what does not hold."""

    standoff: Standoff
    ids: list[str]
    by_key: dict[str, list[int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def quote(self, number: int) -> str:
        """Return what a span covers, for messages and for its number."""
        span = self.standoff.spans[number]
        return self.standoff.text[max(span.start, 0) : max(span.end, 0)]

    def find(self, key: str, wanted: str, what: str) -> int | None:
        """Return the span of a key that has the wanted label; None, and a problem, when there is none."""
        spans = self.by_key.get(key)
        if not spans:
            self.problems.append(f"{what} points at {key}, which is no mention of the document")
            return None
        fitting = [number for number in spans if self.standoff.spans[number].label == wanted]
        if len(fitting) == 1:
            return fitting[0]
        labels = " and ".join(sorted({self.standoff.spans[number].label for number in spans}))
        self.problems.append(f"{what} has the {labels} {self.quote(spans[0])!r:.50} where a {wanted} belongs")
        return None


def assemble(standoff: Standoff) -> tuple[GoldRecord | None, list[str]]:
    """Return the gold record of a document, or None and what does not hold of it.

    What a fault leads to would only be said twice: relations are read when the spans hold, and checked when they do.
    """
    where = f"{standoff.place} ({standoff.name})"
    faults = list(_faults(standoff))
    if faults:
        return None, [f"{where}: {fault}" for fault in faults]
    sheet = _Sheet(standoff, _ids(standoff))
    for number, span in enumerate(standoff.spans):
        sheet.by_key.setdefault(span.key, []).append(number)
    links, sizes = _read_relations(sheet)
    remembered = standoff.memory
    record = GoldRecord(
        id=standoff.name,
        sha256=text_digest(standoff.text),
        mentions=tuple(_mentions(sheet)),
        sizes=tuple(sizes),
        results=tuple(_results(sheet, links)),
        text=standoff.text,
        file=remembered.file,
        document=remembered.document,
        place=standoff.place,
    )
    problems = [f"{where}: {problem}" for problem in sheet.problems] or list(record_problems(record))
    return (None if problems else record), problems


def _ids(standoff: Standoff) -> list[str]:
    """Return the gold id of each span: the one it carries, the one remembered for its place, or a new one."""
    remembered: dict[tuple[int, int, str], list[str]] = {}
    for name, start, end, label in standoff.memory.places:
        remembered.setdefault((start, end, label), []).append(name)
    ids = []
    for span in standoff.spans:
        held = remembered.get((span.start, span.end, span.label))
        ids.append(span.id if span.id is not None else held.pop(0) if held else None)
    taken = {name for name in ids if name} | {name for name, *_ in standoff.memory.places}
    fresh = (name for number in range(1, len(ids) + len(taken) + 1) if (name := f"m{number}") not in taken)
    return [name if name is not None else next(fresh) for name in ids]


def _faults(standoff: Standoff) -> Iterator[str]:
    """Yield what is wrong with the text and with single spans."""
    if standoff.memory.sha256 is not None and text_digest(standoff.text) != standoff.memory.sha256:
        yield "the text is not the one that was exported; the tool or a later step has changed it, so offsets are void"
    for span in standoff.spans:
        what = f"the mention [{span.start}, {span.end})"
        if span.label not in LABELS:
            yield f"{what} has the label {span.label!r}, not one of {', '.join(sorted(LABELS))}"
        if not 0 <= span.start < span.end <= len(standoff.text):
            yield f"{what} is not inside the text of {len(standoff.text)} characters"
        if span.kind is not None and span.kind not in KINDS:
            yield f"{what} has the kind {span.kind!r}, not one of {', '.join(sorted(KINDS))}"
        if span.label != "VALUE" and (span.kind is not None or span.n is not None):
            yield f"{what} is a {span.label} with {'an n' if span.kind is None else 'a kind'}; only a VALUE has one"


def _mentions(sheet: _Sheet) -> Iterator[GoldMention]:
    """Yield the mentions, with the quotes of those that had one written down."""
    quoted = set(sheet.standoff.memory.quoted)
    for number, (name, span) in enumerate(zip(sheet.ids, sheet.standoff.spans, strict=True)):
        quote = sheet.quote(number) if name in quoted else None
        yield GoldMention(name, span.start, span.end, span.label, quote)


def _read_relations(sheet: _Sheet) -> tuple[dict[int, dict[str, Any]], list[GoldSize]]:
    """Return the fields of each value by its span, and the sizes of groups."""
    links: dict[int, dict[str, Any]] = {}
    sizes = []
    for relation in sheet.standoff.relations:
        ends = _ends(sheet, relation)
        if ends is None:
            continue
        source, target = ends
        n = _number(sheet, relation, source, target) if relation.label in COUNTED else None
        if relation.label == SIZE:
            sizes += [GoldSize(sheet.ids[source], sheet.ids[target], n)] if n is not None else []
            continue
        fields = links.setdefault(source, {})
        if relation.label in fields:
            sheet.problems.append(f"the value {sheet.quote(source)!r:.50} has two relations {relation.label}; keep one")
        fields[relation.label] = sheet.ids[target]
        if n is not None:
            fields["n"] = n
    return links, sizes


def _ends(sheet: _Sheet, relation: Relation) -> tuple[int, int] | None:
    """Return the spans at a relation's two ends; None, and a problem, when they do not fit."""
    if relation.label not in ENDS:
        sheet.problems.append(f"a relation has the label {relation.label!r:.40}, not one of {', '.join(sorted(ENDS))}")
        return None
    first, last = ENDS[relation.label]
    what = f"the relation {relation.label} from {first} to {last}"
    source = sheet.find(relation.source, first, what)
    # An arrow the wrong way round fits at neither end, and is one fault.
    target = sheet.find(relation.target, last, what) if source is not None else None
    return None if source is None or target is None else (source, target)


def _number(sheet: _Sheet, relation: Relation, source: int, target: int) -> int | None:
    """Return the `n` of a relation to a count; None, and a problem, when the text does not settle it."""
    quote, value = sheet.quote(target), sheet.standoff.spans[source]
    written = relation.n if relation.n is not None else value.n if relation.label == "n_at" else None
    if written is not None:
        return written
    pair = (sheet.ids[source], sheet.ids[target])
    for first, last, n in sheet.standoff.memory.numbers:
        if (first, last) == pair and says(quote, n, n):
            return n
    stated = stated_number(quote)
    if stated is None:
        sheet.problems.append(f"the relation {relation.label} to {quote!r:.50}: which number is meant is not written")
    return stated


def _results(sheet: _Sheet, links: Mapping[int, Mapping[str, Any]]) -> Iterator[GoldResult]:
    """Yield the results in their remembered order, new ones last."""
    for number in _in_order(sheet, links):
        span = sheet.standoff.spans[number]
        if span.kind is None:
            sheet.problems.append(
                f"the value {sheet.quote(number)!r:.50} is that of a result, but has no kind; say which of "
                f"{', '.join(sorted(KINDS))} it is"
            )
            continue
        yield GoldResult(**{"kind": span.kind, "n": span.n, "value": sheet.ids[number], **links.get(number, {})})


def _in_order(sheet: _Sheet, links: Mapping[int, Mapping[str, Any]]) -> Sequence[int]:
    """Return the spans that are values of results."""
    spans: Sequence[Span] = sheet.standoff.spans
    values = [number for number, span in enumerate(spans) if number in links or (span.kind, span.n) != (None, None)]
    rank = {name: place for place, name in enumerate(sheet.standoff.memory.order)}
    return sorted(values, key=lambda number: rank.get(sheet.ids[number], len(rank)))

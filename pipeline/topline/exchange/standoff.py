"""What every annotation format comes down to: a text, labelled spans, labelled relations between them.

A gold record becomes one like this: mentions are spans; a result is its value's span with a `kind`, and a relation
from there to each of its other mentions, labelled with the field's name; a size is a relation `size` from the group to
the number. `n` is what the number's mention says, so only what that leaves open has to be remembered. The `Memory`
holds what no annotator sees; where a format has a place for free data it goes there, as `topline`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topline.errors import GoldError
from topline.exchange.fields import take
from topline.gold import GoldRecord, readings
from topline.gold.records import LINKS

SIZE = "size"
# A relation's label, with the labels of the mentions at its two ends.
ENDS: Mapping[str, tuple[str, str]] = {
    **{field: ("VALUE", label) for field, label in LINKS.items() if field != "value"},
    SIZE: ("COHORT", "COUNT"),
}
# The relations whose target says a number that the record repeats as `n`.
COUNTED = ("n_at", SIZE)


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch `[start, end)`; `key` is what relations call it, `id` the gold's name when the format has it.

    `kind` and `n` are those of the result whose value this is. Several spans may have one key: one region of a tool
    with several labels.
    """

    key: str
    start: int
    end: int
    label: str
    id: str | None = None
    kind: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A labelled arrow between the keys of two spans; `n` is the number that the target says, where it is written."""

    source: str
    target: str
    label: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What a format's own fields do not hold: whose text it is, and what only an exact copy needs.

    `quoted` are the mentions with a written quote, `order` the values in the order of their results, `numbers` the `n`
    between two mentions that the quote leaves open, `places` the mentions by id for formats that number them anew.
    """

    id: str | None = None
    sha256: str | None = None
    file: str | None = None
    document: int | None = None
    quoted: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str, int], ...] = ()
    places: tuple[tuple[str, int, int, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that say something, as plain JSON."""
        pairs = ((key, getattr(self, key)) for key in self.__dataclass_fields__)
        return {key: _listed(value) for key, value in pairs if value not in (None, ())}


@dataclass(frozen=True, slots=True)
class Standoff:
    """An annotated text; `place` says where it stands in the file, for messages, `name` is its id."""

    place: str
    name: str
    text: str
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]
    memory: Memory


def to_standoff(record: GoldRecord, *, places: bool = False) -> Standoff:
    """Return a gold record as spans and relations; with `places` the memory names the mentions by where they stand.

    Raises:
        GoldError: the record has no text.
    """
    if record.text is None:
        raise GoldError(
            f"{record.place} ({record.id}): the record has no text; give the folder of texts with --texts, "
            "or put them in with `topline gold resolve`"
        )
    results = {result.value: result for result in record.results}
    spans = []
    for mention in record.mentions:
        result = results.get(mention.id)
        kind, n = (result.kind, result.n) if result else (None, None)
        spans.append(Span(mention.id, mention.start, mention.end, mention.label, mention.id, kind, n))
    relations = (*_links(record), *(Relation(size.cohort, size.count, SIZE, size.n) for size in record.sizes))
    return Standoff(record.place, record.id, record.text, tuple(spans), relations, _memory(record, relations, places))


def stated_number(quote: str) -> int | None:
    """Return the whole number that a quote says; None when it says none, or could be read as another too."""
    found = readings(quote)
    if len(found) != 1 or found[0].fraction or found[0].low != found[0].high or not found[0].low.is_integer():
        return None
    return int(found[0].low)


def read_memory(data: Any, where: str) -> Memory:
    """Return the memory out of a tool's file; an empty one when there is none.

    Raises:
        GoldError: it is not what was exported.
    """
    if data is None:
        return Memory()
    if not isinstance(data, dict):
        raise GoldError(f"{where}: `topline` is {data!r:.60}, not an object; leave it as it was exported, or out")
    where = f"{where}: `topline`"
    head = {key: take(data, key, str, where, None) for key in ("id", "sha256", "file")}
    return Memory(
        **head,
        document=take(data, "document", int, where, None),
        quoted=tuple(row[0] for row in _rows(data, "quoted", (str,), where)),
        order=tuple(row[0] for row in _rows(data, "order", (str,), where)),
        numbers=tuple(_rows(data, "numbers", (str, str, int), where)),
        places=tuple(_rows(data, "places", (str, int, int, str), where)),
    )


def _links(record: GoldRecord) -> Sequence[Relation]:
    """Return the relations of the results, in the order of results and of their fields."""
    return [
        Relation(result.value, link, field, result.n if field == "n_at" else None)
        for result in record.results
        for field in LINKS
        if field != "value" and (link := getattr(result, field)) is not None
    ]


def _memory(record: GoldRecord, relations: Sequence[Relation], places: bool) -> Memory:
    """Return what the spans and relations of a record leave unsaid."""
    mentions, text = record.by_id(), record.text or ""
    values = {result.value for result in record.results}
    in_text = [mention.id for mention in record.mentions if mention.id in values]
    order = [result.value for result in record.results]
    numbers = []
    for relation in relations:
        if relation.label in COUNTED and relation.n is not None:
            target = mentions[relation.target]
            if stated_number(text[target.start : target.end]) != relation.n:
                numbers.append((relation.source, relation.target, relation.n))
    return Memory(
        id=record.id,
        sha256=record.sha256,
        file=record.file,
        document=record.document,
        quoted=tuple(mention.id for mention in record.mentions if mention.quote is not None),
        order=() if order == in_text else tuple(order),
        numbers=tuple(numbers),
        places=tuple((m.id, m.start, m.end, m.label) for m in record.mentions) if places else (),
    )


def _rows(data: Mapping[str, Any], key: str, kinds: Sequence[type], where: str) -> list[Any]:
    """Return a list of rows of these types; a row of one is written without its list. DocBin gives tuples back."""
    rows = []
    for item in take(data, key, (list, tuple), where, ()):
        row = tuple(item) if isinstance(item, (list, tuple)) else (item,)
        if len(row) != len(kinds) or any(type(part) is not kind for part, kind in zip(row, kinds, strict=True)):
            raise GoldError(f"{where}: `{key}` holds {item!r:.60}; leave it as it was exported, or out")
        rows.append(row)
    return rows


def _listed(value: Any) -> Any:
    """Return nested tuples as lists, as JSON has them."""
    return [_listed(item) for item in value] if isinstance(value, tuple) else value

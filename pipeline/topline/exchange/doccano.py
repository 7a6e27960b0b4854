"""doccano's JSONL for sequence labelling with relations: `entities` and `relations` by number.

Offsets are code points as long as the project does not count grapheme clusters. doccano numbers entities anew, so
`topline` remembers the mentions by where they stand; free fields like it come back from doccano as they went in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from topline.errors import GoldError
from topline.exchange.fields import objects, take
from topline.exchange.labels import joined, overlapping, parted
from topline.exchange.standoff import Relation, Span, Standoff, read_memory
from topline.gold.records import read_lines
from topline.outputs import open_lines


def write(documents: Sequence[Standoff], path: Path) -> None:
    """Write one document a line."""
    with open_lines(path) as lines:
        for document in documents:
            lines.write(_line(document))


def read(path: Path, problems: list[str]) -> Iterator[Standoff | str]:
    """Yield the documents; faults go to `problems`."""
    for place, line in read_lines(path):
        try:
            yield _document(line, place, f"{path.stem}-{place.rpartition(':')[2]}")
        except GoldError as error:
            problems.append(str(error))


def losses(documents: Sequence[Standoff]) -> Iterator[str]:
    """Yield what doccano cannot hold of these documents."""
    count = sum(overlapping(document.spans) for document in documents)
    if count:
        yield f"mentions that overlap ({count} here do), unless the project allows overlapping spans"
    empty = [document.name for document in documents if not document.text]
    if empty:
        yield f"documents without text, which it refuses: {', '.join(empty)}"
    yield "relations, unless the project uses relation labelling; offsets, if it counts grapheme clusters"
    yield "a result's kind is part of its value's label (VALUE:percent); its n is read from the mention of `n_at`"
    yield "ids of mentions: it numbers them anew, and they are found again by where they stand"


def _line(document: Standoff) -> dict[str, Any]:
    """Return one document as doccano has it."""
    numbers = {span.key: number for number, span in enumerate(document.spans)}
    return {
        "text": document.text,
        "entities": [
            {"id": numbers[span.key], "start_offset": span.start, "end_offset": span.end, "label": joined(span)}
            for span in document.spans
        ],
        "relations": [
            {"id": k, "from_id": numbers[relation.source], "to_id": numbers[relation.target], "type": relation.label}
            for k, relation in enumerate(document.relations)
        ],
        "topline": document.memory.to_dict(),
    }


def _document(line: Mapping[str, Any], place: str, name: str) -> Standoff:
    """Return the document of one line."""
    text = take(line, "text", str, place)
    if "entities" not in line:
        raise GoldError(f"{place}: the line has no `entities`; turn on relation labelling in the project, export JSONL")
    held = next((part["topline"] for part in _with_meta(line) if "topline" in part), None)
    memory = read_memory(held, place)
    spans = []
    for where, item in objects(line, "entities", place):
        label, kind = parted(take(item, "label", str, where))
        start, end = (take(item, key, int, where) for key in ("start_offset", "end_offset"))
        spans.append(Span(str(take(item, "id", int, where)), start, end, label, kind=kind))
    relations = []
    for where, item in objects(line, "relations", place):
        source, target = (str(take(item, key, int, where)) for key in ("from_id", "to_id"))
        relations.append(Relation(source, target, take(item, "type", str, where)))
    return Standoff(place, memory.id or name, text, tuple(spans), tuple(relations), memory)


def _with_meta(line: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the line and the objects that versions of doccano keep free fields in."""
    yield line
    for key in ("meta", "metadata"):
        if isinstance(line.get(key), dict):
            yield line[key]

"""Prodigy's JSONL: tasks with tokens, spans and relations.

Offsets are code points and half-open, but `token_end` is the number of a span's last token, and a relation's `head`
and `child` are last tokens too; `head_span` and `child_span` say which of the spans that end there is meant. Relations
go from the value (`head`) to what belongs to it (`child`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from topline.errors import GoldError
from topline.exchange.fields import objects, take
from topline.exchange.labels import joined, overlapping, parted
from topline.exchange.standoff import ENDS, Relation, Span, Standoff, read_memory
from topline.exchange.tokens import cut, numbered, words
from topline.gold.records import read_lines
from topline.outputs import open_lines


def write(documents: Sequence[Standoff], path: Path) -> None:
    """Write one task a line."""
    with open_lines(path) as lines:
        for document in documents:
            lines.write(_task(document))


def read(path: Path, problems: list[str]) -> Iterator[Standoff | str]:
    """Yield the accepted tasks' documents; of the others a sentence why not. Faults go to `problems`."""
    for place, task in read_lines(path):
        answer = task.get("answer", "accept")
        if answer != "accept":
            yield f"{place}: left out, its answer is {answer!r:.40}"
            continue
        try:
            yield _document(task, place, f"{path.stem}-{place.rpartition(':')[2]}")
        except GoldError as error:
            problems.append(str(error))


def losses(documents: Sequence[Standoff]) -> Iterator[str]:
    """Yield what Prodigy cannot hold of these documents."""
    count = sum(overlapping(document.spans) for document in documents)
    if count:
        yield (
            f"its relations view shows no mentions that overlap ({count} here do): take `spans.manual` for mentions, "
            "and relations of one kind at a time; the file itself holds them all"
        )
    yield "a result's kind is part of its value's label (VALUE:percent); its n is read from the mention of `n_at`"
    yield "ids, file names and the order of results stand in the task's `topline`, which Prodigy keeps but never shows"


def _task(document: Standoff) -> dict[str, Any]:
    """Return one task."""
    text, tokens = document.text, cut(document.text, words(document.text), document.spans)
    ends = dict(zip((span.key for span in document.spans), numbered(tokens, document.spans), strict=True))
    spans = {span.key: _plain(span, ends[span.key]) for span in document.spans}
    relations = [
        {
            "head": ends[relation.source][1],
            "child": ends[relation.target][1],
            "head_span": spans[relation.source],
            "child_span": spans[relation.target],
            "label": relation.label,
        }
        for relation in document.relations
    ]
    return {
        "text": text,
        "tokens": [
            {"text": text[token.start : token.end], "start": token.start, "end": token.end, "id": k, "ws": token.space}
            for k, token in enumerate(tokens)
        ],
        "spans": list(spans.values()),
        "relations": relations,
        "meta": {"id": document.name},
        "topline": document.memory.to_dict(),
        "answer": "accept",
    }


def _plain(span: Span, tokens: tuple[int, int]) -> dict[str, Any]:
    """Return one span as Prodigy has it."""
    return {
        "id": span.key,
        "start": span.start,
        "end": span.end,
        "token_start": tokens[0],
        "token_end": tokens[1],
        "label": joined(span),
    }


def _document(task: Mapping[str, Any], place: str, name: str) -> Standoff:
    """Return the document of one task."""
    text, memory = take(task, "text", str, place), read_memory(task.get("topline"), place)
    tokens = objects(task, "tokens", place)
    spans = []
    for number, (where, item) in enumerate(objects(task, "spans", place)):
        start, end = _bounds(item, tokens, where)
        label, kind = parted(take(item, "label", str, where))
        spans.append(Span(str(number), start, end, label, take(item, "id", str, where, None), kind))
    relations = []
    for where, item in objects(task, "relations", place):
        label = take(item, "label", str, where)
        ends = zip(("head", "child"), ENDS.get(label, ("", "")), strict=True)
        source, target = (_end(item, side, wanted, (spans, tokens), where) for side, wanted in ends)
        relations.append(Relation(source, target, label))
    meta = take(task, "meta", dict, place, {})
    known = memory.id or meta.get("id")
    return Standoff(place, str(known) if known else name, text, tuple(spans), tuple(relations), memory)


def _bounds(item: Mapping[str, Any], tokens: Sequence[tuple[str, Any]], where: str) -> tuple[int, int]:
    """Return where a span stands, by its offsets or its tokens, which must agree when both are there."""
    by_tokens = None
    if item.get("token_start") is not None and item.get("token_end") is not None and tokens:
        first, last = (_token(tokens, take(item, key, int, where), where) for key in ("token_start", "token_end"))
        by_tokens = (take(first[1], "start", int, first[0]), take(last[1], "end", int, last[0]))
    if by_tokens and item.get("start") is None and item.get("end") is None:
        return by_tokens
    bounds = (take(item, "start", int, where), take(item, "end", int, where))
    if by_tokens and bounds != by_tokens:
        raise GoldError(
            f"{where}: its offsets are {list(bounds)}, those of its tokens {list(by_tokens)}; `token_end` is the "
            "span's last token, not the one behind it"
        )
    return bounds


def _end(
    item: Mapping[str, Any], side: str, wanted: str, held: tuple[Sequence[Span], Sequence[Any]], where: str
) -> str:
    """Return the key of the span at one end of a relation; the label decides between those that are possible."""
    spans, tokens = held
    span = take(item, f"{side}_span", dict, where, None)
    if span is not None:
        fits, said = _same_place(span, f"{where}: `{side}_span`")
    else:
        number = take(item, side, int, where)
        end = take(_token(tokens, number, where)[1], "end", int, where)
        fits, said = (lambda held: held.end == end), f"token {number}"
    found = [held for held in spans if fits(held)]
    fitting = [held for held in found if held.label == wanted] or found
    if not fitting:
        raise GoldError(f"{where}: no span of the task is its `{side}`, {said}")
    if len(fitting) > 1 and (span is None or len({(held.start, held.end, held.label) for held in fitting}) > 1):
        raise GoldError(f"{where}: {len(fitting)} spans could be its `{side}`, {said}; give `{side}_span`")
    return fitting[0].key


def _same_place(span: Mapping[str, Any], where: str) -> tuple[Callable[[Span], bool], str]:
    """Return what tells a `head_span` or `child_span` from other spans, and how it is called in messages."""
    start, end = (take(span, key, int, where) for key in ("start", "end"))
    name, label = take(span, "id", str, where, None), take(span, "label", str, where, None)

    def fits(held: Span) -> bool:
        same = (held.start, held.end) == (start, end) and label in (None, joined(held))
        return same and (name is None or held.id is None or held.id == name)

    return fits, f"[{start}, {end})"


def _token(tokens: Sequence[tuple[str, Any]], number: int, where: str) -> tuple[str, Mapping[str, Any]]:
    """Return one token with its place."""
    if not 0 <= number < len(tokens):
        raise GoldError(f"{where}: token {number} is not one of the task's {len(tokens)} tokens")
    return tokens[number]

"""What must hold of a gold record, beyond its shape; each fault is one sentence with file, line and id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from topline.gold.numbers import says
from topline.gold.records import LINKS, GoldMention, GoldRecord


def record_problems(record: GoldRecord) -> Iterator[str]:
    """Yield what does not hold of one record; what needs the text is skipped when the record has none."""
    where = f"{record.place} ({record.id})"
    text = record.text
    if text is not None and text_digest(text) != record.sha256:
        yield f"{where}: the text has another sha256 than the record; annotate the text that is there, or restore it"
    for problem in (*_mention_problems(record), *_size_problems(record), *_result_problems(record)):
        yield f"{where}: {problem}"


def set_problems(records: Sequence[GoldRecord]) -> Iterator[str]:
    """Yield what does not hold of records taken together: two of one id."""
    first: dict[str, str] = {}
    for record in records:
        if record.id in first:
            yield f"{record.place} ({record.id}): the id is also that of {first[record.id]}"
        first.setdefault(record.id, record.place)


def text_digest(text: str) -> str:
    """Return the SHA-256 of a reading text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _mention_problems(record: GoldRecord) -> Iterator[str]:
    """Yield mentions of one id, outside the text, or that quote something else."""
    seen: set[str] = set()
    for mention in record.mentions:
        span = f"mention {mention.id} [{mention.start}, {mention.end})"
        if mention.id in seen:
            yield f"mention {mention.id} is there twice"
        seen.add(mention.id)
        if not 0 <= mention.start < mention.end:
            yield f"{span} is empty or negative"
        elif record.text is None:
            continue
        elif mention.end > len(record.text):
            yield f"{span} is outside the text of {len(record.text)} characters"
        elif mention.quote is not None and record.text[mention.start : mention.end] != mention.quote:
            yield f"{span} is {record.text[mention.start : mention.end]!r:.80}, not {mention.quote!r:.80}"


def _size_problems(record: GoldRecord) -> Iterator[str]:
    """Yield sizes that point at nothing or whose number the cited mention does not say."""
    mentions = record.by_id()
    for number, size in enumerate(record.sizes, start=1):
        what = f"size {number}"
        yield from _link_problem(mentions, size.cohort, "COHORT", f"{what}: `cohort`")
        yield from _link_problem(mentions, size.count, "COUNT", f"{what}: `count`")
        yield from _number_problem(record, mentions.get(size.count), size.n, what)


def _result_problems(record: GoldRecord) -> Iterator[str]:
    """Yield results that point at nothing, share a value, or state an n that the cited mention does not say."""
    mentions = record.by_id()
    values: set[str] = set()
    spans: set[tuple[int, int]] = set()
    for result in record.results:
        what = f"the result of {result.value}"
        for key, label in LINKS.items():
            yield from _link_problem(mentions, getattr(result, key), label, f"{what}: `{key}`")
        value = mentions.get(result.value)
        if result.value in values or (value and (value.start, value.end) in spans):
            yield f"{what}: the value stands in two results"
        values.add(result.value)
        if value:
            spans.add((value.start, value.end))
        if result.n_at is not None and result.n is None:
            yield f"{what}: `n_at` cites {result.n_at} but n is null"
        if result.n is not None and result.n_at is None:
            yield f"{what}: n is {result.n} but `n_at` cites no mention"
        if result.n is not None:
            yield from _number_problem(record, mentions.get(result.n_at or ""), result.n, what)


def _link_problem(mentions: dict[str, GoldMention], link: str | None, label: str, what: str) -> Iterator[str]:
    """Yield the fault of one pointer: no such mention, or one with another label."""
    if link is None:
        return
    if link not in mentions:
        yield f"{what} points at {link}, which is no mention of the record"
    elif mentions[link].label != label:
        yield f"{what} points at {link}, which is a {mentions[link].label}, not a {label}"


def _number_problem(record: GoldRecord, mention: GoldMention | None, n: int, what: str) -> Iterator[str]:
    """Yield the fault of an n that the cited mention does not say."""
    if record.text is None or mention is None:
        return
    quote = record.text[mention.start : mention.end]
    if not says(quote, n, n):
        yield f"{what}: n is {n}, but {mention.id} says {quote!r:.60}"

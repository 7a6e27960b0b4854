"""Turn an annotator's quotes into a gold record.

A note is a JSON object: `drugs`, `doses`, `schedules` (strings, marked wherever they stand), `counts`, `sizes` and
`results`, whose places are pairs `["quote", "anchor"]`: the anchor stands once in the text, the quote once in the
anchor. A bare string is its own anchor. White space in both stands for any run of white space in the text.
What does not resolve to one place is a problem with its place in the note; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from topline.errors import InputError
from topline.gold.checks import record_problems, text_digest
from topline.gold.records import KINDS, LINKS, GoldMention, GoldRecord, GoldResult, GoldSize

_LISTS = {"drugs": "DRUG", "doses": "DOSE", "schedules": "SCHEDULE"}
_NOTE_FIELDS = frozenset({"id", "counts", "sizes", "results", "note", "file", "document", *_LISTS})
_RESULT_FIELDS = frozenset({"kind", "n", "note", *LINKS})
_PERCENT = re.compile(r"(?<![\w.])[-+\N{MINUS SIGN}\N{EN DASH}]?\d++(?:[.,]\d++)?+\s?(?:%|per\s?cent\b)", re.IGNORECASE)

Ends = tuple[int, int]


@dataclass(slots=True)
class _Page:
    """A text while its note is compiled: the mentions so far, by place and label, and what did not resolve."""

    text: str
    ids: dict[tuple[int, int, str], str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def mark(self, place: Ends | None, label: str) -> str | None:
        """Return the id of the mention at a place, a new one when it is not yet marked."""
        if place is None:
            return None
        return self.ids.setdefault((*place, label), f"m{len(self.ids) + 1}")

    def locate(self, quoted: Any, what: str) -> Ends | None:
        """Return where a quote stands; None, and a problem, when that is not one place."""
        if quoted is None:
            return None
        quote, anchor = (quoted, quoted) if isinstance(quoted, str) else _pair(quoted)
        if not quote.split() or not anchor.split():
            self.problems.append(f'{what}: not a quote or a pair ["quote", "anchor"]: {json.dumps(quoted)[:80]}')
            return None
        around = list(_places(anchor, self.text))
        if len(around) != 1:
            self.problems.append(f"{what}: the anchor stands {len(around)} times in the text: {anchor!r}")
            return None
        start, end = around[0]
        inside = list(_places(quote, self.text[start:end]))
        if len(inside) != 1:
            self.problems.append(f"{what}: the quote stands {len(inside)} times in its anchor: {quote!r} in {anchor!r}")
            return None
        return start + inside[0][0], start + inside[0][1]


def compile_folder(notes: Path, texts: Path) -> tuple[list[GoldRecord], list[str]]:
    """Return the records of a folder of notes (`ID.json`) over a folder of texts (`ID.txt`), and all problems."""
    files = sorted(notes.glob("*.json"))
    if not files:
        raise InputError(f"{notes}: no notes here; expected ID.json files")
    records: list[GoldRecord] = []
    problems: list[str] = []
    for file in files:
        found = list(_read_pair(file, texts, problems))
        for note, text in found:
            record, faults = compile_note(note, text, name=file.stem, place=file.name)
            records.append(record)
            problems += faults
    return records, problems


def compile_note(note: Mapping[str, Any], text: str, *, name: str, place: str = "") -> tuple[GoldRecord, list[str]]:
    """Return the record of one note, and what did not resolve or does not hold; the id is `name`."""
    page = _Page(text)
    page.problems += [f"unknown field {key!r}" for key in sorted(set(note) - _NOTE_FIELDS)]
    _mark_lists(page, note)
    for number, quoted in enumerate(note.get("counts") or ()):
        page.mark(page.locate(quoted, f"counts[{number}]"), "COUNT")
    sizes = tuple(_sizes(page, _entries(page, note, "sizes", dict)))
    results = tuple(_results(page, _entries(page, note, "results", dict)))
    mentions = sorted((place, key) for place, key in page.ids.items())
    record = GoldRecord(
        id=name,
        sha256=text_digest(text),
        mentions=tuple(GoldMention(key, start, end, label) for (start, end, label), key in mentions),
        sizes=sizes,
        results=results,
        text=text,
        file=note.get("file"),
        document=note.get("document"),
        place=place,
    )
    return record, [f"{place} ({name}): {problem}" for problem in page.problems] + list(record_problems(record))


def _read_pair(file: Path, texts: Path, problems: list[str]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield a note and its text; none when one of them cannot be read, with a problem."""
    path = texts / f"{file.stem}.txt"
    try:
        note = json.loads(file.read_bytes())
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        problems.append(f"{file.name}: its text {path} is missing")
        return
    except ValueError as error:
        problems.append(f"{file.name}: cannot be read: {error}")
        return
    if not isinstance(note, dict):
        problems.append(f"{file.name}: the note is not a JSON object")
        return
    yield note, text


_SHAPES: Mapping[type, str] = {str: "a string", dict: "an object"}


def _entries(page: _Page, note: Mapping[str, Any], key: str, kind: type) -> list[tuple[int, Any]]:
    """Return the numbered entries of a list in a note; what is of another kind is a problem."""
    held = note.get(key) or []
    if not isinstance(held, list):
        page.problems.append(f"{key}: expected a list")
        return []
    page.problems += [
        f"{key}[{number}]: expected {_SHAPES[kind]}, found {type(entry).__name__}"
        for number, entry in enumerate(held)
        if not isinstance(entry, kind)
    ]
    return [(number, entry) for number, entry in enumerate(held) if isinstance(entry, kind)]


def _mark_lists(page: _Page, note: Mapping[str, Any]) -> None:
    """Mark drugs, doses and schedules wherever they stand, longer strings first, and every percentage."""
    for key, label in _LISTS.items():
        for quote in sorted(
            {quote for _, quote in _entries(page, note, key, str)}, key=lambda quote: (-len(quote), quote)
        ):
            places = [m.span() for m in re.finditer(rf"(?<!\w){_flexible(quote)}(?!\w)", page.text)]
            if not places:
                page.problems.append(f"{key}: {quote!r} is not in the text")
            taken = [(start, end) for start, end, other in page.ids if other == label]
            for start, end in places:
                # "T-DM1" within the drug "T-DM1 emtansine" is not a mention of its own.
                if not any(low <= start and end <= high for low, high in taken):
                    page.mark((start, end), label)
    for place in percentages(page.text):
        page.mark(place, "PERCENT")


def percentages(text: str) -> Iterator[Ends]:
    """Yield where the percentages of a text stand: the gold marks all of them."""
    yield from (found.span() for found in _PERCENT.finditer(text))


def _sizes(page: _Page, items: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[GoldSize]:
    """Yield the sizes of groups that resolve."""
    for number, item in items:
        what = f"sizes[{number}]"
        cohort = page.mark(page.locate(item.get("cohort"), f"{what}.cohort"), "COHORT")
        count = page.mark(page.locate(item.get("n_at"), f"{what}.n_at"), "COUNT")
        if cohort is None or count is None or not _is_integer(item.get("n")):
            page.problems.append(f"{what}: needs a cohort, n_at and an integer n")
        else:
            yield GoldSize(cohort, count, item["n"])


def _results(page: _Page, items: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[GoldResult]:
    """Yield the results that have a value; what is wrong with them is a problem."""
    for number, item in items:
        what = f"results[{number}]"
        page.problems += [f"{what}: unknown field {key!r}" for key in sorted(set(item) - _RESULT_FIELDS)]
        if item.get("kind") not in KINDS:
            page.problems.append(f"{what}: kind {item.get('kind')!r} is not one of {', '.join(sorted(KINDS))}")
        if item.get("n") is not None and not _is_integer(item["n"]):
            page.problems.append(f"{what}: n is {item['n']!r}, not an integer")
        links = {key: page.mark(page.locate(item.get(key), f"{what}.{key}"), label) for key, label in LINKS.items()}
        value = links.pop("value")
        if value is None:
            page.problems.append(f"{what}: no value")
        else:
            yield GoldResult(kind=str(item.get("kind")), n=item.get("n"), value=value, **links)


def _is_integer(value: Any) -> bool:
    """Return whether a JSON value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _pair(quoted: Any) -> tuple[str, str]:
    """Return quote and anchor of a pair; two empty strings when it is none."""
    if isinstance(quoted, list) and len(quoted) == 2 and all(isinstance(part, str) for part in quoted):
        return quoted[0], quoted[1]
    return "", ""


def _flexible(quote: str) -> str:
    """Return a pattern for a quote in which white space matches any run of white space."""
    return r"\s++".join(re.escape(word) for word in quote.split())


def _places(quote: str, text: str) -> Iterator[Ends]:
    """Yield every place where a quote stands, overlapping ones too."""
    for found in re.finditer(f"(?=({_flexible(quote)}))", text):
        yield found.span(1)

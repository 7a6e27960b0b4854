"""Predicted rows as gold records: what a person corrects in an annotation tool is quicker than what one starts.

A draft holds only what gold may hold: a row without a number, a second row of one value, and an `n` that no place in
the text says are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topline.errors import InputError
from topline.gold import GoldMention, GoldRecord, GoldResult, says, text_digest
from topline.gold.records import LABELS, LINKS, ROW_FIELDS

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from topline.schema import Result

Place = tuple[int, int, str]


def draft(nlp: Language, path: str | Path, output: Path, *, bare: bool = False) -> Iterator[GoldRecord]:
    """Yield a record for each document of a filing; `bare` gives the text with nothing marked.

    The file is named relative to the gold file `output`, when it stands beside or below it.

    Raises:
        InputError: the filing cannot be read.
    """
    from topline import extraction

    extracted = extraction.extract(nlp, path)
    if extracted.status.status == "error":
        raise InputError(str(extracted.status.message))
    beside, file = output.resolve().parent, Path(path).resolve()
    name = file.relative_to(beside).as_posix() if file.is_relative_to(beside) else None
    for doc in extracted.docs:
        places = [] if bare else _marked(doc)
        results = [] if bare else list(_results(doc))
        places += [place for result in results for place in result.values() if isinstance(place, tuple)]
        ids = {place: f"m{number}" for number, place in enumerate(sorted(set(places)), start=1)}
        yield GoldRecord(
            id=extraction.document_id(doc),
            sha256=text_digest(doc.text),
            mentions=tuple(GoldMention(key, *place) for place, key in ids.items()),
            sizes=(),
            results=tuple(GoldResult(**_named(result, ids)) for result in results),
            text=doc.text,
            file=name,
            document=doc._.document.source.document,
            place=str(path),
        )


def _marked(doc: Doc) -> list[Place]:
    """Return the mentions that were found, of the labels that gold has."""
    from topline.extraction import mention_record

    found = mention_record(doc)["mentions"]
    return [(held["start"], held["end"], held["label"]) for held in found if held["label"] in LABELS]


def _results(doc: Doc) -> Iterator[dict[str, Any]]:
    """Yield the fields of each row that gold may hold, with places for mentions."""
    seen: set[tuple[int, int]] = set()
    for row in doc._.results:
        value = row.value
        if (value.start, value.end) in seen or (value.number, value.low, value.high) == (None, None, None):
            continue
        seen.add((value.start, value.end))
        quotes = ((field, getattr(row, name)) for field, name in ROW_FIELDS.items())
        places = {field: (held.start, held.end, LINKS[field]) for field, held in quotes if held is not None}
        yield {"kind": value.kind, "n": None, **places, **_size(row, doc.text)}


def _size(row: Result, text: str) -> dict[str, Any]:
    """Return the n of a row's cohort with its place, when that place says it."""
    cohort = row.cohort
    if cohort is None or cohort.n is None or cohort.n_start is None or cohort.n_end is None:
        return {}
    if not says(text[cohort.n_start : cohort.n_end], cohort.n, cohort.n):
        return {}
    return {"n": cohort.n, "n_at": (cohort.n_start, cohort.n_end, "COUNT")}


def _named(result: Mapping[str, Any], ids: Mapping[Place, str]) -> dict[str, Any]:
    """Return a result's fields with mention ids in the place of places."""
    return {field: ids[held] if isinstance(held, tuple) else held for field, held in result.items()}

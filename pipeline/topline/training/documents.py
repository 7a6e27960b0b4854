"""Gold records and the documents that they annotate, read as `extract` reads them."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from topline import filings
from topline.errors import GoldError
from topline.extraction import read_document
from topline.gold import GoldRecord, load_gold, resolve_record
from topline.gold.compiler import compile_note
from topline.schema import Document, Source, document_id

SHINGLE = 8  # words
SHARED = 0.05  # of the smaller document's shingles: beyond this two documents tell the same story
BOILERPLATE = 3  # documents; shingles of more are a publisher's own phrases, not a story


@dataclass(frozen=True, slots=True)
class Annotated:
    """A gold record and its document, read."""

    record: GoldRecord
    doc: Doc


def read_gold(nlp: Language, paths: Sequence[Path], texts: Sequence[Path]) -> Iterator[Annotated]:
    """Yield the records of gold files or folders with their documents.

    A record without its text takes it from the first folder of `texts` that holds it; one that names its `file` is
    read from there, beside its gold file, so that its layout counts.
    """
    for path in paths:
        for record in load_gold(path):
            yield Annotated(*_read(nlp, resolve(record, texts), path if path.is_dir() else path.parent))


def resolve(record: GoldRecord, texts: Sequence[Path]) -> GoldRecord:
    """Return the record with its text, from the first folder that holds it."""
    if record.text is not None:
        return record
    holds = [folder for folder in texts if (folder / f"{record.id}.txt").is_file()]
    folder = holds[0] if holds else texts[0] if texts else Path("texts")
    return resolve_record(record, folder)


def _read(nlp: Language, record: GoldRecord, folder: Path) -> tuple[GoldRecord, Doc]:
    document = _document(record, folder)
    if document.text != record.text:
        raise GoldError(
            f"{record.place} ({record.id}): {record.file} reads otherwise than its gold says; "
            "annotate it again with `topline gold compile`"
        )
    return record, read_document(nlp, document)


def _document(record: GoldRecord, folder: Path) -> Document:
    source = Source(f"{record.id}.txt", record.sha256)
    if not record.file:
        return filings.text_document(record.text or "", source)
    for document in filings.read(folder / record.file):
        if record.document in (None, document.source.document):
            return replace(document, source=source)
    raise GoldError(f"{record.place} ({record.id}): {record.file} has no document {record.document}")


def compile_filings(notes: Path, folder: Path, output: Path) -> tuple[list[GoldRecord], list[str]]:
    """Return the records of quote notes over filings of any format, and all problems.

    The note of a file's only document is `STEM.json`, that of document N of a submission `STEM.N.json`. Records name
    their file relative to the gold file `output`.
    """
    records: list[GoldRecord] = []
    problems: list[str] = []
    for path in filings.find_inputs([str(folder)]):
        for document in filings.read(path):
            number = document.source.document
            stem = document_id(document.source.file, None)
            names = [name for name in (stem, f"{stem}.{number}") if (notes / f"{name}.json").is_file()]
            if not names:
                problems.append(f"{path}: document {number or 1} has no note in {notes}")
                continue
            note = json.loads((notes / f"{names[0]}.json").read_text("utf-8"))
            record, found = compile_note(note, document.text, name=names[0], place=f"{names[0]}.json")
            problems += [f"{notes / names[0]}.json: {problem}" for problem in found]
            file = Path(os.path.relpath(Path(path).resolve(), output.resolve().parent)).as_posix()
            records.append(replace(record, file=file, document=number))
    return sorted(records, key=lambda record: record.id), problems


def families(texts: Sequence[str]) -> NDArray[np.int64]:
    """Number the documents such that those which share text have one number.

    Press releases come out again in other words around the same sentences; a fold must not train on one and measure
    on the other.
    """
    shingles = [_shingles(text) for text in texts]
    spread = Counter(shingle for held in shingles for shingle in held)
    shingles = [frozenset(s for s in held if spread[s] <= BOILERPLATE) for held in shingles]
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, one in enumerate(shingles):
        for k in range(i):
            if len(one & shingles[k]) > SHARED * max(1, min(len(one), len(shingles[k]))):
                parent[root(i)] = root(k)
    _, numbers = np.unique([root(i) for i in range(len(texts))], return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def _shingles(text: str) -> frozenset[int]:
    words = text.lower().split()
    return frozenset(hash(tuple(words[i : i + SHINGLE])) for i in range(len(words) - SHINGLE + 1))


def records_of(annotated: Iterable[Annotated]) -> list[GoldRecord]:
    """Return the records alone."""
    return [each.record for each in annotated]

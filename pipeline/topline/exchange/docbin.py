"""spaCy's DocBin: mentions as the span group `mentions`, results, sizes and links as user data.

Tokens are those of topline's tokenizer, cut besides where a mention begins or ends, so that every mention is a span.
`doc.user_data["topline"]` holds what spans cannot: `relations` (from, to, label; the ids of spans), `kinds` of values,
`numbers`. DocBin gives its lists back as tuples.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan

from topline.errors import GoldError, InputError
from topline.exchange.fields import take
from topline.exchange.standoff import Relation, Span, Standoff, read_memory
from topline.exchange.tokens import cut, numbered
from topline.outputs import open_whole

KEY = "topline"
GROUP = "mentions"
_MOST = 2**31  # bytes, unpacked: beyond this a file is damaged, or made to fill the memory


def write(documents: Sequence[Standoff], path: Path) -> None:
    """Write all documents as one .spacy file.

    Raises:
        GoldError: a text is not for UTF-8 to hold.
    """
    packed = DocBin(store_user_data=True, docs=[_doc(document) for document in documents])
    with open_whole(path) as file:
        file.write(packed.to_bytes())


def read(path: Path, problems: list[str]) -> Iterator[Standoff | str]:
    """Yield the documents; faults go to `problems`."""
    for number, doc in enumerate(_docs(path), start=1):
        place = f"{path.name}: document {number}"
        try:
            yield _document(doc, place, f"{path.stem}-{number}")
        except GoldError as error:
            problems.append(str(error))


def losses(documents: Sequence[Standoff]) -> Iterator[str]:
    """Yield what DocBin cannot hold of these documents."""
    yield (
        "relations, kinds, n and ids of documents, in fields of its own: they stand in doc.user_data['topline'], "
        "which is lost when Docs are stored again without store_user_data=True"
    )
    yield "spaCy's own tokens where a mention begins or ends within one: tokens are cut there"


@lru_cache(maxsize=1)
def _blank() -> Language:
    """Return an empty pipeline with topline's tokenizer."""
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "topline.tokenizer.v1"}}})


def _doc(document: Standoff) -> Doc:
    """Return a document as a Doc."""
    nlp, text = _blank(), document.text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise GoldError(f"{document.name}: the text has a lone surrogate at {error.start}, no UTF-8") from error
    places = [(token.idx, token.idx + len(token)) for token in nlp.make_doc(text)]
    tokens = cut(text, places, document.spans)
    words = [text[token.start : token.end] for token in tokens]
    doc = Doc(nlp.vocab, words=words, spaces=[token.space for token in tokens])
    bounds = numbered(tokens, document.spans)
    doc.spans[GROUP] = [
        DocSpan(doc, first, last + 1, label=span.label, span_id=span.key)
        for span, (first, last) in zip(document.spans, bounds, strict=True)
    ]
    doc.user_data[KEY] = {
        "relations": [[relation.source, relation.target, relation.label] for relation in document.relations],
        "kinds": {span.key: span.kind for span in document.spans if span.kind is not None},
        "memory": document.memory.to_dict(),
    }
    return doc


def _docs(path: Path) -> list[Doc]:
    """Return the Docs of a file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); a .spacy file is expected") from error
    try:
        unpack = zlib.decompressobj()
        unpack.decompress(data, _MOST)
        if unpack.unconsumed_tail or not unpack.eof:
            raise GoldError(f"{path.name}: is cut, or larger than {_MOST} bytes unpacked; write it again")
        docs = list(DocBin(store_user_data=True).from_bytes(data).get_docs(_blank().vocab))
    except GoldError:
        raise
    # Whatever zlib, msgpack, numpy and spaCy say of bytes that are no DocBin.
    except Exception as error:
        raise GoldError(f"{path.name}: is no DocBin of spaCy ({type(error).__name__}: {error!s:.80})") from error
    if not docs:
        raise InputError(f"{path}: holds no documents")
    return docs


def _document(doc: Doc, place: str, name: str) -> Standoff:
    """Return the document of one Doc."""
    data = doc.user_data.get(KEY, {})
    if not isinstance(data, Mapping):
        raise GoldError(f"{place}: user_data['{KEY}'] is {data!r:.60}, not a dict")
    memory, kinds = read_memory(data.get("memory"), place), take(data, "kinds", dict, place, {})
    if GROUP not in doc.spans:
        raise GoldError(f"{place} ({memory.id or name}): has no span group `{GROUP}`; it has {sorted(doc.spans)!r:.60}")
    spans = [
        Span(span.id_ or f"#{k}", span.start_char, span.end_char, span.label_, span.id_ or None, kind)
        for k, span in enumerate(doc.spans[GROUP])
        for kind in (take(kinds, span.id_, str, f"{place}: kinds", None),)
    ]
    relations = []
    for row in take(data, "relations", (list, tuple), place, ()):
        if not isinstance(row, (list, tuple)) or len(row) != 3 or not all(isinstance(part, str) for part in row):
            raise GoldError(f"{place}: the relation {row!r:.60} is not (from, to, label)")
        relations.append(Relation(*row))
    return Standoff(place, memory.id or name, doc.text, tuple(spans), tuple(relations), memory)

"""brat's standoff: for each document ID.txt, the reading text, and ID.ann, one annotation a line.

A value's kind is its attribute `Kind`, an n a note (`n=48`) on the relation to the mention that says it. A span over
a line break is written in fragments, which brat asks for, and put together again; a span with words between its
fragments is refused. What brat has no place for stands in `topline.json` beside the documents, which brat ignores.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from topline.errors import GoldError, InputError
from topline.exchange.brat_lines import parse
from topline.exchange.standoff import ENDS, Memory, Span, Standoff, read_memory
from topline.gold.files import write_whole
from topline.gold.records import KINDS, LABELS, read_text

MEMORY = "topline.json"
# brat looks for a free number up to here.
_MOST = 2**15
_GOLD_ID = re.compile(r"m([1-9][0-9]{0,4})")


def write(documents: Sequence[Standoff], path: Path) -> None:
    """Write a folder of documents with brat's configuration, whole or not at all.

    Raises:
        InputError: the folder holds something already, or cannot be written.
        GoldError: a mention or text is not for brat to hold.
    """
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise InputError(f"{path}: holds something already; name a new folder for brat")
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        try:
            _write_all(documents, work)
            work.chmod(0o755)
            os.replace(work, path)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); check the folder") from error


def read(path: Path, problems: list[str]) -> Iterator[Standoff | str]:
    """Yield the documents of a folder; faults go to `problems`."""
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; brat's documents are a folder of ID.txt and ID.ann")
    files = sorted({file.with_suffix(".ann") for file in path.iterdir() if file.suffix in (".ann", ".txt")})
    if not files:
        raise InputError(f"{path}: the folder has no ID.ann and ID.txt in it")
    remembered = _read_memories(path / MEMORY)
    for file in files:
        try:
            yield _document(file, remembered)
        except (GoldError, InputError) as error:
            problems.append(str(error))


def losses(documents: Sequence[Standoff]) -> Iterator[str]:
    """Yield what brat cannot hold of these documents."""
    trimmed = [span for document in documents for span in document.spans if _trimmed(document.text, span) != span]
    if trimmed:
        yield f"line breaks at the edge of a mention: {len(trimmed)} here lose them"
    yield f"file names, the order of results and ids other than m1, m2 ...: they stand in {MEMORY}, keep that file"


def _write_all(documents: Sequence[Standoff], folder: Path) -> None:
    """Write all files into a folder."""
    memories = {}
    for document in documents:
        try:
            document.text.encode()
        except UnicodeEncodeError as error:
            raise GoldError(f"{document.name}: the text has a lone surrogate at {error.start}, no UTF-8") from error
        lines, memory = _lines(document)
        name = _file_name(document.name)
        write_whole(folder / f"{name}.txt", document.text)
        write_whole(folder / f"{name}.ann", "".join(f"{line}\n" for line in lines))
        memories[document.name] = memory.to_dict()
    write_whole(folder / MEMORY, json.dumps(memories, indent=1) + "\n")
    write_whole(folder / "annotation.conf", _configuration())


def _lines(document: Standoff) -> tuple[list[str], Memory]:
    """Return the lines of a document, and its memory, which names the mentions when their ids are not brat's."""
    text, spans = document.text, [_trimmed(document.text, span) for span in document.spans]
    usual = all(_GOLD_ID.fullmatch(span.key) and int(span.key[1:]) < _MOST for span in spans)
    names = {span.key: f"T{span.key[1:] if usual else number}" for number, span in enumerate(spans, start=1)}
    places = () if usual else tuple((span.key, span.start, span.end, span.label) for span in spans)
    lines = [f"{names[span.key]}\t{span.label} {_fragments(text, span)}" for span in spans]
    held = [span for span in spans if span.kind is not None]
    lines += [f"A{number}\tKind {names[span.key]} {span.kind}" for number, span in enumerate(held, start=1)]
    notes = 0
    for number, relation in enumerate(document.relations, start=1):
        lines.append(f"R{number}\t{relation.label} Arg1:{names[relation.source]} Arg2:{names[relation.target]}\t")
        if relation.n is not None:
            notes += 1
            lines.append(f"#{notes}\tAnnotatorNotes R{number}\tn={relation.n}")
    return lines, replace(document.memory, places=places)


def _trimmed(text: str, span: Span) -> Span:
    """Return a span without line breaks at its edges, which no fragment can hold.

    Raises:
        GoldError: nothing else is in it.
    """
    quoted = text[span.start : span.end]
    start = span.end - len(quoted.lstrip("\n"))
    end = span.start + len(quoted.rstrip("\n"))
    if start >= end:
        raise GoldError(
            f"mention {span.key} [{span.start}, {span.end}) is nothing but line breaks; brat cannot hold it"
        )
    return replace(span, start=start, end=end)


def _fragments(text: str, span: Span) -> str:
    """Return a span's places and words, in fragments between line breaks."""
    places = [found.span() for found in re.compile(r"[^\n]++").finditer(text, span.start, span.end)]
    said = " ".join(re.sub(r"[\s\x1c-\x1f]", " ", text[start:end]) for start, end in places)
    return f"{';'.join(f'{start} {end}' for start, end in places)}\t{said}"


def _configuration() -> str:
    """Return brat's annotation.conf."""
    relations = "".join(f"{label}\tArg1:{first}, Arg2:{last}\n" for label, (first, last) in ENDS.items())
    return (
        f"[entities]\n{''.join(f'{label}{chr(10)}' for label in sorted(LABELS))}\n"
        # Mentions may overlap in every way.
        f"[relations]\n<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n{relations}\n"
        f"[events]\n\n[attributes]\nKind\tArg:VALUE, Value:{'|'.join(sorted(KINDS))}\n"
    )


def _read_memories(path: Path) -> Mapping[str, Any]:
    """Return what was remembered of each document; nothing when the file is absent."""
    if not path.is_file():
        return {}
    try:
        data = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise GoldError(f"{path.name}: not JSON ({error}); leave it as it was exported, or remove it") from error
    if not isinstance(data, dict):
        raise GoldError(f"{path.name}: not an object; leave it as it was exported, or remove it")
    return data


def _document(file: Path, remembered: Mapping[str, Any]) -> Standoff:
    """Return one document."""
    for part in (file, file.with_suffix(".txt")):
        if not part.is_file():
            raise InputError(f"{part}: is missing; brat needs ID.txt and ID.ann, which may be empty")
    name, text = unquote(file.stem), read_text(file.with_suffix(".txt"))
    memory = read_memory(remembered.get(name), f"{MEMORY}: {name}")
    spans, relations = parse(read_text(file), text, file.name)
    if not memory.places:
        spans = [replace(span, id=f"m{span.key[1:]}") for span in spans]
    return Standoff(file.name, name, text, tuple(spans), tuple(relations), memory)


def _file_name(name: str) -> str:
    """Return a document's id as a file's name: what leads out of the folder or is hidden is written as %2F, %2E."""
    safe = quote(name, safe=" ")
    return f"%2E{safe[1:]}" if safe.startswith(".") else safe

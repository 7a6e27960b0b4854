"""Files to documents: reading text with blocks and the way back to the file. The only code that knows formats."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from topline.errors import FilingError
from topline.filings.charset import decode
from topline.filings.html import html_document
from topline.filings.inputs import find_inputs, open_input
from topline.filings.intake import in_whole_file, take_in
from topline.filings.places import verify
from topline.filings.plain import read_blocks, text_document
from topline.filings.refusals import MAX_LINES, is_too_large, refuse_block_page, refuse_bytes
from topline.filings.sgml import is_markup, is_submission, submission_documents
from topline.schema import Document, Source, bare_name

__all__ = ["decode", "find_inputs", "read", "read_blocks", "read_bytes", "text_document", "verify"]


def read(path: Path | str) -> list[Document]:
    """Return the documents of a file, of a member of a zip archive (`a.zip/b.htm`), or of standard input for `-`.

    Raises:
        FilingError: the file cannot be read, or is no filing; `reason` says which.
    """
    if str(path) == "-":
        return _documents(sys.stdin.buffer, "-")
    try:
        file, name = open_input(path)
        with file:
            return _documents(file, name)
    except OSError as error:
        raise FilingError(f"{path}: cannot be read: {error.strerror}.", "unreadable") from error


def read_bytes(data: bytes, name: str) -> list[Document]:
    """Return the documents of a file's bytes; `name` tells Markdown from the rest and stands in errors.

    Raises:
        FilingError: the bytes are no filing; `reason` is `empty`, `pdf`, `binary`, `block_page`, `header_only`,
            `cut`, `no_prose`, `uuencoded`, `too_large`, or of what is packed `damaged` or `ratio`.
    """
    return _documents(io.BytesIO(data), name)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the search for unreachable cycles, which goes through all objects of a page again and again.

    Reading a page of 1 MB takes 36 to 46 % less time without it, and time grows with size as it should: slopes of
    1.00 to 1.04 in place of 1.11 to 1.22 for the nested and long pages of `benchmarks/bounds.py`.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_collection()
def _documents(file: BinaryIO, name: str) -> list[Document]:
    intake = take_in(file, name)
    refuse_bytes(intake.data, name)
    text = decode(intake.data)
    refuse_block_page(text, name)
    source = Source(name, intake.sha256)
    if is_submission(text):
        return in_whole_file(submission_documents(text, source), intake, text)
    if is_too_large(text, 0, len(text)):
        raise FilingError(f"{name}: has more than {MAX_LINES:,} lines; cut it into its documents.", "too_large")
    documents = [html_document(text, source) if _is_page(text, name) else text_document(text, source)]
    if not documents[0].text.strip():
        raise FilingError(f"{name}: the page shows no text.", "empty")
    return documents


def _is_page(text: str, name: str) -> bool:
    return not bare_name(name).lower().endswith(".md") and is_markup(text)

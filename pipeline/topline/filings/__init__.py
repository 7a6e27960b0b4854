"""Files to documents: reading text with blocks and the way back to the file. The only code that knows formats."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from topline.errors import FilingError
from topline.filings.charset import decode
from topline.filings.html import html_document
from topline.filings.inputs import find_inputs
from topline.filings.places import verify
from topline.filings.plain import read_blocks, text_document
from topline.filings.refusals import refuse_block_page, refuse_bytes
from topline.filings.sgml import is_markup, is_submission, submission_documents
from topline.schema import Document, Source

__all__ = ["decode", "find_inputs", "read", "read_blocks", "read_bytes", "text_document", "verify"]


def read(path: Path | str) -> list[Document]:
    """Return the documents of a file, or of standard input for `-`.

    Raises:
        FilingError: the file cannot be read, or is no filing; `reason` says which.
    """
    if str(path) == "-":
        return read_bytes(sys.stdin.buffer.read(), "-")
    name = Path(path).name
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise FilingError(f"{path}: cannot be read: {error.strerror}.", "unreadable") from error
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str) -> list[Document]:
    """Return the documents of a file's bytes; `name` tells Markdown from the rest and stands in errors.

    Raises:
        FilingError: the bytes are no filing; `reason` is `empty`, `pdf`, `binary`, `block_page`, `header_only`,
            `cut`, `no_prose` or `uuencoded`.
    """
    refuse_bytes(data, name)
    text = decode(data)
    refuse_block_page(text, name)
    source = Source(name, hashlib.sha256(data).hexdigest())
    if is_submission(text):
        return submission_documents(text, source)
    documents = [html_document(text, source) if _is_page(text, name) else text_document(text, source)]
    if not documents[0].text.strip():
        raise FilingError(f"{name}: the page shows no text.", "empty")
    return documents


def _is_page(text: str, name: str) -> bool:
    return not name.lower().endswith(".md") and is_markup(text)

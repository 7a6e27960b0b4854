"""Full submissions: the parts between `<DOCUMENT>` marks, which of them hold prose, and their text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from topline.errors import FilingError
from topline.filings.headers import header_source
from topline.filings.html import html_document
from topline.filings.plain import read_blocks
from topline.filings.refusals import is_too_large
from topline.schema import Document, Exclusion, Segment, Source

_OPENING = "<DOCUMENT>"
_CLOSING = "</DOCUMENT>"
_WRAPPERS = re.compile(r"<(?:SEC|IMS)-(?:DOCUMENT|HEADER)>|<SUBMISSION>|-----BEGIN PRIVACY-ENHANCED MESSAGE-----")
_TYPE = re.compile(r"<TYPE>([^\n<]{0,60}+)", re.IGNORECASE)
_TEXT = re.compile(r"<TEXT>[ \t]*+\r?\n?", re.IGNORECASE)
_TEXT_END = re.compile(r"</TEXT>", re.IGNORECASE)
_INNER = re.compile(r"\s*+<(PDF|XBRL|XML)>", re.IGNORECASE)
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S", re.MULTILINE)
_MARKUP = re.compile(r"<(?:!doctype html|html|body|div|font|td)\b|</?p>|<p [a-z]+=", re.IGNORECASE)
_ESCAPED = re.compile(r"^- (?=-)", re.MULTILINE)
_PROSE_EXHIBITS = re.compile(r"EX-(?:99|13|20)(?!\d)", re.IGNORECASE)
_DATA_TYPES = re.compile(r"GRAPHIC|ZIP|EXCEL|XML|XLSX?|JSON|PDF|CSS|JS|EX-101|EX-104|EX-27(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a submission: its 1-based number, its type and the range of its text in the decoded file."""

    number: int
    type: str
    start: int
    end: int
    text_start: int
    text_end: int
    cut: bool


def is_submission(text: str) -> bool:
    """Tell whether the decoded file is a full submission or a part of one."""
    return _OPENING in text[:20_000] or bool(_WRAPPERS.search(text[:20_000]))


def is_markup(text: str) -> bool:
    """Tell by its content whether a text is HTML.

    `<TABLE>`, `<S>`, `<PAGE>`, or a Markdown cell's `<br>`, alone do not make it so.
    """
    return bool(_MARKUP.search(text[:200_000]))


def submission_documents(text: str, source: Source) -> list[Document]:
    """Return a document for each part that can hold prose.

    The first one's exclusions also account for the header and for the parts that are left out.

    Raises:
        FilingError: the submission has no parts, or none that can be read.
    """
    parts = list(split_parts(text))
    if not parts:
        raise FilingError(f"{source.file}: the submission holds a header and no document.", "header_only")
    source = _described(text[: parts[0].start], source, parts[0])
    left_out = _reasons(text, parts)
    chosen = [part for part in parts if part.number not in left_out]
    documents = []
    for part in chosen:
        found = _document(text, part, source)
        if isinstance(found, Document):
            documents.append(found)
        else:
            left_out[part.number] = found
    if not documents:
        _refuse(source, set(left_out.values()))
    between = tuple(_between(text, parts, left_out))
    documents[0] = replace(documents[0], exclusions=(*between, *documents[0].exclusions))
    return documents


def split_parts(text: str) -> Iterator[Part]:
    """Yield the parts of a submission in order; a part without its end is `cut`."""
    start = text.find(_OPENING)
    number = 0
    while start >= 0:
        number += 1
        following = text.find(_OPENING, start + len(_OPENING))
        limit = following if following >= 0 else len(text)
        closing = text.rfind(_CLOSING, start, limit)
        end = closing if closing >= 0 else limit
        opened = _TEXT.search(text, start, end)
        low = opened.end() if opened else end
        ended = _last_end(text, low, end)
        kind = _TYPE.search(text, start, min(low, start + 2000))
        cut = closing < 0 and following < 0 and ended is None
        yield Part(number, kind[1].strip() if kind else "", start, end, low, end if ended is None else ended, cut)
        start = following


def _last_end(text: str, low: int, high: int) -> int | None:
    """Return where the last `</TEXT>` of a part begins; it stands in the part's last lines."""
    found = list(_TEXT_END.finditer(text, max(low, high - 200), high))
    return found[-1].start() if found else None


def _described(header: str, source: Source, first: Part) -> Source:
    if _WRAPPERS.search(header):
        return header_source(header, source)
    form = first.type if first.type and not first.type.upper().startswith("EX-") else None
    return replace(source, form_type=form)


def _reasons(text: str, parts: list[Part]) -> dict[int, str]:
    """Return why parts are left out, by their number."""
    reasons: dict[int, str] = {}
    seen: set[tuple[str, bytes]] = set()
    for part in parts:
        content = text[part.text_start : part.text_end]
        reason = _data_reason(part, content)
        if reason is None and is_too_large(text, part.text_start, part.text_end):
            reason = "too_large"
        if reason is None and len(parts) > 1:
            same = part.type, hashlib.blake2b(content.encode("utf-8", "surrogatepass")).digest()
            reason = "duplicate" if same in seen else None
            seen.add(same)
        if reason is None and part.cut and len(parts) > 1:
            reason = "cut"
        if reason is not None:
            reasons[part.number] = reason
    exhibits = {part.number: "exhibit" for part in parts if part.number not in reasons and _other_exhibit(part)}
    if len(parts) > 1:
        reasons |= exhibits
    whole = [part for part in parts if part.number not in reasons]
    if len(whole) == 1 and whole[0].cut and _WRAPPERS.search(text[: parts[0].start]):
        reasons[whole[0].number] = "cut"
    return reasons


def _data_reason(part: Part, content: str) -> str | None:
    """Return why a part's content is no prose, None when it may be."""
    if not content.strip():
        return "cut" if part.cut else "empty"
    inner = _INNER.match(content)
    if inner and inner[1].upper() == "PDF":
        return "pdf"
    if _UUENCODED.search(content[:2000]):
        return "uuencoded"
    if _DATA_TYPES.match(part.type) or (inner and inner[1].upper() == "XML"):
        return "data"
    return None


def _other_exhibit(part: Part) -> bool:
    return part.type.upper().startswith("EX-") and not _PROSE_EXHIBITS.match(part.type)


def _refuse(source: Source, reasons: set[str]) -> None:
    for reason, sentence in (
        ("too_large", "the submission's document is too large to read; cut it into pieces"),
        ("cut", "the submission ends inside its document; fetch it again"),
        ("exhibit", "the submission holds no form and no press release, only other exhibits"),
        ("pdf", "the submission holds PDF parts only"),
        ("uuencoded", "the submission holds encoded binary parts only"),
    ):
        if reason in reasons:
            raise FilingError(f"{source.file}: {sentence}.", "no_prose" if reason == "exhibit" else reason)
    raise FilingError(f"{source.file}: none of the submission's parts holds text.", "no_prose")


def _between(text: str, parts: list[Part], left_out: dict[int, str]) -> Iterator[Exclusion]:
    """Yield the header, what stands between the parts' texts, and the parts that are left out."""
    position = 0
    for part in parts:
        yield Exclusion("header", position, part.text_start)
        if part.number in left_out:
            yield Exclusion(left_out[part.number], part.text_start, part.text_end)
        position = part.text_end
    if position < len(text):
        yield Exclusion("header", position, len(text))


def _document(text: str, part: Part, source: Source) -> Document | str:
    """Return a part's document, or the reason why there is none."""
    content = text[part.text_start : part.text_end]
    described = replace(source, document=part.number, type=part.type or None)
    if not is_markup(content):
        document = _ascii_document(content, described, part.text_start)
    else:
        try:
            document = html_document(content, described, part.text_start)
        except FilingError as error:
            return error.reason
    return document if document.text.strip() else "empty"


def _ascii_document(content: str, source: Source, base: int) -> Document:
    """Return the document of a part in plain text; the escapes of lines that begin with a dash are left out."""
    segments: list[Segment] = []
    exclusions: list[Exclusion] = []
    pieces: list[str] = []
    offset = position = 0
    for low, high in [*(match.span() for match in _ESCAPED.finditer(content)), (len(content), len(content))]:
        if low > position:
            segments.append(Segment(offset, offset + low - position, base + position, base + low))
        pieces.append(content[position:low])
        offset += low - position
        if high > low:
            exclusions.append(Exclusion("dash_escape", base + low, base + high))
        position = high
    reading = "".join(pieces)
    blocks, furniture = read_blocks(reading)
    return Document(source, reading, blocks, furniture, tuple(segments), tuple(exclusions))

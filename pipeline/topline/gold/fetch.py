"""Get the texts of others from where they are public, each proved by its SHA-256."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from topline.downloads import Client, Manners
from topline.errors import FetchError, GoldError, InputError
from topline.gold.checks import text_digest
from topline.gold.files import write_whole
from topline.gold.records import read_lines

BASE_URL = "https://raw.githubusercontent.com"
# The largest source file is an annual report of 0.6 MB; anything above this is not what we asked for.
MAX_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class TextSource:
    """Where a text is public; `start` and `end` cut it out of the file, in code points. No `repository`: nowhere."""

    id: str
    sha256: str
    repository: str | None
    commit: str | None
    path: str | None
    start: int | None = None
    end: int | None = None

    def url(self, base_url: str) -> str:
        """Return the address of the whole file."""
        return f"{base_url.rstrip('/')}/{self.repository}/{self.commit}/{quote(self.path or '')}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one text."""

    id: str
    state: Literal["fetched", "kept", "refused"]
    message: str = ""


def load_sources(path: Path) -> list[TextSource]:
    """Return the sources of a JSON Lines file.

    Raises:
        InputError: the file cannot be read, or holds nothing.
        GoldError: a line lacks a field, or its id cannot be a file's name.
    """
    sources = [_source(data, place) for place, data in read_lines(path)]
    if not sources:
        raise InputError(f"{path}: names no sources; expected one JSON object a line, as in annotations/sources.jsonl")
    return sources


def fetch_texts(sources: Sequence[TextSource], folder: Path, base_url: str = BASE_URL) -> Iterator[Fetched]:
    """Write each source's text to `folder/<id>.txt` and yield what became of it; a text that is there is kept.

    A text whose SHA-256 differs is refused by name and not written. Files that several texts come from are got once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = Client(Manners(max_bytes=MAX_BYTES))
    got: dict[str, str] = {}
    for source in sources:
        try:
            yield _fetch_one(source, folder / f"{source.id}.txt", base_url, client, got)
        except InputError as error:
            yield Fetched(source.id, "refused", str(error))


def _fetch_one(source: TextSource, target: Path, base_url: str, client: Client, got: dict[str, str]) -> Fetched:
    """Return what became of one text; `got` holds the files already got by address."""
    if target.is_file() and text_digest(target.read_bytes().decode("utf-8", "replace")) == source.sha256:
        return Fetched(source.id, "kept")
    if source.repository is None:
        return Fetched(source.id, "refused", f"{source.id}: no public address is known; put the text at {target}")
    url = source.url(base_url)
    if url not in got:
        got[url] = _download(source.id, url, client)
    text = got[url][source.start : source.end]
    if text_digest(text) != source.sha256:
        return Fetched(source.id, "refused", f"{source.id}: {url} is not the text that was annotated: sha256 differs")
    write_whole(target, text)
    return Fetched(source.id, "fetched")


def _download(name: str, url: str, client: Client) -> str:
    """Return the decoded file at an address."""
    body = BytesIO()
    try:
        status = client.fetch(url, body)
    except FetchError as error:
        raise InputError(f"{name}: {error}") from error
    if status != 200:
        raise InputError(f"{name}: {url} answers {status}")
    try:
        return body.getvalue().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: {url} is not UTF-8 at byte {error.start}") from error


def _source(data: Mapping[str, Any], place: str) -> TextSource:
    """Return one line's source."""
    name, digest = data.get("id"), data.get("sha256")
    # The id becomes a file's name: nothing that leaves the folder or hides in it.
    if not isinstance(name, str) or not re.fullmatch(r"[^\W_][^\s/\\]*+", name):
        raise GoldError(f"{place}: the id {name!r:.60} cannot be the name of a text file")
    if not isinstance(digest, str):
        raise GoldError(f"{place} ({name}): `sha256` is missing")
    public = [data.get(key) for key in ("repository", "commit", "path")]
    if public[0] is not None and not all(isinstance(part, str) and part for part in public):
        raise GoldError(f"{place} ({name}): a public text needs repository, commit and path")
    cut = [data.get(key) for key in ("start", "end")]
    if not all(end is None or (isinstance(end, int) and end >= 0) for end in cut):
        raise GoldError(f"{place} ({name}): `start` and `end` are offsets or null")
    return TextSource(name, digest, public[0], public[1], public[2], cut[0], cut[1])

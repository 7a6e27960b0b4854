"""A shard: a run of inputs, and the bytes that come out of them.

`extract_shard` needs nothing but its arguments and keeps nothing but the loaded model: processes, and clusters, run it
by name. Each line of a shard is a kind, a tab and a JSON record; an input's rows come first, its status closes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import topline
from topline.errors import ModelError
from topline.outputs import dump
from topline.schema import Status

if TYPE_CHECKING:
    from spacy.language import Language

    from topline.extraction import Extracted
    from topline.filings.inputs import Input

ROWS, STATUSES = "results", "statuses"
KINDS = (ROWS, STATUSES)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run's output depends on beside its inputs: seconds and bytes that a document may take, inputs a shard."""

    model: str = "default"
    once: bool = False
    timeout: float = 30.0
    max_size: int = 64_000_000
    shard_size: int = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One input of a run; `refusal` is its status when it is not to be read at all."""

    file: str
    sha256: str | None
    refusal: Status | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What comes out of one input, as plain data."""

    status: Status
    rows: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)


def extract_shard(settings: Settings, entries: Sequence[Entry]) -> bytes:
    """Return a shard's lines; without entries, only load the model.

    Raises:
        ModelError: the model's folder is refused.
    """
    nlp = _pipeline(settings.model)
    return b"".join(to_lines(_settled(nlp, entry, settings.once)) for entry in entries)


@lru_cache(maxsize=1)
def _pipeline(model: str) -> Language:
    return topline.load(model)


def _settled(nlp: Language, entry: Entry, once: bool) -> Written:
    """Return what comes out of an input, unless it is refused or no longer the file that was planned."""
    if entry.refusal:
        return Written(entry.refusal)
    written = extract_input(nlp, entry.file, once=once)
    if written.status.sha256 is None:
        return replace(written, status=replace(written.status, sha256=entry.sha256))
    if written.status.sha256 != entry.sha256:
        return Written(refusal(entry, "changed", "changed while the run went on; start a new run for it"))
    return written


def extract_input(nlp: Language, path: Input, *, once: bool = False, details: bool = False) -> Written:
    """Return what comes out of one input, mentions and ledger with `details`; any failure is a status that says so."""
    from topline import extraction

    try:
        return _plain(extraction.extract(nlp, path, details=details), once, details)
    except ModelError:
        raise
    except Exception as error:  # a fault of ours in one file must not cost the user the other files
        return Written(Status(str(path), None, "error", "internal", _fault(path, error)))


def _plain(extracted: Extracted, once: bool, details: bool) -> Written:
    from topline.extraction import ledger_record, mention_record
    from topline.results import once as only_primaries

    rows = only_primaries(extracted.rows) if once else extracted.rows
    docs = extracted.docs if details else ()
    return Written(
        replace(extracted.status, rows=len(rows)),
        [row.to_dict() for row in rows],
        [mention_record(doc) for doc in docs],
        [ledger_record(doc) for doc in docs],
    )


def _fault(path: Input, error: Exception) -> str:
    """Return the sentence about an unexpected exception, with the line of code it came from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{path}: topline failed on this file ({type(error).__name__}{where}); please report it with the file."


def refusal(entry: Entry, reason: str, sentence: str) -> Status:
    """Return the status of an input that is not read, or whose reading was ended."""
    return Status(entry.file, entry.sha256, "error", reason, f"{entry.file}: {sentence}.")


def to_lines(written: Written) -> bytes:
    """Return one input's lines of a shard."""
    lines = [_line(ROWS, row) for row in written.rows]
    return b"".join((*lines, _line(STATUSES, asdict(written.status))))


def _line(kind: str, record: dict[str, Any]) -> bytes:
    return b"%s\t%s\n" % (kind.encode(), dump(record))


def lines_of(kind: str, shard: bytes) -> Iterator[bytes]:
    """Yield the JSON lines of a kind, each with its line end."""
    mark = kind.encode() + b"\t"
    # Not `splitlines`: only b"\n" ends a line here.
    return (line[len(mark) :] + b"\n" for line in shard.split(b"\n") if line.startswith(mark))


def statuses_of(shard: bytes) -> list[dict[str, Any]]:
    """Return the statuses of a shard as plain data."""
    return [json.loads(line) for line in lines_of(STATUSES, shard)]

"""Full submissions into a folder, by a few threads at one pace; what stopped goes on where it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Literal

from topline.batch.storage import locked, make_folder, partial, sync
from topline.edgar.manifest import Entry, add, is_there, open_journal, planned, read_manifest, write_manifest
from topline.edgar.records import Filing
from topline.edgar.service import Edgar
from topline.errors import FetchError, InputError
from topline.filings.headers import header_source
from topline.schema import Source

THREADS = 4  # at 0.3 s a filing they reach eight a second, and no more connections stand open than a browser has
_HEADER = 65_536

Outcome = Literal["fetched", "kept", "failed", "pending"]
Seen = Callable[[Entry, Outcome], None]


def fetch_filings(edgar: Edgar, filings: Sequence[Filing], folder: Path, seen: Seen) -> None:
    """Bring filings into a folder as `ACCESSION.txt`, with their manifest; `seen` gets each and what became of it.

    What is there with the sha256 of the manifest is kept. Filings of earlier calls stay in the manifest.

    Raises:
        InputError: the folder or its manifest cannot be used.
        BatchError: another process works in the folder.
        FetchError: EDGAR has shut us out; what had come by then stays, and the rest is `pending`.
    """
    make_folder(folder)
    with locked(folder):
        entries = read_manifest(folder)
        for filing in filings:
            if entries.get(filing.accession, planned(filing, "")).status != "fetched":
                entries[filing.accession] = planned(filing, edgar.address(filing))
        write_manifest(folder, entries.values())
        refusals: list[FetchError] = []
        try:
            with open_journal(folder) as journal:
                for entry, outcome in _bring(
                    edgar, [entries[filing.accession] for filing in filings], folder, refusals
                ):
                    entries[entry.accession] = entry
                    if outcome != "kept":
                        add(journal, entry)
                    seen(entry, outcome)
        finally:
            write_manifest(folder, entries.values())
    for refusal in refusals:
        raise refusal


def _bring(
    edgar: Edgar, entries: Sequence[Entry], folder: Path, refusals: list[FetchError]
) -> Iterator[tuple[Entry, Outcome]]:
    """Yield what became of each entry; `refusals` gets the one that ended the work."""
    missing = []
    for entry in entries:
        if is_there(entry, folder):
            yield entry, "kept"
        else:
            missing.append(entry)
    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(_fetch_one, edgar, entry, folder, refusals) for entry in missing]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            # Ctrl-C, a full disk: the threads that wait for their turn are told, the others end with their file.
            edgar.stop()
            pool.shutdown(cancel_futures=True)
            raise


def _fetch_one(edgar: Edgar, entry: Entry, folder: Path, refusals: list[FetchError]) -> tuple[Entry, Outcome]:
    """Bring one filing and return what became of it."""
    try:
        return _saved(edgar, entry, folder), "fetched"
    except FetchError as error:
        if error.reason == "blocked":
            edgar.stop()
            refusals.append(error)
        if error.reason in ("blocked", "stopped"):
            return replace(entry, sha256=None, size=None, status="pending"), "pending"
        return replace(entry, sha256=None, size=None, status="failed", message=str(error)), "failed"


def _saved(edgar: Edgar, entry: Entry, folder: Path) -> Entry:
    """Write one filing whole and return its entry."""
    path = entry.path(folder)
    temporary = partial(path)
    try:
        with temporary.open("w+b") as file:
            edgar.save(Filing(entry.filed, entry.accession, entry.cik, entry.form), file)
            saved = _described(entry, file)
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync(folder)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); mend that and run the command again"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return saved


def _described(entry: Entry, file: BinaryIO) -> Entry:
    """Return the entry with what the file shows: digest, size, and form and date where they were not known.

    Raises:
        FetchError: the submission's header names another filing.
    """
    file.flush()
    file.seek(0)
    header = header_source(file.read(_HEADER).decode("latin-1").partition("<DOCUMENT>")[0], Source("", ""))
    if header.accession_number not in (None, entry.accession):
        raise FetchError(f"{entry.url} is another filing: {header.accession_number}", "odd")
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    form, filed = entry.form or header.form_type, entry.filed or header.filed
    return replace(entry, form=form, filed=filed, sha256=digest, size=size, status="fetched", message=None)

"""What a review has come to, as a gold file: the documents that are finished, or also those that were begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from topline.errors import InputError, ReviewError
from topline.gold.files import write_lines
from topline.gold.records import GoldRecord
from topline.review.events import parse_event
from topline.review.golden import make_record, refuse_problems, relative_file, states_number
from topline.review.journal import read_journal
from topline.review.pages import read_document
from topline.review.run import Run
from topline.review.state import State, replay


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: documents, results, and accepted rows without a number, which the gold does not hold."""

    path: Path
    documents: int
    results: int
    numberless: int
    unfinished: int

    @property
    def sentence(self) -> str:
        """Return what was written, in words."""
        said = [f"{_counted(self.documents, 'document')}, {_counted(self.results, 'result')} -> {self.path}"]
        said += [f"{_counted(self.unfinished, 'document')} not finished, left out"] if self.unfinished else []
        said += [f"{_counted(self.numberless, 'row')} without a number left out"] if self.numberless else []
        return "; ".join(said)


def replayed(run: Run, events: Sequence[dict[str, Any]], journal: Path) -> State:
    """Return the state of a run's rows after the events of its journal.

    Raises:
        ReviewError: an event does not fit.
    """
    try:
        state = replay((held.row for held in run.rows.values()), map(parse_event, events))
    except ReviewError as error:
        raise ReviewError(f"{journal}: an event does not fit the rows: {error}; name another with --journal") from error
    strange = next((name for name in state.touched() if name not in run.documents), None)
    if strange is not None:
        raise ReviewError(f"{journal}: holds decisions on {strange}, a document without rows; review with --all")
    return state


def export_journal(run: Run, journal: Path, gold: Path, partial: bool) -> Exported:
    """Write the gold that a journal has come to, without holding it.

    Raises:
        ReviewError: nothing is finished, or the journal does not fit.
    """
    _refuse_inputs(run, journal, gold)
    return export(run, replayed(run, read_journal(journal, run.sha256), journal), gold, partial)


def export(run: Run, state: State, gold: Path, partial: bool) -> Exported:
    """Write the gold of a state's documents, whole or not at all."""
    begun = [name for name in state.touched() if _begun(state, name)]
    finished = [name for name in begun if state.is_decided(name)]
    names = begun if partial else finished
    if not names:
        more = "" if partial or not begun else ", or export what was begun with --partial"
        raise ReviewError(f"no document is finished yet; accept or reject each of its rows{more}")
    records: list[GoldRecord] = []
    numberless = 0
    for name in sorted(names):
        reviewed = run.documents[name]
        text = read_document(reviewed, run.predicted(name)).text
        rows = state.of_document(name)
        numberless += sum(row.decision == "accepted" and not states_number(text, row) for row in rows)
        records.append(make_record(reviewed, text, rows, relative_file(reviewed.filing.path, gold)))
    refuse_problems(records)
    write_lines(gold, [record.to_dict() for record in records])
    results = sum(len(record.results) for record in records)
    return Exported(gold, len(records), results, numberless, len(begun) - len(names))


def _refuse_inputs(run: Run, journal: Path, gold: Path) -> None:
    inputs = {document.filing.path.resolve() for document in run.documents.values()}
    if gold.resolve() in inputs | {run.path.resolve(), journal.resolve()}:
        raise InputError(f"{gold}: would be written over; name another file for the gold")


def _begun(state: State, name: str) -> bool:
    return name in state.empty or any(row.decision != "open" for row in state.of_document(name))


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"

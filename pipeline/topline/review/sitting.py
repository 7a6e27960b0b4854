"""One reviewer at one run: rows, journal and pages together, and what the page may ask and do.

A change is checked, then written to the journal, then made: what the page shows is on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

from topline.errors import ReviewError
from topline.outputs import clean
from topline.review.candidates import candidates, free_values, quoted, said_place
from topline.review.completion import complete_add, complete_edit
from topline.review.events import Add, Decide, Edit, Empty, Event, Span, dump_event, parse_event
from topline.review.export import Exported, export, replayed
from topline.review.golden import problems, states_number
from topline.review.journal import Journal, open_journal
from topline.review.pages import Page, Reader, units
from topline.review.run import Run
from topline.review.state import Row, State


class BehindError(ReviewError):
    """Say that the page does not show the last change, so that what was meant may be another row by now."""


@dataclass(slots=True)
class Sitting:
    """A review that is going on; its methods may be called from several threads."""

    run: Run
    state: State
    journal: Journal
    gold: Path
    reader: Reader = field(default_factory=Reader)
    changes: int = 0
    _lock: RLock = field(default_factory=RLock)

    def overview(self) -> dict[str, Any]:
        """Return what the page shows of the run: its documents with their counts."""
        with self._lock:
            documents = [self.summary(name) for name in self.run.documents]
            return {
                "name": clean(self.run.path.name),
                "gold": clean(str(self.gold)),
                "refused": [clean(sentence) for sentence in self.run.refused],
                "documents": documents,
                **self._steps(),
            }

    def summary(self, name: str) -> dict[str, Any]:
        """Return a document's counts; `least` is the confidence of its least sure row that is still open."""
        rows = self.state.of_document(name)
        waiting = [self._confidence(row) for row in rows if row.decision == "open"]
        decided = {key: sum(row.decision == key for row in rows) for key in ("open", "accepted", "rejected")}
        return {
            "id": name,
            "title": clean(self.run.documents[name].title),
            "shown": clean(name),
            "empty": name in self.state.empty,
            "done": self.state.is_decided(name),
            "least": min(waiting, default=None),
            **decided,
        }

    def document(self, name: str) -> dict[str, Any]:
        """Return a document as the page shows it: its text in units, its mentions and its rows.

        Raises:
            ReviewError: there is no such document, or its file changed.
        """
        page = self._page(name)
        with self._lock:
            rows = [self._shown(page, row) for row in self.state.of_document(name)]
            mentions = sorted({(m.start, m.end, m.label) for m in page.mentions if m.label != "SET_ASIDE"})
            return {
                "units": list(units(page.layout)),
                "mentions": mentions,
                "rows": rows,
                "summary": self.summary(name),
                **self._steps(),
            }

    def choices(self, name: str, what: str) -> list[dict[str, Any]]:
        """Return what a field of a row could be instead, or for `new` the numbers of a document that no row has.

        Raises:
            ReviewError: there is no such row, document or field.
        """
        if what == "new":
            page = self._page(name)
            with self._lock:
                spans = free_values(page, self.state.of_document(name))
            return [_choice(span, quoted(page, span), page.layout.unit_at(span[0]), page) for span in spans]
        with self._lock:
            row = self._row(name)
            page = self._page(row.document)
            others = {
                span: field
                for other in self.state.of_document(row.document)
                for field, span in other.places.items()
                if other.id != name and field != "value"
            }
        try:
            spans = candidates(page, row, what, others)
        except KeyError as error:
            raise ReviewError(f"a row has no field {what!r:.40}") from error
        return [{"span": span, "text": quoted(page, span), "place": said_place(page, row, span)} for span in spans]

    def submit(self, data: Any, after: Any) -> dict[str, Any]:
        """Take an event from a page that shows the change number `after`; return what it changed.

        Raises:
            BehindError: another page made a change meanwhile.
            ReviewError: the event does not hold; nothing is changed.
        """
        with self._lock:
            if after != self.changes:
                raise BehindError("the page was behind and has been brought up to date; do it again")
            event = self._completed(parse_event(data))
            change = self.state.plan(event)
            if isinstance(change.after, Row) and change.after.decision == "accepted":
                self._refuse_faulty(change.after)
            if not change.nothing:
                self.journal.append(dump_event(event))
                self.state.commit(change)
                self.changes += 1
            return self._answer(change.target, change.after or change.before)

    def export(self, partial: bool) -> Exported:
        """Write the gold of the documents that are finished, or with `partial` of those that were begun.

        Raises:
            ReviewError: there is none, or it does not hold.
        """
        with self._lock:
            return export(self.run, self.state, self.gold, partial)

    def _answer(self, target: str, held: Row | bool | None) -> dict[str, Any]:
        document = held.document if isinstance(held, Row) else target
        row = self.state.rows.get(target)
        shown = self._shown(self._page(document), row) if row else None
        return {"target": target, "row": shown, "summary": self.summary(document), **self._steps()}

    def _steps(self) -> dict[str, Any]:
        return {"changes": self.changes, "undo": bool(self.state.past), "redo": bool(self.state.future)}

    def _completed(self, event: Event) -> Event:
        """Return an event with what follows from it, refused when it points at nothing."""
        match event:
            case Edit(name):
                row = self._row(name)
                return complete_edit(self._page(row.document), event, row, self.state.of_document(row.document))
            case Add(_, document):
                return complete_add(self._page(document), event, self.state.of_document(document))
            case Decide(name):
                self._row(name)
            case Empty(document, empty):
                self._page(document)
                if empty and self.state.of_document(document):
                    raise ReviewError("the document has rows; reject those that are no results")
        return event

    def _refuse_faulty(self, row: Row) -> None:
        """Refuse to accept what the gold's check would refuse.

        Raises:
            ReviewError: the first thing that does not hold.
        """
        others = [r for r in self.state.of_document(row.document) if r.decision == "accepted" and r.id != row.id]
        page = self._page(row.document)
        for problem in problems(self.run.documents[row.document], page.text, [*others, row]):
            raise ReviewError(f"not accepted: {problem}")

    def _row(self, name: str) -> Row:
        if name not in self.state.rows:
            raise ReviewError(f"there is no row {name:.40}")
        return self.state.rows[name]

    def _page(self, name: str) -> Page:
        if name not in self.run.documents:
            raise ReviewError(f"there is no document {name:.80}")
        return self.reader.page(self.run.documents[name], self.run.predicted(name))

    def _confidence(self, row: Row) -> float:
        held = self.run.rows.get(row.id)
        return 0.0 if held is None or held.confidence is None else held.confidence

    def _shown(self, page: Page, row: Row) -> dict[str, Any]:
        """Return a row as the page shows it."""
        before = self.run.rows.get(row.id)
        as_predicted = before is not None and (before.row.places, before.row.kind, before.row.n) == (
            row.places,
            row.kind,
            row.n,
        )
        fields = {
            name: {"span": span, "text": quoted(page, span), "place": said_place(page, row, span)}
            for name, span in row.places.items()
        }
        return {
            "id": row.id,
            "kind": row.kind,
            "n": row.n,
            "decision": row.decision,
            "added": row.added,
            "edited": not row.added and not as_predicted,
            "confidence": before.confidence if before else None,
            "fields": fields,
            "numberless": not states_number(page.text, row),
        }


def _choice(span: Span, text: str, unit: Span, page: Page) -> dict[str, Any]:
    around = quoted(page, (max(unit[0], span[0] - 60), min(unit[1], span[1] + 60)))
    return {"span": span, "text": text, "place": around}


@contextmanager
def open_sitting(run: Run, journal: Path, gold: Path) -> Iterator[Sitting]:
    """Hold a run's journal and yield the review as it stood.

    Raises:
        ReviewError: the journal is held, damaged, or does not fit the rows.
    """
    with open_journal(journal, run.sha256) as held:
        state = replayed(run, held.events, journal)
        yield Sitting(run, state, held, gold, changes=len(held.events))

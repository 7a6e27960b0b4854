"""Events to reviewed rows, and nothing else: the same rows and events give the same state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from topline.errors import ReviewError
from topline.review.events import Add, Changes, Decide, Decision, Edit, Empty, Event, Redo, Span, Undo


@dataclass(frozen=True, slots=True)
class Row:
    """A row under review; `places` are those of the gold's links (`value`, `endpoint`, `n_at`, …)."""

    id: str
    document: str
    kind: str
    places: Mapping[str, Span]
    n: int | None = None
    decision: Decision = "open"
    added: bool = False

    @property
    def value(self) -> Span:
        """Return where the value stands."""
        return self.places["value"]


@dataclass(frozen=True, slots=True)
class Change:
    """What an event does to one row (`Row`, None while it is not there) or to one document's emptiness (`bool`)."""

    target: str
    before: Row | bool | None
    after: Row | bool | None
    step: Literal["do", "undo", "redo"] = "do"

    @property
    def nothing(self) -> bool:
        """Return whether all stays as it is."""
        return self.before == self.after


@dataclass(slots=True)
class State:
    """All rows of a review as they stand, the documents found empty, and what can be undone and redone."""

    rows: dict[str, Row] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    past: list[Change] = field(default_factory=list)
    future: list[Change] = field(default_factory=list)
    _documents: dict[str, dict[str, None]] = field(default_factory=dict)

    def of_document(self, document: str) -> list[Row]:
        """Return a document's rows in order of place."""
        held = (self.rows[name] for name in self._documents.get(document, ()))
        return sorted(held, key=lambda row: (row.value, row.id))

    def touched(self) -> Iterator[str]:
        """Yield the documents that have rows or were found empty."""
        yield from dict.fromkeys((*(name for name, rows in self._documents.items() if rows), *sorted(self.empty)))

    def is_decided(self, document: str) -> bool:
        """Return whether nothing of a document is open; one without rows is, once it was found empty."""
        rows = self._documents.get(document)
        return all(self.rows[name].decision != "open" for name in rows) if rows else document in self.empty

    def plan(self, event: Event) -> Change:
        """Return what an event would change.

        Raises:
            ReviewError: there is no such row, or nothing to undo or redo.
        """
        match event:
            case Undo() | Redo():
                return self._step(isinstance(event, Undo))
            case Empty(document, empty):
                return Change(document, document in self.empty, empty)
            case Add(row, document, changes):
                if row in self.rows:
                    raise ReviewError(f"row {row} is there already")
                if not isinstance(changes.get("value"), tuple) or "kind" not in changes:
                    raise ReviewError("a new row needs a value and a kind")
                return Change(row, None, changed(Row(row, document, "", {}, added=True), changes))
            case Decide(row, decision):
                return Change(row, self._row(row), replace(self._row(row), decision=decision))
            case Edit(row, changes):
                return Change(row, self._row(row), changed(self._row(row), changes))

    def commit(self, change: Change) -> None:
        """Make a change that `plan` returned."""
        if change.nothing:
            return
        self._put(change.target, change.after)
        if change.step == "undo":
            self.future.append(self.past.pop())
        elif change.step == "redo":
            self.past.append(self.future.pop())
        else:
            self.past.append(change)
            self.future.clear()

    def _row(self, name: str) -> Row:
        if name not in self.rows:
            raise ReviewError(f"there is no row {name:.40}")
        return self.rows[name]

    def _step(self, back: bool) -> Change:
        held = self.past if back else self.future
        if not held:
            raise ReviewError(f"there is nothing to {'undo' if back else 'redo'}")
        last = held[-1]
        return Change(last.target, last.after, last.before, "undo") if back else replace(last, step="redo")

    def _put(self, target: str, held: Row | bool | None) -> None:
        if isinstance(held, bool):
            (self.empty.add if held else self.empty.discard)(target)
        elif held is None:
            self._documents[self.rows.pop(target).document].pop(target)
        else:
            self.rows[target] = held
            self._documents.setdefault(held.document, {})[target] = None


def changed(row: Row, changes: Changes) -> Row:
    """Return a row with changes made."""
    places = dict(row.places)
    kind, n = row.kind, row.n
    for name, held in changes.items():
        if name == "kind":
            kind = str(held)
        elif name == "n":
            n = held if isinstance(held, int) else None
        elif isinstance(held, tuple):
            places[name] = held
        else:
            places.pop(name, None)
    return replace(row, kind=kind, n=n, places=MappingProxyType(dict(sorted(places.items()))))


def begin(rows: Iterable[Row]) -> State:
    """Return the state before any event."""
    state = State()
    for row in rows:
        state._put(row.id, row)
    return state


def replay(rows: Iterable[Row], events: Iterable[Event]) -> State:
    """Return the state after some events.

    Raises:
        ReviewError: an event does not fit what went before.
    """
    state = begin(rows)
    for event in events:
        state.commit(state.plan(event))
    return state

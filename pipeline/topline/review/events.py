"""What a reviewer does, as records that are written down and done again.

In the journal an event is an object whose `do` names it; places are `[start, end]`, half-open, into the reading text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

from topline.errors import ReviewError
from topline.gold.records import KINDS, LINKS

Span = tuple[int, int]
Decision = Literal["open", "accepted", "rejected"]
DECISIONS: frozenset[str] = frozenset(get_args(Decision))
# Changes of a row by field: a place or None for the links of the gold, a word for `kind`, a number or None for `n`.
Changes = Mapping[str, Span | str | int | None]


@dataclass(frozen=True, slots=True)
class Decide:
    """Accept or reject a row, or open it again."""

    row: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Edit:
    """Change fields of a row at once."""

    row: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class Add:
    """Add a row that was missed, with its value and its kind."""

    row: str
    document: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class Empty:
    """Say of a document without rows that it states no result, or take that back."""

    document: str
    empty: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last change that stands."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Make the last change again that was taken back."""


Event = Decide | Edit | Add | Empty | Undo | Redo


def parse_event(data: Any) -> Event:
    """Return the event of a plain object.

    Raises:
        ReviewError: it is no event, or a field is missing, unknown or of the wrong type.
    """
    do = data.get("do") if isinstance(data, dict) else None
    if do in ("undo", "redo"):
        _only(data)
        return Undo() if do == "undo" else Redo()
    if do == "decide":
        _only(data, "row", "decision")
        if data.get("decision") not in DECISIONS:
            raise ReviewError(f"`decision` is {data.get('decision')!r:.40}, not one of {', '.join(sorted(DECISIONS))}")
        return Decide(_text(data, "row"), data["decision"])
    if do == "edit":
        _only(data, "row", "set")
        return Edit(_text(data, "row"), parse_changes(data.get("set")))
    if do == "add":
        _only(data, "row", "document", "set")
        return Add(_text(data, "row"), _text(data, "document"), parse_changes(data.get("set")))
    if do == "empty" and isinstance(data.get("empty"), bool):
        _only(data, "document", "empty")
        return Empty(_text(data, "document"), data["empty"])
    raise ReviewError(f"not an event of a review: {data!r:.80}")


def dump_event(event: Event) -> dict[str, Any]:
    """Return the plain object of an event, as `parse_event` reads it."""
    match event:
        case Decide(row, decision):
            return {"do": "decide", "row": row, "decision": decision}
        case Edit(row, changes):
            return {"do": "edit", "row": row, "set": _plain(changes)}
        case Add(row, document, changes):
            return {"do": "add", "row": row, "document": document, "set": _plain(changes)}
        case Empty(document, empty):
            return {"do": "empty", "document": document, "empty": empty}
        case Undo():
            return {"do": "undo"}
    return {"do": "redo"}


def parse_changes(data: Any) -> Changes:
    """Return the changes of a plain object of fields.

    Raises:
        ReviewError: there are none, or a field is unknown or of the wrong type.
    """
    if not isinstance(data, dict) or not data:
        raise ReviewError(f"`set` is no object of fields: {data!r:.60}")
    return MappingProxyType({str(name): _change(str(name), held) for name, held in data.items()})


def _change(name: str, held: Any) -> Span | str | int | None:
    if name == "kind":
        if held not in KINDS:
            raise ReviewError(f"the kind {held!r:.40} is not one of {', '.join(sorted(KINDS))}")
        return str(held)
    if held is None and name != "value":
        return None
    if name == "n" and _whole(held):
        return int(held)
    if name in LINKS and isinstance(held, list | tuple) and len(held) == 2 and all(map(_whole, held)):
        return int(held[0]), int(held[1])
    raise ReviewError(f"`{name}` cannot be {held!r:.60}")


def _whole(held: Any) -> bool:
    # A bool is an int to Python.
    return isinstance(held, int) and not isinstance(held, bool) and 0 <= held < 1 << 53


def _only(data: Mapping[str, Any], *names: str) -> None:
    unknown = sorted(map(str, set(data) - {"do", *names}))
    if unknown:
        raise ReviewError(f"the event {data['do']!r} has no field {unknown[0]!r:.40}")


def _text(data: Mapping[str, Any], name: str) -> str:
    held = data.get(name)
    if not isinstance(held, str):
        raise ReviewError(f"`{name}` is {held!r:.40}, not a name")
    return held


def _plain(changes: Changes) -> dict[str, Any]:
    return {name: list(held) if isinstance(held, tuple) else held for name, held in changes.items()}

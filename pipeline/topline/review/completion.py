"""What follows from an edit: a group brings its size, a size its place; and what cannot stand is refused."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from topline.errors import ReviewError
from topline.gold import readings
from topline.review.candidates import find_number, kind_of, quoted
from topline.review.events import Add, Changes, Edit, Span
from topline.review.pages import Page
from topline.review.state import Row
from topline.schema import row_id

LONGEST = 600  # characters: a longer selection is a slip
_Held = dict[str, Span | str | int | None]


def complete_edit(page: Page, event: Edit, row: Row, rows: Sequence[Row]) -> Edit:
    """Return an edit with what follows from it; `rows` are those of the document.

    Raises:
        ReviewError: a place is not in the text, or a size stands nowhere.
    """
    changes = dict(_checked(page, event.changes))
    if "n" in changes or "n_at" in changes:
        _complete_size(page, changes, row)
    elif isinstance(cohort := changes.get("cohort"), tuple):
        _bring_size(changes, cohort, row, rows)
    elif "cohort" in changes:
        changes |= {"n": None, "n_at": None}
    return Edit(event.row, MappingProxyType(changes))


def complete_add(page: Page, event: Add, rows: Sequence[Row]) -> Add:
    """Return a new row's event with its id and its kind.

    Raises:
        ReviewError: the value is not in the text, says no number, or is a row already.
    """
    changes = dict(_checked(page, event.changes))
    value = changes.get("value")
    if not isinstance(value, tuple):
        raise ReviewError("a new result needs a value: select its number in the text")
    if not readings(page.text[slice(*value)]):
        raise ReviewError(f"“{quoted(page, value)}” says no number; select the value of the result")
    if any(row.value == value for row in rows):
        raise ReviewError(f"“{quoted(page, value)}” is the value of a row already")
    changes.setdefault("kind", kind_of(page, value))
    name, taken = row_id(page.document.source, *value), {row.id for row in rows}
    # A row whose value was moved away keeps its id.
    free = name if name not in taken else next(n for k in range(2, len(rows) + 3) if (n := f"{name}-{k}") not in taken)
    return Add(free, event.document, MappingProxyType(changes))


def _checked(page: Page, changes: Changes) -> Changes:
    for name, held in changes.items():
        if isinstance(held, tuple):
            start, end = held
            if not start < end <= len(page.text) or not page.text[start:end].strip():
                raise ReviewError(f"`{name}`: nothing stands at [{start}, {end})")
            if end - start > LONGEST:
                raise ReviewError(f"`{name}`: {end - start} characters are too many; select the phrase alone")
    return changes


def _complete_size(page: Page, changes: _Held, row: Row) -> None:
    """Put a size and its place together: the gold has neither without the other."""
    n, place = changes.get("n"), changes.get("n_at")
    if isinstance(place, tuple) and not isinstance(n, int):
        changes["n"] = _number(page, place)
    elif isinstance(n, int) and not isinstance(place, tuple):
        near = row.places.get("cohort", row.value)
        found = find_number(page, n, near)
        if found is None:
            raise ReviewError(f"the text says {n} nowhere; n must stand in it")
        changes["n_at"] = found
    elif n is None and place is None:
        changes |= {"n": None, "n_at": None}


def _number(page: Page, place: Span) -> int:
    for reading in readings(page.text[slice(*place)]):
        if reading.low == reading.high and reading.low == int(reading.low) and not reading.fraction:
            return int(reading.low)
    raise ReviewError(f"“{quoted(page, place)}” says no number of people")


def _bring_size(changes: _Held, cohort: Span, row: Row, rows: Sequence[Row]) -> None:
    """Take over the size of another row of the same group; a size of another group goes, one of the same phrase stays.

    Nothing is guessed: a group whose size no row states has none until it is chosen.
    """
    same = (other for other in rows if other.places.get("cohort") == cohort and other.decision != "rejected")
    known = next((other for other in same if other.id != row.id and other.n is not None), None)
    before = row.places.get("cohort")
    if before is not None and before[0] < cohort[1] and cohort[0] < before[1] and row.n is not None:
        return
    if known is not None or row.n is not None:
        changes |= {"n": known.n if known else None, "n_at": known.places.get("n_at") if known else None}

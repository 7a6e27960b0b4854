"""Why an outcome came about, where the pipeline's detail records or the gold can tell; None where they cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from topline.evaluation.agreement import overlaps, same_number
from topline.evaluation.rows import Pages, Row, Span

_NAMES = {"COUNT": "a count of people", "CI": "an interval", "P_VALUE": "a p-value", "TIME_FRAME": "a time frame"}
_MORE_NAMES = {"DOSE": "a dose", "SCHEDULE": "a schedule", "PERCENT": "a percentage that is no result"}


def pair_reason(
    faults: Sequence[str], gold: Row, predicted: Row, mentions: Mapping[str, Any] | None = None
) -> str | None:
    """Return why a matched row's endpoint or cohort is wrong: not linked, not found, or another one taken."""
    for name in ("endpoint", "cohort"):
        if name in faults:
            return _link_reason(name, getattr(gold, name), getattr(predicted, name), mentions)
    if "n" in faults:
        return _n_reason(gold.n, predicted.n)
    return None


def unmatched_reason(golds: Sequence[Row], rows: Sequence[Row], ledger: Mapping[str, Any] | None) -> str | None:
    """Return why gold values went unmatched: what the ledger says of the numbers there, or what was read instead."""
    if rows:
        return "read as " + ", ".join(f"“{row.value.text}”" for row in rows)
    if ledger is None:
        return None
    fates = [_fate(item) for item in ledger.get("numbers", ()) if _inside(item, golds[0].value)]
    return "; ".join(dict.fromkeys(fates)) or "never a candidate: no number was read here"


def spurious_reason(touched: Sequence[Row], rows: Sequence[Row], pages: Pages) -> str | None:
    """Return what the gold has in place of a predicted result."""
    value = rows[0].value
    for gold in touched:
        if overlaps(gold.value, value):
            return "a second row for one value" if same_number(gold, rows[0]) else f"a piece of “{gold.value.text}”"
    names = _NAMES | _MORE_NAMES
    labels = [mark.label for mark in pages.marks if mark.start < value.end and value.start < mark.end]
    said = [names[label] for label in dict.fromkeys(labels) if label in names]
    return f"in the gold: {', '.join(said)}" if said else "no mention in the gold"


def _link_reason(name: str, gold: Span | None, predicted: Span | None, mentions: Mapping[str, Any] | None) -> str:
    """Return why one link is wrong."""
    if predicted is None:
        found = _found(name.upper(), gold, mentions)
        return f"no {name} linked" + ("" if found is None else f", the mention was {found}")
    if gold is None:
        return f"the gold names no {name}"
    found = _found(name.upper(), gold, mentions)
    return f"another {name} linked" + ("" if found is None else f", the right mention was {found}")


def _found(label: str, gold: Span | None, mentions: Mapping[str, Any] | None) -> str | None:
    """Return whether a predicted mention of that label lies over the gold's; None when nobody knows."""
    if mentions is None or gold is None:
        return None
    there = any(item.get("label") == label and _inside(item, gold) for item in mentions.get("mentions", ()))
    return "found" if there else "not found"


def _n_reason(gold: int | None, predicted: int | None) -> str:
    """Return how the stated size differs."""
    if gold is None:
        return "the gold states no n"
    return "no n linked" if predicted is None else "another n linked"


def _fate(item: Mapping[str, Any]) -> str:
    """Return what the ledger says of one number, in words."""
    fate, reason = (str(item.get(key) or "").replace("_", " ") for key in ("fate", "reason"))
    if fate == "unlinked":
        return f"left unlinked: {reason}" if reason else "left unlinked"
    if fate == "used" and reason in {"", "value"}:
        return "used in another row"
    return f"{fate} as {reason}" if reason else fate


def _inside(item: Mapping[str, Any], span: Span) -> bool:
    """Return whether a detail record's stretch overlaps a span."""
    return int(item["start"]) < span.end and span.start < int(item["end"])

"""Score predicted mentions against the gold's, by label: exact spans, and spans that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from topline.errors import InputError
from topline.evaluation.rows import Row
from topline.evaluation.statistics import Figure, Tally, figure
from topline.gold import GoldRecord

Ends = tuple[int, int]


def mention_figures(gold: Sequence[GoldRecord], records: Mapping[str, Mapping[str, Any]]) -> dict[str, Figure]:
    """Return figures by `LABEL exact` and `LABEL overlap`, for the labels of the gold; empty without records.

    `records` are the predicted mention records by the id of their gold record.

    Documents without a mention record count as documents in which nothing was predicted.
    """
    found = {name: _by_label(record) for name, record in records.items()}
    if not found:
        return {}
    wanted = {record.id: _gold_by_label(record) for record in gold}
    labels = sorted({label for spans in wanted.values() for label in spans})
    figures = {}
    for label in labels:
        sides = [(spans.get(label, []), found.get(name, {}).get(label, [])) for name, spans in sorted(wanted.items())]
        figures[f"{label} exact"] = figure([_exact(*side) for side in sides])
        figures[f"{label} overlap"] = figure([_overlapping(*side) for side in sides])
    return figures


def add_values(record: Mapping[str, Any], rows: Iterable[Row]) -> Mapping[str, Any]:
    """Return a mention record whose VALUE mentions are the values of the predicted rows, unless it has its own."""
    held = list(record.get("mentions") or ())
    if any(mention.get("label") == "VALUE" for mention in held):
        return record
    values = [{"start": row.value.start, "end": row.value.end, "label": "VALUE"} for row in rows]
    return {**record, "mentions": held + values}


def _by_label(record: Mapping[str, Any]) -> dict[str, list[Ends]]:
    """Return a predicted record's spans by label, without repetitions."""
    try:
        items = {(str(m["label"]), int(m["start"]), int(m["end"])) for m in record["mentions"]}
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"a mention record of {record.get('id')!r} lacks start, end or label") from error
    return _group(items)


def _gold_by_label(record: GoldRecord) -> dict[str, list[Ends]]:
    """Return a gold record's spans by label."""
    return _group({(mention.label, mention.start, mention.end) for mention in record.mentions})


def _group(items: Iterable[tuple[str, int, int]]) -> dict[str, list[Ends]]:
    """Return sorted spans by label."""
    spans: dict[str, list[Ends]] = {}
    for label, start, end in sorted(items):
        spans.setdefault(label, []).append((start, end))
    return spans


def _exact(gold: Sequence[Ends], predicted: Sequence[Ends]) -> Tally:
    """Return the counts of identical spans."""
    return Tally(len(set(gold) & set(predicted)), len(predicted), len(gold))


def _overlapping(gold: Sequence[Ends], predicted: Sequence[Ends]) -> Tally:
    """Return the counts of spans that overlap, one to one, as many as can be paired."""
    if not gold or not predicted:
        return Tally(0, len(predicted), len(gold))
    left, right = np.array(gold), np.array(predicted)
    touch = (left[:, None, 0] < right[None, :, 1]) & (right[None, :, 0] < left[:, None, 1])
    return Tally(int(touch[linear_sum_assignment(touch, maximize=True)].sum()), len(predicted), len(gold))

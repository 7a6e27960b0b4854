"""The error report: scores, errors and calibration as one HTML file that opens from disk and loads nothing.

Text of filings is untrusted. The template escapes whatever it prints; the search index goes in as JSON with every
character escaped that could end a script; a content-security policy lets only this file's own style and script run,
by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from topline.evaluation.charts import Bar, CurvePoint, curve_points, worth_bars
from topline.evaluation.outcomes import Outcome
from topline.evaluation.passages import Passage, further_evidence, passages
from topline.evaluation.rows import Pages, Row, Span
from topline.evaluation.scorer import Evaluation
from topline.evaluation.tables import decimal
from topline.excerpts import Layout, make_layout, own_place, place
from topline.outputs import clean

_HEAD = {"row": "Whole rows", "value": "Values", "endpoint": "Endpoints", "cohort": "Cohorts", "n": "n"}
_FIELDS = {
    "value": "Value",
    "kind": "Kind",
    "endpoint": "Endpoint",
    "cohort": "Cohort",
    "n": "n",
    "numerator": "Numerator",
    "time_frame": "Time frame",
    "ci": "Interval",
    "p_value": "p-value",
    "comparator": "Comparator",
    "confidence": "Confidence",
}
# `<` and `&` could open markup, U+2028 and U+2029 end a line of script in old readers.
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of both rows side by side; `differs` is None where there is nothing to compare with.

    The places say where each side's field stands when that is not the value's own sentence.
    """

    name: str
    gold: str
    predicted: str
    differs: bool | None
    gold_place: str = ""
    predicted_place: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One outcome as the report shows it."""

    number: int
    outcome: Outcome
    value: str
    summary: str
    endpoint: str
    fields: tuple[FieldLine, ...]
    passages: tuple[Passage, ...]
    also: str
    command: str


def render_report(evaluation: Evaluation, title: str, layouts: Mapping[str, Layout] | None = None) -> str:
    """Return the report of an evaluation as HTML; `title` says what was compared.

    `layouts` hold the documents' blocks by id: without them a table is shown as the text it is.
    """
    import jinja2

    style, script = (_resource(f"report.{ending}") for ending in ("css", "js"))
    items = report_items(evaluation, layouts)
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["decimal"] = decimal
    environment.filters["visible"] = visible
    return environment.from_string(_resource("report.html.jinja")).render(
        title=title,
        style=style,
        script=script,
        policy=content_policy(style, script),
        scores=evaluation.scores,
        head={label: evaluation.scores.levels[name] for name, label in _HEAD.items()},
        bars=worth_bars(evaluation.scores.outcomes),
        curve=curve_points(evaluation.scores.reliability),
        items=items,
        kinds=Counter(item.outcome.kind for item in items),
        documents=Counter(item.outcome.document for item in items),
        endpoints=_endpoint_names(items),
        index=safe_json(list(_index(items))),
    )


def report_items(evaluation: Evaluation, layouts: Mapping[str, Layout] | None = None) -> list[Item]:
    """Return the outcomes as items, in order of document and place."""
    pages = {document.id: document for document in evaluation.documents}
    known = layouts or {}
    drawn = {name: known.get(name) or make_layout(document.text) for name, document in pages.items()}
    return [
        _item(number, outcome, pages[outcome.document], drawn[outcome.document])
        for number, outcome in enumerate(evaluation.outcomes, start=1)
    ]


def visible(text: str) -> str:
    """Return text with what would steer its reader's screen (controls, direction marks) replaced by signs."""
    return clean(text, "\n\t")


def content_policy(style: str, script: str) -> str:
    """Return the content-security policy under which nothing but this style and this script takes effect."""
    sources = {"style-src": style, "script-src": script}
    allowed = "; ".join(f"{name} '{_source_hash(text)}'" for name, text in sources.items())
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def safe_json(data: Any) -> str:
    """Return JSON that may stand inside a script element whatever its strings hold."""
    return json.dumps(data, ensure_ascii=False).translate(_UNSAFE)


def _resource(name: str) -> str:
    """Return a file that ships beside this module."""
    return resources.files("topline.evaluation").joinpath(name).read_text("utf-8")


def _source_hash(text: str) -> str:
    """Return a text's hash as a policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _item(number: int, outcome: Outcome, pages: Pages, layout: Layout) -> Item:
    """Return one outcome as an item."""
    first = (*outcome.gold, *outcome.predicted)[0]
    return Item(
        number=number,
        outcome=outcome,
        value=" / ".join(dict.fromkeys(row.value.text for row in (*outcome.gold, *outcome.predicted))),
        summary=first.endpoint.text if first.endpoint else "no endpoint",
        endpoint=_endpoint_name(first),
        fields=tuple(_field_lines(outcome, layout)),
        passages=passages(outcome, layout),
        also="; ".join(_duplicates(outcome, pages, layout)),
        command=show_command(pages, outcome),
    )


def _duplicates(outcome: Outcome, pages: Pages, layout: Layout) -> Iterator[str]:
    """Yield where the results of an outcome's predicted rows are stated again."""
    stated = {row.name: row.value for row in pages.predicted}
    for name in dict.fromkeys(name for row in outcome.predicted for name in row.duplicates):
        value = stated.get(name)
        yield f"{own_place(layout, value.start)} ({value.text})" if value else f"row {name}"


def show_command(pages: Pages, outcome: Outcome) -> str:
    """Return the command that shows an outcome's predicted row, or its file when there is none, quoted for a shell."""
    command = f"topline show {shlex.quote(pages.file)}"
    return f"{command} --row {shlex.quote(outcome.predicted[0].name)}" if outcome.predicted else command


def _endpoint_name(row: Row) -> str:
    """Return the name by which items of one endpoint are filtered."""
    return " ".join(row.endpoint.text.casefold().split()) if row.endpoint else "(none)"


def _endpoint_names(items: Sequence[Item]) -> list[tuple[str, int]]:
    """Return the endpoints with their counts, the commonest first."""
    counts = Counter(item.endpoint for item in items)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _field_lines(outcome: Outcome, layout: Layout) -> Iterator[FieldLine]:
    """Yield the fields that either side gives, then further evidence."""
    for name, label in _FIELDS.items():
        gold, predicted = (_shown(rows, name) for rows in (outcome.gold, outcome.predicted))
        if not gold and not predicted:
            continue
        compared = name != "confidence" and bool(outcome.gold) and bool(outcome.predicted)
        differs = _differs(outcome, name) if compared else None
        places = (_places(rows, name, layout) for rows in (outcome.gold, outcome.predicted))
        yield FieldLine(label, gold, predicted, differs, *places)
    for row in outcome.predicted:
        for role, span in further_evidence(row):
            at = _seen_from(layout, span, row.value)
            yield FieldLine(f"Evidence: {role.replace('_', ' ')}", "", _words(span), None, "", at)


def _places(rows: Sequence[Row], name: str, layout: Layout) -> str:
    """Return where a field of some rows stands, seen from each row's value; nothing for what stands beside it."""
    found = ((getattr(row, "n_at" if name == "n" else name), row.value) for row in rows)
    said = (_seen_from(layout, span, value) for span, value in found if isinstance(span, Span))
    return "; ".join(dict.fromkeys(filter(None, said)))


def _seen_from(layout: Layout, span: Span, value: Span) -> str:
    together = layout.unit_at(span.start) == layout.unit_at(value.start)
    return "" if together else place(layout, span.start, value.start)


def _differs(outcome: Outcome, name: str) -> bool:
    """Return whether a field is wrong; the value of a matched pair is right by definition."""
    matched = outcome.faults or outcome.kind == "correct"
    return name in outcome.faults if matched else name == "value"


def _shown(rows: Sequence[Row], name: str) -> str:
    """Return a field of some rows in words; an empty string when none gives it."""
    shown = (_words(getattr(row, name)) for row in rows)
    return "; ".join(text for text in shown if text)


def _words(field: Span | str | float | None) -> str:
    """Return one field in words."""
    if isinstance(field, Span):
        return " ".join(field.text.split())
    return "" if field is None else str(field)


def _index(items: Sequence[Item]) -> Iterator[Mapping[str, str]]:
    """Yield what the script filters by, one object an item in the items' order."""
    for item in items:
        lines = (f"{line.gold} {line.predicted}" for line in item.fields)
        words = " ".join((*(passage.text for passage in item.passages), *lines, item.outcome.reason or ""))
        yield {
            "kind": item.outcome.kind,
            "document": item.outcome.document,
            "endpoint": item.endpoint,
            "text": " ".join(words.casefold().split()),
        }


__all__ = ["Bar", "CurvePoint", "content_policy", "render_report", "report_items", "safe_json", "show_command"]

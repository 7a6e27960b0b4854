"""Label Studio's JSON: a list of tasks, each with its annotations as regions and relations.

Offsets are code points. A region's labels, a value's kind and its n are results of one id; a relation names two such
ids. Only the JSON export keeps relations: JSON_MIN, CSV and CoNLL drop them, and are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from topline.errors import GoldError, InputError
from topline.exchange.fields import objects, take, whole_number
from topline.exchange.standoff import ENDS, Relation, Span, Standoff, read_memory
from topline.gold.files import write_whole
from topline.gold.records import KINDS, LABELS, read_text
from topline.outputs import dump, open_whole

_COLOURS: Mapping[str, str] = {
    "VALUE": "#d62728",
    "ENDPOINT": "#1f77b4",
    "COHORT": "#2ca02c",
    "COUNT": "#ff7f0e",
    "TIME_FRAME": "#9467bd",
    "CI": "#8c564b",
    "P_VALUE": "#e377c2",
    "DRUG": "#17becf",
    "DOSE": "#bcbd22",
    "SCHEDULE": "#7f7f7f",
    "PERCENT": "#c7c7c7",
}


def write(documents: Sequence[Standoff], path: Path) -> None:
    """Write all tasks as one JSON list, with their annotations."""
    with open_whole(path) as file:
        for number, document in enumerate(documents):
            file.write((b",\n" if number else b"[\n") + dump(_task(document)))
        file.write(b"\n]\n" if documents else b"[]\n")


def write_config(path: Path) -> None:
    """Write the labeling config of a project that takes these tasks."""
    write_whole(path, labeling_config())


def labeling_config() -> str:
    """Return the labeling config: labels, a value's kind and n, and the relations."""
    labels = "".join(
        f'    <Label value="{label}" background="{_COLOURS[label]}"/>\n' for label in sorted(LABELS, key=_rank)
    )
    kinds = "".join(f'    <Choice value="{kind}"/>\n' for kind in sorted(KINDS))
    relations = "".join(f'    <Relation value="{label}"/>\n' for label in ENDS)
    region = 'toName="text" perRegion="true" whenTagName="label" whenLabelValue="VALUE"'
    return (
        '<View>\n  <Header value="$name"/>\n'
        # Labels and choices stay in sight while a long filing is scrolled.
        '  <View style="position: sticky; top: 0; z-index: 3; background: var(--color-neutral-background, white)">\n'
        f'  <Labels name="label" toName="text">\n{labels}  </Labels>\n'
        f'  <Choices name="kind" {region} choice="single" showInline="true">\n{kinds}  </Choices>\n'
        f'  <Number name="n" {region}/>\n'
        "  </View>\n"
        f"  <Relations>\n{relations}  </Relations>\n"
        '  <Text name="text" value="$text"/>\n'
        "</View>\n"
    )


def read(path: Path, problems: list[str]) -> Iterator[Standoff | str]:
    """Yield the annotated tasks' documents; of the others a sentence why not. Faults go to `problems`."""
    for number, task in enumerate(_tasks(path), start=1):
        place = f"{path.name}: task {number}"
        try:
            yield _document(task, place, f"{path.stem}-{number}")
        except GoldError as error:
            problems.append(str(error))


def losses(documents: Sequence[Standoff]) -> Iterator[str]:
    """Yield what Label Studio cannot hold of these documents."""
    yield "relations in any export but JSON: choose JSON, not JSON-MIN, CSV or CoNLL"
    yield "the n of a group's size: it is read from the number that `size` points at"
    yield "ids, file names and the order of results stand in the task's data as `topline`, which it keeps"


def _task(document: Standoff) -> dict[str, Any]:
    """Return one task with its annotation."""
    regions = [part for span in document.spans for part in _region(span, document.text)]
    relations = [
        {
            "type": "relation",
            "from_id": relation.source,
            "to_id": relation.target,
            "direction": "right",
            "labels": [relation.label],
        }
        for relation in document.relations
    ]
    data = {"text": document.text, "name": document.name, "topline": document.memory.to_dict()}
    return {"data": data, "annotations": [{"result": regions + relations}]}


def _region(span: Span, text: str) -> Iterator[dict[str, Any]]:
    """Yield the results of one region: its label, and for a value its kind and n."""
    place = {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
    head = {"id": span.key, "to_name": "text"}
    yield {**head, "from_name": "label", "type": "labels", "value": {**place, "labels": [span.label]}}
    if span.kind is not None:
        yield {**head, "from_name": "kind", "type": "choices", "value": {**place, "choices": [span.kind]}}
    if span.n is not None:
        yield {**head, "from_name": "n", "type": "number", "value": {**place, "number": span.n}}


def _tasks(path: Path) -> list[Any]:
    """Return the tasks of a file."""
    try:
        tasks = json.loads(read_text(path))
    except RecursionError as error:
        raise GoldError(f"{path.name}: nested too deeply to be Label Studio's JSON") from error
    except ValueError as error:
        raise GoldError(f"{path.name}: not JSON ({error}); take Label Studio's JSON export") from error
    if not isinstance(tasks, list):
        raise GoldError(f"{path.name}: {type(tasks).__name__} where Label Studio's JSON export has a list of tasks")
    if not tasks:
        raise InputError(f"{path.name}: holds no tasks")
    return tasks


def _document(task: Any, place: str, name: str) -> Standoff | str:
    """Return the document of one task, or why it has none."""
    if not isinstance(task, dict):
        raise GoldError(f"{place} is {task!r:.60}, not an object")
    if "annotations" not in task:
        raise GoldError(f"{place}: has no `annotations`; take the JSON export, which alone keeps relations")
    data = take(task, "data", dict, place)
    text, memory = take(data, "text", str, place), read_memory(data.get("topline"), place)
    known = memory.id or data.get("name")
    where = f"{place} ({known or name})"
    done = [item for _, item in objects(task, "annotations", where) if not item.get("was_cancelled")]
    done = [item for item in done if item.get("ground_truth")] or done
    if not done:
        return f"{where}: left out, it is not annotated"
    if len(done) > 1:
        raise GoldError(f"{where}: has {len(done)} annotations; mark one as ground truth, or delete the others")
    parts = objects(done[0], "result", where)
    spans = tuple(_spans(parts, text))
    return Standoff(place, str(known) if known else name, text, spans, tuple(_relations(parts)), memory)


def _spans(parts: Sequence[tuple[str, Mapping[str, Any]]], text: str) -> Iterator[Span]:
    """Yield a span for every label of every region."""
    kinds: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for where, part in parts:
        if part.get("type") == "choices":
            chosen = take(take(part, "value", dict, where), "choices", list, where)
            if len(chosen) != 1 or not isinstance(chosen[0], str):
                raise GoldError(f"{where}: the kind is {chosen!r:.60}; choose one")
            kinds[take(part, "id", str, where)] = chosen[0]
        elif part.get("type") == "number":
            written = take(part, "value", dict, where).get("number")
            numbers[take(part, "id", str, where)] = whole_number(written, f"{where}: n")
    for where, part in parts:
        if part.get("type") == "labels":
            yield from _labelled(part, (kinds, numbers), text, where)


def _labelled(
    part: Mapping[str, Any], said: tuple[Mapping[str, str], Mapping[str, int]], text: str, where: str
) -> Iterator[Span]:
    """Yield the spans of one region; the first label has the region's id."""
    kinds, numbers = said
    key, value = take(part, "id", str, where), take(part, "value", dict, where)
    start, end = (take(value, name, int, where) for name in ("start", "end"))
    quote = take(value, "text", str, where, None)
    if quote is not None and _bare(quote) != _bare(text[max(start, 0) : max(end, 0)]):
        raise GoldError(f"{where}: region {key} [{start}, {end}) quotes {quote!r:.50}, which is not what stands there")
    labels = take(value, "labels", list, where)
    if not labels:
        raise GoldError(f"{where}: region {key} has no label")
    for number, label in enumerate(labels):
        # A kind on a region that is no value goes on, to be refused.
        about = label == "VALUE" or "VALUE" not in labels
        kind, n = (kinds.get(key), numbers.get(key)) if about else (None, None)
        yield Span(key, start, end, str(label), None if number else key, kind, n)


def _relations(parts: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[Relation]:
    """Yield the relations, from the side that the arrow leaves."""
    for where, part in parts:
        if part.get("type") != "relation":
            continue
        source, target = (take(part, key, str, where) for key in ("from_id", "to_id"))
        if part.get("direction") == "left":
            source, target = target, source
        labels = take(part, "labels", list, where, [])
        if len(labels) != 1:
            raise GoldError(f"{where}: the relation from {source} to {target} has {len(labels)} labels; give it one")
        yield Relation(source, target, str(labels[0]))


def _bare(text: str) -> str:
    """Return text without white space, which browsers and exports write in several ways."""
    return "".join(text.replace("\\n", " ").split())


def _rank(label: str) -> int:
    return list(_COLOURS).index(label)

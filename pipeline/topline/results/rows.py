"""Links to Result rows: quotes with offsets, groups with their sizes, drug, dose and trial, and an id."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from types import MappingProxyType

from topline.mentions.trials import find
from topline.relations import Relations
from topline.relations.decoding import Decision
from topline.relations.groups import Groups
from topline.relations.refusing import is_ratio
from topline.relations.tables import Tables, tables_of
from topline.relations.view import View, value_kind
from topline.results.checks import check
from topline.results.cohorts import read_cohort
from topline.results.shares import admitting, refuses_n
from topline.results.treatments import Arms
from topline.results.trials import Trials
from topline.schema import (
    Count,
    Document,
    Endpoint,
    Interval,
    Mention,
    Place,
    PValue,
    Quote,
    Result,
    Trial,
    Value,
    row_id,
)

_PHASE = re.compile(r"\bphase\s{1,3}(?:[1-4]|I{1,3}|IV)[abAB]?(?:\s?/\s?(?:[1-4]|I{1,3}|IV)[ab]?)?(?![\w-])", re.I)
_NCT = re.compile(r"\bNCT\s?\d{8}\b")
_WHERE = MappingProxyType({"list_item": "list", "table_cell": "table"})


@dataclass(frozen=True, slots=True)
class Page:
    """A document with what was read in it."""

    document: Document
    view: View
    groups: Groups
    phases: tuple[tuple[int, str], ...]
    registered: tuple[tuple[int, str], ...]
    trials: Trials
    tables: Tables
    arms: Arms

    def quote(self, mention: Mention) -> dict[str, object]:
        """Return the fields that every quoted mention has."""
        text = self.document.text[mention.start : mention.end]
        source = self.document.source_ranges(mention.start, mention.end)
        return {"text": text, "start": mention.start, "end": mention.end, "source": source}


def open_page(document: Document, found: Relations, trials: Trials) -> Page:
    """Read the groups' sizes, the trial's phase and its registry numbers once for all rows."""
    phases = tuple((found.start(), " ".join(found[0].split())) for found in _PHASE.finditer(document.text))
    registered = tuple((found.start(), found[0].replace(" ", "")) for found in _NCT.finditer(document.text))
    counted = {decision.value for decision in found.decisions}
    counted.update(attachment.target for attachment in found.attachments if attachment.role == "numerator")
    # What a lone count is out of, "four of the six", need be no whole arm: it says nothing of the group elsewhere.
    tables = tables_of(found.view)
    whole = {d.value for d in found.decisions if d.value in tables.links or _is_percent(found.view, d.value)}
    denominators = {a.value: a.target for a in found.attachments if a.role == "n" and a.value in whole}
    reported = {d.cohort: denominators[d.value] for d in found.decisions if d.cohort and d.value in denominators}
    groups = Groups(found.view, frozenset(counted), reported)
    return Page(document, found.view, groups, phases, registered, trials, tables, Arms(groups))


def _is_percent(view: View, value: int) -> bool:
    quantity = view.mentions[value].quantity
    return quantity is not None and quantity.kind == "percent"


def assemble(document: Document, found: Relations, trials: Trials | None = None) -> list[Result]:
    """Return one row for each decided value, in order of place; `trials` are those of the text, if they were found."""
    if not found.decisions:
        return []
    trials = trials or Trials(document.text, find(document.text, found.view.mentions))
    page = open_page(document, found, trials)
    attached: dict[int, dict[str, int]] = {}
    for attachment in found.attachments:
        attached.setdefault(attachment.value, {})[attachment.role] = attachment.target
    return [_row(page, decision, attached.get(decision.value, {})) for decision in found.decisions]


def _row(page: Page, decision: Decision, attached: dict[str, int]) -> Result:
    mentions = page.view.mentions
    value = mentions[decision.value]
    told = page.tables.links.get(decision.value)
    cohort, evidence = read_cohort(page.groups, page.tables, decision, _stated(page, decision, attached), page.quote)
    sentence = _sentence(page, decision.value)
    row = Result(
        id=row_id(page.document.source, value.start, value.end),
        source=page.document.source,
        value=_value(page, decision.value),
        endpoint=_endpoint(page, decision),
        cohort=cohort,
        comparator=Quote(**page.quote(mentions[attached["comparator"]])) if "comparator" in attached else None,  # type: ignore[arg-type]
        numerator=_count(page, attached.get("numerator")),
        time_frame=Quote(**page.quote(mentions[attached["time_frame"]])) if "time_frame" in attached else None,  # type: ignore[arg-type]
        ci=_interval(page, attached.get("ci")),
        p_value=_p_value(page, attached.get("p_value")),
        treatment=page.arms.treatment(decision.cohort),
        trial=_trial(page, value.start, sentence),
        sentence=sentence,
        where=_where(page, decision.value),
        confidence=round(decision.confidence, 4),
        evidence=evidence,
    )
    if "n" not in attached and decision.cohort not in page.groups.own and refuses_n(row, page.document.text):
        # A size from elsewhere of which no count is the percentage is another group's.
        cohort, evidence = read_cohort(page.groups, page.tables, decision, None, page.quote, admitting(row))
        row = replace(row, cohort=cohort, evidence=evidence)
    checks, derived = check(row, page.document.text)
    if told and told.n and cohort and cohort.n is None:
        derived = {**derived, "n": told.n}
    return replace(row, checks=checks, derived=derived)


def _stated(page: Page, decision: Decision, attached: dict[str, int]) -> int | None:
    """Return the count that gives the n right here: beside the value, or in its group's phrase before it.

    Elsewhere such a phrase says whom something happened to: "One patient fell. There were no deaths."
    """
    group, view = decision.cohort, page.view
    if "n" in attached or group is None or view.mentions[group].start > view.mentions[decision.value].start:
        return attached.get("n")
    if view.sentence[view.first[group]] != view.sentence[view.first[decision.value]] or is_ratio(view, decision.value):
        return None
    count = page.groups.counted_inside(group)
    return count if count not in (decision.value, attached.get("numerator")) else None


def _value(page: Page, index: int) -> Value:
    mention = page.view.mentions[index]
    quantity = mention.quantity
    kind = "ratio" if is_ratio(page.view, index) else value_kind(page.view, index)
    if quantity is None:
        return Value(**page.quote(mention), kind=kind)  # type: ignore[arg-type]
    return Value(
        **page.quote(mention),  # type: ignore[arg-type]
        kind=kind,  # type: ignore[arg-type]
        number=quantity.number,
        low=quantity.low,
        high=quantity.high,
        unit=quantity.unit,
        relation=quantity.relation,
        statistic=quantity.statistic,
    )


def _endpoint(page: Page, decision: Decision) -> Endpoint | None:
    if decision.endpoint is None:
        return None
    mention = page.view.mentions[decision.endpoint]
    if decision.endpoint_last is not None:
        mention = replace(mention, end=max(mention.end, page.view.mentions[decision.endpoint_last].end))
    return Endpoint(**page.quote(mention), code=mention.code, confidence=round(decision.endpoint_confidence, 4))  # type: ignore[arg-type]


def _count(page: Page, index: int | None) -> Count | None:
    if index is None:
        return None
    mention = page.view.mentions[index]
    number = mention.quantity.number if mention.quantity else None
    return Count(**page.quote(mention), number=int(number) if number is not None else None)  # type: ignore[arg-type]


def _interval(page: Page, index: int | None) -> Interval | None:
    if index is None:
        return None
    mention = page.view.mentions[index]
    bounds = mention.quantity
    if bounds is None:
        return Interval(**page.quote(mention))  # type: ignore[arg-type]
    return Interval(**page.quote(mention), low=bounds.low, high=bounds.high, level=bounds.level)  # type: ignore[arg-type]


def _p_value(page: Page, index: int | None) -> PValue | None:
    if index is None:
        return None
    mention = page.view.mentions[index]
    stated = mention.quantity
    if stated is None:
        return PValue(**page.quote(mention))  # type: ignore[arg-type]
    return PValue(**page.quote(mention), number=stated.number, relation=stated.relation)  # type: ignore[arg-type]


def _trial(page: Page, place: int, sentence: Place) -> Trial:
    """Take the phase and the registry number that stand last before the value, and the name in effect there."""
    name = page.trials.at(place, sentence.start, sentence.end)
    return Trial(_last(page.phases, place), _last(page.registered, place), name)


def _last(found: tuple[tuple[int, str], ...], place: int) -> str | None:
    """Return the last of the placed strings that begins before `place`."""
    k = bisect_right(found, place, key=lambda item: item[0])
    return found[k - 1][1] if k else None


def _sentence(page: Page, index: int) -> Place:
    view = page.view
    s = int(view.sentence[min(int(view.first[index]), len(view.sentence) - 1)])
    low, high = int(view.sentence_first[s]), int(view.sentence_first[s + 1])
    return Place(int(view.starts[low]), int(view.ends[high - 1]))


def _where(page: Page, index: int) -> str:
    """Say where a value stands: "prose", "list", or the table's cell."""
    if cell := page.tables.where(index):
        return cell
    block = int(page.view.block[min(int(page.view.first[index]), len(page.view.block) - 1)])
    return _WHERE.get(page.view.blocks[block].kind, "prose") if block >= 0 else "prose"

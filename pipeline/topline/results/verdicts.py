"""What became of each primary endpoint: by the words, by p-value and interval, and whether the two agree.

The words stay what they are, whatever the numbers say; numbers count only where rows are tied to the endpoint.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from topline.results import wordings
from topline.results.significance import ALPHA, estimate, is_difference, is_one_sided, is_ratio, is_significant
from topline.results.trials import Trials
from topline.schema import Document, Endpoint, Mention, Outcome, PValue, Quote, Result, Significance, Verdict

REACH = 120  # characters between "primary endpoint" and the name of the endpoint
LONGEST = 1200  # characters of a sentence that are looked at on either side; a table run together has no sentences

_EMPTY = frozenset("a an the of in to at from change changes improvement improvements baseline score scores".split())


@dataclass(frozen=True, slots=True)
class Said:
    """A place that speaks of a primary endpoint: its sentence, which endpoint, what became of it, in which words."""

    sentence: tuple[int, int]
    trial: str | None
    target: Mention | None
    outcome: Outcome
    start: int
    end: int

    @property
    def endpoint(self) -> str | None:
        """Return the name by which places are put together."""
        return None if self.target is None else self.target.code or f"{self.target.start}"


def judge(
    document: Document, starts: Sequence[int], mentions: Sequence[Mention], trials: Trials, rows: Sequence[Result]
) -> list[Verdict]:
    """Return a verdict for each primary endpoint that a document speaks of; `starts` are its sentences' starts."""
    targets = [mention for mention in mentions if _can_be_named(mention, document.text)]
    groups = _grouped(_one_trial(list(_said(document.text, starts, targets, trials))))
    return [_verdict(document, group, rows) for group in groups]


def merge(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts of an input's documents without repetitions; the one that rests on more rows is kept."""
    kept: dict[object, Verdict] = {}
    for verdict in verdicts:
        name = verdict.endpoint and (verdict.endpoint.code or verdict.endpoint.text.lower())
        key = (verdict.trial, name, verdict.words, verdict.numbers)
        if key not in kept or len(kept[key].rows) < len(verdict.rows):
            kept[key] = verdict
    return list(kept.values())


def _said(text: str, starts: Sequence[int], targets: Sequence[Mention], trials: Trials) -> Iterator[Said]:
    """Yield the places that say what a primary endpoint is or what became of it."""
    for found in wordings.MENTIONED.finditer(text):
        k = bisect_right(starts, found.start())
        low = max(starts[k - 1] if k else 0, found.start() - LONGEST)
        high = min(starts[k] if k < len(starts) else len(text), found.end() + LONGEST)
        target = _target(text, found.span(), (low, high), targets)
        outcome = wordings.outcome(text, low, high, found.start())
        if target is None and outcome is None:
            continue
        said, start, end = outcome or ("not_stated", *found.span())
        yield Said((low, high), trials.at(found.start(), low, high), target, said, start, end)


def _target(
    text: str, mention: tuple[int, int], sentence: tuple[int, int], targets: Sequence[Mention]
) -> Mention | None:
    """Return the endpoint that the sentence calls the primary one, the nearest behind or before."""
    low, high = max(sentence[0], mention[0] - REACH), min(sentence[1], mention[1] + REACH)
    near = targets[bisect_left(targets, low, key=_start) : bisect_left(targets, high, key=_start)]
    named = [target for target in near if wordings.names(text, mention, (target.start, target.end))]
    return min(named, key=lambda t: max(t.start - mention[1], mention[0] - t.end), default=None)


def _can_be_named(mention: Mention, text: str) -> bool:
    """Tell whether a mention can be an endpoint's name: one of the table's, or a phrase of two words and more."""
    if mention.label not in ("ENDPOINT", "PHRASE"):
        return False
    words = [word for word in text[mention.start : mention.end].lower().split() if word not in _EMPTY]
    return len(words) > (mention.label == "PHRASE")


def _start(mention: Mention) -> int:
    return mention.start


def _one_trial(said: list[Said]) -> list[Said]:
    """Return the places with the trial that they are about where only one is named at all."""
    named = {each.trial for each in said} - {None}
    return [replace(each, trial=next(iter(named))) for each in said] if len(named) == 1 else said


def _grouped(said: Sequence[Said]) -> list[list[Said]]:
    """Return the places that speak of one endpoint of one trial with one outcome.

    Words without a name ("met its primary endpoint") belong to the trial's only named endpoint, if it has one; a
    place that only names the endpoint goes with each outcome of it.
    """
    names: dict[str | None, set[str]] = {}
    for each in said:
        if each.endpoint is not None:
            names.setdefault(each.trial, set()).add(each.endpoint)
    groups: dict[tuple[str | None, str | None], dict[Outcome, list[Said]]] = {}
    for each in said:
        only = next(iter(names[each.trial])) if len(names.get(each.trial, ())) == 1 else None
        outcomes = groups.setdefault((each.trial, each.endpoint or only), {})
        outcomes.setdefault(each.outcome, []).append(each)
    return [group for outcomes in groups.values() for group in _by_outcome(outcomes)]


def _by_outcome(outcomes: dict[Outcome, list[Said]]) -> Iterator[list[Said]]:
    naming = outcomes.get("not_stated", [])
    stated = [said for outcome, said in outcomes.items() if outcome != "not_stated"]
    yield from ([*said, *naming] for said in stated) if stated else [naming]


def _verdict(document: Document, group: Sequence[Said], rows: Sequence[Result]) -> Verdict:
    """Return the verdict of a group, whose first place has its outcome."""
    first = group[0]
    target = next((said.target for said in group if said.target is not None), None)
    tied = _tied(document.text, group, target, rows)
    tested = [(row, quote, sure) for row in tied for quote, sure in _tests(row, document.text)]
    shown = next((test for test in tested if test[2]), tested[0] if tested else None)
    numbers: Significance = "not_stated" if shown is None else "significant" if shown[2] else "not_significant"
    significant = [sure for _, _, sure in tested]
    words = _quote(document, first.start, first.end) if first.outcome != "not_stated" else None
    return Verdict(
        document=document.source.document,
        trial=first.trial,
        endpoint=_endpoint(document, target),
        words=first.outcome,
        numbers=numbers,
        conflict=bool(significant)
        and ((first.outcome == "met" and not any(significant)) or (first.outcome == "missed" and all(significant))),
        words_quote=words,
        numbers_quote=shown[1] if shown else None,
        rows=tuple(row.id for row in tied),
    )


def _tied(text: str, group: Sequence[Said], target: Mention | None, rows: Sequence[Result]) -> list[Result]:
    """Return the rows that report the endpoint: by its name, or as the test beside such a row or beside the words.

    "The score fell by 8.9 and 9.3 points, a difference of 0.4 (p=0.51)": the test's own endpoint is the difference.
    """
    trial = group[0].trial
    rows = [row for row in rows if None in (trial, row.trial.name) or row.trial.name == trial]
    named = [row for row in rows if target is not None and _is_named(row, target)]
    ids = {row.id for row in named}
    beside = {row.sentence.start for row in named}
    places = [said.sentence for said in group]
    for row in rows:
        spoken = any(low <= row.value.start < high for low, high in places)
        nameless = row.endpoint is None or row.endpoint.code is None
        if (spoken and target is None) or (
            (spoken or (nameless and row.sentence.start in beside)) and _is_test(row, text)
        ):
            ids.add(row.id)
    return [row for row in rows if row.id in ids]


def _is_named(row: Result, target: Mention) -> bool:
    if row.endpoint is None:
        return False
    if target.code is not None:
        return row.endpoint.code == target.code
    return row.endpoint.start < target.end and target.start < row.endpoint.end


def _is_test(row: Result, text: str) -> bool:
    return row.value.kind == "p_value" or is_difference(row, text) or is_ratio(row, text)


def _tests(row: Result, text: str) -> Iterator[tuple[Quote, bool]]:
    """Yield what tells whether the row is significant, and whether it is: its p-value, else its interval."""
    value = row.value
    p = row.p_value
    if value.kind == "p_value":
        p = PValue(value.text, value.start, value.end, value.source, number=value.number, relation=value.relation)
    if p is not None:
        sure = is_significant(p, ALPHA / 2 if is_one_sided(row, text) else ALPHA)
        if sure is not None:
            yield p, sure
        return
    found = estimate(row, text)
    if not isinstance(found, str) and found.excludes_null is not None and row.ci is not None:
        yield row.ci, found.excludes_null


def _quote(document: Document, start: int, end: int) -> Quote:
    return Quote(document.text[start:end], start, end, document.source_ranges(start, end))


def _endpoint(document: Document, target: Mention | None) -> Endpoint | None:
    if target is None:
        return None
    quote = _quote(document, target.start, target.end)
    return Endpoint(quote.text, quote.start, quote.end, quote.source, code=target.code)

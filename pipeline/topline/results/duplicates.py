"""The same result in headline, bullet, body and exhibit: joined where it agrees, reported where it does not.

No row goes away: each place stays a row of its own, `duplicates` lists the rows that state the same result and
`duplicate_of` names the fullest of them. In doubt two rows are different results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from topline.results.names import (
    endpoint_words,
    exact_endpoint,
    group_words,
    qualifiers,
    same_endpoint,
    same_group,
    same_trial,
    words_of,
)
from topline.results.shares import digits, half_unit, is_change
from topline.schema import Check, Result

NAME = "consistent"
MEMBERS = 50  # rows of one result; a page's running head can repeat one a thousand times
RECENT = 32  # results of one endpoint that a row is compared with, the last first
TELLING = 3  # digits from which two equal values are no coincidence: "39.3%", never "50%"
LONGEST = 2000  # characters of a sentence that are looked at; a table run together has no sentences
CONFIDENT = 0.5  # below it a row's links are too doubtful to accuse another row
_COMPARED = frozenset({"percent", "duration", "ratio", "number"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A row in its place: `part` is its document's number in the input, `change` that its value is one.

    `narrowed` are the words of its sentence that narrow it.
    """

    row: Result
    part: int
    change: bool
    narrowed: frozenset[str] = frozenset()

    @property
    def place(self) -> tuple[int, str]:
        """Return what holds different results only: a table, or a sentence."""
        place = self.row.where.partition(",")[0]
        return self.part, place if place.startswith("table") else str(self.row.sentence.start)


def join(parts: Sequence[tuple[str, Sequence[Result]]]) -> list[list[Result]]:
    """Return the rows of an input's documents, each with its duplicates and its check `consistent`.

    A part is a document's text and its rows; rows keep their order and their document.
    """
    said = [_statement(row, k, text) for k, (text, rows) in enumerate(parts) for row in rows]
    groups = [group for bucket in _buckets(said) for group in _alike(bucket)]
    contrary = dict(_contradictions(said, groups))
    joined = {}
    for group in groups:
        ordered = sorted(group, key=lambda statement: _fullness(statement.row), reverse=True)
        for statement in group:
            joined[statement.row.id] = _with(statement.row, [each.row for each in ordered], contrary)
    return [[joined.get(row.id, _with(row, [row], contrary)) for row in rows] for _, rows in parts]


def _statement(row: Result, part: int, text: str) -> Statement:
    sentence = text[row.sentence.start : min(row.sentence.end, row.sentence.start + LONGEST)]
    return Statement(row, part, is_change(row, text), qualifiers(sentence))


def once(rows: Iterable[Result]) -> list[Result]:
    """Return one row a result: those that are no duplicate of a fuller one."""
    return [row for row in rows if row.duplicate_of is None]


def _buckets(said: Iterable[Statement]) -> Iterable[list[Statement]]:
    """Return the statements that may be the same result: of one endpoint, kind and unit."""
    found: dict[object, list[Statement]] = {}
    for statement in said:
        value, endpoint = statement.row.value, statement.row.endpoint
        if endpoint is not None:
            kind = "number" if value.kind == "ratio" else value.kind
            key = (endpoint.code or endpoint_words(statement.row), kind, value.unit, statement.change)
            found.setdefault(key, []).append(statement)
    return found.values()


def _alike(bucket: Sequence[Statement]) -> list[list[Statement]]:
    """Return the statements of a bucket grouped into results; a group has one statement a place."""
    groups: list[list[Statement]] = []
    for statement in bucket:
        home = next((group for group in groups[: -RECENT - 1 : -1] if _belongs(statement, group)), None)
        if home is None:
            groups.append([statement])
        else:
            home.append(statement)
    return groups


def _belongs(statement: Statement, group: Sequence[Statement]) -> bool:
    return len(group) < MEMBERS and all(
        _agree(statement.row, other.row) and statement.place != other.place and _same(statement.row, other.row)
        for other in group
    )


def _same(one: Result, other: Result) -> bool:
    """Tell whether two rows of different places, whose values agree, state one result."""
    if not (same_endpoint(one, other) and same_trial(one, other)):
        return False
    # What one place leaves out is no other: "LDL fell by 60%" stands over "by 60% versus placebo at week 24".
    for name in ("time_frame", "comparator"):
        said = [words_of(getattr(row, name)) for row in (one, other)]
        if all(said) and said[0] != said[1]:
            return False
    likeness = same_group(one, other)
    return likeness == "same" or (likeness == "unsure" and min(_information(one), _information(other)) >= TELLING)


def _information(row: Result) -> int:
    """Return how many digits of the value are no round number's: 3 of `39.3`, 1 of `100`."""
    printed = digits(row.value.text)
    return len(printed.replace(".", "").strip("0") if "." not in printed else printed.replace(".", "").lstrip("0"))


def _agree(one: Result, other: Result) -> bool:
    """Tell whether two values are the same as far as both are printed: 39% and 39.3%."""
    mine, its = one.value, other.value
    if mine.relation != its.relation or mine.statistic != its.statistic:
        return False
    if mine.number is None or its.number is None:
        return (mine.number, mine.low, mine.high) == (its.number, its.low, its.high) and mine.text == its.text
    halves = half_unit(mine.text), half_unit(its.text)
    slack = 0.0 if halves[0] == halves[1] else float(max(halves))
    return abs(mine.number - its.number) <= slack + 1e-9


def _contradictions(
    said: Iterable[Statement], groups: Sequence[Sequence[Statement]]
) -> Iterator[tuple[str, Statement]]:
    """Yield the id of each row that another contradicts, with the other.

    Only where everything else is the same and each place has one value; a name with three different values or more
    is too wide a name.
    """
    result = {statement.row.id: k for k, group in enumerate(groups) for statement in group}
    for rivals in _rivals(said):
        places = {statement.place for statement in rivals}
        results = {result[statement.row.id] for statement in rivals}
        if len(places) < len(rivals) or len(results) != 2 or len(rivals) > MEMBERS:
            continue
        for statement in rivals:
            other = next(each for each in rivals if result[each.row.id] != result[statement.row.id])
            if not _agree(statement.row, other.row):
                yield statement.row.id, other


def _rivals(said: Iterable[Statement]) -> Iterable[list[Statement]]:
    """Return the statements that are the same in everything but the value."""
    found: dict[object, list[Statement]] = {}
    for statement in said:
        row, value = statement.row, statement.row.value
        size = row.cohort.n if row.cohort else None
        exact = value.kind in _COMPARED and value.number is not None and value.relation == "="
        if not (exact and (group_words(row) or size) and _is_sure(row)):
            continue
        same = (value.kind, value.unit, value.statistic, statement.change, statement.narrowed, row.trial)
        who = (exact_endpoint(row), row.endpoint and row.endpoint.code, group_words(row), size)
        found.setdefault((same, who, words_of(row.time_frame), words_of(row.comparator)), []).append(statement)
    return found.values()


def _is_sure(row: Result) -> bool:
    """Tell whether the links are good enough to accuse another row: confident, and all in the value's own sentence."""
    inside = (
        quote is not None and row.sentence.start <= quote.start and quote.end <= row.sentence.end
        for quote in (row.endpoint, row.cohort)
    )
    return (row.confidence is None or row.confidence >= CONFIDENT) and all(inside)


def _fullness(row: Result) -> tuple[int, int]:
    """Return how much a row says: its fields, then the digits of its value."""
    held = (row.cohort, row.comparator, row.numerator, row.time_frame, row.ci, row.p_value, row.treatment.drug)
    size = row.cohort.n if row.cohort else None
    return sum(field is not None for field in (*held, size)), _information(row)


def _with(row: Result, group: Sequence[Result], contrary: dict[str, Statement]) -> Result:
    """Return the row with its duplicates, the fullest first, and its check."""
    others = tuple(other.id for other in group if other.id != row.id)
    checks = tuple(check for check in row.checks if check.name != NAME)
    first = None if group[0].id == row.id else group[0].id
    return replace(
        row, duplicates=others, duplicate_of=first, checks=(*checks, _consistent(row, group, contrary.get(row.id)))
    )


def _consistent(row: Result, group: Sequence[Result], contrary: Statement | None) -> Check:
    if contrary is not None:
        return Check(NAME, "fail", f"{row.value.text} here, {_placed(contrary.row)}")
    others = [other for other in group if other.id != row.id]
    if not others:
        return Check(NAME, "not_applicable", "no other row states this result")
    return Check(NAME, "pass", f"{row.value.text} here, {_placed(others[0])}")


def _placed(row: Result) -> str:
    document = f" of document {row.source.document}" if row.source.document else ""
    return f"{row.value.text} in row {row.id} at [{row.value.start}, {row.value.end}){document}"

"""A table's cell as numbers with roles: "12 (22.2)" under "n (%)" is 22.2 percent with the numerator 12.

What a cell's numbers measure is said elsewhere, in its heads, its stub or the caption; `measure` reads those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from topline.mentions import quantities
from topline.schema import Mention, Quantity

LONGEST = 80  # characters of a value cell; "-2.05 kg or -2.31% (range -7.1 to +3.9 kg)" has 43
_INTEGER = r"(?:[0-9]{1,3}(?:,[0-9]{3})++|[0-9]{1,7})"
_NUMBER = rf"(?:[<>≤≥~=]{{1,2}}\s?)?(?:[-−–+]\s?)?(?:{_INTEGER}(?:\.[0-9]{{1,6}})?|\.[0-9]{{1,6}})"
_OPEN_END = r"(?:NE|NR|NA|NC|N/A|[-–—]|[Nn]ot\s(?:reached|estimable|evaluable|calculable))"
_UNIT = r"(?:%|percent|months?|mo|weeks?|wks?|days?|hours?|hrs?|years?|yrs?|points?|letters?|mm\s?Hg|mg/dL|kg|x|fold)"
_P = r"[pP]\s?[-=<>≤≥]{1,2}\s?(?:0?\.[0-9]{1,6}|NS)"
_MARKS = r"(?:\s?(?:[*†‡§¶#^¹²³]|\([a-e1-9*†‡]\)|\[[a-e1-9]\])|[a-e]\b){0,4}"


def _cell(marks: str) -> re.Pattern[str]:
    """Return the pattern of a value cell with the footnote marks that it may have behind its value."""
    return re.compile(
        rf"""
        (?P<open>[(\[]\s?)?                                        # the second half of a pair: "12 | (22.2%)"
        (?P<value>{_NUMBER}|NR|NE|[Nn]ot\s(?:reached|estimable|evaluable))
        (?P<unit>\s?(?:{_UNIT}(?![A-Za-z])|%(?=[a-e]\b)))?
        (?:\s?(?:/|\sof\s|out\sof\s)\s?(?P<of>{_INTEGER}))?         # "12/54"
        (?:\s?(?:±|\+/[-−–])\s?(?P<spread>{_NUMBER})\s?%?)?         # "-9.4 ± 1.2"
        (?:\s?[)\]](?P<late>\s?%)?)?                                # "(22.5)%"
        (?P<marks>{marks})
        (?:[\s,;]{{0,3}}[(\[]\s?(?P<inside>[^()\[\]]{{1,60}}?)\s?[)\]])?
        (?:[\s,;]{{0,3}}[(\[]?\s?(?P<p>{_P})\s?[)\]]?)?
        {_MARKS}
        """,
        re.VERBOSE,
    )


_CELL = _cell(_MARKS)
_PAIR_CELL = _cell(_MARKS.replace("1-9", ""))  # the 7 of "2 (7)" under "n (%)", the 4 of "10.0% (4)"
_RANGE = re.compile(rf"{_NUMBER}\s?%?\s?(?:[-–—]|to)\s?{_NUMBER}(?:\s?{_UNIT})?{_MARKS}")
_MISSING = re.compile(
    r"(?:[-–—]{1,3}|\.{2,3}|N\.?/?A\.?|NC|ND|[Nn]ot\s(?:applicable|available|calculable|calculated))\*{0,2}"
)
_INTERVAL = re.compile(
    rf"""(?:(?P<level>[0-9]{{2}}(?:\.[0-9])?)\s?%\s?(?:CI|CrI|confidence\sinterval)[,:;=\s]{{0,3}})?
         (?P<low>{_NUMBER}|{_OPEN_END})\s?%?\s?(?:[,;]\s?|to\s|[-–—]\s?)(?P<high>{_NUMBER}|{_OPEN_END})\s?%?""",
    re.VERBOSE,
)
_PAIR = re.compile(rf"{_NUMBER}\s?%?\s?[,;]\s(?:{_NUMBER}|{_OPEN_END})\s?%?")
_FRACTION = re.compile(rf"(?P<count>{_INTEGER})\s?(?:/|of)\s?(?P<of>{_INTEGER})")
_SIZE = re.compile(rf"[nN]\s?=\s?(?P<count>{_INTEGER})")
_ONE = re.compile(rf"(?P<one>{_NUMBER})\s?(?P<sign>%)?")
# Several numbers with little between them: "-2.05 kg or -2.31%(range -7.1 to + 3.9 Kg)"
_LOOSE = re.compile(
    rf"{_NUMBER}(?:{_NUMBER}|\s|[%()\[\],;/±:]|to|or|and|vs|CI|IQR|range|median|mean|SD|SE|[KkMm]g|dL|mL|{_UNIT}){{0,24}}+"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a head, a stub or a caption says of the numbers under it.

    `kind` is a result kind or `count_percent` ("n (%)") or `percent_count`; `level` is an interval's, in percent.
    """

    kind: str | None = None
    unit: str | None = None
    statistic: str | None = None
    spread: bool = False
    ranged: bool = False
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A number of a cell: `role` is `value`, `numerator`, `n`, `ci`, `p_value` or `aside`."""

    role: str
    mention: Mention


_RATIO = re.compile(r"\b(hazard|odds|risk|rate)\sratio|\b(relative)\srisk|(?-i:\b(HR|OR|RR|IRR)\b)", re.I)
_RATIO_NAMES = MappingProxyType({"hr": "hazard", "or": "odds", "rr": "risk", "irr": "rate", "relative": "risk"})
# "Median hours to relief", "Duration of response, months", "PFS (months)"; never "within 6 months"
_TIME_UNIT = re.compile(
    r"""(?:[,(\[]\s?|[–—-]\s|\b(?:median|mean)\s(?:time\s)?(?:in\s)?)(?P<time>hours?|days?|weeks?|months?|years?)\b(?!\s[0-9])""",
    re.IGNORECASE,
)
# The first that holds says what the numbers are. A percent sign behind a digit is a level or a threshold: "95% CI".
_KINDS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for kind, pattern in (
        (
            "p_value",
            r"(?:^|\b(?:nominal|one-sided|two-sided|log-rank|adjusted)\s)p(?:\W{0,3}$|\s(?:vs\.?|versus)\s)|\bp[\s-]?values?\b",
        ),
        (
            "count_percent",
            r"""\b(?:n|no\.?|number|patients|subjects|participants)(?:,|\sof\s[a-z]{1,20})?\s?[(\[,]\s?%\s?[)\]]?""",
        ),
        ("percent_count", r"%\s?[(\[]\s?(?:n|no\.?|n/N)\s?[)\]]"),
        ("ratio", r"\b(?:hazard|odds|risk|rate)\sratios?\b|\brelative\srisk\b|(?-i:\b(?:HR|OR|RR|IRR)\b)"),
        ("percent", r"(?<![0-9])(?<![0-9]\s)%|\bpercent(?:age)?\b"),
        ("duration", _TIME_UNIT.pattern),
        (
            "number",  # "Change in calprotectin, µg/g": no percentage, whatever the caption says
            r"""[,(\[]\s?(?:(?:[µμmnpk]?(?:g|mol|l)|mcg|mm|cm|iu|u|cells|copies)(?:\s?/\s?[a-zµ0-9.]{1,8})?
                |mm\s?Hg|letters|points|score)[)\]]?$""",
        ),
        ("count", r"\b(?:number|no\.)\s(?:of\s|\()|^[nN]$|[,(]\s?[nN]\)?$|^events?$"),
    )
)  # fmt: skip
_LEVEL = re.compile(r"\b([0-9]{2}(?:\.[0-9])?)\s?%\s?(?:CI|CrI|confidence)\b")
_SPREAD = re.compile(r"\b(?:SD|SE|SEM|standard\s(?:deviation|error))\b|±")
_RANGED = re.compile(r"\b(?:range|min|IQR|Q1|interquartile)\b", re.I)


def measure(text: str) -> Measure:
    """Read what a label says of the numbers that it heads."""
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), None)
    unit = statistic = None
    if kind == "duration" and (found := _TIME_UNIT.search(text)):
        unit = found["time"].lower().rstrip("s") + "s"
    if kind == "ratio" and (named := _RATIO.search(text)):
        name = next(filter(None, named.groups())).lower()
        statistic = f"{_RATIO_NAMES.get(name, name)} ratio"
    level = _LEVEL.search(text)
    return Measure(
        kind,
        unit,
        statistic,
        bool(_SPREAD.search(text)),
        bool(_RANGED.search(text)),
        float(level[1]) if level else None,
    )


def combined(measures: Iterable[Measure]) -> Measure:
    """Return one measure of several labels', the nearest first: the first that names a kind does."""
    held = list(measures)
    kinded = next((one for one in held if one.kind), Measure())
    spread = next((one for one in held if one.spread or one.ranged or one.level), Measure())
    return replace(kinded, spread=spread.spread, ranged=spread.ranged, level=spread.level)


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no value: a dash, "N/A"."""
    return bool(_MISSING.fullmatch(text))


def is_interval(text: str) -> bool:
    """Tell whether a cell holds an interval and nothing else, "(5.4-8.2)" or "5.4, 8.2": another has its value."""
    if len(text) > LONGEST:
        return False
    bracketed = text[:1] in ("(", "[") and text[-1:] in (")", "]")
    return bool(_INTERVAL.fullmatch(text[1:-1].strip()) if bracketed else _PAIR.fullmatch(text))


def interval(text: str, start: int, end: int, level: float | None) -> Mention | None:
    """Return the interval that fills a cell, with brackets or without; None when it holds something else."""
    cell = text[start:end]
    inner = cell.strip("()[] ")
    found = _INTERVAL.fullmatch(inner)
    if found is None:
        return None
    low, high = (_bound(found[name]) for name in ("low", "high"))
    place = start + cell.index(inner)
    stated = Quantity("interval", None, low, high, level=float(found["level"]) if found["level"] else level)
    return Mention(place, place + len(inner), "CI", None, stated)


_PAIRED = frozenset({"count_percent", "percent_count"})


def is_value(text: str) -> bool:
    """Tell whether a cell holds numbers alone: a value, with what stands in brackets behind it."""
    if len(text) > LONGEST or _LEVEL.match(text):
        return False
    return bool(_CELL.fullmatch(text) or _RANGE.fullmatch(text) or _LOOSE.fullmatch(text))


def read(text: str, start: int, end: int, said: Measure) -> list[Part]:
    """Return the numbers of a value cell with their roles, in order of place; none for a cell that is no value."""
    cell = text[start:end]
    paired = said.spread or said.kind in _PAIRED or "%" in cell
    found = (_PAIR_CELL if paired else _CELL).fullmatch(cell)
    if found and said.kind != "duration" and not any(c.isdigit() for c in found["value"]):
        return []  # "NR" is a value only where a time could have been reached
    mentions = [_moved(mention, start) for mention in quantities.match(_unmarked(cell, found))]
    if found is None:
        aside = _bracketed(cell, start)
        roles = ("aside" if low <= m.start < high else "value" for m in mentions for low, high in [aside])
        return [
            Part(role, _kept(m, said) if role == "value" else _aside(m))
            for role, m in zip(roles, mentions, strict=True)
        ]
    return sorted(_parts(_Cell(cell, start, found, said, mentions)), key=lambda part: part.mention)


def _unmarked(cell: str, found: re.Match[str] | None) -> str:
    """Return the cell with blanks for the marks behind its value: the a of "33.3%a" is no unit."""
    low, high = found.span("marks") if found else (0, 0)
    return f"{cell[:low]}{' ' * (high - low)}{cell[high:]}"


def _bracketed(cell: str, start: int) -> tuple[int, int]:
    """Return where a cell's first bracket stands in the text."""
    low = min((k for k in (cell.find("("), cell.find("[")) if k >= 0), default=len(cell))
    return start + low, start + len(cell)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that has the usual shape, with its numbers as the quantities' rules read them by themselves."""

    text: str
    start: int
    found: re.Match[str]
    said: Measure
    mentions: list[Mention]

    def number(self, start: int, end: int) -> Mention:
        """Return the number that stands in `[start, end)` of the cell; a plain one where the rules see none."""
        low, high = self.start + start, self.start + end
        for mention in self.mentions:
            if low <= mention.start < high and mention.label != "SET_ASIDE":
                return mention
        said = self.text[start:end]
        signed = said.lstrip("<>≤≥~= ")
        digits = signed.replace(",", "").lstrip("-−–+ ")
        number = _bound(signed)
        stated = Quantity("number", number, digits=digits if number is not None else None)
        return Mention(high - len(signed), high, "NUMBER", None, stated)


def _parts(cell: _Cell) -> Iterator[Part]:
    """Yield a cell's numbers with their roles."""
    found, said = cell.found, cell.said
    value = cell.number(*found.span("value"))
    inside, offset = found["inside"] or "", found.start("inside")
    one = _ONE.fullmatch(inside)
    first_counts = found["unit"] is None and re.fullmatch(_INTEGER, found["value"]) is not None
    swapped = (
        one and first_counts and (one["sign"] or (said.kind == "count_percent") or (found["of"] and not said.spread))
    )
    if found["of"]:
        yield Part("n", _as(cell.number(*found.span("of")), "COUNT"))
    if found["spread"]:
        yield Part("aside", _aside(cell.number(*found.span("spread"))))
    if found["p"]:
        yield from (Part("p_value", m) for m in cell.mentions if m.label == "P_VALUE")
    if swapped:
        yield Part("numerator", _as(value, "COUNT"))
        yield Part("value", _percent(cell.number(offset + one.start("one"), offset + one.end())))  # type: ignore[union-attr]
        return
    late = found["late"] or (found["unit"] or "").strip() == "%"
    yield Part("value", _percent(value) if late else _kept(value, said if inside else _alone(said)))
    yield from _inside(cell, inside, offset)


def is_whole(text: str) -> bool:
    """Tell whether a cell holds one whole number and nothing else."""
    return re.fullmatch(rf"{_INTEGER}{_MARKS}", text) is not None


def _alone(said: Measure) -> Measure:
    """Return the measure of a cell that holds one number: under "n (%)" that is the count."""
    return replace(said, kind="count") if said.kind == "count_percent" else said


def _inside(cell: _Cell, inside: str, offset: int) -> Iterator[Part]:
    """Yield what stands in the bracket behind a value."""
    if not inside:
        return
    counted = _FRACTION.fullmatch(inside) or _SIZE.fullmatch(inside)
    bounds = (
        None
        if cell.said.ranged or cell.said.spread
        else interval(cell.text, offset, offset + len(inside), cell.said.level)
    )
    if bounds:
        yield Part("ci", _moved(bounds, cell.start))
    elif counted:
        role = "numerator" if "%" in (cell.found["unit"] or "") or cell.said.kind == "percent_count" else "aside"
        place = (offset + counted.start("count"), offset + counted.end("count"))
        yield Part(role, _as(cell.number(*place), "COUNT"))
        if "of" in counted.re.groupindex:
            yield Part("n", _as(cell.number(offset + counted.start("of"), offset + counted.end("of")), "COUNT"))
    elif cell.said.kind == "percent_count" and (one := _ONE.fullmatch(inside)) and not one["sign"]:
        yield Part("numerator", _as(cell.number(offset, offset + one.end("one")), "COUNT"))
    else:
        held = [m for m in cell.mentions if m.start >= cell.start + offset]
        yield from (Part("aside", _aside(m)) for m in held if m.label != "P_VALUE")
        if not cell.found["p"]:  # "20.9 (p=0.040)"
            yield from (Part("p_value", m) for m in held if m.label == "P_VALUE")


def _bound(text: str) -> float | None:
    digits = text.replace(",", "").replace("−", "-").replace("–", "-").replace(" ", "").lstrip("<>≤≥~=")
    return float(digits) if re.fullmatch(r"[-+]?[0-9.]{1,12}", digits) and digits.strip("+-.") else None


def _moved(mention: Mention, offset: int) -> Mention:
    return replace(mention, start=mention.start + offset, end=mention.end + offset)


def _as(mention: Mention, label: str) -> Mention:
    return Mention(mention.start, mention.end, label, None, replace(_quantity(mention), kind=label.lower()))


def _quantity(mention: Mention) -> Quantity:
    return mention.quantity or Quantity("number")


def _aside(mention: Mention) -> Mention:
    return Mention(mention.start, mention.end, "SET_ASIDE", "spread", mention.quantity)


def _percent(mention: Mention) -> Mention:
    return Mention(mention.start, mention.end, "PERCENT", None, replace(_quantity(mention), kind="percent", unit="%"))


# What a label's kind makes of a bare number under it.
_BARE = frozenset({"NUMBER", "COUNT", "SET_ASIDE", "RATIO"})


def _kept(mention: Mention, said: Measure) -> Mention:
    """Return a value's number as the kind that its labels say, unless it has a unit of its own."""
    if mention.label not in _BARE or _quantity(mention).unit:
        return mention
    kind = {"count_percent": "percent", "percent_count": "percent"}.get(said.kind or "", said.kind) or "number"
    if kind == "number" and mention.label in ("COUNT", "RATIO"):
        return mention
    if kind == "percent":
        return _percent(mention)
    stated = replace(_quantity(mention), kind=kind, unit=said.unit, statistic=said.statistic)
    return Mention(mention.start, mention.end, kind.upper(), None, stated)

"""Every number of a text as one mention: what it measures, or why it is set aside.

`match` scans once for numbers (`numbers.scan`) and asks small anchored rules about each, left to right; the first
rule that knows the number wins. Mentions are sorted and disjoint, and no number stands outside all of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from topline.mentions import asides, counts, ellipses, intervals, measures, shares
from topline.mentions.measures import (
    BRACKETED_UNIT,
    DASH,
    GAP,
    REACH,
    Site,
    Unit,
    quantity,
    relation_before,
    unit_after,
)
from topline.mentions.numbers import Number, fold_case, scan
from topline.schema import PLACE, Mention, Quantity

MAGNITUDE = re.compile(r"[\s-]{0,2}(thousand|million|billion|trillion)(?![a-z])")
MAGNITUDES = MappingProxyType({"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12})
IMMENSE = 1e15
# "56.8 ± 9.1", "5.2 +/- 1.6", "51.2 (SD 12.3)": the deviation belongs to the mean before it
SPREAD = re.compile(r"(?:±|\+/[-−–]|[(\[,;] ?(?:sd|se|sem|standard (?:deviation|error))(?:,| ?[=:]| of)?)$")
SPREAD_ENDS = tuple("± - − – sd se sem deviation error , = : of".split())
REPEATED = re.compile(r"\s?\(([0-9]++(?:,[0-9]{3})*+)\)")
JOIN = re.compile(rf"(?:{GAP}(?:to|through){GAP}[-−–+]?|\s?{DASH}{{1,2}}\s?|\s?\bto\s[-−])")
# "from 10 to 5", "from an average of 28 mg/dL to 42 mg/dL", "from a baseline median of about 10 to 5"
SENT = re.compile(r"(?<![a-z])(?:randomi[sz]|assign|allocat)[a-z]{1,3}(?![a-z])")
OF_DOSE = re.compile(r"(?<![a-z])(?:to|of|from|at|with|dose|doses|between|receive|receiving)$")
FROM = re.compile(
    r"(?<![a-z])from(?: an?| the)?(?: baseline)?"
    r"(?: (?:mean|median|average|level|value|score|baseline)(?: [a-z]{3,12})? of)?"
    r"(?: about| approximately| around| nearly)?$"
)
AND = re.compile(r"\sand\s[-−–+]?")
SIGN = re.compile(r"(?:^|(?<=[\s(\[|,;:=<>≤≥~/*]))[-−–+]\s?$")
SIGNS = frozenset("-−–+ ")
STRENGTH = re.compile(
    r"\s(?:[\w-]{1,24}\s){0,2}(?:cream|ointment|gel|(?:topical\s|ophthalmic\s|oral\s)?solution|lotion|foam|suspension"
    r"|formulation|eye\sdrops|nasal\sspray|shampoo|patch)(?![\w-])"
)
RATIO_GATE = re.compile(r"ratio|risk|[hor]r\b")
RATIO_BEFORE = re.compile(
    r"""(?<![a-z])(hazard\ ratios?|odds\ ratios?|risk\ ratios?|rate\ ratios?|relative\ risk|hr|or|rr|irr|ahr)
        (?:\ ?[(\[][a-z]{2,4}[)\]])?
        (?:\ for\ [a-z\ -]{1,30}|\ vs\.?\ [a-z]{1,12})?
        [\ ,:;=(\[]{0,3}(?:of|was|is|were|and|at)?\ ?[<>~=]?$""",
    re.VERBOSE,
)
RATIO_NAMES = MappingProxyType(
    {"hr": "hazard ratio", "ahr": "hazard ratio", "or": "odds ratio", "rr": "risk ratio", "irr": "rate ratio"}
)
DAYS = MappingProxyType({"hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 30.4, "years": 365.25})
TIMES_SCHEDULE = re.compile(r"\s(?:a|per|each|every|daily|weekly|monthly|yearly)\b")


def match(text: str) -> list[Mention]:
    """Return one mention for every number of the text, sorted and disjoint."""
    lowered = fold_case(text)
    numbers = scan(lowered)
    found: list[Mention] = []
    floor = 0
    for index, number in enumerate(numbers):
        if number.start < floor:
            if number.end > floor:  # a rule's bounded pattern ended inside this number: none is cut in two
                floor = number.end
                found[-1] = replace(found[-1], end=floor)
            continue
        following = numbers[index + 1] if index + 1 < len(numbers) else None
        left = " ".join(lowered[max(0, number.start - REACH) : number.start].split())
        site = Site(text, lowered, number, following, found[-1] if found else None, left, floor)
        mention = classify(site)
        if mention and mention.quantity and _is_immense(mention.quantity):
            mention = asides.aside(mention.start, mention.end, "immense")
        if mention:
            found.append(mention)
            floor = mention.end
    found.extend(intervals.match_not_significant(lowered))
    alike = measures.spread(text, share_units(text, sorted(found, key=PLACE)))
    return join_restated(text, ellipses.resolve(text, lowered, numbers, alike))


def _is_immense(held: Quantity) -> bool:
    """Tell whether a number is beyond what a float counts in ones: a hostile or broken text's, and none of a trial."""
    number, low, high = held.number, held.low, held.high
    return not (
        (number is None or -IMMENSE < number < IMMENSE)
        and (low is None or -IMMENSE < low < IMMENSE)
        and (high is None or -IMMENSE < high < IMMENSE)
    )


def classify(site: Site) -> Mention | None:
    """Return what the number at a site is; None only for a "no" or "none" that counts nobody."""
    if site.number.form == "none":
        return _none(site)
    if found := shares.match(site):
        return found
    if site.number.form == "twice":
        return Mention(*site.number[:2], "RATIO", None, quantity(site.number, "ratio", "fold"))
    if site.number.form == "words":
        return asides.match_design(site) or asides.match_money(site) or measure(site)
    if site.left.endswith(SPREAD_ENDS) and SPREAD.search(site.left):
        return asides.aside(site.number.start, site.number.end, "spread", site.number.value)
    return (
        intervals.match_p_value(site)
        or intervals.match_interval(site)
        or asides.match_money(site)
        or asides.match_layout(site)
        or asides.match_date(site)
        or asides.match_identifier(site)
        or asides.match_design(site)
        or measure(site)
    )


def measure(site: Site) -> Mention:
    """Return a measured number, a range of them, a count, or a bare number."""
    number, end = _with_magnitude(site)
    unit = unit_after(site, end)
    if site.following and (ranged := _range(site, end, unit)):
        return ranged
    if unit is None and "[" in site.lowered[end : end + 2] and (bracket := BRACKETED_UNIT.match(site.lowered, end)):
        unit = unit_after(site, bracket.end())
        return _measured(site, number, end, unit and (unit[0], end, unit[2])) if unit else _bare(site, number, end)
    return _measured(site, number, end, unit) if unit else _bare(site, number, end)


def _none(site: Site) -> Mention | None:
    number = site.number
    if site.lowered.startswith("neither", number.start):
        return None  # it says who only together with a count before it, see `ellipses`
    if not counts.is_count(site, 0, number.end, counts.counted_noun(site.lowered, number.end, denied=True)):
        return None
    return Mention(number.start, number.end, "COUNT", quantity=Quantity("count", 0.0))


def _with_magnitude(site: Site) -> tuple[Number, int]:
    """Return the number with `million` and its like, and with its repetition in brackets: `ten (10)`."""
    number = site.number
    if number.digits and (found := MAGNITUDE.match(site.lowered, number.end)):
        value = number.value * MAGNITUDES[found[1]]
        return number._replace(value=value, digits=None, end=found.end()), found.end()
    if number.form == "words" and (found := REPEATED.match(site.lowered, number.end)):
        digits = found[1].replace(",", "")
        if float(digits) == number.value:
            return number._replace(digits=digits, end=found.end()), found.end()
    return number, number.end


def _signed_start(site: Site) -> tuple[int, int]:
    """Return where the number starts with its sign, and the sign."""
    start = site.number.start
    if site.text[start - 1 : start] not in SIGNS:
        return start, 1
    found = SIGN.search(site.text, max(site.floor, start - 3), start)
    if not found or (found.group().strip() == "–" and start - found.start() > 1):
        return start, 1
    return found.start(), -1 if found.group().strip() != "+" else 1


def _measured(site: Site, number: Number, end: int, unit: tuple[Unit, int, bool]) -> Mention:
    (name, label), stop, tied = unit
    if asides.match_cue(site, counted=False) and label in {"DURATION", "RATIO"}:
        return asides.aside(number.start, end, "time_point", number.value)
    if label == "PERCENT" and STRENGTH.match(site.lowered, stop):
        label = "DOSE"
    if label == "DOSE" and measures.is_measured(site.left, site.lowered, stop):
        label = "NUMBER"
    if name == "fold" and TIMES_SCHEDULE.match(site.lowered, stop):
        return asides.aside(number.start, stop, "schedule", number.value)
    start, sign = _signed_start(site)
    relation = relation_before(site, start)
    if site.lowered[end : end + 1] == "+":
        relation = ">="
    elif site.lowered.startswith("-odd", end):
        relation = "~"
    code = "attributive" if tied and label in {"DURATION", "NUMBER"} else None
    return Mention(start, max(stop, end), label, code, quantity(number, label.lower(), name, relation, sign))


def _range(site: Site, end: int, unit: tuple[Unit, int, bool] | None) -> Mention | None:
    """Return `34% to 48%`, `9-12 months`, `between 3 and 5`; None when two numbers make no range.

    "from 5.7 to 0.3" states two values, unless something ranged.
    """
    following = site.following
    stop = unit[1] if unit else end
    if following is None or following.form not in {"digits", "words"} or following.start - stop > 8:
        return None
    between = site.lowered[stop : following.start]
    if between[-1:] in SIGNS and between[:1] in {"\t", "\n"} and between.strip() == between[-1:]:
        return None  # a cell's own sign: "-15.3\t-19.8"
    spread = JOIN.fullmatch(between) or (AND.fullmatch(between) and site.left.endswith("between"))
    apart = "to" in between and bool(FROM.search(site.left)) and "rang" not in site.left[-32:]
    if not spread or apart or (between.strip() == "to" and unit is None and _is_sent(site)):
        return None
    start, sign = _signed_start(site)
    low = sign * site.number.value
    tail = between.rstrip()[-1:]
    signed = tail in "-−–" and len(between.strip()) > 1
    high = -following.value if signed and "to" in between else following.value
    second = unit_after(site, following.end)
    if not low < high and not (low < 0 and high < 0):
        return None
    if unit and second and unit[0].name != second[0].name:
        return None
    return _ranged(site, (start, second[1] if second else following.end), (low, high), second or unit)


def _is_sent(site: Site) -> bool:
    """Tell whether people are sent to a dose: "were randomized, 71 to 150 mg and 69 to 300 mg"."""
    second = unit_after(site, site.following.end) if site.following else None
    return bool(second and second[0].label == "DOSE" and SENT.search(site.left) and not OF_DOSE.search(site.left))


def _ranged(
    site: Site, span: tuple[int, int], bounds: tuple[float, float], unit: tuple[Unit, int, bool] | None
) -> Mention:
    relation = relation_before(site, span[0])
    if unit is None:
        if cue := asides.match_cue(site, counted=False):
            return asides.aside(*span, cue.code or "name")
        if asides.YEAR.fullmatch(site.lowered, site.number.start, site.number.end):
            return asides.aside(*span, "date")
        label = "COUNT" if counts.counted_noun(site.lowered, span[1]) in {"people", "events"} else "NUMBER"
        return Mention(*span, label, quantity=Quantity(label.lower(), None, *bounds, relation=relation))
    (name, label), _, tied = unit
    code = "attributive" if tied and label == "DURATION" else None
    return Mention(*span, label, code, Quantity(label.lower(), None, *bounds, unit=name, relation=relation))


def _bare(site: Site, number: Number, end: int) -> Mention:
    """Return a number without a unit: set aside by its cue, a ratio, a count, or just a number."""
    noun = counts.counted_noun(site.lowered, end)
    counted = counts.is_count(site, number.value, end, noun)
    cue = asides.match_cue(site, counted)
    if cue:
        return cue
    if noun == "design" and not counted:
        return asides.aside(number.start, end, "design", number.value)
    people = counted and noun
    year = None if people else asides.match_year(site)
    if year or (not counted and (year := asides.match_glued(site))):
        return year
    start, sign = _signed_start(site)
    relation = relation_before(site, start)
    if number.value < 100 and RATIO_GATE.search(site.left) and (ratio := RATIO_BEFORE.search(site.left)):
        name = RATIO_NAMES.get(ratio[1], ratio[1].removesuffix("s"))
        return Mention(start, end, "RATIO", None, replace(quantity(number, "ratio", None, relation), statistic=name))
    if counted:
        return Mention(number.start, end, "COUNT", quantity=quantity(number, "count", None, relation))
    if number.form == "words":
        return asides.aside(number.start, end, "enumeration", number.value)
    return Mention(start, end, "NUMBER", quantity=quantity(number, "number", None, relation, sign))


def share_units(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions with the unit of a series' end given to its bare members: `5, 10 and 15 mg`."""
    shared = list(mentions)
    for index in range(len(shared) - 2, -1, -1):
        this, after = shared[index], shared[index + 1]
        if this.quantity is None or after.quantity is None or this.quantity.unit:
            continue
        if this.code == "enumeration" and after.label == "COUNT" and _in_series(text, this, after):
            shared[index] = Mention(this.start, this.end, "COUNT", None, replace(this.quantity, kind="count"))
        if this.label != "NUMBER":
            continue
        unit = after.quantity.unit
        if text[this.end : after.start].strip() == "to" and SENT.search(
            text[max(0, this.start - 80) : this.start].lower()
        ):
            continue  # "randomized, 71 to 150 mg and 69 to 300 mg": people, not doses
        if unit and after.code != "attributive" and after.start - this.end < 8 and _in_series(text, this, after):
            kind = after.quantity.kind
            shared[index] = replace(this, label=after.label, quantity=replace(this.quantity, kind=kind, unit=unit))
    return shared


def join_restated(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions with a duration and its restatement in brackets as one: `4.4 months (19 weeks)`."""
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        if last and mention.label == last.label == "DURATION" and _restates(text, last, mention):
            joined[-1] = replace(last, end=mention.end + 1)
        else:
            joined.append(mention)
    return joined


def _restates(text: str, first: Mention, second: Mention) -> bool:
    """Return whether the second duration, alone in brackets, is the first within a fifth of it."""
    if text[first.end : second.start].strip() != "(" or text[second.end : second.end + 1] != ")":
        return False
    one, two = _in_days(first.quantity), _in_days(second.quantity)
    return one is not None and two is not None and abs(one - two) <= 0.2 * one


def _in_days(said: Quantity | None) -> float | None:
    days = DAYS.get(said.unit or "") if said else None
    return said.number * days if said and said.number is not None and days else None


def _in_series(text: str, this: Mention, after: Mention) -> bool:
    return " ".join(text[this.end : after.start].split()) in {"and", "or", ",", ", and", ", or", "to", "/"}

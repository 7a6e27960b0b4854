"""Where a text states how large a group is: "64 patients confirmed", "placebo (n=54)", "66 of them to the combination".

Each way of saying it is one anchored pattern over the few characters between a group's phrase and a count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from topline.relations.view import View, once
from topline.schema import Block

REACH = 110  # characters between a group's phrase and its count
MARK = 6  # characters before the phrase that opens a list's item
LEAST = 3  # people in a group whose bare number stands in brackets; below, a bracket may count cases or cite a note
_PEOPLE = (
    r"(?:patients|subjects|participants|people|persons|adults|women|men|children|infants|volunteers|individuals|eyes"
    r"|outpatients|inpatients|adolescents|boys|girls|babies|newborns|recipients|controls|pts)"
)
# What stands between an arm's name and its bracket: doses and schedules, never another group.
_WORDS = (
    r"(?:\s(?:up|titrated|increased|escalated)\sto|[\s-]{1,3}(?!(?:and|or|versus|vs|than|to|compared|against|was|were|had|with\splacebo)\b)"
    r"[\w./®™%+×-]{1,24}){0,14}+"
)
_N_BEHIND = re.compile(
    rf"""[,;]?\s{{0,2}}[nN]\s?[=:]\s?                           # velotinib n=54; velotinib, n=54
       | {_WORDS}\s{{0,4}}[(\[]\s?                               # velotinib 25 mg daily (n=54
         (?:[^()\[\];,\n]{{1,24}}[;,]\s?)?[nN]\s?[=:]\s?         # velotinib 25 mg (Arm 2; n=54
    """,
    re.X,
)
_BRACKET = re.compile(
    rf"(?:[,:]\s\d[\d.,]{{0,8}})?{_WORDS}\s{{0,2}}[(\[]\s?(?:[^()\[\]\n;]{{1,60}},\s)?"
)  # velotinib 25 mg daily (54 patients
_PEOPLE_CLOSE = re.compile(rf"\s(?:[a-z]{{3,12}}\s)?{_PEOPLE}(?:\s[\w\s-]{{1,40}})?[)\],;]", re.I)
_BARE = re.compile(rf"{_WORDS}\s{{0,2}}[(\[]\s?")  # velotinib 25 mg daily (54), placebo (53)
_BARE_NUMBER = re.compile(r"[(\[]\s?\d{1,3}(?:,\d{3})?\s?[)\]]")
_BARE_CLOSE = re.compile(r"\s?[)\]](?!\s?[%(])")
# "Group 3: velotinib, 100 mg, 11 patients" in a list
_LISTED = re.compile(r"(?:[:,]?\s{1,3}[\w./®™%+×-]{1,24}){0,10}[,:]\s{1,3}")
_LISTED_CLOSE = re.compile(rf"\s(?:[a-z]{{3,12}}\s)?{_PEOPLE}\s{{0,3}}(?:[.;,)\n]|$)", re.I)
_COMPOSED = re.compile(
    r"\s(?:include[sd]|comprise[sd]|consisted\sof|enrolled|contain(?:s|ed)|involv(?:ed|ing)|including|of)"
    r"\s(?:a\stotal\sof\s|only\s)?",
    re.I,
)
_PEOPLE_BEHIND = re.compile(rf"(?:[\s-][\w-]{{1,20}}){{0,4}}?\s{_PEOPLE}\b", re.I)
_CELL = re.compile(r"[\s(\[]{0,4}[nN]\s?[=:]\s?")
# A count behind one of these words is no longer the group's own: "patients with at least 3 metastatic sites".
_QUALIFIED = re.compile(r"\b(?:with|who|that|at|had|having|in|of\sthe)\b", re.I)
_ONE_IN = re.compile(r"\b(?:one|two|three|four|\d)\sin(?:\severy)?\s$", re.I)
_OF_THEM = rf"(?:of\s(?:them|these|those|whom|the\s{_PEOPLE})|{_PEOPLE})"
_ASSIGNED = re.compile(
    rf"""(?:\s{_OF_THEM})?
      (?:\s(?:who|that))?(?:\s(?:were|was|had\sbeen))?(?:\srandomly)?
      (?:\s(?:randomi[sz]ed|assigned|allocated|treated|dosed|enrolled))?
      \s(?:in|on|to|at|with|into|received|receiving|given|took|taking)\s(?:the\s|an?\s|either\s)?
    """,
    re.X | re.I,
)
_NAMED_BEHIND = re.compile(r"(?:\s(?:patients|subjects|participants))?\s?\((?:the\s)?")  # 238 (the treatment group)
_IS_ARM = re.compile(r"\b(?:arm|group|cohort)$", re.I)
_ARM_OF = re.compile(r"\sof\s(?:the\s)?")  # in the velotinib arm of 123
_SENT = re.compile(r"\s(?:to|of\s(?:them|these|those|whom))\s")
_DENOMINATOR = re.compile(
    rf"""(?:\s{_PEOPLE})?\s?[)\]]?(?:\s?[(\[]\s?\d{{1,3}}(?:\.\d{{1,3}})?\s?(?:%|percent)\s?[)\]])?(?:\s(?:of|in)\s{_PEOPLE})?
      (?:\s(?:of|in|on|among|receiving|given|with|at|for|treated\swith|who\sreceived)(?:\sthe|\sa)?)?\s
    """,
    re.X | re.I,
)
_PART_BEFORE = re.compile(r"(?:/|\b(?:out\s)?of(?:\s(?:the|all))?)\s?$", re.I)
_OUT_OF = re.compile(r"(?:^|[^\w.])(?:\d[\d,]{0,8}|[a-z-]{3,12})\s?(?:/|\s(?:out\s)?of(?:\s(?:the|all))?)\s?$", re.I)
_EVENT_BEFORE = re.compile(
    r"(?:(?-i:\bin|\bby)|\b(?:wo)?m[ae]n\sof|\baged?|\bnumbered|%\s\(|(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)),?\sand)\s$",
    re.I,
)
_EVENT = re.compile(
    r"""(?:\s\([^()]{1,20}\))?\s(?:(?:each|all|also|then)\s)?(?:had|died|experienc|discontinu|stopp|withdr|achiev|report|develop|respond|show
    |interrupt|reach|met\b|remain|improv|relaps|progress|gain|lost|requir|need|were\shospital|(?:is|was|were|are)\salive|surviv|recover|complet)""",
    re.X | re.I,
)
_PERCENT_BEFORE = re.compile(r"(?:%|percent)[^.;%]{0,60}$")
_PERCENT_BEHIND = re.compile(r"[^.;]{0,80}\(\s?\d{1,3}(?:\.\d{1,3})?\s?%")
_PLANNED_BEFORE = re.compile(
    r"\b(?:will|would|plans?|planned|expects?|expected|intends?|anticipat(?:es?|ed)|target(?:s|ed|ing)?|designed\sto|powered|aims?"
    r"|(?:is|are|currently|continues|begin|began|proceeding\swith)\senrolling|to\s(?:enroll|recruit|randomi[sz]e)|enrolling\san\sadditional)\b(?:[^.;]|\.(?=\d)){0,140}$|\bup\sto\s(?:a\stotal\sof\s)?$",
    re.I,
)
_PLANNED_BEHIND = re.compile(r"[^.;]{0,60}\b(?:will|to)\sbe\s(?:enrolled|randomi|recruit|includ|treated|dosed)", re.I)
_EACH = re.compile(
    rf"""(?:\s{_PEOPLE})?\s(?:per|(?:in|to|at|on|for|into)\seach(?:\sof\s(?:the\s)?[a-z]{{2,6}})?)
      (?:\s(?:treatment|study|dose|dosing))?\s(?:groups?|arms?|cohorts?|doses?|levels?)\b""",
    re.X | re.I,
)
_ABOUT = re.compile(
    r"\b(?:about|approximately|nearly|almost|more\sthan|over|some|roughly|around|up\sto|at\sleast|~|>)\s?$", re.I
)
_PREVALENCE = re.compile(
    r"\b(?:worldwide|annually|prevalence|incidence|(?:each|per|every)\syear|affect(?:s|ing)|Americans|in\sthe\s(?:U\.?S\.?|United\sStates))",
    re.I,
)
_ENROLLED = re.compile(r"\b(?:enrol|randomi|recruit)", re.I)
_LEAD = re.compile(r"(?:the|these|those|all|all\sof\sthe)?\s?(?:other|remaining|first|last)?", re.I)
_WHOLE_NUMBER = frozenset({"COUNT", "NUMBER"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A group's size as stated once: both mentions by index.

    `firm` statements say who belongs to the group ("66 of them to the combination"); in the others the number may also
    count those to whom something happened ("three patients on the combination"). `counted` ones are what a count is out
    of ("three of the 21 on placebo"), which may be fewer than were assigned.
    """

    group: int
    count: int
    firm: bool = False
    planned: bool = False
    rounded: bool = False
    counted: bool = False


@once
def statements(view: View) -> list[Statement]:
    """Return what the text states of its groups' sizes, one statement a group mention, in order."""
    counts = [i for i, m in enumerate(view.mentions) if m.label in _WHOLE_NUMBER and _is_whole(view, i)]
    starts = [view.mentions[i].start for i in counts]
    columns = _columns(view, counts)
    found = []
    for group in _anchors(view):
        k = bisect_left(starts, view.mentions[group].start)
        stated = _stated(view, group, counts[k - 1 if k else 0 : k + 1], columns)
        if stated is not None:
            found.append(_qualified(view, group, *stated))
    return found


def _anchors(view: View) -> list[int]:
    """Return the group mentions, doses outside of them ("21 at 80 mg"), and what people are sent to ("84 to X")."""
    found, reached = [], 0
    for i, mention in enumerate(view.mentions):
        if view.is_cohort[i]:
            found.append(i)
            reached = max(reached, mention.end)
        elif (mention.label == "DOSE" and mention.start >= reached) or _is_sent_to(view, i):
            found.append(i)
    return found


def _is_sent_to(view: View, i: int) -> bool:
    """Tell whether a phrase stands behind a number and "to": what follows, if no known drug, is an arm all the same."""
    before = view.mentions[i - 1] if i else None
    if before is None or before.label not in _WHOLE_NUMBER or view.mentions[i].label != "PHRASE":
        return False
    return view.text[before.end : view.mentions[i].start].strip() == "to"


def size_of_each(view: View) -> int | None:
    """Return the one count that the text gives of every arm: "552 patients were treated (138 per group)"."""
    found: dict[float, int] = {}
    for i, mention in enumerate(view.mentions):
        if mention.label in _WHOLE_NUMBER and _is_whole(view, i) and _EACH.match(view.text, mention.end):
            found.setdefault(_number(view, i), i)
    return next(iter(found.values())) if len(found) == 1 else None


def size_counts(view: View) -> dict[int, int]:
    """Return for each group mention the count that states its size, by index."""
    return {stated.group: stated.count for stated in statements(view)}


def _is_whole(view: View, i: int) -> bool:
    quantity = view.mentions[i].quantity
    return bool(quantity and quantity.number and float(quantity.number).is_integer() and quantity.number > 0)


def _number(view: View, i: int) -> float:
    quantity = view.mentions[i].quantity
    return quantity.number or 0.0 if quantity else 0.0


def _stated(view: View, group: int, beside: list[int], columns: dict[tuple[int, int], int]) -> tuple[int, bool] | None:
    """Return the count among those beside the group that states its size, and whether firmly."""
    mention = view.mentions[group]
    for count in beside:
        firm = _behind(view, group, count) if view.mentions[count].start >= mention.start else None
        if firm is not None:
            return count, firm
    under = columns.get(_column(view, group))
    if under is not None:
        return under, True
    for count in beside[:1]:
        if view.mentions[count].end <= mention.start and (firm := _before(view, group, count)) is not None:
            return count, firm
    return None


def _behind(view: View, group: int, count: int) -> bool | None:
    """Read a count inside the phrase or behind it; None when it is not the group's."""
    mention, number, text = view.mentions[group], view.mentions[count], view.text
    if number.start < mention.end:
        lead = text[mention.start : number.start]
        own = not _QUALIFIED.search(lead) and not _ONE_IN.search(text, max(0, number.start - 16), number.start)
        return _says_who(view, group) if own and _is_size(view, count, lead) else None
    gap = text[mention.end : number.start]
    if len(gap) > REACH:
        return None
    if _N_BEHIND.fullmatch(gap):
        return True
    if _BARE.fullmatch(gap) and _BARE_CLOSE.match(text, number.end) and _number(view, count) >= LEAST:
        return (
            len(_BARE_NUMBER.findall(text, mention.start - REACH if mention.start > REACH else 0, number.end + REACH))
            > 1
        )
    if _ARM_OF.fullmatch(gap) and _IS_ARM.search(text, mention.start, mention.end):
        return True
    if number.label != "COUNT":
        return None
    if _LISTED.fullmatch(gap) and _LISTED_CLOSE.match(text, number.end) and _opens_item(view, group):
        return True
    if _BRACKET.fullmatch(gap) and _PEOPLE_CLOSE.match(text, number.end):
        return None if _PERCENT_BEFORE.search(text, max(0, mention.start - 70), mention.start) else True
    composed = mention.label == "COHORT" and _COMPOSED.fullmatch(gap) and _PEOPLE_BEHIND.match(text, number.end)
    return True if composed else None


def _opens_item(view: View, group: int) -> bool:
    """Tell whether a group's phrase opens an item of a list, a mark or number aside."""
    block = block_of(view, group)
    return block is not None and view.mentions[group].start - block.start <= MARK


def _is_size(view: View, count: int, lead: str) -> bool:
    """A bare number is a size behind a determiner only: "the 431 with a lower count"."""
    return view.mentions[count].label == "COUNT" or bool(_LEAD.fullmatch(lead.strip()))


def _says_who(view: View, group: int) -> bool:
    """Tell whether a phrase with its own number is no subject of something that happened."""
    mention = view.mentions[group]
    return not _EVENT.match(view.text, mention.end) and not _EVENT_BEFORE.search(
        view.text, max(0, mention.start - 16), mention.start
    )


def _before(view: View, group: int, count: int) -> bool | None:
    """Read a count before the phrase; None when it is not the group's."""
    mention, number, text = view.mentions[group], view.mentions[count], view.text
    gap, left = text[number.end : mention.start], text[max(0, number.start - 24) : number.start]
    if len(gap) > REACH:
        return None
    if _NAMED_BEHIND.fullmatch(gap) and text[mention.end : mention.end + 1] == ")":
        return True
    if number.label == "COUNT" and _OUT_OF.search(left) and _DENOMINATOR.fullmatch(gap):
        return True
    if _EVENT_BEFORE.search(left) or _PART_BEFORE.search(left) or _EVENT.match(text, mention.end):
        return None
    if not _ASSIGNED.fullmatch(gap):
        return None
    if number.label == "COUNT" or _SENT.match(gap):
        return True
    # A bare number may as well count events: "12 in the placebo group".
    return None if "who" in gap else False


def _columns(view: View, counts: list[int]) -> dict[tuple[int, int], int]:
    """Return the counts that stand alone in a column's head, "(n=54)", by table and column."""
    found: dict[tuple[int, int], int] = {}
    for count in counts:
        block = block_of(view, count)
        if block is None or block.table is None or block.column is None or (block.row or 0) > 3:
            continue
        if _CELL.fullmatch(view.text[block.start : view.mentions[count].start][:12]):
            found.setdefault((block.table, block.column), count)
    return found


def _column(view: View, group: int) -> tuple[int, int]:
    """Return table and column of a group in a head of a table; (-1, -1) for others."""
    block = block_of(view, group)
    if block is None or block.table is None or block.column is None or (block.row or 0) > 2:
        return (-1, -1)
    return block.table, block.column


def block_of(view: View, mention: int) -> Block | None:
    """Return the block of layout in which a mention begins."""
    if not len(view.block):
        return None
    block = int(view.block[min(int(view.first[mention]), len(view.block) - 1)])
    return view.blocks[block] if block >= 0 else None


def _qualified(view: View, group: int, count: int, firm: bool) -> Statement:
    number, text = view.mentions[count], view.text
    sentence = int(view.starts[view.sentence_first[view.sentence[min(int(view.first[count]), len(view.sentence) - 1)]]])
    before = text[max(sentence, number.start - 160) : number.start]
    around = text[max(sentence, number.start - 160) : number.end + 90]
    planned = bool(_PLANNED_BEFORE.search(before) or _PLANNED_BEHIND.match(text, number.end)) or bool(
        _PREVALENCE.search(around) and not _ENROLLED.search(around)
    )
    return Statement(group, count, firm, planned, bool(_ABOUT.search(before[-16:])), bool(_OUT_OF.search(before[-24:])))


def is_members(view: View, group: int) -> bool:
    """Tell whether what follows a part says who they are; in "nine of these patients responded" it does not."""
    end = view.mentions[group].end
    return not _EVENT.match(view.text, end) and not _PERCENT_BEHIND.match(view.text, end)


def parts(view: View) -> Iterator[tuple[int, int]]:
    """Yield groups of which a part is told apart, each with the part's count: "sixty of the evaluable patients"."""
    for group in view.is_cohort.nonzero()[0].tolist():
        mention = view.mentions[group]
        for k in range(group - 1, max(-1, group - 4), -1):
            number = view.mentions[k]
            if number.label != "COUNT" or number.end > mention.start or not _is_whole(view, k):
                continue
            if re.fullmatch(r"\s(?:out\s)?of\s(?:the\s|all\s)?", view.text[number.end : mention.start][:20], re.I):
                yield group, k
            break

"""Where a text states how large a group is: "64 patients confirmed", "placebo (n=54)", "66 of them to the combination".

Each way of saying it is one anchored pattern over the few characters between a group's phrase and a count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from topline.relations import size_patterns as say
from topline.relations.view import View, once
from topline.schema import Block

REACH = 110  # characters between a group's phrase and its count
MARK = 6  # characters before the phrase that opens a list's item
LEAST = 3  # people in a group whose bare number stands in brackets; below, a bracket may count cases or cite a note
LEAST_EACH = 8  # people in every arm; fewer are those of one dose of a study ("two cohorts, three patients each")
WHOLE_NUMBERS = frozenset({"COUNT", "NUMBER"})


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
    counts = [i for i, m in enumerate(view.mentions) if m.label in WHOLE_NUMBERS and _is_whole(view, i)]
    starts = [view.mentions[i].start for i in counts]
    columns = _columns(view, counts)
    found = []
    for group in _anchors(view):
        k = bisect_left(starts, view.mentions[group].start)
        stated = _stated(view, group, counts[k - 1 if k else 0 : k + 1], columns)
        if stated is not None:
            found.append(_qualified(view, group, *stated))
    return found


@once
def assigned(view: View) -> list[int]:
    """Return the counts of people that say who was there, and not what became of them.

    They were enrolled, or assigned to a group, or are the whole of a share ("half of the 40 patients", "n=40"): of 856
    such counts on the gold two are results.
    """
    return sorted({each.count for each in statements(view) if _says_who_was_there(view, each)})


def _says_who_was_there(view: View, stated: Statement) -> bool:
    group, number = view.mentions[stated.group], view.mentions[stated.count]
    if group.start == number.start and say.ARE_ENROLLED.match(view.text, group.end):
        return True
    if group.start <= number.start < group.end and say.AMONG_THE.search(
        view.text, max(0, number.start - 16), number.start
    ):
        return True
    if say.N_IS.search(view.text, max(0, number.start - 8), number.start):
        return not say.PART.match(view.text, number.end)  # "n=9/10" tells of the nine
    if say.ARE_ASSIGNED.match(view.text, number.end):
        return True
    return bool(say.JUST_ASSIGNED.search(_sentence_before(view, stated.count)))


def _anchors(view: View) -> list[int]:
    """Return the group mentions, doses outside of them ("21 at 80 mg"), what people are sent to, and what has an n."""
    found, reached = [], 0
    for i, mention in enumerate(view.mentions):
        if view.is_cohort[i]:
            found.append(i)
            reached = max(reached, mention.end)
        elif (mention.label == "DOSE" and mention.start >= reached) or _is_sent_to(view, i) or _has_n(view, i):
            found.append(i)
    return found


def _has_n(view: View, i: int) -> bool:
    """Tell whether a phrase that no list knows is a group by its bracket: "27% in mesothelioma (n=22)"."""
    mention = view.mentions[i]
    return mention.label == "PHRASE" and bool(say.BRACKETED_N.match(view.text, mention.end))


def _is_sent_to(view: View, i: int) -> bool:
    """Tell whether a phrase stands behind a number and "to": what follows, if no known drug, is an arm all the same."""
    before = view.mentions[i - 1] if i else None
    if before is None or before.label not in WHOLE_NUMBERS or view.mentions[i].label != "PHRASE":
        return False
    if view.text[before.end : view.mentions[i].start].strip() != "to":
        return False
    # ... but not "of the deaths, six to pneumonia"
    return bool(say.JUST_ASSIGNED.search(_sentence_before(view, i - 1)))


def size_of_each(view: View) -> int | None:
    """Return the one count that the text gives of every arm: "552 patients were treated (138 per group)"."""
    found: dict[float, int] = {}
    for i, mention in enumerate(view.mentions):
        whole = mention.label in WHOLE_NUMBERS and _is_whole(view, i) and _number(view, i) >= LEAST_EACH
        if whole and say.EACH.match(view.text, mention.end) and not _is_planned(view, i):
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
        own = not say.QUALIFIED.search(lead) and not say.ONE_IN.search(text, max(0, number.start - 16), number.start)
        if not own or not _is_size(view, count, lead):
            return None
        # "1 out of 6 patients on placebo survived": whatever happened, there were six of them.
        return bool(say.OUT_OF.search(text, max(0, number.start - 24), number.start)) or _says_who(view, group)
    gap = text[mention.end : number.start]
    if len(gap) > REACH:
        return None
    if say.N_BEHIND.fullmatch(gap):
        return True
    if say.BARE.fullmatch(gap) and say.BARE_CLOSE.match(text, number.end) and _number(view, count) >= LEAST:
        if say.SHARE_BEFORE.search(text, max(0, mention.start - 24), mention.start):
            return None
        return (
            len(
                say.BARE_NUMBER.findall(text, mention.start - REACH if mention.start > REACH else 0, number.end + REACH)
            )
            > 1
        )
    if say.ARM_OF.fullmatch(gap) and say.IS_ARM.search(text, mention.start, mention.end):
        return True
    if number.label != "COUNT":
        return None
    if say.LISTED.fullmatch(gap) and say.LISTED_CLOSE.match(text, number.end) and _opens_item(view, group):
        return True
    if say.BRACKET.fullmatch(gap) and say.PEOPLE_CLOSE.match(text, number.end):
        return None if say.PERCENT_BEFORE.search(text, max(0, mention.start - 70), mention.start) else True
    composed = mention.label == "COHORT" and say.COMPOSED.fullmatch(gap) and say.PEOPLE_BEHIND.match(text, number.end)
    return True if composed else None


def _opens_item(view: View, group: int) -> bool:
    """Tell whether a group's phrase opens an item of a list, a mark or number aside."""
    block = block_of(view, group)
    return block is not None and view.mentions[group].start - block.start <= MARK


def _is_size(view: View, count: int, lead: str) -> bool:
    """A bare number is a size behind a determiner only: "the 431 with a lower count"."""
    return view.mentions[count].label == "COUNT" or bool(say.LEAD.fullmatch(lead.strip()))


def _says_who(view: View, group: int) -> bool:
    """Tell whether a phrase with its own number is no subject of something that happened."""
    mention = view.mentions[group]
    return not say.EVENT.match(view.text, mention.end) and not say.EVENT_BEFORE.search(
        view.text, max(0, mention.start - 16), mention.start
    )


def _before(view: View, group: int, count: int) -> bool | None:
    """Read a count before the phrase; None when it is not the group's."""
    mention, number, text = view.mentions[group], view.mentions[count], view.text
    gap, left = text[number.end : mention.start], text[max(0, number.start - 24) : number.start]
    if len(gap) > REACH:
        return None
    if say.NAMED_BEHIND.fullmatch(gap) and text[mention.end : mention.end + 1] == ")":
        return True
    if number.label == "COUNT" and say.OUT_OF.search(left) and say.DENOMINATOR.fullmatch(gap):
        return True
    if say.EVENT_BEFORE.search(left) or say.PART_BEFORE.search(left) or say.EVENT.match(text, mention.end):
        return None
    if not say.ASSIGNED.fullmatch(gap):
        return None
    if number.label == "COUNT" or say.SENT.match(gap) or say.ARE_ASSIGNED.match(text, number.end):
        # "Four patients died, three in the velotinib group": those three are no size, whoever counts them.
        return bool(say.NAMES_PEOPLE.match(gap)) or not say.HAPPENED.search(_sentence_before(view, count))
    if say.GIVEN.match(gap) and not say.HAPPENED.search(_sentence_before(view, count)):
        return True
    if "who" in gap:
        return None
    # A bare number may as well count events: "12 in the placebo group".
    return bool(say.JUST_ASSIGNED.search(_sentence_before(view, count)))


def _sentence_before(view: View, count: int, most: int = 240) -> str:
    """Return what the sentence says before a count, at most so many characters of it."""
    start = view.mentions[count].start
    sentence = int(view.starts[view.sentence_first[view.sentence[min(int(view.first[count]), len(view.sentence) - 1)]]])
    return view.text[max(sentence, start - most) : start]


def _columns(view: View, counts: list[int]) -> dict[tuple[int, int], int]:
    """Return the counts that stand alone in a column's head, "(n=54)", by table and column."""
    found: dict[tuple[int, int], int] = {}
    for count in counts:
        block = block_of(view, count)
        if block is None or block.table is None or block.column is None or (block.row or 0) > 3:
            continue
        if say.CELL.fullmatch(view.text[block.start : view.mentions[count].start][:12]):
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


def _is_planned(view: View, count: int) -> bool:
    """Tell whether a count is of people to come, or of all who have a disease."""
    number, text, before = view.mentions[count], view.text, _sentence_before(view, count, 160)
    if say.PLANNED_BEFORE.search(before) or say.PLANNED_BEHIND.match(text, number.end):
        return True
    around = text[number.start - len(before) : number.end + 90]
    return bool(say.PREVALENCE.search(around) and not say.ENROLLED.search(around) and not say.N_IS.search(before))


def _qualified(view: View, group: int, count: int, firm: bool) -> Statement:
    before = _sentence_before(view, count, 160)
    return Statement(
        group,
        count,
        firm,
        _is_planned(view, count),
        bool(say.ABOUT.search(before[-16:])),
        bool(say.OUT_OF.search(before[-24:])),
    )


def says_all(view: View, count: int) -> bool:
    """Tell whether a count is of all: "all 98 patients", "all of the 98"."""
    start = view.mentions[count].start
    return bool(say.ALL_BEFORE.search(view.text, max(0, start - 12), start))


def is_members(view: View, group: int) -> bool:
    """Tell whether what follows a part says who they are; in "nine of these patients responded" it does not."""
    end = view.mentions[group].end
    return not say.EVENT.match(view.text, end) and not say.PERCENT_BEHIND.match(view.text, end)


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

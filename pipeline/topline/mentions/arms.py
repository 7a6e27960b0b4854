"""Groups that are named by what they were given or by their letter: "the 25 mg dose", "Arm B", "FL (n=48)", "of whom".

Each rule is an anchored pattern and, where needed, what must stand before it. Every pattern is bounded; `cohorts.match`
joins what is found here with the phrases that have a noun for people.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_DOSE = r"[0-9]{1,5}(?:[.,][0-9]{1,3})?\s?(?:mg|mcg|µg|μg|g|iu|units)(?:/(?:kg|m2|m²|day))?(?![\w/])"
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_JOINED = r"(?:,\s{1,3}(?:and\s{1,3}|or\s{1,3})?|\s{1,3}(?:and|or)\s{1,3})"
_ENDS = r"(?:\s?[,.;:()]|\s(?:and|or|had|was|were)\b|\s{0,3}\Z)"
_DISEASE = (
    r"(?:cancers?|carcinomas?|lymphomas?|leuk[ae]+mias?|myelomas?|melanomas?|sarcomas?|gliomas?|glioblastomas?"
    r"|neuroblastomas?|malignancies|(?:tumou?r|disease)\stypes|[a-z]{4,20}osis)"
)
_BEFORE = 48  # characters in which what must stand before a rule is looked for


class Rule(NamedTuple):
    """A pattern for a group's name; `before` must match what ends where the name starts.

    What says more of a `qualified` one follows it: "the 304 on placebo".
    """

    pattern: re.Pattern[str]
    before: re.Pattern[str] | None = None
    qualified: bool = False


def _rule(pattern: str, before: str | None = None, qualified: bool = False) -> Rule:
    flags = re.VERBOSE | re.IGNORECASE
    ahead = re.compile(rf"(?:{before})\s{{0,3}}$", flags) if before else None
    return Rule(re.compile(pattern, flags), ahead, qualified)


RULES = (
    # numbered and lettered groups: "Arm B", "Cohort 2a", "Group IV"
    _rule(r"\b(?:arm|cohort|group|subgroup|panel)\s(?-i:[0-9]{1,2}[a-c]?|[A-H][0-9]?|[IVX]{1,4})(?![\w-]|\.[0-9])"),
    _rule(r"\b(?-i:Part|Stage)\s(?-i:[0-9]|[A-D])(?![\w-]|,?\sItem|\sof\sth)", r"\b(?:in|from|during)"),
    # doses as arms: "two 16 mg doses", "the 25 mg dose level"
    _rule(
        rf"""(?<![\w/.,-])(?:(?:two|three|both|the)\s)?{_DOSE}\s(?:daily\s)?dos(?:e|es|ing|age)(?:\slevels?)?(?![\w-])"""
    ),
    # "25 mg (n=92)", "40 mg versus placebo", "the 60 mg, 30 mg and placebo groups"
    _rule(
        rf"""(?<![\w/.,-]){_DOSE}(?:
          (?=\s{{0,4}}[(\[]?\s?n\s?=\s?[0-9])
        | (?=\s(?:versus|vs|against|over|compared|(?:or|and)\splacebo)(?![a-z]))
        | (?={_JOINED}(?:{_DOSE}{_JOINED})?(?:{_DOSE}|[\w-]{{2,20}})\s(?:groups|arms|recipients)\b)
        )"""
    ),
    # "62.1% on 1.0 mg and …", "-6.7 mmHg for 25 mg (95% CI …", "on 2.5 mg, 5 mg and 10 mg"
    _rule(rf"(?<![\w/.,-]){_DOSE}(?={_JOINED}{_DOSE}|{_ENDS})", r"\b(?:on|at|for|with)"),
    _rule(rf"(?<![\w/.,-]){_DOSE}(?={_ENDS})", rf"{_DOSE}(?:,|,?\sand|,?\sor)"),
    _rule(
        r"""\b(?:the\s)?(?:higher|lower|highest|lowest|high|low|middle|either|both|each|all)[-\s](?:tested\s|two\s)?
            (?:doses?|vaccines)(?:\slevels?)?(?![\w-]|\s(?:of|group|arm|cohort))"""
    ),
    # regimens: "with the combination", "than standard of care"
    _rule(
        r"""\b(?:the\s(?:combination|single\sagent|drug|vaccine)|combination\stherapy|standard[-\s](?:of[-\s])?care
            |usual\scare|(?:the\s)?active\s(?:drug|treatment)|chemotherapy\salone)(?![\w-]|\s(?:arm|group|cohort))""",
        r"\b(?:on|with|than|to|for|from|given|receiving|versus|against)",
    ),
    # people named before: "of whom", "31 of these", "the 304 on placebo", "all three resumed", "276 were randomized"
    _rule(rf"(?:whom|these|those|them)(?=,?\s(?:{_NUMBER}\b|the\b|about\b|only\b)|[,.;)])", r"\b(?:of|among)"),
    _rule(
        rf"""\b(?:(?:the|these|those|all)\s(?:other\s|remaining\s)?|(?:other|remaining)\s){_NUMBER}
             (?=\s(?:who|that|with|without|on|receiving|given|treated|had|were|[a-z]{{3,9}}ed)\b|\s?[.;](?![0-9]))""",
        qualified=True,
    ),
    _rule(r"(?<![\w.,$])[0-9]{1,3}(?:,[0-9]{3})?\swere\s(?:randomi[sz]ed|enrolled|treated|vaccinated|dosed)\b"),
    # diseases that stand for those who have them: "a response rate of 44% in cervical cancer"
    _rule(
        rf"""\s(?:in|for|across)\s(?P<name>(?:[\w-]{{2,20}}\s){{0,5}}?{_DISEASE}(?:\s\([A-Za-z-]{{2,8}}\))?)
             (?![\w-]|\s(?:patients|subjects|drugs?|treatments?))""",
        r"[0-9%][^.;\n]{0,40}",
    ),
)
# A column's head that states a size: "FL (n=48)", "Veltrine 40 mg (N=88)"
COLUMN = re.compile(r"(?:(?<=[\t\n|])|(?<=\s\s)|\A)\s?([A-Za-z0-9][^\t\n|()%]{1,40}?)\s{0,3}[(\[]\s?[nN]\s?=\s?[0-9]")


def match(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield place and `qualified` of groups named by a dose, a letter, a column head, or as people named before."""
    for pattern, before, qualified in RULES:
        for found in pattern.finditer(text):
            start = found.start()
            if before is None or before.search(text, max(0, start - _BEFORE), start):
                yield *found.span("name" if "name" in pattern.groupindex else 0), qualified
    yield from ((*found.span(1), False) for found in COLUMN.finditer(text))

"""Groups that are named by what they were given or by their letter: "the 25 mg dose", "Arm B", "FL (n=48)", "of whom".

Each rule is an anchored pattern and, where needed, what must stand before it. Every pattern is bounded; `cohorts.match`
joins what is found here with the phrases that have a noun for people.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from topline.mentions import lexicon
from topline.mentions.gates import fold_document, holds_any

_DOSE = r"[0-9]{1,5}(?:[.,][0-9]{1,3})?\s?(?:mg|mcg|µg|μg|g|iu|units)(?:/(?:kg|m2|m²|day))?(?![\w/])"
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_JOINED = r"(?:,\s{1,3}(?:and\s{1,3}|or\s{1,3})?|\s{1,3}(?:and|or)\s{1,3})"
_ENDS = r"(?:\s?[,.;:()]|\s(?:and|or|had|was|were)\b|\s{0,3}\Z|\s?\n\s)"
_DISEASE = (
    r"(?:cancers?|carcinomas?|lymphomas?|leuk[ae]+mias?|myelomas?|melanomas?|sarcomas?|gliomas?|glioblastomas?"
    r"|neuroblastomas?|malignancies|(?:tumou?r|disease)\stypes|[a-z]{4,20}osis)"
)
_DISEASES = (
    "cancer carcinoma lymphoma leuk myeloma melanoma sarcoma glioma blastoma malignancies tumo disease osis"  # letters
)
# A word of a treatment's name: no preposition, no verb of receiving.
_PLAIN = (
    r"(?<![\w-])(?!(?:with|after|than|on|to|for|from|given|receiv|versus|vs|against|and|or|of|in|by|was|were|is|has|had)\b)"
    r"[a-z][\w-]{2,20}"
)
# What a treatment is said to do; the headline's present tense with it.
_DOES = (
    r"\s(?:also\s)?(?:show(?:s|ed)|demonstrat(?:es|ed)|reduc(?:es|ed)|lower(?:s|ed)|improv(?:es|ed)|achiev(?:es|ed)|met|meets"
    r"|produc(?:es|ed)|led\sto|cuts?|slash(?:es|ed)|slow(?:s|ed)|rais(?:es|ed)|prevent(?:s|ed)|had\san?\s[0-9])\b"
)
_NAME = r"[a-z][\w-]{1,14}"
_BEFORE = 48  # characters in which what must stand before a rule is looked for


class Rule(NamedTuple):
    """A pattern for a group's name; `before` must match what ends where the name starts.

    What says more of a `qualified` one follows it: "the 304 on placebo". Without one of the letters in `needs` the
    pattern is not tried; one that `opens` with certain words, or with a number ("9"), is tried there only. A `cased`
    one tells capitals, all others are for folded text.
    """

    pattern: re.Pattern[str]
    before: re.Pattern[str] | None = None
    qualified: bool = False
    needs: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    cased: bool = False


def _rule(pattern: str, before: str | None = None, qualified: bool = False, needs: str = "", opens: str = "") -> Rule:
    cased = "(?-i:" in pattern or "(?-i:" in (before or "")
    flags = re.VERBOSE | (re.IGNORECASE if cased else 0)
    ahead = re.compile(rf"(?:{before})\s{{0,3}}$", flags) if before else None
    return Rule(re.compile(pattern, flags), ahead, qualified, tuple(needs.split()), tuple(opens.split()), cased)


RULES = (
    # numbered and lettered groups: "Arm B", "Cohort 2a", "Group IV"
    _rule(
        r"\b(?:arm|cohort|group|subgroup|panel)\s(?-i:[0-9]{1,2}[a-c]?|[A-H][0-9]?|[IVX]{1,4})(?![\w-]|\.[0-9])",
        opens="arm cohort group subgroup panel",
    ),
    _rule(
        r"\b(?-i:Part|Stage)\s(?-i:[0-9]|[A-D])(?![\w-]|,?\sItem|\sof\sth)",
        r"\b(?:in|from|during)",
        opens="part stage",
    ),
    # "four of five at dose level 1", "in Groups 1, 2 and 3"
    _rule(
        r"\b(?:dose\slevel|arms|cohorts|groups)\s(?-i:[0-9]{1,2}|[A-H])(?![\w-]|\.[0-9])",
        needs="level arms cohorts groups",
    ),
    _rule(r"\b(?-i:DL)-?[0-9]{1,2}(?![\w-])", r"\b(?:at|in|of|on|and|to|from)", needs="dl"),
    # "in Cohorts 1, 2 and 3"
    _rule(
        r"(?<![\w.,])[0-9]{1,2}(?![\w%-]|[.,][0-9])",
        r"\b(?:arms|cohorts|groups|levels)\s(?:(?-i:[0-9]{1,2}),?\s(?:and\s|or\s)?){1,4}",
        needs="arms cohorts groups levels",
        opens="9",
    ),
    # what a cross-over compares: "6.2 during the sham period"
    _rule(
        r"\b(?:the\s)?(?:placebo|sham|active|control|dummy|usual-care|high-dose|low-dose)[-\s]periods?(?![\w-])",
        r"\b(?:in|during|with|for|of|on|than|versus|vs\.?)",
        needs="period",
    ),
    # "1.2 points for the once-daily regimen"
    _rule(
        r"\b(?:the\s)?(?:once|twice|three-times)[-\s](?:daily|weekly)\s(?:regimen|schedule|dosing|group|arm)(?![\w-])",
        r"\b(?:in|with|for|of|on|than|versus|vs\.?)",
        needs="daily weekly",
    ),
    # strengths: "44% at the 0.5% strength", "36 on 0.3% cream"
    _rule(
        r"""\b(?:the\s)?[0-9]{1,2}(?:\.[0-9]{1,3})?\s?%\s
            (?:strength|group|arm|concentration|rinse|mouthwash|creams?|gel|ointment|solution|lotion|foam|drops|spray)(?![\w-])""",
        r"\b(?:at|in|on|with|for|of|than|using|to)",
        needs="strength group arm concentration rinse wash cream gel ointment solution lotion foam drops spray",
    ),
    # doses as arms: "two 16 mg doses", "the 25 mg dose level"
    _rule(
        rf"""(?<![\w/.,-])(?:(?:two|three|both|the)\s)?{_DOSE}\s(?:daily\s)?dos(?:e|es|ing|age)(?:\slevels?)?(?![\w-])""",
        opens="9 two three both the",
    ),
    # "25 mg (n=92)", "40 mg versus placebo", "the 60 mg, 30 mg and placebo groups"
    _rule(
        rf"""(?<![\w/.,-]){_DOSE}(?:
          (?=\s{{0,4}}[(\[]?\s?n\s?=\s?[0-9])
        | (?=\s(?:versus|vs|against|over|compared|(?:or|and)\splacebo)(?![a-z]))
        | (?={_JOINED}(?:{_DOSE}{_JOINED})?(?:{_DOSE}|[\w-]{{2,20}})\s(?:groups|arms|recipients)\b)
        )""",
        opens="9",
    ),
    # "62.1% on 1.0 mg and …", "-6.7 mmHg for 25 mg (95% CI …", "on 2.5 mg, 5 mg and 10 mg"
    _rule(rf"(?<![\w/.,-]){_DOSE}(?={_JOINED}{_DOSE}|{_ENDS})", r"\b(?:on|at|for|with)", opens="9"),
    _rule(rf"(?<![\w/.,-]){_DOSE}(?={_ENDS})", rf"{_DOSE}(?:,|,?\sand|,?\sor)", opens="9"),
    _rule(
        r"""\b(?:the\s)?(?:higher|lower|highest|lowest|high|low|middle|either|both|each|all)[-\s](?:tested\s|two\s)?
            (?:doses?|vaccines|strengths?|concentrations?)(?:\slevels?)?(?![\w-]|\s(?:of|group|arm|cohort))""",
        needs="dose vaccines strength concentration",
        opens="the higher lower highest lowest high low middle either both each all",
    ),
    # "-5.2% (25 mg)", "21% [25 mg], 23% [50 mg]", "(GLV 25 mg, GLV 50 mg, placebo)"
    _rule(rf"(?<=[(\[]){_DOSE}(?=[)\]])", r"\d\s?(?:%|[a-zµμ/]{1,9})?\s?[(\[]", opens="9"),
    _rule(rf"(?<![\w/.,-]){_DOSE}(?=[,;]\s{_NAME}\s{_DOSE})", opens="9"),
    _rule(rf"(?<![\w/.,-]){_DOSE}(?=[,;)])", rf"{_DOSE}[,;]\s(?:and\s|or\s)?{_NAME}", opens="9"),
    # doses by rank: "the top dose", "all three doses", "16 on the lower and …", "with the lower and the higher dose"
    _rule(
        r"""\b(?:(?:the|two|both)\s)?(?:top|upper|bottom|maximum)\s(?:tested\s|two\s)?doses?(?![\w-]|\s(?:of|group|arm|cohort))""",
        needs="top upper bottom maximum",
        opens="the two both top upper bottom maximum",
    ),
    _rule(
        r"\b(?:all\s(?:three|four|five)|the\s(?:two|three))\s(?:dose\slevels|doses)(?![\w-]|\sof)",
        needs="dose",
        opens="all the",
    ),
    _rule(
        rf"\bthe\s(?:higher|lower|high|low)(?=,?\sand\sthe\s[a-z]{{3,7}}\sdose|{_ENDS})",
        r"(?:\d|\b(?:%|of|percent|those|patients|subjects|dose))\s?[^.;:()\n]{0,24}\b(?:on|with|at|in|for|than|by)",
        opens="the",
    ),
    # schedules as arms: "30.9% for monthly administration"
    _rule(
        r"""\b(?:(?:twice|once)[-\s])?(?:daily|weekly|biweekly|monthly|bimonthly|quarterly|every[-\s]other[-\s]month|eom)
            \s(?:administration|dosing|treatment|injections?|infusions?)(?![\w-]|\s(?:group|arm|cohort))""",
        r"\d[^.;\n]{0,24}\b(?:on|with|for|of|than|versus|vs\.?|under)",
        opens="twice once daily weekly biweekly monthly bimonthly quarterly every eom",
    ),
    # regimens: "with the combination", "than standard of care"
    _rule(
        r"""\b(?:the\s(?:combination|single\sagent|drug|vaccine)|combination\stherapy|standard[-\s](?:of[-\s])?care
            |usual\scare|(?:the\s)?active\s(?:drug|treatment)|chemotherapy\salone)(?![\w-]|\s(?:arm|group|cohort))""",
        r"\b(?:on|with|than|to|for|from|given|receiving|versus|against|during)",
        opens="the combination standard usual active chemotherapy",
    ),
    # "The vaccine lowered …", "Arlen's cancer pill cuts …", "between treatment and placebo groups"
    _rule(
        rf"\bthe\s(?:combination|drug|vaccine|therapy|treatment|antibody|pill)(?=['’]s\s(?:effects?|efficacy)\b|{_DOES})",
        opens="the",
    ),
    _rule(
        rf"(?<![\w-])(?!(?:the|this|that|no|each|its)\s)[\w-]{{3,20}}\s(?:drug|shot|pill|vaccine|jab)(?=(?:,\swhich)?{_DOES})",
        needs="drug shot pill vaccine jab",
    ),
    _rule(
        r"\b(?:treatment|drug|vaccine)(?=\s(?:and|versus|vs\.?)\s(?:placebo|control|sham)\s(?:groups|arms)\b)",
        opens="treatment drug vaccine",
    ),
    # "after bypass surgery alone", "2 of 18 under observation", "9.9 months without it"
    _rule(
        rf"{_PLAIN}(?:\s{_PLAIN}){{0,2}}\salone(?![\w-])",
        r"\b(?:with|after|than|on|to|for|from|given|receiv(?:ed|ing)|versus|vs\.?|against)",
        needs="alone",
    ),
    _rule(
        rf"\b(?:under\s(?:observation|surveillance)|without\s(?:it|the\s(?:drug|vaccine|antibody)))(?={_ENDS})",
        r"(?:\d\s?%?|\b(?:percent|points|days|weeks|months|years|those))",
        opens="under without",
    ),
    # what points back: "63% of the former", "against 110 of the others", "58 babies in that group"
    _rule(
        rf"\bthe\s(?:former|latter|others?|remainder|rest)(?={_ENDS}|\s(?:than|group|arm|had|were|\()|\sconsidered\b)",
        r"\b(?:of|in|with|among|for|than|on|by|against|versus|vs\.?)",
        opens="the",
    ),
    _rule(
        r"\b(?:that|the\s(?:same|other|latter|former))\s(?:group|arm|cohort|subgroup|population)(?![\w-])",
        r"\b(?:of|in|among|for|within|than)",
        opens="that the",
    ),
    # people named before: "of whom", "31 of these", "the 304 on placebo", "all three resumed", "276 were randomized"
    _rule(r"whom(?=\s[a-z])", rf"(?:\b{_NUMBER}|%|\bpercent|\bnone)\sof", needs="whom"),
    _rule(
        r"(?:these|those|them)(?=\s\(|\s(?:had|have|has|were|was|did|died|also|now|received|responded)(?!\w))",
        rf"(?:\b{_NUMBER}|%|\bpercent|\bnone)\sof",
        needs="these those them",
    ),
    # "Of the 14, six were treated", "In these 42, remission was reached", "17 of our 366.", "in the remaining 33 (14)"
    _rule(
        rf"\b(?:the|these|those|all|our)\s(?:other\s|remaining\s)?{_NUMBER}(?=,\s[a-z0-9])(?!,\s(?:19|20)[0-9][0-9])",
        r"(?:\A|[.;:)\n•]\s?|\band\s)(?:of|in|among)",
        opens="the these those all our",
    ),
    _rule(
        rf"\b(?:the\s(?:other|remaining)|our)\s{_NUMBER}(?=\s?[.(,;])",
        rf"(?:\b{_NUMBER}|%|\bpercent|\bby|\bin)\s(?:of|in)",
        opens="the our",
    ),
    # "two of the first group", "22.6% of the second (7)", "61 years in the second"
    _rule(
        rf"\bthe\s(?:first|second|third|fourth|treated|untreated)(?={_ENDS})",
        rf"(?:\b{_NUMBER}|%|\b[a-z]{{4,10}})\s(?:of|in)",
        opens="the",
    ),
    _rule(rf"(?:whom|these|those|them)(?=,?\s(?:{_NUMBER}\b|the\b|about\b|only\b)|[,.;)])", r"\b(?:of|among)"),
    _rule(
        rf"""\b(?:(?:the|these|those|all)\s(?:other\s|remaining\s)?|(?:other|remaining)\s){_NUMBER}
             (?=\s(?:who|that|with|without|on|receiving|given|treated|had|have|were|[a-z]{{3,9}}ed)\b|\s?[.;](?![0-9]))""",
        qualified=True,
        opens="the these those all other remaining",
    ),
    _rule(
        r"""(?<![\w.,$])[0-9]{1,3}(?:,[0-9]{3})?\s(?:were\s(?:randomi[sz]ed|enrolled|treated|vaccinated|dosed)
            |received\s(?:at\sleast\sone|one\sor\smore)\s[a-z]{4,12})\b""",
        opens="9",
    ),
    # "antibodies in 7 of the 414 (1.7%)"
    _rule(
        rf"\bthe\s{_NUMBER}(?=\s?\(|\s?[,;])",
        r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|none))\sof",
        opens="the",
    ),
    # diseases that stand for those who have them: "a response rate of 44% in cervical cancer"
    _rule(
        rf"""\s(?:in|for|across)\s(?P<name>(?:[\w-]{{2,20}}\s){{0,5}}?{_DISEASE}(?:\s\([A-Za-z-]{{2,8}}\))?)
             (?![\w-]|\s(?:patients|subjects|drugs?|treatments?))""",
        r"[0-9%][^.;\n]{0,40}",
        needs=_DISEASES,
    ),
    # "for treating early-stage lung cancer (LC)": where a document defines its disease it says whom its trials treat
    _rule(
        rf"""\s(?:for|treating)\s(?P<name>(?!treating|the\b)(?:[\w-]{{2,24}}\s){{1,5}}?{_DISEASE}\s\([A-Za-z-]{{2,8}}\))
             (?!\s(?:patients|subjects|drugs?|treatments?))""",
        needs=_DISEASES,
    ),
)
# A column's head that states a size: "FL (n=48)", "Veltrine 40 mg (N=88)"
_PROSE = r"(?!(?i:at|in|after|by|of|for|among|on|from|with|during|between)\s)"  # a line of prose begins so
_SIZED = re.compile(r"[(\[]\s?[nN]\s?=\s?[0-9]")
_LONGEST_HEAD = 45  # characters of a column's head before its size, the blanks with them
COLUMN = re.compile(
    rf"(?:(?<=[\t\n|])|(?<=\s\s)|\A)\s?{_PROSE}([A-Za-z0-9][^\t\n|()%]{{1,40}}?)\s{{0,3}}[(\[]\s?[nN]\s?=\s?[0-9]"
)


# Arms that a text names by letter, "arm A", and where it then writes the letter alone: "40 in A and 29 in B".
_LETTERED = re.compile(
    r"\b(?:arm|group|cohort)s?\s(?-i:([A-H]))(?:\s(?:and|or|vs\.?|versus)\s(?-i:([A-H])))?(?![\w-])", re.I
)
_LETTER = re.compile(
    r"""(?:\b(?:in|of|on|to|for|than|with|vs\.?|versus|and|or)\s|[(\[;]\s?)
        (?-i:([A-H]))(?=\s?[,.;:)\]]|\s(?:and|or|vs\.?|versus|was|were|had|than)\b|\s?\(|\s{0,3}\Z)""",
    re.X | re.I,
)


_NUMBERS = re.compile(r"[0-9]++")
_NUMBER_OPENS = "9"
_ARMS = ("arm", "arms", "group", "groups", "cohort", "cohorts")


def match(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield place and `qualified` of groups named by a dose, a letter, a column head, or as people named before."""
    folded = fold_document(text)
    openings = {**lexicon.places(text), _NUMBER_OPENS: [found.start() for found in _NUMBERS.finditer(text)]}
    for pattern, before, qualified, needs, opens, cased in RULES:
        if not holds_any(folded, needs):
            continue
        said = text if cased else folded
        places = (start for word in opens for start in openings.get(word, ()))
        for found in lexicon.matches(pattern, said, places) if opens else pattern.finditer(said):
            start = found.start()
            if before is None or before.search(said, max(0, start - _BEFORE), start):
                yield *found.span("name" if "name" in pattern.groupindex else 0), qualified
    yield from ((*span, False) for span in _columns(text))
    lettered = lexicon.matches(_LETTERED, text, (start for word in _ARMS for start in openings.get(word, ())))
    letters = {letter for found in lettered for letter in found.groups() if letter}
    if len(letters) > 1:  # one alone may be hepatitis A's, or a footnote's
        yield from ((*found.span(1), False) for found in _LETTER.finditer(text) if found[1] in letters)


def _columns(text: str) -> Iterator[tuple[int, int]]:
    """Yield the names in the heads of columns, looked for before each size."""
    free = 0
    for size in _SIZED.finditer(text):
        if found := COLUMN.search(text, max(free, size.start() - _LONGEST_HEAD), size.end()):
            yield found.span(1)
            free = found.end()

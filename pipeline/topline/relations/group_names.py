"""What tells one group from another: drugs, doses, letters, populations, and roles such as `control`.

Two names may stand for one group or must not; `conflict` says when they must not, `alike` when they may.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from topline.mentions.gates import fold, fold_document, holds_any
from topline.relations.populations import SETS, counted_kind

DOSE = (
    r"(?<![\d.,-])(?<!\b[A-Za-z])\d{1,6}(?:[.,]\d{1,4})?\s?(?:mg|mcg|micrograms?|milligrams?|µg|μg|ug|g|kg|iu|units?|ml)"
    r"(?:\s?/\s?(?:kg|m2|m²|day|ml|dose)){0,2}(?![\w/])"
)
_DOSE = re.compile(DOSE, re.I)
_UNITS = (
    ("micrograms", "µg"),
    ("microgram", "µg"),
    ("milligrams", "mg"),
    ("milligram", "mg"),
    ("mcg", "µg"),
    ("μ", "µ"),
)
_FIRST_OF_SEVERAL = re.compile(
    r"(?<![\w.,])(\d{1,6}(?:\.\d{1,4})?)(?=(?:,|\sand|\sor)\s\d{1,6}(?:\.\d{1,4})?\s?(mg|mcg|µg|μg)(?:/kg)?\b)", re.I
)
_FORM = r"(?:creams?|gels?|ointments?|solutions?|lotions?|foams?|drops|sprays?|patch(?:es)?|concentrations?)"
_PERCENT = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,4})?%")
_STRENGTH = re.compile(rf"{_FORM}\s?({_PERCENT.pattern})|({_PERCENT.pattern})\s{_FORM}\b")  # for folded text
_WORD = re.compile(r"[a-z][\w+-]*(?:/[a-z][\w+-]*)*", re.I)
# Words that do not tell one group from another.
PLAIN = frozenset(
    """a an the of in on at with to and or for by from who that which were was had have been has patients patient
    subjects subject participants participant people persons individuals volunteers those these this all each both
    most some every any entire total overall whole study studies trial trials enrolled treated treatment receiving
    received taking given using assigned randomized randomised arm arms group groups cohort cohorts population
    populations recipients evaluable evaluated assessed analyzed analysed dosed initial main either only they them
    adult adults final active once twice daily weekly per day other
    remaining neither no such whom their its vaccinated completing completed
    prescribed plus alone monotherapy combination combined mg dose doses level levels dosing administered
    oral cream gel tablet tablets capsule capsules injection along add-on followed at x i.e via
    high higher highest low lower lowest drug actively-treated test take analysis set intent-to-treat itt mitt
    safety per-protocol efficacy-evaluable efficacy included left leaves leaving remain remained""".split()
)
_CODE = re.compile(
    r"\b(arm|cohort|group|subgroup|panel|part|stage)\s(\d{1,2}[a-c]?|one|two|three|four|five|six|(?-i:[A-H][0-9]?|[IVX]{1,4}))"
    r"(?![\w-]|\.\d|\s?%)",
    re.I,
)
_DIGITS = MappingProxyType(
    {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "i": "1", "ii": "2", "iii": "3"}
)
_CONTROL = frozenset(
    "placebo vehicle sham dummy saline untreated control comparator standard care usual soc spray pill".split()
)
POINTING = re.compile(
    r"""^(?:(?:all|each|both|half|most|some)\s(?:of\s)?)?(?:these|this|such|whom|them
        |those(?!\s(?:[a-z]{4,12}\s)?(?:who|with|without|in|on|from|taking|receiving|given|treated|randomi|assigned)))\b""",
    re.X | re.I,
)
# What an active arm is given, where it is not named: "people on the new medicine".
_GIVEN = (
    r"(?:(?:new|study|active|real|test)\s)?"
    r"(?:drug|medicine|medication|tablets?|pills?|injections?|vaccine|jabs?|shots?)"
)
# For text in small letters.
_ROLES = (
    (
        "control",
        re.compile(
            r"\b(?:placebo|vehicle|sham|dummy|saline|untreated|controls?|comparator"
            r"|standard[- ]of[- ]care|usual care|soc)\b",
        ),
    ),
    (
        "active",
        re.compile(
            rf"""\b(?:active|treatment|treated|therapy|drug|experimental|investigational|intervention|verum)[- ]
                (?:(?:therapy|treatment)[- ])?(?:group|arm|cohort|recipients|drug|treatment)\b(?!s)
                |\b(?:on|taking|given|took|received|receiving|got|assigned|with)\s(?:to\s)?(?:the\s)?{_GIVEN}$
                |\bvaccin(?:e|ated)[- ](?:group|arm|cohort|recipients?|participants|people|adults|subjects)\b(?!s)
                |\bvaccinees\b|^(?:the\s)?{_GIVEN}$""",
            re.X,
        ),
    ),
    ("highest", re.compile(r"\b(?:high(?:er|est)?|top)[- ](?:tested\s)?dos(?:e|es|age)\b|\bhighest\b")),
    ("lowest", re.compile(r"\blow(?:er|est)?[- ](?:tested\s)?dos(?:e|es|age)\b|\blowest\b")),
    ("middle", re.compile(r"\b(?:mid(?:dle)?|medium|intermediate)[- ]dose\b")),
    ("combination", re.compile(r"\bcombin(?:ation|ed)\b|\bplus\b|\w\s?\+\s?\w|\balong with\b|\w/[a-z]{4,}")),
    ("alone", re.compile(r"\b(?:alone|monotherapy|single[- ]agent)\b")),
    (
        "all",
        re.compile(
            r"""\b(?:all|any|either|both|each|every|neither|no)\s(?:of\sthe\s)?(?:[a-z]{2,12}\s){0,2}
                (?:groups?|arms?|cohorts?|doses?(?:\slevels?)?)\b|\b(?:treatment|study|trial)\s(?:groups|arms)\b""",
            re.X,
        ),
    ),
)


_DUMMIES = frozenset({"placebo", "vehicle", "sham", "dummy", "saline"})
_NUMBER_WORD = re.compile(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]{3,5}teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?s?$"
)
_SAID_BY_ROLE = frozenset({"active", "highest", "lowest", "middle", "all"})
# Letters without which a role is not looked for: of nine patterns most names can match one.
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "control": tuple("placebo vehicle sham dummy saline untreated control comparator standard usual soc".split()),
        "active": tuple(
            "group arm cohort recipient drug treatment medic tablet pill injection vaccin jab shot".split()
        ),
        "highest": ("high", "top"),
        "lowest": ("low",),
        "middle": ("mid", "medium", "intermediate"),
        "combination": ("combin", "plus", "+", "along", "/"),
        "alone": ("alone", "mono", "single"),
        "all": ("group", "arm", "cohort", "dos"),
    }
)
_CODED = ("arm", "cohort", "group", "panel", "part", "stage")
_DIGIT = re.compile(r"\d")
# Words for people that are a subgroup's name, unless the whole trial is of such people.
PEOPLE = frozenset({"women", "men", "children", "girl", "boy", "infant", "adolescent"})


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a group's name; `population` is the code of an analysis set, `code` a letter such as `cohort 2`.

    `pointing` names stand for a group before: "these 76 patients".
    """

    words: frozenset[str] = frozenset()
    doses: frozenset[str] = frozenset()
    code: str | None = None
    population: str | None = None
    roles: frozenset[str] = frozenset()
    pointing: bool = False

    def is_plain(self) -> bool:
        """Tell whether nothing in the name tells the group from others."""
        return not (self.words or self.doses or self.code or self.population or self.roles - {"all"})


def read_name(
    phrase: str, aliases: Mapping[str, str] = MappingProxyType({}), strengths: frozenset[str] = frozenset()
) -> Name:
    """Return the name in a phrase; `aliases` gives the long form of abbreviations in lower case.

    `strengths` are the percentages that are doses of a cream or a solution in this document, such as `1.5%`.
    """
    text = " ".join(phrase.replace("®", "").replace("™", "").split())
    folded = fold(text)
    codes, bare = _codes(text) if holds_any(folded, _CODED) else ([], text)
    doses: set[str] = set()
    if _DIGIT.search(text):
        doses = _doses(text) | (strengths & set(_PERCENT.findall(text)))
        bare = _DOSE.sub(" ", bare)
    bare = bare.lower().replace("-treated", " ")
    possible = [(role, pattern) for role, pattern in _ROLES if holds_any(folded, _NEEDS.get(role, ()))]
    for role, pattern in possible:
        bare = pattern.sub(" ", bare) if role in _SAID_BY_ROLE else bare
    words = {"-".join(aliases.get(part, part) for part in word.split("-")) for word in _WORD.findall(bare)}
    words = {part for word in words for part in word.split("/")}
    population = counted_kind(phrase)
    return Name(
        words=frozenset(
            word.rstrip("s") for word in words if word not in PLAIN and len(word) > 1 and not _NUMBER_WORD.match(word)
        ),
        doses=frozenset(doses),
        code=codes[0] if codes else None,
        population=population if population in SETS else None,
        roles=frozenset(role for role, pattern in possible if pattern.search(folded)),
        pointing=bool(POINTING.match(text)),
    )


def _codes(text: str) -> tuple[list[str], str]:
    """Return the letters and numbers that a group is called by, and the text without them."""
    codes = [f"{found[1].lower()} {_DIGITS.get(found[2].lower(), found[2].lower())}" for found in _CODE.finditer(text)]
    return codes, _CODE.sub(" ", text)


def _doses(text: str) -> set[str]:
    doses = {_plain_dose(found[0]) for found in _DOSE.finditer(text)}
    return doses | {_plain_dose(found[1] + found[2]) for found in _FIRST_OF_SEVERAL.finditer(text)}


def read_strengths(text: str) -> frozenset[str]:
    """Return the percentages that a text gives as strengths: "a 1.5% cream"."""
    return frozenset(found[1] or found[2] for found in _STRENGTH.finditer(fold_document(text)))


def _plain_dose(said: str) -> str:
    plain = said.replace(" ", "").replace(",", "").lower()
    for written, unit in _UNITS:
        plain = plain.replace(written, unit)
    return plain.removesuffix("/day").removesuffix("/dose")


def is_control(name: Name) -> bool:
    """Tell whether the group is the control, and nothing else is said of it."""
    return "control" in name.roles and (name.words <= _CONTROL or bool(name.words & _DUMMIES))


def conflict(one: Name, other: Name) -> bool:
    """Tell whether the names keep two groups apart: other doses, letters, sets, or one alone and one combined."""
    return bool(
        (one.doses and other.doses and not (one.doses <= other.doses or other.doses <= one.doses))
        or (one.code and other.code and one.code != other.code)
        or (one.population and other.population and one.population != other.population)
        or ("alone" in one.roles and "combination" in other.roles)
        or ("alone" in other.roles and "combination" in one.roles)
        # ... but "the control group" and "the control chemotherapy group" may be one
        or (is_control(one) != is_control(other) and "control" not in one.words & other.words)
    )


def alike(asked: Name, stated: Name) -> bool:
    """Tell whether a stated name may be the asked one under fewer or more words."""
    if conflict(asked, stated) or (asked.words & PEOPLE) - stated.words:
        return False
    if asked.code:
        return asked.code == stated.code
    if not asked.words:
        return bool(asked.doses) and asked.doses <= stated.doses
    one, other = asked.words | asked.doses, stated.words | stated.doses
    return (
        2 * len(one & other) > len(one | other)
        or (len(asked.words) == 1 and asked.words <= stated.words)
        or (len(stated.words) == 1 and not stated.doses and stated.words <= asked.words)
    )


def same(one: Name, other: Name) -> bool:
    """Tell whether two names are one in all that tells groups apart."""
    return (one.words, one.doses, one.code) == (other.words, other.doses, other.code) and not conflict(one, other)

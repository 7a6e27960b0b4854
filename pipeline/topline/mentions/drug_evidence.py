"""Names that a document shows to be drugs by the places they stand in: "the pill tresanol", "in the tresanol group".

A capitalised word needs one strong place and one more, or three weak ones; a word in lower case, which may be any word
of the language, must have the shape of a generic name and stand in two kinds of places, one of them a drug's alone; one
that ends as words of English do, "medoradine", in three places.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from topline.mentions import abbreviations, lexicon
from topline.mentions.gates import fold_document

_NAME = r"([A-Z][A-Za-z0-9]*+(?:-[A-Z0-9][A-Za-z0-9]*+)?)[®™]?"
_STRENGTH = r"\d\s?(?:[mcµμ]?c?g|IU)"
_KINDS_OF_DRUG = r"(?:drug|pill|medication|medicine|compound|vaccine|tablet|(?:drug|vaccine|product|lead)\scandidate)"
_SORTS = r"(?:drug|vaccine|(?:immuno|radio)?therapy|inhibitor|agonist|antagonist|antibody|treatment|prodrug|peptide)"
_STRONG = re.compile(
    rf"\b(?:(?:treated|monotherapy|therapy|treatment|immuni[sz]ed|vaccinated)\swith|doses?\sof|recipients\sof|administered"
    rf"|taking|{_STRENGTH}\sof|(?:patients|subjects|participants|people|those|died)\son|{_STRENGTH})\s{_NAME}(?![\w-])"
    rf"|(?<![\w-]){_NAME}(?:\s(?:monotherapy|tablets?|capsules?|injections?|cream|gel|\d[\d.,]{{0,6}}\s?m?c?g)|-treated)\b"
)
_WEAK = re.compile(
    r"\b(?:receiv(?:ed|ing)|randomi[sz]ed\sto|(?:efficacy|safety|tolerability|effects?|use|study|trial)\sof|evaluating|plus|"
    r"versus|vs\.?|combination\swith)"
    rf"\s{_NAME}(?![\w’'-]|\s[A-Z][a-z])|(?<![\w-]){_NAME}\s(?:arms?|groups?|recipients|versus|plus|vs\.?)\b"
)
# Places that name a drug in headlines and press texts; no firm or trial is "well tolerated" or a "lead candidate".
_TOLD = re.compile(
    rf"\b(?:{_KINDS_OF_DRUG},?|(?:candidate|asset|product|program),|(?:lead|flagship|premier)\s(?:asset|product|program)"
    r"|developing|advancing|marketed\sas|sold\sas|maker\sof|(?:IND|NDA|BLA)\s(?:for|of)|(?:designation|approval)\s(?:of|to))"
    rf"\s{_NAME}(?![\w-]|\s[A-Z][a-z]+\s(?:Inc|Corp|Ltd))"
    rf"|(?<![\w-]){_NAME}(?:\s(?:was|is|has\sbeen)\s(?:generally\s|also\s)?(?:safe|well[\s-]tolerated)"
    rf"|,\s(?:an?|its|the\scompany['’]s)\s(?:[\w-]{{2,20}}\s){{0,4}}{_SORTS}"
    rf"|\sis\s(?:an?|[\w’']{{2,20}}\slead)\s(?:[\w-]{{2,20}}\s){{0,3}}{_SORTS}"
    r"|\sis\sdesigned\sto\streat)\b",
)

_CAPITAL_OR_NUMBER = re.compile(r"[A-Z0-9](?<!\w.)")
_CAPITALISED = (
    (
        _STRONG,
        frozenset(
            "treated monotherapy therapy treatment immunized immunised vaccinated dose doses recipients administered "
            "taking patients subjects participants people those died".split()
        ),
    ),
    (
        _WEAK,
        frozenset(
            "received receiving randomized randomised efficacy safety tolerability effect effects use study trial "
            "evaluating plus versus vs combination".split()
        ),
    ),
    (
        _TOLD,
        frozenset(
            "drug pill medication medicine compound vaccine tablet lead product candidate asset program flagship "
            "premier developing advancing marketed sold maker ind nda bla designation approval".split()
        ),
    ),
)

_WORD = r"([a-z]{8,20})"
# The places of a generic name in lower case, by kind; only the first two are a drug's alone.
_PLACES = (
    (
        "kind",
        re.compile(
            rf"\b(?:{_KINDS_OF_DRUG}(?:,|\s(?:called|named|known\sas))?|(?:nda|bla|ind|application)\sfor"
            rf"|antagonist|inhibitor|agonist|blocker|modulator|doses?\sof)\s{_WORD}(?![\w-])"
        ),
    ),
    (
        "dose",
        re.compile(
            rf"(?<![\w-]){_STRENGTH}(?:\sof)?\s{_WORD}(?![\w-])|(?<![\w-]){_WORD}\s\d[\d.]{{0,6}}\s?m?c?g\b(?!/d?L)"
        ),
    ),
    ("group", re.compile(rf"(?<![\w-]){_WORD}(?:\s(?:arm|group|recipients|patients|subjects|period)s?\b|-treated\b)")),
    (
        "given",
        re.compile(
            rf"\b(?:on|with|taking|receiv(?:ed|ing)|given|to|versus|than|plus|(?:trial|study)\sof)\s{_WORD}(?=[,.;:)]|\s[a-z(])"
        ),
    ),
)
_IN_ANY_CASE = frozenset({"kind"})  # looked for in folded text
OFTEN = 4  # places of two kinds
_ALONE = frozenset({"kind", "dose"})
_ENGLISH_ENDINGS = (
    "ment ments ing ings ed s er or ity ty al ive ance ence ology ly y ful ent ant ory ary ic ous ism ist ness ship "
    "age ate ble tion sion ure ine ide ward wise self less ion ium"
).split()
# Endings of English that generic names have as well, and the words with them that stand where a drug's name does.
_NAMES_TOO = ("ine", "ide", "ant", "or", "ate", "ium")
SURE = 3  # places of two kinds, one a drug's alone
_WORDS = frozenset(
    """
    medicine creatinine histamine serotonin homocysteine phosphate carbonate bicarbonate chloride peptide triglyceride
    nucleotide glycoside potassium magnesium participant significant important relevant resistant dominant pregnant
    transplant consultant stimulant depressant antidepressant antioxidant lubricant adjuvant surfactant covariant
    candidate alternate appropriate immediate intermediate moderate adequate separate concentrate substrate aggregate
    conjugate certificate graduate duplicate estimate investigator comparator indicator moderator predictor receptor
    activator modulator inhibitor sponsor director operator generator ventilator stimulator injector applicator
    nebulizer exterior interior posterior anterior superior inferior behavior endocrine pipeline guideline discipline
    headline deadline outline magazine machine exercise combine determine examine routine worldwide nationwide
    equilibrium endometrium epithelium medium premium calcium lithium sodium
    """.split()
)
_COMMON = frozenset("baseline background candidate standard research overweight download children breakfast".split())


def capitalised(text: str) -> list[str]:
    """Return capitalised words that stand where drugs stand, never in lower case, and abbreviate nothing else."""
    numbers = [found.start() for found in _CAPITAL_OR_NUMBER.finditer(text)]
    strong, weak, said = (Counter(_names(text, *rule, numbers)) for rule in _CAPITALISED)
    weak += said
    told = {name for name in said if _is_coined(name)}
    likely = [name for name in {**strong, **weak} if strong[name] + min(1, weak[name]) >= 2 or weak[name] >= 3]
    likely += sorted(told - set(likely))
    lower_case = frozenset(re.findall(r"(?<![\w-])[a-z]{3,}", text)) if likely else frozenset()
    defined = abbreviations.expansions(text)
    return [name for name in likely if name not in defined and len(name) >= 3 and name.lower() not in lower_case]


def _names(text: str, pattern: re.Pattern[str], opens: frozenset[str], numbers: list[int]) -> Iterator[str]:
    """Yield the names that a pattern finds; it opens with certain words, or with a number or the name's capital."""
    places = lexicon.places(text)
    tried = {start for word in opens & places.keys() for start in places[word]}
    tried.update(numbers)
    for found in lexicon.matches(pattern, text, tried):
        if name := found[1] or found[2]:
            yield name


def generic(text: str) -> list[str]:
    """Return words in lower case that stand in two kinds of a drug's places, one a drug's alone, or in four places."""
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, pattern in _PLACES:
        for found in pattern.finditer(fold_document(text) if kind in _IN_ANY_CASE else text):
            places[text[slice(*found.span(found.lastindex or 0))]][kind] += 1
    likely = {
        word for word, kinds in places.items() if len(kinds) >= 2 and (kinds.keys() & _ALONE or kinds.total() >= OFTEN)
    }
    sure = {word for word in likely if places[word].keys() & _ALONE and places[word].total() >= SURE}
    return sorted({*filter(may_be_generic, likely), *filter(_ends_as_both, sure)})


def may_be_generic(word: str) -> bool:
    """Tell whether a word has the shape of a generic name that no table knows: long, and with no ending of English."""
    low = word.lower()
    return len(low) >= 8 and low.isalpha() and low not in _COMMON and not low.endswith(tuple(_ENGLISH_ENDINGS))


def _ends_as_both(word: str) -> bool:
    """Tell whether a word ends as names and words of English do, "medoradine" and "medicine", and is no such word."""
    return word.endswith(_NAMES_TOO) and word not in _COMMON and word not in _WORDS


def _is_coined(name: str) -> bool:
    """Tell whether a name is written as no word is: "PrimoC", "RVX-GPR2", "RVX-3", "DORYNEX"."""
    return bool(re.search(r"[a-z][A-Z]|-[A-Z]|[A-Z]\d|[A-Z]{2}-\d", name)) or (name.isupper() and len(name) >= 6)

"""Names of trials: acronyms and code names ("the KESTREL-2 trial", "Study 101").

A name needs a cue (`trial` or `study` beside it, or a definition that ends in one); from there on it counts without.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from topline.mentions.abbreviations import Definition, expansions
from topline.mentions.lexicon import matches
from topline.schema import Mention

# At least three capitals somewhere, or one word in capitals with a number of its own behind: "TRuE-AD1", "OVATION 2".
_NAME = r"[A-Z](?<![\w-].)[A-Za-z]{0,3}[A-Z][A-Za-z0-9]{0,14}(?:-[A-Z0-9][A-Za-z0-9]{0,9}){0,2}(?:\s[1-9](?!\w))?"
_SORT = r"(?:[Ss]tudy|studies|[Tt]rial|trials)(?![\w-])"
_KIND = (
    r"(?:(?:[Pp]hase\s\w{1,3}(?:/\w{1,3})?|[Pp]ivotal|[Cc]linical|[Rr]egistrational|[Rr]andomi[sz]ed|[Cc]onfirmatory"
    r"|[Gg]lobal|[Ee]xtension|[Oo]pen[\s-]label|[Dd]ouble[\s-]blind|[Pp]lacebo[\s-]controlled|[Ll]ong[\s-]term|[Ss]afety"
    r"|[Rr]egistration|[Ff]easibility|[Pp]ilot),?\s){0,4}+"
)
# "KESTREL-2 trial", "the CAMP-1 and CAMP-2 Phase 3 trials"
_CUED = re.compile(
    rf"({_NAME})(?:\s?(?:,|and|&|/|or)\s?({_NAME}))?(?:\s?(?:,|and|&|/|or)\s?({_NAME}))?\s{_KIND}{_SORT}"
)
_OPENS_SORT = re.compile(r"[SsTt](?:tud|rial)")
_CUED_BEHIND = (
    # "a Phase 3 trial (VERITY)", "the study, called VERITY", "a trial known as VERITY"
    re.compile(rf"\b{_SORT}\s?[(\[](?:the\s)?({_NAME})[;,)\]]"),
    re.compile(rf"\b{_SORT},?\s(?:called|named|known\sas|dubbed|titled|entitled|code-?named)\s[\"“‘']?({_NAME})"),
)
# "Study 101", "Trial CL-301", "Study 3"; not "Study 12 weeks", nor a year
_NUMBERED = re.compile(
    r"[STP](?<![\w-].)(?:(?<=S)tudy|(?<=T)rial|(?<=P)rotocol)\s(?:No\.\s)?(?=[A-Z0-9-]{0,12}\d)(?!(?:19|20)\d\d(?!\d))[A-Z]{0,6}-?\d[A-Z0-9]{0,5}"
    r"(?:-[A-Z0-9]{1,5}){0,2}(?![\w%]|\.\d|\s?(?:weeks?|days?|months?|years?|patients|subjects|mg|sites|arms?)\b)"
)
# A drug's code (`ALD-2171`, `T-DM1`, `DM199`) stands before "trial" as often as a trial's name does.
_DRUG_CODE = re.compile(
    r"[A-Z]{1,6}-?\d{2,8}[A-Z]{0,2}|[A-Z]{1,2}-[A-Z]{2,3}\d?|(?:GLP|IL|PD|CD|HER|SARS|CoV)-?L?\d{0,2}(?:-\d)?"
)
_OTHERS = frozenset(
    """FDA NIH EMA MHRA PMDA HHS CDC BARDA WHO NIAID NIMH NHLBI NCI ASCO ESMO EASD AHA ACC ASH AACR JAMA NEJM USA UK EU
    US IND NDA SNDA BLA EUA SPA GCP CRO IRB DSMB IDMC PDUFA GLP NCT RECIST NASDAQ NYSE CEO CMO USPTO GWAS RCT RWE EAP
    TIMI III PHASE CLINICAL PIVOTAL POC SAD MAD DDI QT PK PD MRI PET CT SOC CAR BCG ITT DLT SAE OS PFS ORR CR ECG LDL
    COPD NSCLC SCLC DLBCL GVHD CTCL MASH NASH MASLD NAFLD COVID SARS HIV AIDS AML ALL CLL CML MDS ALS IPF PAH SMA DMD
    HFPEF HFREF ASCVD CVD HF AF MI PTSD ADHD T2DM T1DM ESRD CKD MDD GAD ARDS GIST HNSCC ATTR TNBC CRPC MCRPC NMIBC MUC
    HCC CRC GBM RCC UC IBD IBS OSA DED DME AMD NAMD SLE RSV HBV HCV HPV CMV EGFR KRAS HER2 BRCA ER PI""".split()
)
# A trial of its own that has no name: what follows is not about the one named before.
_OPENS_ANOTHER = re.compile(r"[AaIiOoTt](?<!\w.)(?=(?:n|nother|ne|his|ts|heir|ur)?\s)")
_ANOTHER = (
    # "another study", "a separate Phase 1 trial"
    re.compile(
        rf"\b(?:[Aa]nother|(?:[Aa]|[Oo]ne|[Tt]his)\s(?:separate|second|third|different|prior|previous|earlier|new|planned"
        rf"|further|subsequent|follow-up))\s(?:[\w-]{{1,20}},?\s){{0,5}}{_SORT}"
    ),
    # "its Phase 2 obesity study": said with what it is about, as no named trial is
    re.compile(
        rf"\b(?:[Ii]ts|[Tt]heir|[Oo]ur|[Aa]n?)\s(?:[a-z-]{{2,20}}\s){{0,3}}[Pp]hase\s\w{{1,3}}\s{_KIND}"
        rf"[a-z][\w-]{{2,20}}\s(?:[\w-]{{1,20}}\s){{0,3}}{_SORT}"
    ),
)


@dataclass(frozen=True, slots=True)
class Named:
    """A place that names a trial; `name` is None where the text turns to a trial without one."""

    start: int
    end: int
    name: str | None


def match(text: str, known: Iterable[Mention], groups: Sequence[Mention]) -> list[Mention]:
    """Return the trials' names that stand outside the group phrases, as groups with the code `study`.

    "53.8% in TRuE-AD1" says where, not what was measured; without this the name would be a phrase like any other.
    """
    starts = [group.start for group in groups]
    found = []
    for named in _by_name(text, known):
        k = bisect_left(starts, named.end) - 1
        if k < 0 or groups[k].end <= named.start:
            found.append(Mention(named.start, named.end, "COHORT", code="study"))
    return found


def find(text: str, mentions: Iterable[Mention] = ()) -> tuple[Named, ...]:
    """Return every place that names a trial, in order; names that mentions know as drugs or endpoints are none."""
    found = _by_name(text, mentions)
    return tuple(sorted([*found, *_nameless(text, found)], key=_start))


def _by_name(text: str, mentions: Iterable[Mention]) -> list[Named]:
    """Return the places where a trial stands by its name, in order."""
    defined = expansions(text)
    known = {text[m.start : m.end] for m in mentions if m.label in ("DRUG", "ENDPOINT")}
    names = {name for name in _cued(text) if _is_trial(name, defined, known)}
    names |= {short for short, long in defined.items() if _defines_trial(long) and _is_trial(short, defined, known)}
    found = [Named(*m.span(), " ".join(m[0].split())) for m in _NUMBERED.finditer(text)]
    if names:
        found += [Named(*m.span(), " ".join(m[0].split())) for m in _any_of(names).finditer(text)]
    return sorted(_apart(found), key=_start)


@lru_cache(maxsize=2)
def _cued(text: str) -> frozenset[str]:
    """Return the names that stand by a cue; the last two texts are kept, for the stage that reads them once more."""
    sorts = [found.start() for found in _OPENS_SORT.finditer(text)]
    cued = (*_CUED.finditer(text), *(found for pattern in _CUED_BEHIND for found in matches(pattern, text, sorts)))
    found = (name for each in cued for name in each.groups() if name)
    return frozenset(" ".join(name.split()) for name in found)


def _is_trial(name: str, defined: dict[str, Definition], known: set[str]) -> bool:
    """Tell whether a cued name is a trial's: no drug's code, agency, disease or abbreviation of anything else."""
    if name in known or _DRUG_CODE.fullmatch(name) or name.upper() in _OTHERS:
        return False
    if name in defined:
        return _defines_trial(defined[name])
    stem = name.partition("-")[0].partition(" ")[0]
    if stem in defined or stem in known or stem.upper() in _OTHERS or _DRUG_CODE.fullmatch(stem):
        return False
    return sum(c.isupper() for c in name) >= 3 and len(stem) >= 4


def _defines_trial(definition: Definition) -> bool:
    return bool(re.search(rf"\b{_SORT}$", definition.long))


def _any_of(names: set[str]) -> re.Pattern[str]:
    written = "|".join(re.escape(name).replace(r"\ ", r"\s") for name in sorted(names, key=lambda n: (-len(n), n)))
    return re.compile(rf"(?<![\w-])(?:{written})(?![\w]|-[A-Z0-9])")


def _start(named: Named) -> int:
    return named.start


def _apart(found: list[Named]) -> Iterator[Named]:
    """Yield the places without overlaps, the first and longest of those that meet."""
    end = -1
    for named in sorted(found, key=lambda named: (named.start, -named.end)):
        if named.start >= end:
            end = named.end
            yield named


def _nameless(text: str, names: Sequence[Named]) -> Iterator[Named]:
    """Yield the places that turn to another trial without a name, and have none inside."""
    openings = [found.start() for found in _OPENS_ANOTHER.finditer(text)]
    for pattern in _ANOTHER:
        for found in matches(pattern, text, openings):
            k = bisect_left(names, found.start(), key=_start)
            if k == len(names) or names[k].start > found.end():
                yield Named(*found.span(), None)

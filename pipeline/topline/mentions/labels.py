"""What a table's heads, stubs and captions are: an arm, something measured, a time, a statistic, a group's size.

And what the whole table is about: only a table that speaks of a trial is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from topline.mentions import cohorts, drugs, endpoint_terms
from topline.mentions.cells import Measure, measure
from topline.schema import Mention

Span = tuple[int, int]

_SIZE = re.compile(r"[\s,;:–—-]{0,3}[(\[]?[^()\[\]\n]{0,24}?\b[nN]\s?=\s?(?P<size>[0-9][0-9,]{0,8})")
_CONTROL = re.compile(
    r"\b(?:placebo|vehicle|sham|controls?(?!\s(?:of|rate))|standard[\s-]of[\s-]care|SOC|best\ssupportive\scare|usual\scare"
    r"|untreated|observation\sarm|comparator|no\streatment)\b",
    re.IGNORECASE,
)
_DOSE = re.compile(
    r"\b[0-9]{1,5}(?:[.,][0-9]{1,3})?\s?(?:mg|MG|mcg|MCG|µg|μg|ug|g|kg|IU|mL|units|vg|cells)(?:/(?:kg|m2|m²|day|mL))?\b"
)
_GROUP = re.compile(
    r"\b(?:arm|cohort|group|dose\slevel|panel|part|stage)\s(?:[0-9]{1,2}[a-c]?|[A-H][0-9]?|[IVX]{1,4})\b", re.IGNORECASE
)
_WHOLE = re.compile(
    r"""^(?:total|overall|pooled|combined|all)
         (?:\s(?:patients|subjects|participants|groups|arms|doses|treated|population))?$
      | \b(?:monotherapy|combination|arm)$
    """,
    re.VERBOSE | re.IGNORECASE,
)
# All arms together: "Total (N=42)", "All patients"; never "All doses", which leaves the control out
_EVERYONE = re.compile(
    r"(?:total|overall|all\s(?:randomi[sz]ed\s|treated\s|enrolled\s)?(?:patients|subjects|participants)|both\s(?:arms|groups))"
    r"\s{0,3}(?:[*†‡§(\[,;]|$)",
    re.IGNORECASE,
)
# Several arms together, or all: none of the arms that add up to a total
POOLED = re.compile(r"^(?:all|any|both|total|overall|pooled|combined)\b", re.IGNORECASE)
# Heads of columns or rows that hold a group's size, and of those that hold the design: doses, schedules, visits.
SIZES = re.compile(
    r"""(?:n|(?:(?:total|no\.|number)\s(?:of\s)?)?(?:patients|subjects|participants|volunteers|women|men|children|adults|people)
         (?:\s(?:enrolled|randomi[sz]ed|treated|dosed|evaluable|analy[sz]ed|in\s[a-z]{2,12}\s?(?:population|set)?))?
         (?:,?\s?[(\[]?\s?n\s?[)\]]?)?|no\.|number|(?:enrolled|randomi[sz]ed|evaluable)(?:,\s?n)?)""",
    re.VERBOSE | re.IGNORECASE,
)
# A corner that says what the heads or stubs are: "Dose (mg)", "Subgroup"
DOSES = re.compile(r"dos(?:e|age)\b", re.IGNORECASE)
GROUPS = re.compile(
    r"(?:sub)?groups?|(?:study\s|treatment\s)?(?:arms?|groups?|cohorts?)|populations?|treatments?|dos(?:e|age)(?:\slevels?)?"
    r"(?:\s?\([^()]{1,20}\))?",
    re.IGNORECASE,
)
DESIGN = re.compile(
    r"""(?:(?:starting|daily|planned|total)\s)?(?:dos(?:e|age|ing)s?(?:\s(?:levels?|groups?|cohorts?|schedules?|regimens?))?
         |schedule|cycles?|visits?|weeks?|days?|months?|years?|time\s?points?|ages?|no\.|\#|sites?|centers?|rank|page)
        (?:\s?[(\[][^()\[\]]{1,24}[)\]])?""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:at\s|by\s|through\s|to\s)?(?:(?:weeks?|days?|months?|years?|cycles?|visit)\s[0-9]{1,4}|[0-9]{1,3}[\s-](?:weeks?|days?|months?|years?))\b|\bbaseline\b",
    re.IGNORECASE,
)
# Words of statistics, grades and times: a label of these alone qualifies another label and is no endpoint itself.
_QUALIFYING = re.compile(
    r"""\b(?:n|no|number|mean|median|sd|se|sem|ls|lsm|range|min|max|ci|iqr|percent(?:age)?|total|overall|events?|any|all
         |grades?|[1-5][/-][1-5]|or|and|of|in|at|with|the|by|from|to|change|baseline|patients?|subjects?|participants?|p|values?
         |difference|vs|versus|estimated?|months?|weeks?|days?|years?|hours?|hazard|odds|risk|ratio|hr|higher|above|worse|severe
         |adjusted|endpoints?|outcomes?|measures?|parameters?|variables?|characteristics?|results?|nominal|treatment|effect
         |statistics?|category|term|preferred|system|organ|class|proportion|rates?)\b
      | [^a-z]""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:p[\s-]?values?|difference|hazard|odds|treatment\seffect|delta|vs\.?|versus|relative\s(?:risk|reduction)|HR|placebo[\s-](?:adjusted|corrected))\b"
    r"|^p$",
    re.IGNORECASE,
)
# What ends a stub and says only how the number is written: ", n (%)", " (95% CI)", ", months"
_SUFFIX = re.compile(
    r"""[\s,;:–—-]{0,3}(?:
        [(\[]?(?<![a-z])(?:n|no\.?|number)\s?[(\[,]\s?%\s?[)\]]{1,2}
      | [(\[]\s?(?:%|n|n/N|[0-9]{2}%\s?(?:CI|confidence\sinterval)|SD|SE|SEM|range|IQR)\s?[)\]]
      | [(\[]\s?(?:months?|weeks?|days?|hours?|years?)\s?[)\]]
      | ,\s?(?:%|n|months?|weeks?|days?|hours?|years?|mean|median|[0-9]{2}%\s?CI)
      | ,?\s?(?:LS\s)?(?:mean|median)\s?(?:±|\+/-|\()\s?(?:SD|SE|SEM)\)?
      | \(?(?:at|by|through)\s(?:weeks?|months?|days?|years?)\s[0-9]{1,3}\)?
      | [*†‡§¶#^¹²³]{1,3} | \([a-e1-9*†‡]\) | % | (?<=[)%])[a-h]
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
_BASELINE = re.compile(
    r"(?P<when>(?:at\s)?baseline\b)(?:[\s,:;()±/+%-]|mean|median|values?|scores?|levels?|SD|SE|n\b){0,8}", re.IGNORECASE
)
_RANK = re.compile(
    r"(?:(?:co-?)?primary|(?:key\s)?secondary|exploratory)\s(?:efficacy\s|safety\s)?(?:end\s?points?|outcomes?|measures?)\s?[:–—-]\s",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s?[:|/–—]\s?|\s-\s|,\s|\n")  # what may part an endpoint's name from an arm's in one head
_NOT_A_TRIAL = re.compile(
    r"""[$€£¥]|\b(?:thousands|net\s(?:loss|income|sales|cash)|revenues?|(?:stock|share)holders?|shares|per\sshare|liabilities
        |(?:total|current|other)\sassets|exercise\sprice|exhibits?|directors?|officers?|chairman|incorporat(?:ed|ion)|registrant
        |commission\sfile|patents?|royalt(?:y|ies)|leases?|tax(?:es)?|principal\samount|warrants?|compensation|fiscal|salary
        |expir(?:es|ation|y)|trading\ssymbol|dividends?|amortization|depreciation|expenses?|par\svalue|debentures?|notes\spayable
        |market\s(?:share|size|cap)|employees|page\sno)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_PLANNED = re.compile(
    r"""\b(?:planned|plans|anticipated|projected|targeted|expected|estimated\s(?:start|completion|timing)|proposed|milestones?
        |pipeline|programs?|indications?|status|schedule\sof|screening\svisit|prevalence|incidence\sof\scancer|mice|mouse|rats?|murine
        |monkeys|dogs|in\svitro|ic50|ec50|preclinical|trial\sdesign|study\sdesign|dosing\sschedule|inclusion\scriteria
        |assessments?\sschedule|number\sof\ssites|powered|assumptions?)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CLINICAL = re.compile(
    r"""\b(?:patients|subjects|participants|volunteers|adverse|respon(?:se|ders?)|survival|grades?\s[1-5]|baseline|tumou?rs?
        |efficacy|treatment|placebo|median|hazard|confidence|95%\sCI|p-value|remission|relapse|symptoms?|dose|mg
        |randomi[sz]ed|evaluable|safety|nausea|headache|fatigue|vomiting|diarrho?ea|rash|pyrexia|ana?emia|neutropenia
        |(?-i:ORR|PFS|DOR|DoR|TEAEs?|AEs))\b""",
    re.VERBOSE | re.IGNORECASE,
)


_INTERVAL = re.compile(r"\b[0-9]{2}%\s(?:CI|CrI|confidence)\b")


def size_place(text: str) -> Span | None:
    """Return where a label states its group's size: "Placebo (n=54)"."""
    found = _SIZE.search(text)
    return found.span("size") if found else None


def is_sized(text: str) -> bool:
    """Tell whether a label states a group's size."""
    return bool(_SIZE.search(text))


def arm_name(text: str) -> Span:
    """Return the part of a head that names the arm, without its size and footnote marks."""
    found = _SIZE.search(text)
    name = text[: found.start()] if found else text
    opened = max(name.rfind("("), name.rfind("["))
    if opened > max(name.rfind(")"), name.rfind("]")):
        name = name[:opened]
    trimmed = _trimmed(name, (_SUFFIX,))
    return len(name) - len(name.lstrip()), len(trimmed)


def endpoint_name(text: str) -> Span:
    """Return the part of a label that says what was measured, without units, statistics and footnote marks."""
    ranked = _RANK.match(text)
    start = ranked.end() if ranked else 0
    trimmed = _trimmed(text, (_SUFFIX,))
    return (start, len(trimmed)) if any(c.isalnum() for c in trimmed[start:]) else (0, len(text))


def parted(text: str) -> tuple[Span, Span] | None:
    """Return the endpoint and the arm that one head names: "ACR20: Placebo (n=82)", "Placebo ORR (%)"."""
    terms = [term for term in endpoint_terms.match(text) if term.code]
    if not terms:
        return None
    term = max(terms, key=lambda term: term.end - term.start)
    for low, high in ((0, term.start), (term.end, len(text))):
        rest = text[low:high]
        cut = _PARTS.match(rest) if low else _PARTS.search(rest, max(0, len(rest) - 3))
        named = arm_name(rest[cut.end() :] if cut and low else rest[: cut.start()] if cut else rest)
        start = low + named[0] + (cut.end() if cut and low else 0)
        end = start + named[1] - named[0]
        name = text[start:end].strip()
        if any(c.isalpha() for c in name) and (is_control(name) or _is_named(name) or (cut and _SIZE.search(rest))):
            return (term.start, term.end), (start, end)
    return None


def _trimmed(text: str, suffixes: Iterable[re.Pattern[str]]) -> str:
    """Return the text without the suffixes at its end; at most four are taken off."""
    for _ in range(4):
        text = text.rstrip(" \n\t,;:")
        found = next((match for suffix in suffixes if (match := suffix.search(text, max(0, len(text) - 40)))), None)
        if found is None:
            break
        text = text[: found.start()]
    return text.rstrip(" \n\t,;:")


@dataclass(frozen=True, slots=True)
class Label:
    """What a label is by itself, wherever it stands.

    `arm`: it names a group; `compares`: it heads comparisons of arms ("Hazard ratio", "p-value"); `qualifies`: it has
    no word to say what was measured ("n (%)", "Week 12"); `sizes`, `design`: it heads group sizes, or doses and visits;
    `usual` is the kind that its coded endpoint's bare numbers have. `coded`: it holds a term of the endpoint table;
    `timed`: that is a time to an event; `whole`: it names all patients; `parts`: the endpoint and the arm it names.
    """

    arm: bool
    compares: bool
    qualifies: bool
    sizes: bool
    design: bool
    usual: str | None
    measure: Measure
    coded: bool = False
    timed: bool = False
    whole: bool = False
    parts: tuple[Span, Span] | None = None


def read_label(text: str) -> Label:
    """Read a head, a stub or a caption."""
    terms = endpoint_terms.match(text)
    compares = bool(_COMPARES.search(text))
    parts = None if compares or not terms else parted(text)
    return Label(
        arm=bool(parts or _SIZE.search(text)) or (not (compares or terms) and _is_arm(text)),
        compares=compares,
        qualifies=any(c.isalpha() for c in text) and not _QUALIFYING.sub("", _TIME.sub("", text)).strip(),
        sizes=bool(SIZES.fullmatch(text)),
        design=bool(DESIGN.fullmatch(text)),
        usual=_usual_kind(text, terms),
        measure=measure(text),
        coded=any(term.code for term in terms),
        timed=any(endpoint_terms.table()[term.code].kind == "time_to_event" for term in terms if term.code),
        whole=bool(_EVERYONE.match(text)),
        parts=parts,
    )


def _is_arm(text: str) -> bool:
    """Tell whether a label without a size names a group: a control, a dose, a letter, a drug."""
    return bool(is_control(text) or _DOSE.search(text) or _GROUP.search(text) or _WHOLE.search(text)) or _is_named(text)


def _usual_kind(text: str, terms: Iterable[Mention]) -> str | None:
    """Return the kind that a coded endpoint's bare numbers have: `count` for events, `duration` for median times."""
    kinds = {endpoint_terms.table()[mention.code].kind for mention in terms if mention.code}
    if kinds & {"event", "disposition"}:
        return "count"
    return "duration" if "time_to_event" in kinds and re.search(r"\bmedian\b", text, re.IGNORECASE) else None


def baseline(text: str, start: int, end: int) -> Span | None:
    """Return where a label says that its values are from before the treatment: "Baseline", "At baseline, mean (SD)"."""
    found = _BASELINE.fullmatch(text, start, end)
    return found.span("when") if found else None


def is_control(text: str) -> bool:
    """Tell whether a head names the control arm."""
    return bool(_CONTROL.search(text)) and "+" not in text and " plus " not in text


def _is_named(text: str) -> bool:
    """Tell whether the names of drugs or groups make up half of a label."""
    letters = sum(character.isalnum() for character in text)
    named = [*drugs.match(text), *cohorts.match(text)]
    covered = {k for mention in named for k in range(mention.start, mention.end) if text[k].isalnum()}
    return bool(named) and 2 * len(covered) >= letters


def of_another_matter(labels: Iterable[str]) -> bool:
    """Tell whether a table's labels or the short lines above it name money, filings, plans or animals."""
    return any(_NOT_A_TRIAL.search(text) or _PLANNED.search(text) for text in labels)


def of_a_trial(labels: list[str], cells: list[str]) -> bool:
    """Tell whether what a table says of itself, its title, heads and stubs, speaks of a trial's results.

    Money in a cell rules it out. For it speak a group's size or a control arm among the labels; an interval's level
    and a coded endpoint; two coded endpoints beside a clinical word, or three labels with clinical words, where a
    percentage, a dose or a lettered group stands too.
    """
    if any(_NOT_A_TRIAL.search(text) for text in cells):
        return False
    if any(_SIZE.search(text) or is_control(text) for text in labels):
        return True
    terms = sum(bool(endpoint_terms.match(text)) for text in labels[:60])
    words = sum(bool(_CLINICAL.search(text) or _GROUP.search(text)) for text in labels)
    if terms and any(_INTERVAL.search(text) for text in labels):
        return True
    seen = any("%" in text for text in (*labels, *cells)) or any(_GROUP.search(t) or _DOSE.search(t) for t in labels)
    return seen and (words > 2 or (terms > 1 and words > 0))

"""Numbers that are no results of a trial, by what their sentence says: planned, assumed, of animals, of a population.

Each rule is a cue with a reach around it; a rule yields where its sentence reports on people in a trial. Only
quantities that could be results are set aside: a planned dose stays a dose.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple, get_args

from topline.mentions.gates import fold_document, holds_any
from topline.schema import Block, Kind, Mention

LONGEST = 2000  # characters: what is longer is no sentence but a table run together
WHOLE = LONGEST  # the reach of a cue that tells of its whole sentence
CUES = 8  # of one rule in one sentence; so that a sentence of nothing else costs no more than others
_RESULTS = frozenset(kind.upper() for kind in get_args(Kind))

_ANIMALS = (
    r"(?:mice|rats?|monkeys?|macaques?|baboons?|dogs?|beagles?|pigs|minipigs|swine|rabbits?|ferrets?|hamsters?"
    r"|rodents?|animals?|non-?human\sprimates|xenografts?)"
)
# Letters that a rule's cue cannot do without.
_CREATURES = tuple(
    """mice rat monkey macaque baboon dog beagle pig swine rabbit ferret hamster rodent animal primate xenograft mouse
    murine preclinical""".split()
)
_POPULACE = tuple(
    """affect million billion americans birth adults people cancer tumo lymphoma account cases diagnoses
    ,0 ,1 ,2 ,3 ,4 ,5 ,6 ,7 ,8 ,9""".split()
)
_BUSINESS = tuple(
    """royalt sales shares stock workforce cagr revenue growth margin interest annum upfront purchase market expenses
    earnings year sequential quarter net""".split()
)
_PLANS = tuple(
    """will would enrol randomi recruit includ involv dose dosing evaluat assess test study compare examin last begin
    start initiat conduct commenc launch open expand add run carry reach""".split()
)
_PEOPLE = r"(?:people|persons|individuals|patients|adults|children|women|men|americans|europeans|cases|diagnoses)"
_ENROL = r"(?:enrol|randomi|recruit|includ|involv|dos(?:e|ing)\b|evaluat|assess|test|study\b|compare|examin|last\b)"
_MANY = r"(?:[0-9][0-9.,]{0,9}\s(?:million|billion)|[0-9]{2,3}(?:,[0-9]{3}){1,2})"
_YEARLY = r"(?:annually|yearly|(?:each|every|per|this|a)\syear)"
_BEGIN = r"(?:begin|start|initiat|conduct|commenc|launch|open|expand|add|run|carry)"


class Rule(NamedTuple):
    """A cue, how far its reason holds before and behind it, and what in the sentence speaks against it.

    All patterns are for folded text. Without one of the letters in `needs` the cue is not looked for: of seventeen cues
    most sentences can hold two.
    """

    reason: str
    cue: re.Pattern[str]
    before: int
    behind: int
    unless: re.Pattern[str] | None = None
    needs: tuple[str, ...] = ()


def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(written, re.VERBOSE)


# A trial's own people: a sentence about them is no market's and no animal's.
_TRIAL = _pattern(
    r"""\b(?:trials?|stud(?:y|ies)|randomi[sz]ed|enrolled|placebo|baseline|responders?|responses?|cohorts?|arms?
          |participants|evaluable|treated\swith|receiv(?:ed|ing)|dosed)\b"""
)
_HUMANS = _pattern(r"\b(?:patients?|subjects|participants|volunteers|adults|humans?|women|men|children|people)\b")
_REPORTED = _pattern(r"\bp\s?[=<≤]|\bci\b|\bn\s?=\s?\d|confidence\sinterval")
# What was observed follows these words, whatever was planned before them.
_OBSERVED = _pattern(
    r"""[;:]|\b(?:of\swh(?:om|ich)|of\sthese|so\sfar|to\sdate|ha(?:s|ve|d)|were|was|did
           |show(?:ed|ing|s)|demonstrat(?:ed|ing|es)|achiev(?:ed|ing)|report(?:ed|ing|s)|observed|compared|met|failed
           |improved|reduced|increased|decreased|resulted|experienced|occurred|maintained|remained|responded|completed
           |earlier|previous(?:ly)?|received|found|revealed|cut|lowered|raised|fell|rose|declined|grew|shrank|meanwhile)\b"""
)

_AHEAD = frozenset({"planned", "forward_looking"})
# "Zelnotide, designed to test …, cut …": the clause ends at its comma
_PARTICIPLE = _pattern(r"(?:designed|expected|planned|scheduled|anticipated|intended|initiated|powered)\b")

RULES = (
    Rule(
        "assumption",
        _pattern(
            r"""\bpower(?:ed)?\s(?:of\s[0-9]|to\s(?:detect|show|demonstrate|rule|test)|at\s[0-9])  # 90% power to detect
              | \bassum(?:es?|ed|ing|ption\sof)\s(?:that\s)?(?:[\w%.-]{1,20}\s){0,6}
                (?:rate|median|mean|ratio|difference|drop-?out|incidence|effect|deviation|response|survival)\b
              | \bsample\ssize\s(?:calculation|was\s(?:calculated|chosen|determined|estimated|based))"""
        ),
        36,
        WHOLE,
        needs=("power", "assum", "sample"),
    ),
    Rule(
        "assumption",
        _pattern(r"\b(?:alpha|type\si\serror|significance\slevel|non-?inferiority\smargin)\b"),
        0,
        24,
        _pattern(r"alpha-|α-"),
        ("alpha", "error", "significance", "margin"),
    ),
    Rule(
        "animal",
        _pattern(
            rf"\b{_ANIMALS}\b|\b(?:mouse|murine|rodent|animal|preclinical)\s(?:[\w-]{{1,16}}\s)?(?:models?|stud(?:y|ies))\b"
        ),
        WHOLE,
        WHOLE,
        _HUMANS,
        _CREATURES,
    ),
    Rule(
        "animal",
        _pattern(rf"\bin\s(?:[\w-]{{1,16}}\s){{0,2}}{_ANIMALS}\b(?!\s(?:and|or)\s(?:humans?|patients))"),
        60,
        0,
        needs=_CREATURES,
    ),
    Rule(
        "in_vitro",
        _pattern(r"\bin\svitro\b|\bcell\slines?\b|\b[ie]c-?(?:50|90)\b|\bpetri\b"),
        WHOLE,
        WHOLE,
        _HUMANS,
        ("vitro", "cell", "c50", "c90", "c-50", "c-90", "petri"),
    ),
    Rule(
        "prevalence",
        _pattern(
            rf"""\baffect(?:s|ing)?\s(?:[a-z]{{1,13}}\s){{0,3}}                              # affects about 31,000
                (?:{_MANY}|[0-9]{{1,2}}%?\s(?:in|of)\s(?:[0-9]|adults|americans|children|people|the\spopulation))
              | \b{_MANY}\s(?:[\w-]{{1,16}}\s){{0,3}}{_PEOPLE}\s(?:[\w,.-]{{1,20}}\s){{0,10}}  # 2 million a year
                (?:worldwide|globally|{_YEARLY}|in\s(?:the\s)?(?:u\.?s\b|united\sstates|eu\b|europe)
                  |(?:are|is|were|will\sbe|being)\s(?:diagnosed|affected)|live\swith|living\swith|diagnosed|suffer)
              | \b{_MANY}\s(?:[\w-]{{1,16}}\s){{0,2}}(?:americans|europeans)\b
              | \b(?:1|one)\s(?:in|out\sof)\s(?:every\s)?[0-9]{{1,3}}\s                          # 1 in 3 Americans
                (?:americans|(?:live\s)?births|(?:adults|people)\sin\sthe\su)
              | \b[0-9]{{1,3}}%\sof\s(?:americans                                                # 3% of all cancers
                  |(?:all|human)\s(?:[\w-]{{1,16}}\s){{0,2}}(?:cancers?|tumou?rs|lymphomas?|births))\b
              | \baccount(?:s|ing)?\sfor\s(?:[a-z]{{1,13}}\s){{0,2}}[0-9]{{1,3}}%\sof\s(?:[\w-]{{1,16}}\s){{0,3}}
                (?:cancers?|tumou?rs|lymphomas?|leukemias?|diagnoses|deaths|fatalities|strokes)\b
              | \bnew(?:ly\sdiagnosed)?\s(?:cases|diagnoses)\s(?:[\w-]{{1,16}}\s){{0,8}}{_YEARLY}
              | \bmillions?\sof\s{_PEOPLE}\b"""
        ),
        WHOLE,
        WHOLE,
        _TRIAL,
        _POPULACE,
    ),
    # one in 60,000; 22 per 100,000: no trial's share has such a base
    Rule(
        "prevalence",
        _pattern(
            r"""(?:[0-9]|\b(?:one|two|three|four|five|six|ten))\s?(?:in|per|(?:out\s)?of\severy|/)\s?
                (?:1?[0-9]{1,2},000|100,000|1,000,000|million)\b(?!\s(?:patient|person|subject|participant))"""
        ),
        12,
        12,
        _TRIAL,
        (",000", "million"),
    ),
    Rule(
        "money",
        _pattern(
            r"""\b(?:royalt(?:y|ies)|net\ssales|shares\soutstanding|outstanding\sshares|common\sstock|workforce|cagr|revenues?
                  |annual\sgrowth\srate|gross\smargin|interest\srate|per\sannum|upfront\spayment|purchase\sprice
                  |market\sshare|operating\sexpenses|earnings|net\s(?:loss|income)|sequential(?:ly)?
                  |year[\s-]over[\s-]year|(?:previous|prior)[\s-]year|same\squarter)\b"""
        ),
        WHOLE,
        WHOLE,
        _pattern(rf"{_TRIAL.pattern}|{_HUMANS.pattern}"),
        _BUSINESS,
    ),
    Rule(
        "planned",
        _pattern(
            rf"""\b(?:will|would|plans?|intends?|expects?|aims?|hopes?|is|are|designed|expected|planned|scheduled|each
                     |anticipated|intended|initiated|powered|goal(?:\s[\w-]{{1,20}}){{0,6}}\sis)\s
                  (?:(?:be|also|now|currently|be\sable|expected|planned|designed|scheduled|intended|anticipated)\s){{0,2}}
                  to\s(?:[\w-]{{1,16}}\s){{0,2}}(?:{_ENROL}|{_BEGIN}|reach)
              | \b(?:will|would)\s(?:(?:be|also|each)\s){{0,2}}{_ENROL}                  # will enroll, will be enrolled
              | \bwill\sbe\san?\s(?:[\w,-]{{1,24}}\s){{0,6}}(?:trial|study)\b"""
        ),
        0,
        WHOLE,
        needs=_PLANS,
    ),
    Rule(
        "planned",
        _pattern(
            r"""\b(?:planned|target(?:ed)?|anticipated|projected)\s(?:total\s)?(?:enrol?lment|accrual|sample\ssize)\b
              | \bdiscuss\s(?:[\w-]{1,16}\s){0,4}trial\b"""
        ),
        16,
        60,
        needs=("enrol", "accrual", "sample", "discuss"),
    ),
    Rule(
        "planned",
        _pattern(r"\b(?:subjects|patients|participants|people)\swill\sbe\s(?:enrol|randomi|recruit|dosed|treat)"),
        40,
        WHOLE,
        needs=("will",),
    ),
    Rule(
        "forward_looking",
        _pattern(
            r"""\b(?:expects?|anticipates?|projects?|forecasts?)\s(?:to|that)\b
              | \b(?:is|are)\s(?:now\s)?(?:expected|anticipated|projected|forecast)\sto\b
              | \bwill\s(?:be\s(?:available|presented|reported|held|submitted)|report|present|disclose|contain)\b
              | \b(?:plans?|intends?)\sto\s(?:report|present|disclose|submit|file|share|release|announce)\b"""
        ),
        0,
        WHOLE,
        needs=("expect", "anticipat", "project", "forecast", "will", "plan", "intend"),
    ),
    Rule(
        "historical",
        _pattern(
            r"""\bhistoric(?:al)?\s(?:[\w-]{1,16}\s){0,3}
                (?:controls?|rates?|benchmarks?|averages?|medians?|responses?|norms?|survival)\s
                (?:[\w-]{1,16}\s){0,3}?(?:of|is|was|are|were|from|at)\b"""
        ),
        0,
        48,
        _REPORTED,
        ("historic",),
    ),
    Rule(
        "label",
        # "The prescribing information reports responses in 11.4% (16 of 140)" is a result all the same.
        _pattern(
            r"\b(?:prescribing\sinformation|package\sinsert|(?:product|approved)\slabel(?:l?ing)?|black\sbox)\b"
            r"(?![^.;]{0,60}\breports\b)"
        ),
        WHOLE,
        WHOLE,
        needs=("prescribing", "package", "label", "black"),
    ),
    Rule(
        "boilerplate",
        _pattern(r"\b(?:conference\scall|webcast|replay|toll-free)\b"),
        WHOLE,
        WHOLE,
        _HUMANS,
        ("conference", "webcast", "replay", "toll"),
    ),
)
# From here to the end of its paragraph a text warns about itself.
_WARNING = _pattern(
    r"forward-looking\sstatements|private\ssecurities\slitigation|safe\sharbor\s(?:statement|provisions)|section\s(?:27a|21e)\sof"
)


def set_aside(
    text: str, blocks: Sequence[Block], sentences: Sequence[tuple[int, int]], numbers: Sequence[Mention]
) -> list[Mention]:
    """Return the numbers, with those that their sentence says are not a trial's results set aside for the reason."""
    starts = [number.start for number in numbers]
    judged = list(numbers)
    folded = fold_document(text)
    warnings = [(found.start(), found.end()) for found in _WARNING.finditer(folded)]
    warned = 0
    for start, end in sentences:
        low, high = bisect_left(starts, start), bisect_left(starts, end)
        if end - start > LONGEST:
            continue
        if _holds(warnings, start, end):
            warned = min(_block_end(blocks, start, end), end + LONGEST)
        if low < high and any(number.label in _RESULTS for number in judged[low:high]):
            reasons = [(start, warned, "boilerplate")] if start < warned else list(_reaches(folded, start, end))
            judged[low:high] = (_judged(number, reasons) for number in judged[low:high])
    return judged


def _holds(warnings: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether a range holds a whole warning."""
    k = bisect_left(warnings, (start, 0))
    return k < len(warnings) and warnings[k][1] <= end


def _reaches(folded: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield the ranges of a sentence of folded text in which a reason holds."""
    sentence = folded[start:end]
    for rule in RULES:
        if not holds_any(sentence, rule.needs):
            continue
        cues = list(islice(rule.cue.finditer(folded, start, end), CUES))
        if cues and rule.unless is not None and rule.unless.search(folded, start, end):
            continue
        for cue in cues:
            low = max(start, cue.start() - rule.before)
            if rule.before < WHOLE:  # no farther than the clause
                low = max(low, 1 + max(folded.rfind(mark, low, cue.start()) for mark in ",;:"))
            yield low, _stop(folded, cue, min(end, cue.end() + rule.behind), rule.reason), rule.reason


def _stop(folded: str, cue: re.Match[str], end: int, reason: str) -> int:
    """Return where a reason ends: what is planned, where the sentence goes on to what was observed."""
    if reason not in _AHEAD:
        return end
    seen = _OBSERVED.search(folded, cue.end(), end)
    stop = seen.start() if seen else end
    comma = folded.find(",", cue.end(), stop) if _PARTICIPLE.match(cue.group()) else -1
    return comma if comma >= 0 else stop


def _judged(number: Mention, reasons: Sequence[tuple[int, int, str]]) -> Mention:
    if number.label not in _RESULTS:
        return number
    reason = next((reason for low, high, reason in reasons if low <= number.start < high), None)
    return replace(number, label="SET_ASIDE", code=reason) if reason else number


def _block_end(blocks: Sequence[Block], start: int, end: int) -> int:
    """Return the end of the block that a sentence stands in, or of the sentence."""
    k = bisect_left(blocks, start + 1, key=lambda block: block.start) - 1
    return max(end, blocks[k].end) if k >= 0 else end

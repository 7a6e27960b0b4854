"""How texts say that a primary endpoint was met or missed, and which endpoint it is."""

from __future__ import annotations

import re

from topline.schema import Outcome

REACH = 200  # characters around "primary endpoint" in which what became of it is said

_GOAL = r"(?:end[\s-]?points?|outcomes?(?:\smeasures?)?|objectives?|goals?)"
_LISTED = r"(?:\s(?:and|or)\s(?:all\s|most\s|its\s|the\s|several\s)?(?:key\s)?(?:secondary|safety))?"
_PRIMARY = (
    rf"(?:co-?|dual\s)?primary{_LISTED}(?:\s(?:efficacy|safety|clinical|composite|study|trial|co-)){{0,2}}\s{_GOAL}"
)
_ITS = (
    r"(?:\s(?:on|in|for|with\srespect\sto|of|to))?(?:\s(?:its|the|both|all|all\sof|one\sof|two\sof|their|a|each|either"
    r"|any|pre-?specified|prespecified|of|(?:study|trial|company)['’]s|[A-Z][\w-]{2,20}['’]s|three|four|\(now\sdefunct\)"
    r")){0,4}\s"
)
_SIGNIFICANCE = (
    r"(?:statistical(?:ly)?\s)?(?:significance|significant)(?:\s(?:difference|improvement|benefit|effect|result)s?)?"
)
_ADVERB = r"(?:\s(?:successfully|narrowly|also|statistically|clearly|just|not|either))?"

# A form of words and what it says of the primary endpoint. The first that matches at a place counts: a miss
# ("did not meet") stands before the success inside it ("meet").
WORDINGS: tuple[tuple[Outcome, re.Pattern[str]], ...] = (
    # "did not meet its primary endpoint", "failed to achieve statistical significance on the primary endpoint"
    (
        "missed",
        re.compile(
            rf"""\b(?:(?:did|does|do|has|have|had)(?:\snot|n['’]t)|fail(?:ed|s|ing|ure)?\sto|without|unable\sto)
                 (?:\shave)?\s(?:statistically\s)?(?:me?et(?:ing)?|achiev(?:ed?|ing)|reach(?:ed|ing)?|hit|show(?:n|ing)?
                 |attain(?:ed)?|demonstrat(?:ed?|ing)|satisf(?:y|ied))
                 (?:\s(?:a\s)?{_SIGNIFICANCE})?{_ITS}{_PRIMARY}""",
            re.X | re.I,
        ),
    ),
    # "narrowly missed the primary endpoint", "failed its primary endpoint"
    ("missed", re.compile(rf"\b(?:missed|missing|failed|fell\sshort)(?:\sof)?{_ITS}{_PRIMARY}", re.I)),
    # "the primary endpoint was not met", "the primary endpoint did not reach statistical significance"
    (
        "missed",
        re.compile(
            rf"""\b{_PRIMARY}(?:\sof\s[^.;:]{{1,60}}?)?,?\s
                 (?: (?:was|were|is|are|has\sbeen|had\sbeen)\s(?:not|narrowly|just)\s(?:met|achieved|reached|missed
                     |statistically\ssignificant|significant)
                   | (?:was|were)\smissed
                   | (?:did\snot|failed\sto|narrowly\sfailed\sto)\s(?:reach|achieve|meet|attain|show) )""",
            re.X | re.I,
        ),
    ),
    # "met its primary endpoint", "achieved statistical significance on both co-primary endpoints"
    (
        "met",
        re.compile(
            rf"""\b(?:met|meets|meeting|achiev(?:ed|es|ing|ement\sof)|reached|reaches|reaching|hit|attained|satisfied)
                 (?:\s(?:a\s)?{_SIGNIFICANCE})?{_ITS}{_PRIMARY}""",
            re.X | re.I,
        ),
    ),
    # "to achieve its primary endpoint" tells what happened only behind an ordinal: "our second study to achieve"
    (
        "met",
        re.compile(
            rf"\b(?:first|second|third|fourth|only)\s[^.;]{{1,80}}?\sto\s(?:meet|achieve|reach){_ITS}{_PRIMARY}", re.I
        ),
    ),
    # "the primary endpoint was met", "the primary endpoint of survival reached statistical significance"
    (
        "met",
        re.compile(
            rf"""\b{_PRIMARY}(?:\sof\s[^.;:]{{1,60}}?)?,?\s
                 (?: (?:was|were|is|are|has\sbeen|have\sbeen)(?:{_ADVERB})\s(?:met|achieved|reached|statistically
                     \ssignificant)
                   | (?:achieved|reached|showed|demonstrated)\s(?:a\s)?(?:highly\s)?{_SIGNIFICANCE} )""",
            re.X | re.I,
        ),
    ),
    # "statistically significant improvement on the primary endpoint"
    (
        "met",
        re.compile(
            rf"""\b(?<!not\s)(?<!no\s)(?<!without\s)statistically\ssignificant(?:\s[\w-]{{3,20}}){{0,4}}
                 \s(?:on|in|for|of)(?:\s(?:its|the|both|all|of)){{1,3}}\s{_PRIMARY}""",
            re.X | re.I,
        ),
    ),
)
# What may be, was planned or is asked says nothing of what happened.
_UNREAL = re.compile(
    r"\b(?:if|whether|unless|until|once|when|may|might|could|would|will|should|can|cannot|shall|expects?|expected|aims?"
    r"|designed|intended|hopes?|powered|likely|unlikely|potential(?:ly)?|risks?|no\sassurance|in\sorder|assuming)\b"
    r"[^.;]{0,90}$",
    re.I,
)
MENTIONED = re.compile(rf"\b{_PRIMARY}", re.I)
# "The primary endpoint was overall survival", "primary endpoint: ORR", "primary endpoint of the study was …"
_NAMED_BEHIND = re.compile(
    r"""(?:\s(?:of|in|for)\s(?:(?:the|this|our|both)\s(?:[\w-]{1,20}\s){0,4}(?:trial|study|trials|studies)
           |[A-Z][\w-]{2,20}(?:\s[0-9])?))?
        (?:,?\s(?:was|is|were|are|being)|\s?[:–—,(-]|\sof|\swhich\s(?:was|is))
        (?:\s?(?:the|a|an|as|measured|by|assessed|change|in|from|median|mean|percentage|proportion|rate|of|time|to
           |patients|subjects|with|who|achieving|achieved|defined|improvement|reduction|overall|at|week|[0-9]{1,3}),?){0,8}
        \s?""",
    re.X | re.I,
)
# "overall survival, the primary endpoint", "a score of 0 to 2 at day 90, the primary endpoint", "(primary endpoint)"
_NAMED_BEFORE = re.compile(
    r"(?:\s(?![A-Z])[\w.%≥≤<>+/-]{1,16}){0,9}\s?(?:\([^()]{0,80})?[,(;–—-]\s?"
    r"(?:(?:which\s(?:was|is)|our|its|a|one\sof)\s)?(?:the\s)?(?:\w+['’]s\s)?"
)
# What follows where the name went before; "ORR was 39%, the primary endpoint was survival" names what comes.
_ENDED = re.compile(r"\s?(?:[,;:.)–—-]|$)|\s(?:of|in|for)\s(?:the|this|our|both)\s")


def outcome(text: str, start: int, end: int, mention: int) -> tuple[Outcome, int, int] | None:
    """Return what the sentence [start, end) says of the primary endpoint that it mentions at `mention`, and where.

    None when it says nothing, or only what may be: "if the trial meets its primary endpoint".
    """
    low, high = max(start, mention - REACH), min(end, mention + REACH)
    for said, pattern in WORDINGS:
        for found in pattern.finditer(text, low, high):
            if found.start() <= mention < found.end():
                unreal = _UNREAL.search(text, max(start, found.start() - REACH), found.start())
                return None if unreal else (said, found.start(), found.end())
    return None


def names(text: str, mention: tuple[int, int], target: tuple[int, int]) -> bool:
    """Tell whether the words between call the endpoint at `target` the primary one of `mention`."""
    if target[0] >= mention[1]:
        return bool(_NAMED_BEHIND.fullmatch(text, mention[1], target[0]))
    before = target[1] <= mention[0] and _NAMED_BEFORE.fullmatch(text, target[1], mention[0])
    return bool(before and _ENDED.match(text, mention[1]))

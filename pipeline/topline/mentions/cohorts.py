"""Phrases that name a group of people: "107 efficacy evaluable patients", "those on placebo", "the 25 mg arm".

Found from the head noun outward: small anchored patterns read what stands before it (numbers, adjectives, drugs) and
what qualifies it behind ("treated with …", "who received …", "in the … group"). Every pattern is bounded.
"""

import re

from topline.mentions import arms
from topline.mentions.gates import fold_document
from topline.schema import Mention

PEOPLE = (
    r"patients?|subjects?|participants?|people|persons?|adults?|children|infants?|toddlers|adolescents|women|men|boys"
    r"|girls|males|females|volunteers?|individuals?|responders|non-?responders|recipients|survivors|carriers|residents"
    r"|(?:(?:non|never|ex|current)-)?smokers?|vaccinees?|pts|bab(?:y|ies)|caregivers|enrollees|completers|veterans|neonates|newborns"
    r"|mothers?|families|child(?!-)|wearers?|users|(?:[0-9]{1,2}-\sto\s)?[0-9]{1,2}-year-olds?"
    r"|eyes|cases\sand\scontrols"
    # never the verb, nor "disclosure controls and procedures"
    r"|(?:(?<=\bin\s)|(?<=\bamong\s)|(?<=\bthan\s)|(?<=\bof\s)|(?<=\bversus\s)|(?<=\bvs\s)|(?<=\bthe\s))controls"
    r"(?=\s?[.,;:)(]|\s(?:had|were|was|who|at|versus|vs|than|after|during)\b)"
)
GROUPS = (
    r"groups?|arms?|cohorts?|populations?|subgroups?|sub-?populations?|subsets?|recipients|controls|strata|stratum"
    r"|genotypes?"
)
STUDIES = r"trials?|study|studies|sub-?stud(?:y|ies)"

# For folded text: most of the sixty words are ruled out by their first letter, which takes twice as long without case.
HEAD = re.compile(
    rf"""(?<![\w-])(?:
      (?P<people>{PEOPLE})
    | (?P<group>{GROUPS})
    | (?P<those>those|others)(?=\s{{1,3}}+
        (?:who|whose|with|without|on|in|given|over|under|of\s\d{{1,2}}|[a-z]{{2,12}}(?:ing|ed)|still|not|never|already
        |previously|newly|refractory|resistant|intolerant|na[iï]ve|eligible|older|younger|at\s(?:high|low|increased))\b)
    | (?P<study>{STUDIES})
    )(?![\w-])(?!['’]s?\s{{1,3}}+(?:own|care)\b)""",
    re.X,
)

# One word that may stand between the phrase's start and its head; verbs, prepositions and sentence stops may not.
_STOP = frozenset(
    """a an the of in on at by to for from with without and or nor but as than that which who whom whose while whereas
    when where if because after before during between among amongst within through over under per versus vs via
    is are was were be been being has have had do does did will would can could may might shall should must not
    it its they their our we he she this there also then thus however both either including include includes included
    showed show shows demonstrated demonstrate reported report reports achieved achieve achieves received receive
    receives receiving experienced experience experiencing had having observed enrolled_ randomized_ help helps helped
    gave give gives given_ compared allow allowed allows enroll enrolling evaluated_ treating treat treats suggests
    suggest suggesting said says noted provides provide providing treat improving improve offered offer led lead
    about approximately nearly almost around only just up plus""".split()
)
# Groups of companies, doctors or files, not of patients: "Arlen Pharmaceuticals Group", "Cooperative Oncology Group".
_COMPANY = re.compile(
    r"""\b(?:Pharma(?:ceuticals?)?|Therapeutics|Bio\w{0,8}|Holdings?|Capital|Healthcare|Media|Research|Consulting|Financial
        |Insurance|Investment|Investor|Ventures?|Medical|Sciences?|Oncology|Working|Cooperative|Collaborative|Interest
        |Advisory|Advocacy|Physicians?|Practice)\s(?:Group|Cohort)s?$""",
    re.X,
)
_WORD = re.compile(r"[\w%®™+*/.≥≤<>=-]++(?:['’]s)?")
_BEFORE = re.compile(
    r"""(?:^|[^\w%®™+*/.≥≤<>='’,-])
        ((?:\([^()\n]{1,20}\)|[\w%®™+*/.,≥≤<>='’-]){1,40})
        [^\S\n]{0,3}(?:\n[^\S\n]{0,20})?$""",
    re.X,
)
_KEPT_DETERMINERS = frozenset("these those this all each both most some every other any entire either neither".split())

_BOUNDARY = r"""[,;:!?()\[\]|•\t]|\.(?=\s|$)|\n\s{0,20}\n|\s[-–—]\s|—|–(?=\s)"""
_QUALIFIER = re.compile(
    rf"""\s{{1,4}}+(?:\(\s?[nN]\s?=\s?[\d,]{{1,9}}\s?\)\s{{1,3}}+)?(?:
      (?P<relative>who|whose|where|for\swhom|that(?=\s(?:ha[ds]|have|did|do|were|was|are|is|[a-z]{{3,12}}ed)\b))\b
    | (?P<participle>(?:(?:previously|initially|newly|originally|currently|subsequently|not|never)\s)?
        (?:treated|receiving|taking|given|randomi[sz]ed|assigned|dosed|enrolled|completing|continuing|exhibiting
        |suffering|undergoing|diagnosed|administered|vaccinated|using|applying|refractory|homozygous|assessed|evaluated
        |evaluable|confirmed|aged|consented|followed|eligible|naive|naïve|switched|exposed|recruited|tested|infected
        |hospitali[sz]ed|selected|resistant|alive))\b
    | (?P<with>with|without|on|over|under|below|above|of(?=\s\d{{1,2}}\s(?:years|and|or)\b))\b
    | (?P<within>in|at|from|of)\b(?=[^.;:,()\n]{{0,60}}\b(?:groups?|arms?|cohorts?|populations?|trials?|study|studies|
        dose|doses|level|setting|line|programs?|treatments?|therapy|combination|{PEOPLE})\b)
    )""",
    re.X | re.I,
)
_IN_THE = re.compile(r"\b(?:in|during|throughout|across)\s(?:the|this)\s$", re.I)  # "no deaths occurred in the trial"
_TOLD = re.compile(r"\s{1,3}[a-z]{2,12}(?:ing|ed)\b")  # what "those" are said to do: "those reporting improvement"
_FINITE = re.compile(
    r"""\s(?:was|were|is|are|has|have|had|did|do|does|achieved?|achieves|experienced?|showed|shows?|shown|demonstrated
    |reported|reached|scored|remained?|saw|maintained|discontinued|completed|responded|died|developed|compared|versus|vs
    |than|while|whereas|and|but|as|respectively|which|to\shave|when|reduced|lowered|improved|gained|lost|continued
    |exhibited|withdrew|also|resulted?|led|surpassed|exceeded|crossed|fell|rose|took|kept|met|went|grew
    |(?-i:will|would|may|could|can)|at|after|through|during|over\s(?:the|a)|by|within|for|from|up\sto|because
    |achieving|having|maintaining|experiencing|reporting|showing|witnessing|remaining|surviving|demonstrating|needed
    |against|alongside|per)\b\.?
    # any other verb in the past, known by what stands on its sides: "DM199 progressed to a full"
    |(?<!\b(?:with|been|were|from|than))(?<!\b(?:was|had|has|who|the|and|not|for))
     (?<!\b(?:of|or|an|in|on|by|to|is))(?<!\ba)(?<!ly)(?<![,-])
     \s(?!treated|assigned|randomi[sz]ed|enrolled|based|advanced|relapsed|related)[a-z]{3,14}ed
     (?=\s(?:a|[0-9]|[a-z]{2,16}\b))""",
    re.X | re.I,
)
_RELATIVE_VERB = re.compile(
    r"\s{1,4}+(?:(?:was|were|is|are|has|have|had|did|do|does|not|never|been|either|previously|also|only)\s{1,4}+){0,4}"
    r"[\w-]{2,20}+"
)
_ABBREVIATED = re.compile(r"\s\([A-Za-z][A-Za-z0-9/-]{1,9}\)")
_DESIGNATOR = re.compile(r"(?<!s)\s(?:[A-H]\d?|I{1,3}|IV|\d{1,2}[a-c]?(?=\s?[(,:;]))(?![\w-])")  # "Expansion Cohort A"
_DANGLING = re.compile(r"\s{1,4}(?:with|of|in|at|on|from|who|that|to|(?-i:an?)|the)$", re.I)  # but "in Cohort A"


def match(text: str) -> list[Mention]:
    """Find the group phrases of `text`, in order and disjoint; `code` tells `people` from a `study`."""
    found: list[Mention] = []
    folded = fold_document(text)
    for head in HEAD.finditer(folded):
        if found and head.start() < found[-1].end:
            continue
        if head.lastgroup in ("group", "study") and HEAD.match(folded, head.end() + 1):
            continue
        start, end = _left(text, head.start()), head.end()
        if head.lastgroup == "those" and (told := _TOLD.match(text, end)):
            end = _clause_end(text, told.end())
        if head.lastgroup == "group" and (designator := _DESIGNATOR.match(text, end)):
            end = designator.end()
        if head.lastgroup != "study":
            end = _right(text, end)
        if head.lastgroup == "group" and _COMPANY.search(text, max(0, head.start() - 20), head.end()):
            continue
        if (start, end) == head.span() and _names_nobody(text, head):
            continue
        found.append(Mention(start, end, "COHORT", code="study" if head.lastgroup == "study" else "people"))
    for start, end, qualified in arms.match(text):
        found.append(Mention(start, _right(text, end) if qualified else end, "COHORT", code="people"))
    return _disjoint(found)


_COUNTED = re.compile(r"\b(?:there\s(?:were|was|are|have\sbeen)|include[sd]?|including)\s(?:only\s|just\s)?$", re.I)
_WHO = re.compile(r"\s(?:who|that)\s")


def without_clause(text: str, group: Mention) -> Mention:
    """Return a group without what people are counted for: "there were 33 patients | who went on with treatment"."""
    counted = _COUNTED.search(text, max(0, group.start - 24), group.start)
    who = _WHO.search(text, group.start, group.end) if counted else None
    return Mention(group.start, who.start(), group.label, group.code) if who else group


def _disjoint(found: list[Mention]) -> list[Mention]:
    """Return the mentions in order, the longer of two that overlap."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if kept and mention.start < kept[-1].end:
            if mention.end - mention.start > kept[-1].end - kept[-1].start:
                kept[-1] = mention
        else:
            kept.append(mention)
    return kept


def _names_nobody(text: str, head: re.Match[str]) -> bool:
    """Tell whether a head without further words says of no one who they are; "in the trial" means all its people."""
    start = head.start()
    return head.lastgroup == "group" or (
        head.lastgroup == "study" and not _IN_THE.search(text, max(0, start - 16), start)
    )


def _left(text: str, start: int) -> int:
    """Walk left from a head noun over the words that belong to its phrase, eight at most."""
    place, after = start, ""
    for _ in range(8):
        word = _BEFORE.search(text, max(0, place - 48), place)
        if word is None:
            break
        plain = word[1].strip("*").lower()
        if plain in _STOP or plain.endswith((",", ".", ":", ";")) or plain.startswith((",", "=")):
            if plain in _KEPT_DETERMINERS:
                place = word.start(1)
            break
        if not any(c.isalnum() for c in plain) or "%" in plain:
            break
        if "\n" in text[word.end(1) : place] and text[place].isupper():
            break
        if after[:1].isdigit() and plain.endswith(("ed", "ing", "s")):  # a verb: "enrolled 240 participants"
            break
        place, after = word.start(1), plain
        if plain in _KEPT_DETERMINERS:
            break
    return place


def _right(text: str, end: int) -> int:
    """Walk right from a head noun over its qualifiers: at most three, each at most 90 characters."""
    for _ in range(3):
        qualifier = _QUALIFIER.match(text, end)
        if qualifier is None:
            break
        stop = qualifier.end()
        if qualifier["relative"]:
            verb = _RELATIVE_VERB.match(text, stop)
            stop = verb.end() if verb else stop
        end = _clause_end(text, stop)
        if short := _ABBREVIATED.match(text, end):
            end = short.end()
    return end if not (tail := _DANGLING.search(text, max(0, end - 12), end)) else tail.start()


_EDGE = re.compile(rf"{_BOUNDARY}|{_FINITE.pattern}|\s(?=[-+−]?\d+(?:\.\d+)?\s?%)", re.X | re.I)


def _clause_end(text: str, place: int) -> int:
    """Return where the qualifier that reaches `place` ends: at a boundary, a finite verb, or after 90 characters."""
    edge = _EDGE.search(text, place, min(len(text), place + 90))
    word = _WORD.match(text, place)
    end = edge.start() if edge else word.end() if word else place
    while end > place and text[end - 1].isspace():
        end -= 1
    return end

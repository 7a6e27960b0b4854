"""Drug classes used as treatments: "Bcl-2 selective inhibitor", "anti-CD19 antibody", "lipid-lowering therapy"."""

from __future__ import annotations

import re
from functools import cache

from topline.mentions import lexicon
from topline.mentions.gates import fold_document

_AGENT = r"(?:therap(?:y|ies)|medications?|drugs?|agents?|treatments?|regimens?|medicines?)\b"
# Nouns that make a drug class of the target named before them, in folded text.
_HEAD = re.compile(
    r"\b(?:inhibitors?|agonists?|antagonists?|blockers?|analog(?:ue)?s?|degraders?|modulators?|antibod(?:y|ies)|"
    r"vaccines?|conjugates?)\b"
)
_EFFECT = re.compile(
    rf"""
    \b(?:
      [A-Za-z][\w-]{{2,20}}-(?:lowering|reducing)\s{_AGENT}               # lipid-lowering therapy
    | [A-Z][\w/-]{{1,12}}-(?:targeted|directed)\s{_AGENT}                  # HER2-directed therapy
    | anti-?(?!cancer|tumou?r|neoplastic)[a-z]{{4,16}}\s{_AGENT}           # anti-obesity drugs
      # what is given without being a chemical: cells, RNA, viruses
    | CAR[-\s]T(?:[-\s]cells?)?(?:\s{_AGENT}|(?<=cells))
    | (?:phage|bacteriophage|siRNA|RNAi)\s{_AGENT}
    | oncolytic\s(?:adeno|herpes|vaccinia\s)?virus(?:es)?\b
    )
    """,
    re.VERBOSE,
)
_MODIFIER = re.compile(r"(?:\([^()\s]{1,12}\)|[^\s()\[\],.;:]{1,30}(?:\([^()\s]{1,6}\)[^\s()]{0,8})?)\s$")
_TARGET = re.compile(r"(?=[^\s]*[A-Z0-9])[A-Za-z0-9][\w/+()’'-]*$|\([A-Z][\w-]*\)$|anti-\w+$", re.ASCII)
_NO_TARGET = re.compile(r"^[A-Z][a-z]+$|['’]s?$|^\d+$|-(?:engineered|targeting|based)$")
_PEPTIDE = re.compile(r"-\d\)?$|tide(?:-\d)?$|side$|insulin|hormone|statin|vitamin|prostaglandin")
_LONGEST = 5


def find(text: str) -> list[tuple[int, int]]:
    """Return the ranges of drug-class phrases."""
    spans = [span for head in _HEAD.finditer(fold_document(text)) if (span := _phrase(text, head.start(), head.end()))]
    return spans + [found.span() for found in _EFFECT.finditer(text)]


def _phrase(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Extend a head noun to the left over the target that it names; None when it names none."""
    if text[max(0, start - 1) : start] == "-":
        joined = re.search(r"[A-Z][\w/-]{1,12}-$", text[max(0, start - 16) : start])
        return (start - len(joined[0]), end) if joined else None
    first = start
    words: list[str] = []
    for _ in range(_LONGEST):
        found = _MODIFIER.search(text[max(0, first - 48) : first])
        word = found[0].strip() if found else ""
        if not found or not _is_modifier(word):
            break
        first -= len(found[0])
        words.append(word)
    while words and _modifiers().get(words[-1].lower()) == "adjective":
        first += len(words.pop()) + 1
    return (first, end) if words and _is_specific(words, text[start:end]) else None


def _is_modifier(word: str) -> bool:
    if word.lower() in _modifiers():
        return True
    return bool(_TARGET.match(word)) and not _NO_TARGET.search(word)


def _is_specific(words: list[str], head: str) -> bool:
    """Say whether the words before the head name its target: what an antibody is against, what an analog resembles."""
    if head.lower().startswith("antibod"):
        return any(word.lower().startswith(("anti-", "monoclonal", "bispecific")) for word in words)
    if head.lower().startswith("analog"):
        return any(_PEPTIDE.search(word.lower()) for word in words)
    return True


@cache
def _modifiers() -> dict[str, str]:
    """Return the words that stand in class names, and whether each is part of the target or a mere adjective."""
    rows = lexicon.read_table("drug_class_modifiers.tsv", ("modifier", "role"))
    return {row.cells["modifier"]: row.cells["role"] for row in rows}

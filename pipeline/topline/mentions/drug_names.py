"""Names of drugs that a document brings itself: INN stems, code names, brands, aliases, names told by context."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache

from topline.mentions import abbreviations, drug_evidence, endpoint_terms, lexicon

_ONE_DIGIT = re.compile(r"-\d[A-Za-z]{0,2}$")
_GIVEN = re.compile(
    r"\b(?:with|of|on|mg|taking|receiv(?:ed|ing)|for|versus|than|plus)\s([A-Z]{2,5}-\d[A-Za-z]{0,2})(?![\w-])"
)
_TRIAL = re.compile(
    r"\b(?:in|from)\s([A-Z]{2,5}-\d[A-Za-z]{0,2})(?![\w-])|(?<![\w-])([A-Z]{2,5}-\d[A-Za-z]{0,2})\s(?:trial|study)\b"
)
_PREFIX = re.compile(r"([A-Z]{2,6})(?:\d|-[A-Z]?\d)")
_CODE = re.compile(
    r"""
    (?<![\w-])(?:
      (?P<prefix>[A-Z]{2,5})-\d{1,5}[A-Za-z]{0,2}                    # VP-102, ELI-002
    | (?P<glued>[A-Z]{2,5})\d{3,7}(?:[a-z]\d?)?                      # DM199, HTD1801, BNT162b2
    | (?:AMG|BAY|BI|GSK|LY|MEDI|MK|ONO|PF|SAR|TAK)[ ]\d{3,7}         # houses that write a space
    | [A-Z]-(?:[A-Z]{1,3}\d|[A-Z]{3,8}\d{3,4})                      # T-DM1, D-QUEX100
    | \d{2,3}[A-Z][a-z]?-[A-Z]{3,6}(?:-\d{2,4})?                     # 177Lu-PSMA-617
    )(?:[ ]\d[A-Z](?![\w-]))?                                        # ELI-002 7P
    (?![\w-]|[ ](?:mg|kg|mL)\b)
    """,
    re.VERBOSE,
)
_MARKED = re.compile(
    r"(?<![\w-])([A-Z][\w-]{2,20}?)\s?(?:®|™|\(R\)|\(TM\))(?!\s(?:platform|technolog|system|device|test|assay))"
)
# "Gencaro (bucindolol)": what stands in brackets, and the word before
_INNER = re.compile(r"\s\(([^()\n]{3,60})\)")
_OUTER = re.compile(r"(?<![\w-])([A-Za-z][\w-]{2,24})[®™]?$")
_LONGEST_OUTER = 26
_STRENGTH_BEHIND = re.compile(r"\s(?:[A-Z]-?\d{2,3}|\d{1,4}\s?m?c?g)$")  # "insulin glargine U100 (IGlar)"
_AS = re.compile(r"(?:also|commonly|formerly|previously)\s(?:referred|known|called)")  # no other name without it
_KNOWN_AS = re.compile(
    r"(?<![\w-])([A-Za-z][\w-]{5,24})[®™]?(?:,|\sand)?(?:\swhich)?(?:\sis)?\s(?:also|commonly|formerly|previously)\s"
    r"(?:referred\sto|known|called)\sas\s([A-Z][\w-]{1,20})(?![\w-])"
)


def find(text: str, known: dict[str, str]) -> dict[str, str]:
    """Return names and their canonical names; `known` are the drugs (not classes) of the table in lower case."""
    names = _by_stem(text)
    in_context = _by_context(text)
    names.update(dict.fromkeys(name for name in _code_names(text) if name.split("-")[0] not in in_context))
    names.update((found[1], None) for found in _MARKED.finditer(text) if not _is_common(found[1]))
    names.update((name, names.get(name)) for name in in_context)
    codes = {name: code or name for name, code in names.items()}
    codes.update(_paired(text, {**known, **{name.lower(): code for name, code in codes.items()}}))
    return codes


def aliases(text: str, spans: Iterable[tuple[int, int, str]]) -> dict[str, str]:
    """Return the abbreviations whose long form closes with a drug: "hypomethylating agent (HMA)".

    `spans` are (start, end, canonical name) of the drugs found so far.
    """
    ends: dict[int, str] = {}
    for _, end, canonical in spans:
        ends.setdefault(end, canonical)
    names: dict[str, str] = {}
    for definition in abbreviations.find(text):
        strength = _STRENGTH_BEHIND.search(definition.long)
        code = ends.get(definition.long_end) or (
            ends.get(definition.long_start + strength.start()) if strength else None
        )
        if code and not _is_common(definition.short):
            singular = definition.short.removesuffix("s")
            names.update(dict.fromkeys((definition.short, singular, singular + "s"), code))
    return names


def _by_stem(text: str) -> dict[str, str | None]:
    """Return the words that end in the stem of an international nonproprietary name (WHO)."""
    names: dict[str, str | None] = {}
    for word in set(lexicon.scan(text).words):
        if len(word) >= 6 and word.isalpha() and _has_stem(word):
            names[word] = word
    return names


@lru_cache(maxsize=1 << 16)
def _has_stem(word: str) -> bool:
    singular = word[:-1] if word.endswith("s") else word
    stems = _stems()
    for length in range(3, min(12, len(singular))):
        found = stems.get(singular[-length:])
        if found and len(singular) >= found[0] and not singular.endswith(tuple(found[1])):
            return True
    return False


@cache
def _stems() -> dict[str, tuple[int, frozenset[str]]]:
    rows = lexicon.read_table("inn_stems.tsv", ("stem", "min_length", "exceptions"))
    return {row.cells["stem"]: (int(row.cells["min_length"]), frozenset(row.parts("exceptions"))) for row in rows}


def _code_names(text: str) -> list[str]:
    stops = lexicon.read_words("code_name_stops.tsv", "prefix", "what")
    given = _given_codes(text)
    names: list[str] = []
    trials: set[str] = set()
    for found in _CODE.finditer(text):
        prefix = found["prefix"] or found["glued"] or ""
        # Four letters and more before the number is how trials are named, too ("HELP-301 study").
        if len(prefix) >= 4 and re.match(r"\s(?:study|trial|Phase)\b", text[found.end() : found.end() + 10]):
            trials.add(found[0])
        is_code = found[0] in given or not _ONE_DIGIT.search(found[0])
        if is_code and prefix not in stops and not _is_common(found[0]):
            names.append(found[0])
    return [name for name in names if name not in trials]


def _given_codes(text: str) -> frozenset[str]:
    """Return the names with one digit, as trials have too, that stand twice where a drug does and never as a trial."""
    given = Counter(found[1] for found in _GIVEN.finditer(text))
    often = {name for name, times in given.items() if times > 1}
    return frozenset(often - {found[1] or found[2] for found in _TRIAL.finditer(text)} if often else ())


def _by_context(text: str) -> list[str]:
    """Return the names that the document's own words show to be drugs; what a drug aims at is none ("CD19 CAR-T")."""
    stops = lexicon.read_words("code_name_stops.tsv", "prefix", "what")
    found = (*drug_evidence.capitalised(text), *drug_evidence.generic(text))
    prefixes = ((name, _PREFIX.match(name)) for name in found if not _is_common(name))
    return [name for name, prefix in prefixes if prefix is None or prefix[1] not in stops]


def _paired(text: str, known: dict[str, str]) -> dict[str, str]:
    """Return the names that stand beside a known one: "Gencaro (bucindolol)", and the other way round."""
    names: dict[str, str] = {}
    for found in _INNER.finditer(text):
        before = _OUTER.search(text, max(0, found.start() - _LONGEST_OUTER), found.start())
        if before is None:
            continue
        outer, inner = before[1], found[1].strip(" ®™*_")
        inner_code, outer_code = _look_up(inner, known), _look_up(outer, known)
        if inner_code and not outer_code and _may_be_name(outer):
            names[outer] = inner_code
        elif outer_code and not inner_code and _may_be_name(inner):
            names[inner] = outer_code
    for found in _KNOWN_AS.finditer(text) if _AS.search(text) else ():
        if (code := _look_up(found[1], known)) and not _is_common(found[2]):
            names.setdefault(found[2], code)
    return names


def _look_up(name: str, known: dict[str, str]) -> str | None:
    """Return the canonical name of a drug, with its salt or a biologic's suffix (`-cxix`) or without."""
    low = name.lower()
    return known.get(low) or known.get(low.split(" ")[0]) or known.get(re.sub(r"-[a-z]{4}$", "", low))


def _may_be_name(word: str) -> bool:
    """Say whether a word beside a drug may be its other name: capitalised, or long enough for a generic name."""
    shape = re.fullmatch(r"[A-Z][A-Za-z]{3,15}|[A-Z]{2,6}-?[A-Z]?\d{1,5}|[a-z]{8,20}", word)
    return bool(shape) and not _is_common(word) and not word.endswith(("ing", "ed", "tion", "ment", "ents", "ants"))


def _is_common(name: str) -> bool:
    """Say whether a name is something else by our tables: an endpoint, a group, a gene, a receptor, a procedure."""
    words = lexicon.read_words("not_drugs.tsv", "word", "what")
    return name.lower() in words or name.lower() in endpoint_terms.endpoint_lexicon().terms

"""Mentions of drugs, drug classes used as treatments, and controls (`placebo`, `vehicle`, `sham`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from topline.mentions import drug_classes, drug_evidence, drug_names, lexicon
from topline.mentions.lexicon import Lexicon, Row, Term
from topline.schema import Mention

TABLE = "drugs.tsv"
COLUMNS = ("name", "kind", "synonyms")
# "steroid-refractory patients", "insulin resistance": the word says what patients have, not what they were given.
_NOT_GIVEN = re.compile(
    r"-(?:refractory|resistant|naive|naïve|dependent|free|sparing)|\s(?:resistance|sensitivity|secretion)\b"
)
_COMPANYS = frozenset({"Biologics", "BIOLOGICS", "Vaccines", "VACCINES", "Immunotherapies"})
_CAPITALISED = re.compile(r"(?:\A|(?<=\s))(?!The\s)[A-Z][\w-]{1,40}[^\S\n]$")
_MIXED_CASE = re.compile(r"[a-z][A-Z]")
_BIOLOGIC_SUFFIX = re.compile(r"-(?!free|like|only|arms|plus|naiv)[a-z]{4}(?![\w-])")


def match(text: str) -> list[Mention]:
    """Return every occurrence of every drug in a text, in order, without overlaps; `code` is the canonical name."""
    found = [(hit.start, hit.end, hit.term.code) for hit in lexicon.find(drug_lexicon(), text)]
    found += [(start, end, text[start:end].lower()) for start, end in drug_classes.find(text)]
    found += _occurrences(text, drug_names.find(text, _known_drugs()))
    found += _occurrences(text, drug_names.aliases(text, found))
    return [
        Mention(start, _with_mark(text, start, end), "DRUG", code=code)
        for start, end, code in _longest(found)
        if not _NOT_GIVEN.match(text, end) and not _ends_a_company(text, start, end)
    ]


@cache
def drug_lexicon() -> Lexicon:
    """Return the matcher of the drug table."""
    return lexicon.build(term for row in lexicon.read_table(TABLE, COLUMNS) for term in terms(row))


@cache
def controls() -> frozenset[str]:
    """Return the canonical names that stand for no active drug."""
    return _of_kind("control")


@cache
def classes() -> frozenset[str]:
    """Return the canonical names of the table's drug classes: "statin", "antibiotic"."""
    return _of_kind("class")


def _of_kind(kind: str) -> frozenset[str]:
    return frozenset(row.cells["name"] for row in lexicon.read_table(TABLE, COLUMNS) if row.cells["kind"] == kind)


def terms(row: Row) -> Iterator[Term]:
    """Yield the ways to write the drug of a row; short names in capitals (`BCG`, `5-FU`) are matched as written."""
    name = row.cells["name"]
    for text in (name, *row.parts("synonyms")):
        yield Term(name, text, exact=len(text) <= 6 and not text.islower() and not text.istitle(), place=row.place)


@cache
def _known_drugs() -> dict[str, str]:
    """Return the drugs of the table, without classes and controls, by their names in lower case."""
    rows = [row for row in lexicon.read_table(TABLE, COLUMNS) if row.cells["kind"] in ("drug", "vaccine")]
    return {text.lower(): row.cells["name"] for row in rows for text in (row.cells["name"], *row.parts("synonyms"))}


def _ends_a_company(text: str, start: int, end: int) -> bool:
    """Tell whether a capitalised class stands behind a capitalised word of its line, as in "Umbrio Biologics"."""
    return text[start:end] in _COMPANYS and bool(_CAPITALISED.search(text, max(0, start - 48), start))


def _longest(found: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield the leftmost of overlapping ranges, the longest of those that start together."""
    free = 0
    for start, end, code in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= free:
            yield start, end, code
            free = end


def _occurrences(text: str, names: dict[str, str]) -> list[tuple[int, int, str]]:
    """Return every place of the names that a document brings itself."""
    terms: dict[tuple[str, bool], Term] = {}
    for name, code in names.items():
        generic = _is_generic(name)
        term = Term(code, name, exact=not generic)
        if len(name) >= 3 and lexicon.has_content(term):  # "velotinib" by stem and "Velotinib" by context are one name
            terms.setdefault((name.lower() if generic else name, generic), term)
    if not terms:
        return []
    hits = lexicon.find(lexicon.build(terms.values()), text)
    # Mixed case ("HighTide") is how companies write themselves, not how a nonproprietary name is written.
    return [
        (hit.start, hit.end, hit.term.code)
        for hit in hits
        if hit.term.exact or not _MIXED_CASE.search(text, hit.start, hit.end)
    ]


def _is_generic(name: str) -> bool:
    """Tell whether a name may be written in lower case: it is so, or stood with its capital at a sentence's start."""
    return name.islower() or (name.istitle() and drug_evidence.may_be_generic(name))


def _with_mark(text: str, start: int, end: int) -> int:
    """Take in a trade mark, or the four letters that tell one maker's biologic from another's ("tafasitamab-cxix")."""
    if text[end : end + 1] in ("®", "™"):
        return end + 1
    suffix = _BIOLOGIC_SUFFIX.match(text, end) if text[end - 3 : end].lower() in ("mab", "ept", "tug") else None
    return suffix.end() if suffix else end

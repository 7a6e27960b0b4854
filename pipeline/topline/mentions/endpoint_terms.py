"""Mentions of endpoints by the names, verb forms and abbreviations of the endpoint table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from topline.mentions import abbreviations, lexicon
from topline.mentions.lexicon import Lexicon, Match, Row, Term
from topline.schema import Mention

TABLE = "endpoints.tsv"
COLUMNS = ("code", "area", "name", "synonyms", "abbreviations", "unit", "kind")


@dataclass(frozen=True, slots=True)
class EndpointTerm:
    """A canonical endpoint: `unit` is the usual one of its values, `kind` the sort of thing it is."""

    code: str
    area: str
    name: str
    unit: str
    kind: str


@cache
def table() -> dict[str, EndpointTerm]:
    """Return the canonical endpoints by code."""
    return {
        row.cells["code"]: EndpointTerm(*(row.cells[column] for column in ("code", "area", "name", "unit", "kind")))
        for row in lexicon.read_table(TABLE, COLUMNS)
    }


def match(text: str) -> list[Mention]:
    """Return the table's endpoints in a text, in order, without overlaps; `code` is the canonical code.

    A document's own definition of an abbreviation comes before the table's.
    """
    matches = lexicon.find(endpoint_lexicon(), text)
    defined = _defined_codes(text, matches)
    mentions: list[Mention] = []
    for found in matches:
        surface = text[found.start : found.end]
        if not found.term.exact or surface not in defined:
            mentions.append(Mention(found.start, found.end, "ENDPOINT", code=found.term.code))
    mentions += _abbreviated(text, defined, mentions)
    return sorted(mentions)


@cache
def endpoint_lexicon() -> Lexicon:
    """Return the matcher of the endpoint table."""
    return lexicon.build(term for row in lexicon.read_table(TABLE, COLUMNS) for term in terms(row))


def terms(row: Row) -> Iterator[Term]:
    """Yield the ways to write the endpoint of a row."""
    code = row.cells["code"]
    for text in (row.cells["name"], *row.parts("synonyms")):
        yield Term(code, text, exact=False, place=row.place)
    for text in row.parts("abbreviations"):
        yield Term(code, text, exact=True, place=row.place)


def _defined_codes(text: str, matches: list[Match]) -> dict[str, str | None]:
    """Return the code of each abbreviation that the text defines; None when it stands for something else."""
    codes: dict[str, str | None] = {}
    ends = {found.end: found for found in matches}
    for short, definition in abbreviations.expansions(text).items():
        # The head of an English noun phrase is its end: the long form counts when it closes with a term.
        found = ends.get(definition.long_end)
        codes[short] = found.term.code if found else None
    return codes


def _abbreviated(text: str, defined: dict[str, str | None], taken: list[Mention]) -> list[Mention]:
    own = [Term(code, short, exact=True) for short, code in defined.items() if code and _is_usable(short)]
    if not own:
        return []
    covered = {place for mention in taken for place in range(mention.start, mention.end)}
    return [
        Mention(found.start, found.end, "ENDPOINT", code=found.term.code)
        for found in lexicon.find(lexicon.build(own), text)
        if found.start not in covered
    ]


def _is_usable(short: str) -> bool:
    return sum(character.isalpha() for character in short) >= 2

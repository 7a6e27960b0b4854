"""Which element means what, and the stack of open elements.

The stack follows the HTML standard's rules for implied ends as far as reading needs them: what is hidden, bold, raised
or inside which cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from topline.filings.markup import Attributes, parse_tag

# fmt: off
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "page", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
))
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "page", "param", "source", "track",
    "wbr",
))
# fmt: on
# Elements whose characters are not part of the page, with the reason that the exclusion states.
UNREAD = {
    "title": "title",
    "script": "script",
    "style": "style",
    "template": "hidden",
    "iframe": "frame",
    "noembed": "frame",
    "noframes": "frame",
    "ix:header": "hidden",
    "ix:hidden": "hidden",
    "ix:references": "hidden",
    "ix:resources": "hidden",
}
# An opening tag on the left ends an open element on the right, unless one of the barriers stands between.
IMPLIED_ENDS = {
    name: (frozenset(ended.split()), frozenset(barriers.split()))
    for name, ended, barriers in (
        ("li", "li", "ol ul dir menu td th table"),
        ("dt", "dt dd", "dl td th table"),
        ("dd", "dt dd", "dl td th table"),
        ("tr", "tr td th caption", "table"),
        ("td", "td th caption", "tr table"),
        ("th", "td th caption", "tr table"),
        ("tbody", "tbody thead tfoot tr td th caption", "table"),
        ("thead", "tbody thead tfoot tr td th caption", "table"),
        ("tfoot", "tbody thead tfoot tr td th caption", "table"),
    )
}
_PARAGRAPH_ENDS = (frozenset({"p"}), frozenset("td th table button object".split()))
_CELLS = frozenset(("td", "th", "table"))
# fmt: off
_TABLE_PARTS = frozenset((
    "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption",
))
# fmt: on
_HIDDEN_STYLE = re.compile(r"\b(?:display\s{0,4}+:\s{0,4}+none|visibility\s{0,4}+:\s{0,4}+hidden)", re.IGNORECASE)
_BOLD_STYLE = re.compile(
    r"\bfont-weight\s{0,4}+:\s{0,4}+(?:bold|[6-9]00)|\bfont\s{0,4}+:[^;]{0,40}\bbold", re.IGNORECASE
)
_RAISED_STYLE = re.compile(r"\bvertical-align\s{0,4}+:\s{0,4}+(?:super|sub)", re.IGNORECASE)
_BREAK_STYLE = re.compile(
    r"\b(?:page-)?break-(?:before|after)\s{0,4}+:\s{0,4}+(?:always|page|left|right)", re.IGNORECASE
)
_LONGEST_KEPT = 500  # characters of a tag that is kept from page to page: a hostile one may hold megabytes
_MAX_SPAN = 200  # one real file asks for a colspan of 376967340
_REACH = 256  # how far down the stack an end tag looks: keeps hostile nesting linear; real pages nest below 60


# What an element does to the characters inside it.
HIDDEN, BOLD, RAISED, PRE, LIST, LINK = TRAITS = range(6)


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag, and the element that it opens if it `opens` one.

    `implied` is what it ends: elements above a barrier; `ends` is all their names. `reason` is why it is hidden.
    """

    name: str
    opens: bool
    is_block: bool
    breaks_page: bool
    traits: tuple[int, ...]
    implied: tuple[tuple[frozenset[str], frozenset[str]], ...]
    ends: frozenset[str]
    spans: tuple[int, int]
    reason: str


def read_tag(written: str) -> Tag:
    """Return what a start tag says."""
    return _kept_tag(written) if len(written) <= _LONGEST_KEPT else _read_tag(written)


@lru_cache(maxsize=4096)  # a page repeats its few tags: 96,000 of 234 filings are 4,800 different ones
def _kept_tag(written: str) -> Tag:
    return _read_tag(written)


def _read_tag(written: str) -> Tag:
    name, attributes, closed = parse_tag(written)
    style = attributes.get("style") or ""
    implied = [_PARAGRAPH_ENDS] if name in BLOCKS else []
    if name in IMPLIED_ENDS:
        implied.append(IMPLIED_ENDS[name])
    return Tag(
        name=name,
        opens=not (name in VOID or (closed and ":" in name)),
        is_block=name in BLOCKS,
        breaks_page=name in ("hr", "page") or bool(style and _BREAK_STYLE.search(style)),
        traits=_traits(name, attributes, _style_traits(style) if style else ()),
        implied=tuple(implied),
        ends=frozenset().union(*(ending for ending, _ in implied)),
        spans=(_span(attributes.get("colspan")), _span(attributes.get("rowspan"))),
        reason=UNREAD.get(name, "hidden"),
    )


def _traits(name: str, attributes: Attributes, styled: Sequence[int]) -> tuple[int, ...]:
    found = {
        HIDDEN: name in UNREAD or "hidden" in attributes,
        BOLD: name in ("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"),
        RAISED: name in ("sup", "sub"),
        PRE: name in ("pre", "xmp"),
        LIST: name in ("ol", "ul", "dir", "menu"),
        LINK: name == "a" and bool(attributes.get("href")),
    }
    return tuple(trait for trait, holds in found.items() if holds or trait in styled)


@lru_cache(maxsize=4096)
def _style_traits(style: str) -> tuple[int, ...]:
    styles = ((HIDDEN, _HIDDEN_STYLE), (BOLD, _BOLD_STYLE), (RAISED, _RAISED_STYLE))
    return tuple(trait for trait, pattern in styles if pattern.search(style))


def _span(value: str | None) -> int:
    """Return a span as the grid can hold it: 1 to 200, 1 for what is no number."""
    digits = (value or "").strip()[:12]
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() else 1


def is_page_break(comment: str) -> bool:
    """Tell whether a comment marks the end of a printed page."""
    return "field: page" in comment[:80].lower()


class Stack:
    """The open elements, with a count of each name and trait: `traits[BOLD]` is how many bold ones are open."""

    __slots__ = ("_elements", "_names", "traits")

    def __init__(self) -> None:
        self.traits = [0 for _ in TRAITS]
        self._elements: list[Tag] = []
        self._names: dict[str, int] = {}

    def reason(self) -> str:
        """Return why the innermost hidden element is hidden."""
        for item in self._near():
            if HIDDEN in item.traits:
                return item.reason
        return "hidden"

    def push(self, tag: Tag) -> Sequence[str]:
        """Open an element; return the names of those that this ends, innermost first."""
        names = self._names
        ended: Sequence[str] = ()
        if tag.ends and any(map(names.get, tag.ends)):
            ended = [name for ending, barring in tag.implied for name in self._end_within(ending, barring)]
        self._elements.append(tag)
        names[tag.name] = names.get(tag.name, 0) + 1
        for trait in tag.traits:
            self.traits[trait] += 1
        return ended

    def close(self, name: str) -> Sequence[str]:
        """Close the nearest element of that name; return the names of all that end, innermost first."""
        if not self._names.get(name):
            return ()
        if self._elements[-1].name == name:
            return (self._drop(),)
        for depth, item in enumerate(self._near(), start=1):
            if item.name == name:
                return self._end(depth) if name in BLOCKS else (self._drop(-depth),)
            if item.name in _CELLS and name not in _TABLE_PARTS:
                break
        return ()

    def _near(self) -> Iterator[Tag]:
        return islice(reversed(self._elements), _REACH)

    def _end_within(self, ending: frozenset[str], barring: frozenset[str]) -> list[str]:
        """Close the outermost of the elements that end above the nearest barrier."""
        found = 0
        for depth, item in enumerate(self._near(), start=1):
            if item.name in ending:
                found = depth
            elif item.name in barring:
                break
        return self._end(found)

    def _end(self, depth: int) -> list[str]:
        return [self._drop() for _ in range(depth)]

    def _drop(self, place: int = -1) -> str:
        """Take out the innermost element, or one from between others, as misnested inline tags ask for."""
        item = self._elements.pop(place)
        self._names[item.name] -= 1
        for trait in item.traits:
            self.traits[trait] -= 1
        return item.name

"""Which element means what, and the stack of open elements.

The stack follows the HTML standard's rules for implied ends as far as reading needs them: what is hidden, bold, raised
or inside which cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache

from topline.filings.markup import Attributes, Token

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
_REACH = 256  # how far down the stack an end tag looks: keeps hostile nesting linear; real pages nest below 60


class Trait(IntFlag):
    """What an element does to the characters inside it."""

    HIDDEN = 1
    BOLD = 2
    RAISED = 4
    PRE = 8
    LIST = 16
    LINK = 32


@dataclass(frozen=True, slots=True)
class Element:
    """An open element."""

    name: str
    traits: Trait
    reason: str


def element(token: Token) -> Element:
    """Return the element that a start tag opens."""
    return _element(token.text, token.attributes)


@lru_cache(maxsize=4096)  # a page repeats its few styles: 43,000 tags of 125 filings are 1,800 different ones
def _element(name: str, written: Attributes) -> Element:
    attributes = dict(written)
    style = attributes.get("style") or ""
    traits = Trait(0)
    if name in UNREAD or "hidden" in attributes or (style and _HIDDEN_STYLE.search(style)):
        traits |= Trait.HIDDEN
    if name in ("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6") or (style and _BOLD_STYLE.search(style)):
        traits |= Trait.BOLD
    if name in ("sup", "sub") or (style and _RAISED_STYLE.search(style)):
        traits |= Trait.RAISED
    if name in ("pre", "xmp"):
        traits |= Trait.PRE
    if name in ("ol", "ul", "dir", "menu"):
        traits |= Trait.LIST
    if name == "a" and attributes.get("href"):
        traits |= Trait.LINK
    return Element(name, traits, UNREAD.get(name, "hidden"))


def breaks_page(token: Token) -> bool:
    """Tell whether a tag or a comment marks the end of a printed page."""
    if token.kind == "comment":
        return "field: page" in token.text[:80].lower()
    return token.text in ("hr", "page") or _breaks(token.attributes)


@lru_cache(maxsize=4096)
def _breaks(attributes: Attributes) -> bool:
    style = dict(attributes).get("style") or ""
    return bool(style and _BREAK_STYLE.search(style))


class Stack:
    """The open elements, with a count of each name and trait."""

    __slots__ = ("_elements", "_names", "_traits")

    def __init__(self) -> None:
        self._elements: list[Element] = []
        self._names: dict[str, int] = {}
        self._traits: dict[Trait, int] = dict.fromkeys(Trait, 0)

    def has(self, trait: Trait) -> bool:
        """Tell whether an open element has the trait."""
        return self._traits[trait] > 0

    def depth(self, trait: Trait) -> int:
        """Return how many open elements have the trait."""
        return self._traits[trait]

    def reason(self) -> str:
        """Return why the innermost hidden element is hidden."""
        for item in reversed(self._elements[-_REACH:]):
            if item.traits & Trait.HIDDEN:
                return item.reason
        return "hidden"

    def push(self, item: Element) -> list[str]:
        """Open an element; return the names of those that this ends, innermost first."""
        ended: list[str] = []
        if item.name in BLOCKS:
            ended += self._end_within(*_PARAGRAPH_ENDS)
        if item.name in IMPLIED_ENDS:
            ended += self._end_within(*IMPLIED_ENDS[item.name])
        self._elements.append(item)
        self._count(item, 1)
        return ended

    def close(self, name: str) -> list[str]:
        """Close the nearest element of that name; return the names of all that end, innermost first."""
        if not self._names.get(name):
            return []
        for depth, item in enumerate(reversed(self._elements[-_REACH:]), start=1):
            if item.name == name:
                return self._end(depth) if name in BLOCKS else self._lift(depth)
            if item.name in _CELLS and name not in _TABLE_PARTS:
                return []
        return []

    def _end_within(self, ending: frozenset[str], barring: frozenset[str]) -> list[str]:
        """Close the outermost of the elements that end above the nearest barrier."""
        if not any(map(self._names.get, ending)):
            return []
        found = 0
        for depth, item in enumerate(reversed(self._elements[-_REACH:]), start=1):
            if item.name in barring and item.name not in ending:
                break
            if item.name in ending:
                found = depth
        return self._end(found)

    def _end(self, depth: int) -> list[str]:
        return [self._pop() for _ in range(depth)]

    def _lift(self, depth: int) -> list[str]:
        """Take one inline element out from between others, as misnested tags ask for."""
        item = self._elements.pop(-depth)
        self._count(item, -1)
        return [item.name]

    def _pop(self) -> str:
        item = self._elements.pop()
        self._count(item, -1)
        return item.name

    def _count(self, item: Element, step: int) -> None:
        self._names[item.name] = self._names.get(item.name, 0) + step
        for trait in item.traits or ():
            self._traits[trait] += step

"""Tokens and sentences of a document's reading text.

The tokenizer splits at what numbers hang together with; sentences follow the blocks of the layout and bridge page
furniture. `Doc._.document` holds the `Document` that a `Doc` was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import LENGTH, NORM, ORTH, SENT_START, SPACY
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from topline.schema import Block, Document, Ranges

if not Doc.has_extension("document"):
    Doc.set_extension("document", default=None)

# spaCy caps the cache at 10,000 strings and stops caching a text's tokens after its first special case (`Inc.`). No
# token reaches over white space, so that each stretch between two gaps is cut up once and looked up from then on.
KEPT = 300_000  # stretches, about 60 MB
LONGEST_KEPT = 60  # characters; a longer stretch is an address or a rule of dashes, and seldom comes again
GAP = re.compile(r"(\s+)")

# Emoticons would swallow numbers: ":1", "8)", "(8".
EMOTICON = re.compile(r"(?!.*[A-Za-z]{2}).*[][():;=<>|/\\^_@*°0-9]")
PREFIXES = (
    r"[<>≤≥≈∼~±×=|^]",  # "≥50", "<0.5%", "~100x"
    r"\+(?=[0-9])",
)
SUFFIXES = (
    r"[|=<>≤≥]",
    r"(?<=[0-9])[×x]",  # "100x"
    r"(?<=[0-9])(?:mcg|[µμ]g|iu|IU|mL|ml|h|hrs?|wks?)",
)
INFIXES = (
    r"(?<=[\w)\]%])[=<>≤≥≈∼~±×]{1,2}(?=[\w.+−(\[-])",  # "n=54", "p<0.001", "HR=0.62"
    r"[()\[\]%;|]",  # "39.3%(1)", "12.1%;n=20"
    r"(?<=[0-9])[-‐‑–—−/:](?=[0-9.])",  # "16/20", "12–18", "2:1"
    # "12-week" splits so that it shares its words with "12 week"; "COVID-19" and "T-DM1" stay whole.
    r"(?<=[0-9])[-‐‑–](?=[A-Za-z]{2})",
    r"(?<=[a-z])\.(?=[0-9])",  # "vs.4%"
    r"(?<=[0-9])(?=(?:k?g|mg|mcg|[µμ]g|ng|ml|mL|IU|mm|cm|mmol)(?:/|$))",  # "10mg/kg"
    r"(?<=[a-z])/(?=[a-z0-9])",
)

# Never the last word of a sentence: something always follows.
LEADING = frozenset(
    """
    mr mrs ms dr prof gen sen rep st messrs vs v e.g i.e eg ie cf viz approx ca fig figs no nos vol pp al dept
    univ est incl resp sec art eq ref refs jan feb mar apr jun jul aug sep sept oct nov dec hon rev capt col
    """.split()
)
# May end a sentence; it does when a word follows that opens sentences.
TRAILING = frozenset(
    """
    inc corp ltd co llc l.l.c plc s.a n.v b.v a.g p.l.c l.p u.s u.s.a u.k e.u d.c ph.d m.d m.s m.p.h pharm.d d.o
    m.b.a r.n b.sc m.sc jr sr esq etc a.m p.m bros intl assn hr hrs min sec wk mo yr n.e n.r n.s n.a minn calif
    mass conn fla tex ill wash ariz colo mich
    """.split()
)
OPENERS = frozenset(
    """
    the a an in on at of for from with by to as this that these those there it its we our they their he she his
    her you i all both each no some most many several few two three four five among during after before based
    when where while although however moreover furthermore additionally also in addition overall patients
    results data treatment if under following currently importantly finally according today since because
    secondary primary safety adverse serious such another other one compared no not neither upon
    """.split()
)
STOP = re.compile(
    r"""(?P<stop>[.!?…](?<![.!?…].)[.!?…]*+)   # from a run's first stop: linear in "...."
        (?P<close>["'”’»)\]*_]*+)
        (?:(?<=[a-z)%"”.])(?<![0-9]\.)[0-9]{1,2}(?:,[0-9]{1,2}){0,3})?   # a footnote's number: "placebo.1 The"
        (?P<gap>\s++)""",
    re.VERBOSE,
)
WORD_BEFORE = re.compile(r"[^\s()\[\]“\"']{1,40}$")
WORD_AFTER = re.compile(r"[\"'“‘(\[*_#•▪●·]{0,4}([\w]{1,30})")
CHARACTER = re.compile(r"\S")
LIST_MARK = re.compile(r"(?:\A|\n)[^\S\n]{0,40}[(*_#]{0,4}(?:[0-9]{1,2}|[A-Za-z]|[ivxIVX]{1,5})$")


class StretchTokenizer(Tokenizer):  # type: ignore[misc]
    """spaCy's tokenizer with what stands between white space cut up once; the tokens are those of the whole text."""

    def __call__(self, string: str) -> Doc:
        """Return the text as a Doc."""
        if not hasattr(self, "cuts"):
            self.cuts: dict[str, tuple[int, ...]] = {}
            self.norms: dict[str, list[int]] = {}
        lead = string[: len(string) - len(string.lstrip())]
        pieces = GAP.split(string[len(lead) :])
        distinct = {*pieces, ""}
        long = self._learn(distinct - self.cuts.keys())
        first, first_norms = self._gap(lead)
        found = list(map(self.cuts.__getitem__, pieces))
        words = [*first, *chain.from_iterable(found)]
        if not words:
            return Doc(self.vocab)
        ends = np.cumsum([len(first), *map(len, found)])
        doc = Doc(self.vocab, words=words, spaces=_spaces(pieces, ends, len(words)))  # type: ignore[arg-type]  # ids will do
        normed = distinct & self.norms.keys()
        special = [(at, self.norms[piece]) for piece, at in zip(pieces, ends, strict=False) if piece in normed]
        special += [(0, first_norms)] if first_norms else []
        for piece in long:
            del self.cuts[piece]
            self.norms.pop(piece, None)
        return _with_norms(doc, special) if special else doc

    def _learn(self, pieces: set[str]) -> list[str]:
        """Cut up new pieces; return those that are not worth keeping."""
        if len(self.cuts) > KEPT:
            self.cuts.clear()
            self.norms.clear()
        gaps = {piece for piece in pieces if piece.isspace()}
        for gap in gaps:
            self.cuts[gap], norms = self._gap(gap.removeprefix(" "))  # a space belongs to the token before it
            self.norms |= {gap: norms} if norms else {}
        # Letters alone are cut by nothing but the rules: two new stretches in five, half of the time that all took.
        plain = {piece for piece in pieces if piece.isascii() and piece.isalpha() and piece not in self.rules}
        self.cuts |= {piece: (self.vocab.strings.add(piece),) for piece in plain}
        self._cut(["", *(pieces - gaps - plain - {""})])
        return [piece for piece in pieces if len(piece) > LONGEST_KEPT]

    def _cut(self, stretches: Sequence[str]) -> None:
        """Cut up stretches, all in one call, and keep their norms where a rule sets others than the words have."""
        rows = super().__call__("\n".join(stretches)).to_array([ORTH, NORM])
        words, norms = rows[:, 0].tolist(), rows[:, 1]
        changed = np.cumsum(norms != Doc(self.vocab, words=words).to_array([NORM]).ravel())
        start = 0
        for stretch, end in zip(stretches, _breaks(rows[:, 0], self.vocab.strings.add("\n")), strict=True):
            self.cuts[stretch] = tuple(words[start:end])
            if end > start and changed[end - 1] > (changed[start - 1] if start else 0):
                self.norms[stretch] = norms[start:end].tolist()
            start = end + 1

    def _gap(self, white: str) -> tuple[tuple[int, ...], list[int]]:
        """Return the token of white space, and its norm where a rule sets another than the word has."""
        words, norms = super().__call__(white).to_array([ORTH, NORM]).T.tolist() if white else ([], [])
        return tuple(words), norms if norms != [self.vocab[word].norm for word in words] else []

    def to_disk(self, path: object, exclude: tuple[str, ...] = ()) -> None:
        """Write nothing: the rules are code."""

    def from_disk(self, path: object, exclude: tuple[str, ...] = ()) -> StretchTokenizer:
        """Read nothing: the rules are code."""
        return self


def create_tokenizer() -> Callable[[Language], Tokenizer]:
    """Return the maker of topline's tokenizer (`topline.tokenizer.v1`): the language's rules and those of numbers."""

    def make_tokenizer(nlp: Language) -> Tokenizer:
        defaults = nlp.Defaults
        return StretchTokenizer(
            nlp.vocab,
            rules={key: rule for key, rule in defaults.tokenizer_exceptions.items() if not EMOTICON.match(key)},
            prefix_search=compile_prefix_regex((*PREFIXES, *(defaults.prefixes or ()))).search,
            suffix_search=compile_suffix_regex((*SUFFIXES, *(defaults.suffixes or ()))).search,
            infix_finditer=compile_infix_regex((*INFIXES, *(defaults.infixes or ()))).finditer,
            token_match=defaults.token_match,
            url_match=defaults.url_match,
        )

    return make_tokenizer


def _breaks(words: NDArray[np.uint64], newline: int) -> list[int]:
    """Return where the parts end that line breaks stand between."""
    found: list[int] = [*np.flatnonzero(words == np.uint64(newline)).tolist(), len(words)]
    return found


def _spaces(pieces: Sequence[str], ends: NDArray[np.int64], count: int) -> list[bool]:
    """Tell which tokens a space follows: `ends[i]` tokens stand before `pieces[i]`, stretch, gap, stretch and so on."""
    spaces = np.zeros(count, dtype=bool)
    spaced = [gap[0] == " " for gap in pieces[1::2]]
    spaces[ends[1::2][: len(spaced)][spaced] - 1] = True
    found: list[bool] = spaces.tolist()
    return found


def _with_norms(doc: Doc, special: Iterable[tuple[int, Sequence[int]]]) -> Doc:
    """Set the norms of the tokens from each place on."""
    norms = doc.to_array([NORM]).ravel()
    for place, found in special:
        norms[place : place + len(found)] = found
    return _fill(doc, NORM, norms)


def make_doc(nlp: Language, document: Document) -> Doc:
    """Return the document's reading text as a Doc that knows its document."""
    doc = nlp.make_doc(document.text)
    doc._.document = document
    return doc


def give_layout(doc: Doc) -> Document:
    """Return the Doc's document; a Doc that was made from a bare string gets one of its text first."""
    if doc._.document is None:
        from topline.filings import text_document

        doc._.document = text_document(doc.text)
    document: Document = doc._.document
    return document


def retokenized(doc: Doc, tokenize: Callable[[str], Doc]) -> Doc:
    """Return the Doc's text in other tokens, with the same sentences."""
    return mark(tokenize(doc.text), [sent.start_char for sent in doc.sents])


@Language.factory("topline_segmentation", assigns=["token.is_sent_start", "doc.sents"])
def make_segmentation(nlp: Language, name: str) -> Segmentation:
    """Make the component that marks sentences."""
    return Segmentation(name)


class Segmentation:
    """Marks where sentences start."""

    def __init__(self, name: str = "topline_segmentation"):
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Mark the first token of every sentence; a Doc made from a bare string gets its layout first."""
        document = give_layout(doc)
        starts = sentence_starts(document.text, document.blocks, document.furniture)
        return mark(doc, starts)


def mark(doc: Doc, starts: Sequence[int]) -> Doc:
    """Mark the tokens that hold the character offsets as first tokens of sentences; all others as inner ones."""
    if not len(doc):
        return doc
    sizes = doc.to_array([LENGTH, SPACY]).astype(np.int64)
    ends = np.cumsum(sizes.sum(axis=1))
    marks = np.full(len(doc), -1, dtype=np.int64)
    marks[np.minimum(np.searchsorted(ends, np.asarray(starts, dtype=np.int64), side="right"), len(doc) - 1)] = 1
    marks[0] = 1
    return _fill(doc, SENT_START, marks)


def _fill(doc: Doc, attribute: int, values: NDArray[Any]) -> Doc:
    """Write one attribute of all tokens."""
    return doc.from_array([attribute], values.astype(np.uint64).reshape(-1, 1))  # type: ignore[arg-type]


def sentence_starts(text: str, blocks: Sequence[Block] = (), furniture: Ranges = ()) -> list[int]:
    """Return the offset of every sentence's first character; without blocks the whole text is one block."""
    masked = _mask(text, furniture)
    edges = sorted({0, *(block.start for block in blocks), *(block.end for block in blocks)})
    starts = {start for edge in edges if (start := _first_character(masked, edge)) is not None}
    for found in STOP.finditer(masked):
        if found.end() < len(masked) and ends_sentence(masked, found):
            starts.add(found.end())
    return sorted(starts)


def ends_sentence(text: str, found: re.Match[str]) -> bool:
    """Return whether a stop (a match of `STOP`) ends its sentence."""
    after = WORD_AFTER.match(text, found.end())
    word = after[1] if after else ""
    if word[:1].islower():
        return False
    if found["stop"] == ".":
        return _period_ends(text[max(0, found.start() - 44) : found.start()], word)
    return found["stop"][0] in "!?" or word.lower() in OPENERS


def _period_ends(before: str, after: str) -> bool:
    """Return whether a period between these two stretches is more than an abbreviation's or a list number's."""
    found = WORD_BEFORE.search(before)
    last = found.group() if found else ""
    word = last.rpartition("-")[2].lower().lstrip("*_")
    opens = after.lower() in OPENERS and not after.isupper()
    if word in LEADING:
        return False
    if LIST_MARK.search(before):
        return False
    if word in TRAILING or (len(last) == 1 and last.isalpha()) or re.fullmatch(r"(?:[a-z]\.){1,4}[a-z]", word):
        return opens
    return True


def _mask(text: str, furniture: Ranges) -> str:
    """Return the text with furniture blanked, so that what stands around it meets."""
    pieces, position = [], 0
    for start, end in furniture:
        pieces += [text[position:start], " " * (end - start)]
        position = end
    return "".join([*pieces, text[position:]]) if pieces else text


def _first_character(text: str, edge: int) -> int | None:
    found = CHARACTER.search(text, edge)
    return found.start() if found else None

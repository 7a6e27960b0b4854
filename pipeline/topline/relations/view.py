"""A document as the relation stage sees it: arrays over tokens and over mentions, made once.

Everything that features count ("values between", "same clause", "third of four") is a difference of prefix sums or an
equality of ids here, so that the features of all pairs of a document are array expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, LENGTH, LOWER, SENT_START
from spacy.strings import get_string_id

from topline.mentions.lexicon import read_words
from topline.mentions.tables import TableReading, tables
from topline.schema import Block, Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc

T = TypeVar("T")
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

VALUE_LABELS = frozenset({"PERCENT", "COUNT", "DURATION", "RATIO", "NUMBER", "P_VALUE", "VALUE"})
VALUE_KINDS = ("percent", "count", "duration", "ratio", "number", "p_value")
ENDPOINT_LABELS = frozenset({"ENDPOINT", "PHRASE"})
COHORT_LABELS = frozenset({"COHORT", "DRUG"})

# Cue words by class. The features count them between two mentions, and look them up beside a mention.
CUES: Mapping[str, str] = MappingProxyType(
    {
        "and": "and or & plus",
        "comma": ",",
        "contrast": "versus vs vs. than compared relative against over",
        "be": "was were is are be been being",
        "past": "was were had did",
        "present": "is are has have does do can",
        "have": "has have had having with",
        "of": "of",
        "in": "in among within amongst",
        "for": "for on",
        "by": "by",
        "to": "to from",
        "time": "at after before during through throughout week weeks month months day days year years",
        "while": "after during following under upon taking using wearing receiving given",
        "achieve": "achieved achieve achieving reached experienced experiencing showed shown demonstrated reported "
        "observed",
        "who": "who that which whom whose",
        "determiner": "the a an this these those its their our any overall initial first average nearly approximately "
        "about only just up",
        "strong": "; while whereas but although though however :",
        "open": "( [",
        "close": ") ]",
        "respectively": "respectively",
        "not": "not no none without never",
        "less": "less lower reduced reduction decrease decreased fewer reduce reduces lowered fell declined dropped "
        "decline",
        "more": "more greater higher increase increased increases improved improvement longer better gain rose",
        "median": "median mean average averaged averaging",
        "rate": "rate rates percentage proportion incidence frequency score scores level levels",
        "future": "will would expected expect expects plan plans planned designed may might could should intend "
        "intends anticipated anticipate anticipates estimated projected target targeted potential if goal required "
        "assume assumes",
        "design": "randomized randomised enroll enrolled enrolling recruit dose doses dosed dosing administered sites "
        "centers arms ratio eligible inclusion criteria defined definition define primary endpoint endpoints powered "
        "phase",
        "population": "population prevalence incidence worldwide global globally americans diagnosed affects affect "
        "annually estimated states u.s. europe market country countries epidemiology risk",
        "business": "million billion shares share stock price revenue market net cash cagr growth company nasdaq "
        "investors loss income per-share offering agreement royalties milestone",
        "animal": "mice mouse rats rat animal animals preclinical vitro vivo monkeys dogs rabbits cells cell model "
        "models murine pre-clinical",
        "trial": "trial study data results topline interim treatment treated patients subjects participants group arm "
        "placebo baseline endpoint efficacy safety week response",
        "clinical": " ".join(sorted(read_words("clinical_words.tsv", "word", "what"))),
        "quote": "\" “ ” '",
    }
)
_CUE_IDS = tuple(
    (name, np.array(sorted(map(get_string_id, words.split())), dtype=np.uint64)) for name, words in CUES.items()
)
_CUE_ROWS: Mapping[str, int] = MappingProxyType({name: k for k, name in enumerate(CUES)})
_CUE_WORDS = np.unique(np.concatenate([ids for _, ids in _CUE_IDS]))
_CUE_MEMBERS = np.array([np.isin(_CUE_WORDS, ids) for _, ids in _CUE_IDS])  # (cues, words)


@dataclass(frozen=True, slots=True)
class View:
    """Arrays over the tokens and the mentions of one document.

    `cues[name][i]` counts the cue in tokens before i, and `counts` holds these as rows;
    `back[i]` is i, or the last token before it that is no determiner.
    """

    text: str
    blocks: tuple[Block, ...]
    mentions: tuple[Mention, ...]
    lower: NDArray[np.uint64]
    starts: Ints
    ends: Ints
    sentence: Ints
    sentence_first: Ints
    block: Ints
    clause: Ints
    part: Ints
    depth: Ints
    paren: Ints
    cues: dict[str, Ints]
    counts: Ints
    back: Ints
    first: Ints
    last: Ints
    is_value: Bools
    is_endpoint: Bools
    is_cohort: Bools
    tables: tuple[TableReading, ...] = ()
    kept: dict[str, Any] = field(init=False, default_factory=dict, repr=False, compare=False)

    def at(self, mentions: Ints, of: Ints) -> Ints:
        """Return the token array `of` at each mention's first token."""
        return of[np.minimum(self.first[mentions], len(of) - 1)]

    def between(self, name: str, low: Ints, high: Ints) -> Ints:
        """Count the cue `name` in the token ranges [low, high)."""
        counts = self.cues[name]
        return counts[np.maximum(high, low)] - counts[low]

    def all_between(self, names: tuple[str, ...], low: Ints, high: Ints) -> Ints:
        """Count each named cue in the token ranges [low, high): (names, ranges). Ten at once take the time of two."""
        rows = cue_rows(names) * self.counts.shape[1]
        found: Ints = self.counts.take(rows + np.maximum(high, low)) - self.counts.take(rows + low)
        return found

    def is_cue(self, name: str, tokens: Ints) -> Bools:
        """Tell which tokens belong to the cue `name`."""
        counts = self.cues[name]
        return np.asarray(counts[tokens + 1] > counts[tokens], dtype=np.bool_)

    def in_sentence(self, name: str, mentions: Ints) -> Ints:
        """Count the cue `name` in each mention's sentence."""
        sentence = self.at(mentions, self.sentence)
        return self.between(name, self.sentence_first[sentence], self.sentence_first[sentence + 1])


def once(make: Callable[[View], T]) -> Callable[[View], T]:
    """Make a function of a view keep its result with the view; candidates, features and decoding ask the same of it.

    Nobody may change such a result.
    """
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def kept(view: View) -> T:
        if name not in view.kept:
            view.kept[name] = make(view)
        found: T = view.kept[name]
        return found

    return kept


def cue_ids(name: str) -> NDArray[np.uint64]:
    """Return the ids of a cue's words, as `lower` holds them."""
    return dict(_CUE_IDS)[name]


@lru_cache(maxsize=64)
def cue_rows(names: tuple[str, ...]) -> Ints:
    """Return the rows of `View.counts` that the names stand for, as a column."""
    return np.array([[_CUE_ROWS[name]] for name in names], dtype=np.int64)


def is_among(words: NDArray[np.uint64], some: NDArray[np.uint64]) -> Bools:
    """Tell which words are among some, which are in order: a search for each is a third of `np.isin`."""
    places = np.minimum(np.searchsorted(some, words), len(some) - 1)
    return np.asarray(some[places] == words, dtype=np.bool_)


def clip(numbers: Ints, low: int | Ints, high: int | Ints) -> Ints:
    """Return the numbers within bounds: `np.clip`, which takes three times as long to look up the type's limits."""
    return np.minimum(np.maximum(numbers, low), high)


def prefix_sums(counts: NDArray[np.bool_] | Ints) -> Ints:
    """Return what is counted before each place, and in all; of a mask, at how many places it holds."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _cue_masks(lower: NDArray[np.uint64]) -> Bools:
    """Return for each cue which tokens belong to it, (cues, tokens); one token in five belongs to any."""
    words = np.minimum(np.searchsorted(_CUE_WORDS, lower), len(_CUE_WORDS) - 1)
    places = np.flatnonzero(_CUE_WORDS[words] == lower)
    masks = np.zeros((len(CUES), len(lower)), dtype=bool)
    masks[:, places] = _CUE_MEMBERS[:, words[places]]
    return masks


def _last_true(mask: Bools) -> Ints:
    """Return for each place the nearest at or before it where the mask holds; itself where there is none."""
    places = np.arange(len(mask))
    found = np.maximum.accumulate(np.where(mask, places, -1))
    return np.where(found >= 0, found, places)


def _parentheses(is_open: Bools, is_close: Bools, sentence_start: Bools) -> tuple[Ints, Ints]:
    """Return each token's depth of parentheses within its sentence, and the id of the one it stands in (0: none)."""
    events = np.flatnonzero(is_open | is_close | sentence_start)
    levels, ids = np.zeros(len(events), dtype=np.int64), np.zeros(len(events), dtype=np.int64)
    inside: list[int] = []
    opened = 0
    for k, i in enumerate(events):
        if sentence_start[i]:
            inside.clear()
        if is_open[i]:
            opened += 1
            inside.append(opened)
        elif is_close[i] and inside:
            inside.pop()
        levels[k], ids[k] = len(inside), inside[-1] if inside else 0
    lengths = np.diff(np.append(events, len(is_open)))
    return np.repeat(levels, lengths), np.repeat(ids, lengths)


def view_of(doc: Doc, tokens: Doc | None = None) -> View:
    """Return the view of a document whose mentions were found; `tokens` is its text in other tokens."""
    return make_view(doc if tokens is None else tokens, doc._.mentions, doc._.document.blocks, doc._.reading.tables)


def make_view(
    doc: Doc, mentions: tuple[Mention, ...], blocks: tuple[Block, ...], read: tuple[TableReading, ...] | None = None
) -> View:
    """Build the arrays; `mentions` are in order of their offsets, `read` are the tables, if they were read."""
    document = doc._.document if doc.has_extension("document") else None
    text = document.text if document else doc.text  # Doc.text joins its tokens anew each time
    table = doc.to_array([IDX, LENGTH, LOWER, SENT_START])
    starts = table[:, 0].astype(np.int64)
    ends = starts + table[:, 1].astype(np.int64)
    lower = table[:, 2].astype(np.uint64)
    sentence_start = table[:, 3].astype(np.int64) == 1
    sentence_start[:1] = True
    held = _cue_masks(lower)
    masks = dict(zip(CUES, held, strict=True))
    counts = np.zeros((len(CUES), len(lower) + 1), dtype=np.int64)
    np.cumsum(held, axis=1, out=counts[:, 1:])
    depth, paren = _parentheses(masks["open"], masks["close"], sentence_start)
    spans = np.array([(mention.start, mention.end) for mention in mentions], dtype=np.int64).reshape(-1, 2)
    strong = masks["strong"] | sentence_start
    return View(
        text=text,
        blocks=blocks,
        mentions=mentions,
        lower=lower,
        starts=starts,
        ends=ends,
        sentence=np.cumsum(sentence_start) - 1,
        sentence_first=np.concatenate([np.flatnonzero(sentence_start), [len(starts)]]).astype(np.int64),
        block=np.searchsorted([block.start for block in blocks], starts, side="right") - 1,
        clause=np.cumsum(strong),
        part=np.cumsum(strong | masks["comma"]),
        depth=depth,
        paren=paren,
        cues=dict(zip(CUES, counts, strict=True)),
        counts=counts,
        back=_last_true(~masks["determiner"]),
        first=np.searchsorted(ends, spans[:, 0], side="right"),
        last=np.searchsorted(starts, spans[:, 1], side="left"),
        is_value=np.array([mention.label in VALUE_LABELS for mention in mentions], dtype=bool),
        is_endpoint=np.array([mention.label in ENDPOINT_LABELS for mention in mentions], dtype=bool),
        is_cohort=np.array([mention.label in COHORT_LABELS for mention in mentions], dtype=bool),
        tables=tables(text, blocks) if read is None else read,
    )


def value_kind(view: View, mention: int) -> str:
    """Return the result kind of a value mention; a benchmark's bare VALUE counts as a number."""
    quantity = view.mentions[mention].quantity
    return quantity.kind if quantity is not None and quantity.kind in VALUE_KINDS else "number"


@once
def kinds(view: View) -> Ints:
    """Return the number of each mention's kind among `VALUE_KINDS`."""
    numbers = {kind: k for k, kind in enumerate(VALUE_KINDS)}
    return np.array([numbers[value_kind(view, i)] for i in range(len(view.mentions))], dtype=np.int64)

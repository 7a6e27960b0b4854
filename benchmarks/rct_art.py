"""Train and score the relation stage on RCT-ART: result sentences of trial abstracts, with gold mentions.

`python benchmarks/rct_art.py TRAIN DEV [TEST]` trains on TRAIN and prints the links' scores on the other files;
`--cross-validate` scores TRAIN itself in five folds; `--end-to-end` scores whole triples on the pipeline's mentions.
Candidates, features, model and decoding are the pipeline's; only what the mentions are comes from the benchmark.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spacy
from spacy.language import Language

from topline.errors import InputError
from topline.filings import text_document
from topline.mentions import find, quantities
from topline.relations.chains import transitions
from topline.relations.context import Candidates
from topline.relations.decoding import decode_many
from topline.relations.model import Model
from topline.relations.scoring import evidence, propose, score
from topline.relations.view import View, make_view
from topline.schema import Document, Mention, Source
from topline.segmentation import create_tokenizer, mark
from topline.training.fit import Settings, fit
from topline.training.samples import Labels, Sample

FOLDS = 5
# A tenth of the gold's pairs: twice the steps of half the size cost little here, and pay.
SETTINGS = Settings(rounds=150, learning_rate=0.09)
LABELS = ("arm 1", "arm 2", "endpoint")

Span = tuple[int, int]
Link = tuple[Span, str, Span]
Links = frozenset[Link]
Compared = Iterator[tuple[Links, Links]]  # (predicted, gold) of each sentence


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of the benchmark; a link is (value, `arm 1`, `arm 2` or `endpoint`, other mention)."""

    id: str
    text: str
    mentions: tuple[Mention, ...]
    links: Links


@dataclass(frozen=True, slots=True)
class Tally:
    """Right, predicted and gold links of each label."""

    right: Counter[str]
    predicted: Counter[str]
    gold: Counter[str]

    def f1(self, labels: Iterable[str] = LABELS) -> float:
        """Return the micro F1 over labels."""
        names = tuple(labels)
        right, total = (sum(c[n] for n in names) for c in (self.right, self.predicted + self.gold))
        return 2 * right / total if total else 0.0


def read_sentences(path: Path) -> list[Sentence]:
    """Read a file of the benchmark; raise InputError with the line that is no sentence of it."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a file in the benchmark's format") from error
    sentences = []
    for number, line in enumerate(lines, start=1):
        try:
            sentences.append(parse_sentence(json.loads(line)))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}:{number}: no sentence of the benchmark ({error!r}); see README.md") from error
    return sentences


def parse_sentence(record: dict) -> Sentence:
    """Return one record with its values parsed to quantities."""
    text = record["text"]
    spans = {m["id"]: (m["start"], m["end"]) for m in record["mentions"]}
    numbers = quantities.match(text)
    mentions = sorted({gold_mention(spans[m["id"]], m["label"], numbers) for m in record["mentions"]})
    links = frozenset(
        (spans[k["from"]], f"arm {k['arm']}" if k["label"] == "cohort" else "endpoint", spans[k["to"]])
        for k in record["links"]
    )
    return Sentence(record["id"], text, tuple(mentions), links)


def gold_mention(span: Span, label: str, numbers: Sequence[Mention]) -> Mention:
    """Return a gold mention; a VALUE gets the quantity of the first number inside that measures something."""
    inside = [n.quantity for n in numbers if label == "VALUE" and span[0] <= n.start < span[1] and n.quantity]
    measured = [q for q in inside if q.kind in ("percent", "count", "duration", "ratio", "number")]
    return Mention(*span, label, None, next(iter(measured or inside), None))


def view_of(nlp: Language, sentence: Sentence, own_mentions: bool) -> View:
    """Return the relation stage's view of a sentence, with gold mentions or with those that the pipeline finds."""
    document = text_document(sentence.text, Source(sentence.id, ""))
    doc = mark(nlp.make_doc(sentence.text), [0])
    mentions = found_mentions(document) if own_mentions else sentence.mentions
    return make_view(doc, mentions, document.blocks)


def found_mentions(document: Document) -> tuple[Mention, ...]:
    """Return the pipeline's own mentions of a text that is one sentence."""
    return find(document, [(0, len(document.text))])


def make_sample(view: View, sentence: Sentence, own_mentions: bool) -> Sample:
    """Return a training sample; the pipeline's own mentions are right when they overlap the gold ones."""
    candidates = propose(view)
    agree = overlap if own_mentions else tuple.__eq__
    values = [any(agree(at(view, v), link[0]) for link in sentence.links) for v in candidates.values.tolist()]
    right, taught = {"result": np.array(values, bool)}, {"result": np.ones(len(values), bool)}
    for role, pairs in (("endpoint", candidates.endpoint), ("cohort", candidates.cohort)):
        links = [link for link in sentence.links if link[1].startswith("arm") == (role == "cohort")]
        spans = [(at(view, v), at(view, t)) for v, t in zip(pairs.value.tolist(), pairs.target.tolist(), strict=True)]
        right[role] = np.array([any(agree(v, k[0]) and agree(t, k[2]) for k in links) for v, t in spans], bool)
        taught[role] = np.isin(pairs.value, candidates.values[right["result"]]) | (not own_mentions)
    document = text_document(sentence.text, Source(sentence.id, ""))
    return Sample(sentence.id, document, view, candidates, evidence(view, candidates), Labels(right, taught))


def at(view: View, mention: int) -> Span:
    """Return a mention's offsets."""
    return view.mentions[mention].start, view.mentions[mention].end


def overlap(one: Span, other: Span) -> bool:
    """Tell whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


# The source numbers the arms of a sentence: in 390 sentences the arm named first is 1, and a control is 2 even when it
# is named first or alone. "Standard" and "alone" decide nothing there.
CONTROL = re.compile(
    r"\b(?:placebo|sham|vehicle|usual[\s-]care|controls?(?=\W*(?:$|group|arm|patients|subjects)))\b", re.I
)
GENERIC = frozenset(
    """
    a an the of in with group groups arm arms patients subjects participants eyes
    treated treatment receiving received therapy
    """.split()
)


def number_arms(names: Sequence[str]) -> list[int]:
    """Return 1 or 2 for each linked cohort of a sentence, in order of place: equal words are one arm."""
    keys = [_key(name) for name in names]
    order = list(dict.fromkeys(keys))
    control = {key: bool(CONTROL.search(names[keys.index(key)])) for key in order}
    first = next((key for key in order if not control[key]), None)
    return [1 if key == first else 2 for key in keys]


def _key(name: str) -> frozenset[str]:
    words = frozenset(re.findall(r"[a-z0-9.]+", name.lower()))
    return words - GENERIC or words


def predict_links(model: Model, view: View, candidates: Candidates, threshold: float) -> Links:
    """Return the links that the pipeline decides on; `threshold` is the least probability of a result."""
    decisions = decode_many(view, candidates, score(model, view, candidates), {"result": threshold}, transitions(model))
    cohorts = sorted({d.cohort for d in decisions if d.cohort is not None})
    arms = dict(zip(cohorts, number_arms([view.text[slice(*at(view, c))] for c in cohorts]), strict=True))
    links: set[Link] = {(at(view, d.value), "endpoint", at(view, e)) for d in decisions for e in d.endpoints}
    for decision in decisions:
        if decision.cohort is not None:
            links.add((at(view, decision.value), f"arm {arms[decision.cohort]}", at(view, decision.cohort)))
    return frozenset(links)


def tally_links(pairs: Iterable[tuple[Links, Links]]) -> Tally:
    """Count links over (predicted, gold) of each sentence; a gold link that was never proposed is missed."""
    total = Tally(Counter(), Counter(), Counter())
    for predicted, gold in pairs:
        total.right.update(label for _, label, _ in predicted & gold)
        total.predicted.update(label for _, label, _ in predicted)
        total.gold.update(label for _, label, _ in gold)
    return total


Triple = tuple[Span, Span | None, Span | None, str | None]


def triples(links: Links) -> set[Triple]:
    """Return a sentence's rows: a value with one of its endpoints and its arm, None where it has none."""
    rows: set[Triple] = set()
    for value in {k[0] for k in links}:
        endpoints = [k[2] for k in links if k[0] == value and k[1] == "endpoint"] or [None]
        arms = [(k[2], k[1]) for k in links if k[0] == value and k[1] != "endpoint"] or [(None, None)]
        rows |= {(value, endpoint, arm, number) for endpoint in endpoints for arm, number in arms}
    return rows


def tally_triples(pairs: Iterable[tuple[Links, Links]]) -> Tally:
    """Count whole triples, one to one: with the gold's very spans (`strict`), or with spans that overlap them."""
    total = Tally(Counter(), Counter(), Counter())
    for predicted, gold in pairs:
        found, wanted = triples(predicted), triples(gold)
        total.right["strict"] += len(found & wanted)
        total.right["overlap"] += _matched(sorted(found, key=repr), wanted)
        for name in ("strict", "overlap"):
            total.predicted[name] += len(found)
            total.gold[name] += len(wanted)
    return total


def _matched(found: Sequence[Triple], wanted: set[Triple]) -> int:
    left = sorted(wanted, key=repr)
    before = len(left)
    for row in found:
        partner = next((gold for gold in left if _overlaps(row, gold)), None)
        if partner is not None:
            left.remove(partner)
    return before - len(left)


def _overlaps(one: Triple, other: Triple) -> bool:
    spans = zip(one[:3], other[:3], strict=True)
    return one[3] == other[3] and all(a == b or (a is not None and b is not None and overlap(a, b)) for a, b in spans)


def run(train: Sequence[Sample], held: Sequence[tuple[Sample, Sentence]], threshold: float) -> Compared:
    """Train once and score each held sentence."""
    model = fit(train, SETTINGS).model
    for sample, sentence in held:
        yield predict_links(model, sample.view, sample.candidates, threshold), sentence.links


def cross_validate(samples: Sequence[Sample], sentences: Sequence[Sentence], threshold: float) -> Compared:
    """Score each sentence by a model that has not seen it; folds are drawn over the ids."""
    order = np.random.default_rng(0).permutation(np.argsort([sentence.id for sentence in sentences]))
    for k in range(FOLDS):
        chosen = set(order[k::FOLDS].tolist())
        held = [(samples[i], sentences[i]) for i in sorted(chosen)]
        yield from run([s for i, s in enumerate(samples) if i not in chosen], held, threshold)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one row of scores for each set."""
    parser = argparse.ArgumentParser(description="Score the relation stage on RCT-ART.")
    parser.add_argument("train", type=Path)
    parser.add_argument("held", type=Path, nargs="*", help="DEV and, where it is at hand, TEST")
    parser.add_argument("--cross-validate", action="store_true", help="score TRAIN in five folds")
    parser.add_argument("--end-to-end", action="store_true", help="score whole triples on the pipeline's own mentions")
    options = parser.parse_intermixed_args(arguments)
    nlp = spacy.blank("en")
    nlp.tokenizer = create_tokenizer()(nlp)
    own = options.end_to_end
    sets = {path: read_sentences(path) for path in (options.train, *options.held)}
    samples = {path: [make_sample(view_of(nlp, s, own), s, own) for s in held] for path, held in sets.items()}
    threshold = 0.5 if own else 0.0
    labels = ("strict", "overlap") if own else LABELS
    print(f"{'set':24}{'micro F1' if not own else '':>10}" + "".join(f"{label:>10}" for label in labels) + "   seconds")
    if options.cross_validate:
        pairs = cross_validate(samples[options.train], sets[options.train], threshold)
        print_row("5 folds of " + options.train.stem, pairs, own)
    for path in options.held:
        held = list(zip(samples[path], sets[path], strict=True))
        print_row(path.stem, run(samples[options.train], held, threshold), own)
    return 0


def print_row(name: str, pairs: Compared, own: bool) -> None:
    """Print a set's scores."""
    started = time.perf_counter()
    found = tally_triples(pairs) if own else tally_links(pairs)
    labels = ("strict", "overlap") if own else LABELS
    micro = "" if own else f"{found.f1():.3f}"
    scores = "".join(f"{found.f1([label]):>10.3f}" for label in labels)
    print(f"{name:24}{micro:>10}{scores}{time.perf_counter() - started:>10.0f}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as error:
        sys.exit(str(error))

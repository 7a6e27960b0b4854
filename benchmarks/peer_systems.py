"""Run one text system over texts: what `peers.py` starts in each system's own environment.

Reads JSON from standard input (`texts`, `terms`), writes JSON to standard output: the system's version, the processor
time of reading the texts without loading, and what it found. Needs the system that is asked for, and nothing else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Found = dict[str, Any]  # sentences, terms, negated: counts or None; quantities: places of each text, or None; rows
WARM = "There was no nausea in 41% of 60 patients."


def topline(terms: list[str]) -> Callable[[str], Found]:
    """Everything that the pipeline does, with the shipped model; terms are those of its own table."""
    from topline.extraction import load, read_document
    from topline.filings import text_document

    nlp = load()

    def read(text: str) -> Found:
        doc = read_document(nlp, text_document(text))
        quantities = [(m.start, m.end) for m in doc._.mentions if m.quantity is not None]
        named = sum(m.label == "ENDPOINT" or m.label == "PHRASE" for m in doc._.mentions)
        sentences = sum(1 for _ in doc.sents)
        return found(sentences=sentences, quantities=quantities, terms=named, rows=len(doc._.results))

    return read


def spacy_tokenizer(terms: list[str]) -> Callable[[str], Found]:
    """spaCy's default tokenizer for English: what the ratios are to."""
    import spacy

    tokenizer = spacy.blank("en").tokenizer

    def read(text: str) -> Found:
        tokenizer(text)
        return found()

    return read


def medspacy(terms: list[str]) -> Callable[[str], Found]:
    """The pipeline that `medspacy.load()` gives: tokens, PyRuSH sentences, the given terms, ConText."""
    import medspacy as system
    from loguru import logger
    from medspacy.ner import TargetRule

    logger.disable("PyRuSH")  # else a line a sentence, which would be counted as the system's time
    nlp = system.load()
    nlp.max_length = 10_000_000
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(term, "ENDPOINT") for term in terms])

    def read(text: str) -> Found:
        doc = nlp(text)
        negated = sum(bool(ent._.is_negated) for ent in doc.ents)
        return found(sentences=sum(1 for _ in doc.sents), terms=len(doc.ents), negated=negated)

    return read


def edsnlp(terms: list[str]) -> Callable[[str], Found]:
    """EDS-NLP with its own tokenizer: sentences, all quantities, the given terms, negation. Its rules are French."""
    import edsnlp as system

    nlp = system.blank("eds")
    nlp.max_length = 10_000_000
    for pipe in (system.pipes.normalizer(), system.pipes.sentences(), system.pipes.quantities(quantities="all")):
        nlp.add_pipe(pipe)
    nlp.add_pipe(system.pipes.matcher(terms={"endpoint": terms}, attr="LOWER"))
    nlp.add_pipe(system.pipes.negation())

    def read(text: str) -> Found:
        doc = nlp(text)
        places = [(span.start_char, span.end_char) for span in doc.spans["quantities"]]
        named = [ent for ent in doc.ents if ent.label_ == "endpoint"]
        negated = sum(bool(ent._.negation) for ent in named)
        sentences = sum(1 for _ in doc.sents)
        return found(sentences=sentences, quantities=places, terms=len(named), negated=negated)

    return read


def quantulum3(terms: list[str]) -> Callable[[str], Found]:
    """quantulum3 with its classifier: quantities and their units."""
    from quantulum3 import parser

    def read(text: str) -> Found:
        return found(quantities=[quantity.span for quantity in parser.parse(text)])

    return read


def found(**what: Any) -> Found:
    """Return what a system found; None is what it does not look for."""
    return {"sentences": None, "quantities": None, "terms": None, "negated": None, "rows": None, **what}


def run(name: str, texts: list[str], terms: list[str]) -> dict[str, Any]:
    """Return what a system found in each text, and how long it took; a text that it cannot read is counted."""
    read = SYSTEMS[name](terms)
    read(WARM)
    results, failed = [], 0
    started = time.process_time()
    for text in texts:
        try:
            results.append(read(text))
        except Exception as error:  # of whatever the system raises
            print(f"{name}: {type(error).__name__}: {error}"[:200], file=sys.stderr)
            results.append(found())
            failed += 1
    return {"seconds": time.process_time() - started, "failed": failed, "found": results}


SYSTEMS = {
    "topline": topline,
    "spacy": spacy_tokenizer,
    "medspacy": medspacy,
    "edsnlp": edsnlp,
    "quantulum3": quantulum3,
}


def main() -> None:
    name = sys.argv[1]
    given = json.load(sys.stdin)
    output, sys.stdout = sys.stdout, sys.stderr  # what the systems print is no answer
    answer = {"version": version(name), **run(name, given["texts"], given["terms"])}
    json.dump(answer, output)


if __name__ == "__main__":
    main()

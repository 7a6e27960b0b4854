"""The benchmark's adapter and scorer; its sentences here are invented, and the model is the pipeline's own."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from topline.errors import InputError

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "rct_art.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("rct_art", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["rct_art"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["rct_art"]


def record(number: int, first: str, second: str, one: int, two: int) -> dict:
    """Return an invented sentence of two arms in the benchmark's format."""
    parts = [
        ("", "Response rates", "ENDPOINT"), (" were ", f"{one} %", "VALUE"), (" with ", first, "COHORT"),
        (" and ", f"{two} %", "VALUE"), (" with ", second, "COHORT"),
    ]  # fmt: skip
    text, mentions = "", []
    for before, quote, label in parts:
        start = len(text) + len(before)
        text += before + quote
        mentions.append({"id": f"m{len(mentions)}", "start": start, "end": len(text), "label": label})
    pairs = [("m1", "m0", None), ("m3", "m0", None), ("m1", "m2", 1), ("m3", "m4", 2)]
    links = [{"from": a, "to": b, "label": "cohort" if arm else "endpoint", "arm": arm} for a, b, arm in pairs]
    return {"id": f"s{number}", "text": text + " .", "mentions": mentions, "links": links}


def write(path: Path, count: int) -> Path:
    drugs = ("zaltocept", "the miravo group", "placebo", "brenafil 5 mg")
    rows = [record(k, drugs[k % 2], drugs[2 + k % 2], 20 + k, 60 - k) for k in range(count)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


V, W, E, A, B = (0, 4), (10, 14), (20, 30), (40, 45), (50, 55)
GOLD = frozenset({(V, "endpoint", E), (V, "arm 1", A), (W, "arm 2", B)})


@pytest.mark.parametrize(
    ("predicted", "f1"),
    [
        (GOLD, 1.0),
        (frozenset(), 0.0),
        (GOLD - {(V, "endpoint", E)}, 2 * 2 / 5),  # never proposed: missed
        (GOLD - {(V, "arm 1", A)} | {(V, "arm 2", A)}, 2 * 2 / 6),  # the right arm under the wrong number
        (GOLD | {(W, "endpoint", E)}, 2 * 3 / 7),
    ],
)
def test_links_are_counted_from_the_gold_outward(bench, predicted, f1):
    assert bench.tally_links([(predicted, GOLD)]).f1() == pytest.approx(f1)


def test_links_are_counted_by_label(bench):
    tally = bench.tally_links([(frozenset({(V, "arm 1", A)}), GOLD)])
    assert [tally.f1([label]) for label in bench.LABELS] == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("moved", "strict", "overlap"),
    [(E, 2, 2), ((22, 30), 1, 2), ((30, 33), 1, 1)],  # a span that only touches its end overlaps nothing
)
def test_triples_match_by_span_or_by_overlap(bench, moved, strict, overlap):
    predicted = frozenset({(V, "endpoint", moved), (V, "arm 1", A), (W, "arm 2", B)})
    tally = bench.tally_triples([(predicted, GOLD)])
    assert (tally.right["strict"], tally.right["overlap"]) == (strict, overlap)


@pytest.mark.parametrize(
    ("names", "arms"),
    [
        (("zaltocept", "miravo"), [1, 2]),
        (("placebo", "zaltocept"), [2, 1]),
        (("control group",), [2]),
        (("glucose control strategy", "zaltocept"), [1, 2]),
        (("usual-care group", "zaltocept"), [2, 1]),
        (("standard regimen", "zaltocept"), [1, 2]),
        (("the miravo group", "zaltocept", "miravo"), [1, 2, 1]),
        (("placebo", "control group"), [2, 2]),
        ((), []),
    ],
)
def test_arms_are_numbered_as_the_source_does(bench, names, arms):
    assert bench.number_arms(names) == arms


@pytest.mark.parametrize(
    ("text", "kind"), [("39.3 %", "percent"), ("5.2 months", "duration"), ("12 patients", "count"), ("many", None)]
)
def test_a_gold_value_gets_its_quantity(bench, text, kind):
    mention = {"id": "m", "start": 7, "end": 7 + len(text), "label": "VALUE"}
    sentence = bench.parse_sentence({"id": "s", "text": f"It was {text} .", "mentions": [mention], "links": []})
    quantity = sentence.mentions[0].quantity
    assert (quantity.kind if quantity else None) == kind


def test_a_tiny_benchmark_runs_from_files_to_scores(bench, tmp_path, capsys):
    train, held = write(tmp_path / "train.jsonl", 16), write(tmp_path / "held.jsonl", 4)
    assert bench.main([str(train), str(held)]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["set", "micro", "F1"]
    assert float(row.split()[1]) >= 0.9


@pytest.mark.parametrize("line", ["{", '{"id": "s", "text": "x"}', "[]"])
def test_a_line_that_is_no_sentence_is_named(bench, tmp_path, line):
    path = write(tmp_path / "train.jsonl", 1)
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(InputError, match=r"train\.jsonl:2: "):
        bench.read_sentences(path)

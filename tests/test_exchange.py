"""Gold to and from the formats of annotation tools: what comes back, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from topline.cli_gold import gold_app
from topline.errors import GoldError, InputError
from topline.exchange import export_gold, import_gold, label_studio
from topline.exchange.standoff import ENDS, Span, stated_number
from topline.exchange.tokens import cut, numbered, words
from topline.gold import GoldMention, GoldRecord, GoldResult, GoldSize, load_gold, text_digest
from topline.gold.records import KINDS, LABELS, LINKS

FORMATS = ("prodigy", "label-studio", "doccano", "brat", "docbin")
SAMPLES = ROOT / "annotations" / "samples.jsonl"
TEXT = "Of 48 patients given QX-17, 31.3% responded (p=0.02)."


def record(text: str = TEXT, mentions=(), results=(), sizes=(), name: str = "qx", **more) -> GoldRecord:
    """Return a record of mentions `(id, quote, label)`, the first place of each quote."""
    placed = [
        GoldMention(key, text.index(quote), text.index(quote) + len(quote), label) for key, quote, label in mentions
    ]
    return GoldRecord(name, text_digest(text), tuple(placed), tuple(sizes), tuple(results), text, **more)


BASIC = record(
    mentions=[
        ("m1", "48", "COUNT"),
        ("m2", "patients", "COHORT"),
        ("m3", "31.3%", "VALUE"),
        ("m4", "responded", "ENDPOINT"),
        ("m5", "p=0.02", "P_VALUE"),
        ("m6", "QX-17", "DRUG"),
    ],
    results=[GoldResult("percent", 48, "m3", endpoint="m4", cohort="m2", n_at="m1", p="m5")],
    sizes=[GoldSize("m2", "m1", 48)],
)
BEYOND = "𝛼-QX 🧪: 40% of 🧬🧬 patients (n=5) fared 👩‍⚕️ well"
BROKEN = "The rate of complete\nresponse was\n\n20 %\nin 10 or\n 20 patients.\n"
RECORDS = {
    "basic": BASIC,
    "beyond the BMP": record(
        BEYOND,
        [
            ("m1", "40%", "VALUE"),
            ("m2", "🧬🧬 patients", "COHORT"),
            ("m3", "n=5", "COUNT"),
            ("m4", "👩‍⚕️ well", "ENDPOINT"),
        ],
        [GoldResult("percent", 5, "m1", endpoint="m4", cohort="m2", n_at="m3")],
    ),
    "over line breaks": record(
        BROKEN,
        [("m1", "complete\nresponse", "ENDPOINT"), ("m2", "20 %", "VALUE"), ("m3", "was\n\n20 %\nin", "TIME_FRAME")],
        [GoldResult("percent", None, "m2", endpoint="m1", time="m3")],
    ),
    "overlapping, nested and crossing": record(
        TEXT,
        [
            ("m1", "48 patients", "COHORT"),
            ("m2", "48", "COUNT"),
            ("m3", "patients given", "COHORT"),
            ("m4", "31.3%", "VALUE"),
        ],
        [GoldResult("percent", 48, "m4", cohort="m1", comparator="m3", n_at="m2")],
        [GoldSize("m1", "m2", 48), GoldSize("m3", "m2", 48)],
    ),
    "several labels, and one twice": record(
        TEXT,
        [
            ("m1", "31.3%", "VALUE"),
            ("m2", "31.3%", "PERCENT"),
            ("m3", "31.3%", "PERCENT"),
            ("m9", "48", "COUNT"),
            ("m7", "48", "VALUE"),
        ],
        [GoldResult("count", None, "m7"), GoldResult("percent", None, "m1", numerator="m9")],
    ),
    "within words": record(TEXT, [("m1", "QX", "DRUG"), ("m2", "atien", "COHORT"), ("m3", " given ", "ENDPOINT")]),
    "a number that is read in two ways": record(
        "7 out of 10 patients",
        [("m1", "7 out of 10", "COUNT"), ("m2", "patients", "COHORT"), ("m3", "7", "VALUE")],
        [GoldResult("count", 7, "m3", cohort="m2", n_at="m1")],
        [GoldSize("m2", "m1", 7)],
    ),
    "nothing marked": record("Nothing.\n"),
    "ids of others": record(
        name="a/../.b c%2F",
        file="samples/x.htm",
        document=2,
        mentions=[("value one", "48", "VALUE"), ("m01", "48", "COUNT")],
    ),
    "a written quote": replace(BASIC, mentions=tuple(replace(m, quote=TEXT[m.start : m.end]) for m in BASIC.mentions)),
    "no text": record(""),
}


def there_and_back(records, tool, folder: Path):
    path = folder / "exchanged"
    export_gold(records, tool, path)
    return import_gold(path, tool)


def plain(records):
    return [held.to_dict() for held in records]


@pytest.mark.parametrize("tool", FORMATS)
@pytest.mark.parametrize("name", RECORDS)
def test_a_record_comes_back(tool, name, tmp_path: Path):
    back = there_and_back([RECORDS[name]], tool, tmp_path)
    assert (back.problems, back.left_out) == ([], [])
    assert plain(back.records) == plain([RECORDS[name]])


@pytest.mark.parametrize("tool", FORMATS)
def test_the_samples_come_back(tool, tmp_path: Path):
    records = load_gold(SAMPLES)
    back = there_and_back(records, tool, tmp_path)
    assert back.problems == []
    assert sorted(plain(back.records), key=lambda held: held["id"]) == plain(records)


def test_the_filings_come_back(shared: Path, tmp_path: Path):
    records = load_gold(ROOT / "annotations" / "filings.jsonl", shared / "gold" / "texts")
    for tool in FORMATS:
        (tmp_path / tool).mkdir()
        back = there_and_back(records, tool, tmp_path / tool)
        assert back.problems == []
        assert sorted(plain(back.records), key=lambda held: held["id"]) == sorted(plain(records), key=lambda h: h["id"])


LETTERS = st.text(
    st.one_of(st.sampled_from(" \n\t5%aé🧪-\u2028\u200d\x85"), st.characters(exclude_categories=("Cs",))), max_size=40
)


@st.composite
def gold_records(draw) -> GoldRecord:
    """Draw a record that holds: any text, mentions over it, results and sizes whose numbers the text says."""
    text = draw(LETTERS)
    mentions: list[GoldMention] = []
    edges = st.integers(0, len(text))
    for number in range(draw(st.integers(0, 8)) if text.strip("\n") else 0):
        start, end = sorted((draw(edges), draw(edges)))
        if text[start:end].strip("\n") == text[start:end] != "":
            mentions.append(GoldMention(f"m{number + 1}", start, end, draw(st.sampled_from(sorted(LABELS)))))
    by_label = {label: [held.id for held in mentions if held.label == label] for label in LABELS}
    numbers = {held.id: stated_number(text[held.start : held.end]) for held in mentions}
    counts = [key for key in by_label["COUNT"] if numbers[key] is not None]
    results, taken = [], set()
    for mention in draw(st.permutations([held for held in mentions if held.label == "VALUE"])):
        if (mention.start, mention.end) in taken:
            continue
        taken.add((mention.start, mention.end))
        links = {key: draw(st.sampled_from([None, *by_label[label]])) for key, label in LINKS.items() if key != "value"}
        links["n_at"] = draw(st.sampled_from([None, *counts]))
        results.append(
            GoldResult(draw(st.sampled_from(sorted(KINDS))), numbers.get(links["n_at"]), mention.id, **links)
        )
    pairs = [(cohort, count) for cohort in by_label["COHORT"] for count in counts]
    sizes = [GoldSize(cohort, count, numbers[count]) for cohort, count in draw(st.permutations(pairs))]
    return GoldRecord("drawn", text_digest(text), tuple(mentions), tuple(sizes), tuple(results), text)


@pytest.mark.parametrize("tool", FORMATS)
def test_any_record_comes_back(tool, tmp_path_factory):
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(gold_records())
    def check(held: GoldRecord) -> None:
        back = there_and_back([held], tool, tmp_path_factory.mktemp("drawn"))
        assert back.problems == []
        assert plain(back.records) == plain([held])

    check()


@given(LETTERS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
@settings(deadline=None, database=None)
def test_tokens_give_the_text_back_and_hold_every_span(text, ends):
    spans = [Span("x", *sorted(pair), "VALUE") for pair in ends if pair[0] != pair[1] and max(pair) <= len(text)]
    tokens = cut(text, words(text), spans)
    assert "".join(text[token.start : token.end] + " " * token.space for token in tokens) == text
    for span, (first, last) in zip(spans, numbered(tokens, spans), strict=True):
        assert (tokens[first].start, tokens[last].end) == (span.start, span.end)


@pytest.mark.parametrize(
    ("quote", "n"),
    [
        ("48", 48),
        ("n=1,204", 1204),
        ("Sixty", 60),
        ("none", 0),
        ("7 out of 10", None),
        ("4.5", None),
        ("two-thirds", None),
        ("10-20", None),
        ("x", None),
    ],
)
def test_a_number_that_is_stated_once(quote, n):
    assert stated_number(quote) == n


# What each tool writes itself: no `topline`, its own ids.

PRODIGY = {
    "text": TEXT,
    "tokens": [
        {"text": TEXT[s:e], "start": s, "end": e, "id": k}
        for k, (s, e) in enumerate([(0, 2), (3, 5), (6, 14), (28, 33), (34, 43)])
    ],
    "spans": [
        {"token_start": 1, "token_end": 1, "start": 3, "end": 5, "label": "COUNT"},
        {"token_start": 2, "token_end": 2, "label": "COHORT"},
        {"start": 28, "end": 33, "label": "VALUE:percent"},
        {"start": 34, "end": 43, "token_start": 4, "token_end": 4, "label": "ENDPOINT"},
    ],
    "relations": [
        {"head": 3, "child": 4, "label": "endpoint"},
        {"head": 3, "child": 2, "label": "cohort", "child_span": {"start": 6, "end": 14, "label": "COHORT"}},
        {"head": 3, "child": 1, "label": "n_at"},
        {"head": 2, "child": 1, "label": "size"},
    ],
    "answer": "accept",
}
DOCCANO = {
    "id": 7,
    "text": TEXT,
    "entities": [
        {"id": 31, "start_offset": 3, "end_offset": 5, "label": "COUNT"},
        {"id": 32, "start_offset": 6, "end_offset": 14, "label": "COHORT"},
        {"id": 33, "start_offset": 28, "end_offset": 33, "label": "VALUE:percent"},
        {"id": 34, "start_offset": 34, "end_offset": 43, "label": "ENDPOINT"},
    ],
    "relations": [
        {"id": 1, "from_id": 33, "to_id": 34, "type": "endpoint"},
        {"id": 2, "from_id": 33, "to_id": 32, "type": "cohort"},
        {"id": 3, "from_id": 33, "to_id": 31, "type": "n_at"},
        {"id": 4, "from_id": 32, "to_id": 31, "type": "size"},
    ],
    "Comments": [],
}


def region(key, start, end, kind="labels", **value):
    return {
        "id": key,
        "type": kind,
        "to_name": "text",
        "value": {"start": start, "end": end, "text": TEXT[start:end], **value},
    }


def arrow(source, target, label, direction="right"):
    return {"type": "relation", "from_id": source, "to_id": target, "direction": direction, "labels": [label]}


STUDIO = [
    {
        "id": 12,
        "data": {"text": TEXT},
        "annotations": [
            {"id": 3, "was_cancelled": True, "result": []},
            {
                "id": 4,
                "was_cancelled": False,
                "result": [
                    region("m1", 3, 5, labels=["COUNT"]),
                    region("m2", 6, 14, labels=["COHORT"]),
                    region("m3", 28, 33, labels=["VALUE"]),
                    region("m3", 28, 33, "choices", choices=["percent"]),
                    region("m4", 34, 43, labels=["ENDPOINT"]),
                    arrow("m4", "m3", "endpoint", "left"),
                    arrow("m3", "m2", "cohort"),
                    arrow("m3", "m1", "n_at"),
                    arrow("m2", "m1", "size"),
                ],
            },
        ],
    }
]
BRAT = (
    "T1\tCOUNT 3 5\t48\nT2\tCOHORT 6 14\tpatients\nT3\tVALUE 28 33\t31.3%\nT4\tENDPOINT 34 43\tresponded\n"
    "A1\tKind T3 percent\nR1\tendpoint Arg1:T3 Arg2:T4\t\nR2\tcohort Arg1:T3 Arg2:T2\t\nR3\tn_at Arg1:T3 Arg2:T1\t\n"
    "R4\tsize Arg1:T2 Arg2:T1\t\n#1\tAnnotatorNotes T2\tperhaps all of them\n"
)
TOOLS_OWN = {"prodigy": PRODIGY, "doccano": DOCCANO, "label-studio": STUDIO, "brat": BRAT}


def written(tool, content, folder: Path) -> Path:
    """Write a tool's file, or for brat its folder; what is no string is JSON."""
    text = content if isinstance(content, (str, bytes)) else json.dumps(content)
    if tool != "brat":
        path = folder / "mine.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path
    (folder / "mine.txt").write_text(TEXT)
    (folder / "mine.ann").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.mark.parametrize("tool", TOOLS_OWN)
def test_what_a_tool_wrote_itself_becomes_gold(tool, tmp_path: Path):
    imported = import_gold(written(tool, TOOLS_OWN[tool], tmp_path), tool)
    assert (imported.problems, imported.left_out) == ([], [])
    (held,) = imported.records
    assert held.id.startswith("mine")
    expected = replace(BASIC, id=held.id, mentions=BASIC.mentions[:4], results=(replace(BASIC.results[0], p=None),))
    assert held.to_dict() == expected.to_dict()


def test_doccano_may_number_the_mentions_anew(tmp_path: Path):
    export_gold([RECORDS["several labels, and one twice"]], "doccano", tmp_path / "sent")
    line = json.loads((tmp_path / "sent").read_text())
    for item in line["entities"]:
        item["id"] = 900 - item["id"]
    for item in line["relations"]:
        item.update(from_id=900 - item["from_id"], to_id=900 - item["to_id"])
    line["meta"] = {"topline": line.pop("topline")}
    imported = import_gold(written("doccano", line, tmp_path), "doccano")
    assert plain(imported.records) == plain([RECORDS["several labels, and one twice"]])


def test_a_region_of_several_labels_is_several_mentions(tmp_path: Path):
    parts = [
        region("a", 28, 33, labels=["PERCENT", "VALUE"]),
        region("a", 28, 33, "choices", choices=["percent"]),
        region("b", 34, 43, labels=["ENDPOINT"]),
        arrow("a", "b", "endpoint"),
    ]
    tasks = [{"data": {"text": TEXT}, "annotations": [{"result": parts}]}]
    (held,) = import_gold(written("label-studio", tasks, tmp_path), "label-studio").records
    assert [(m.id, m.label) for m in held.mentions] == [("a", "PERCENT"), ("m1", "VALUE"), ("b", "ENDPOINT")]
    assert held.results == (GoldResult("percent", None, "m1", endpoint="b"),)


@pytest.mark.parametrize(
    ("tool", "content", "sentence"),
    [
        ("prodigy", {**PRODIGY, "answer": "reject"}, "mine.json:1: left out, its answer is 'reject'"),
        (
            "label-studio",
            [{"data": {"text": TEXT}, "annotations": []}],
            "mine.json: task 1 (mine-1): left out, it is not annotated",
        ),
        (
            "label-studio",
            [{"data": {"text": TEXT}, "annotations": [{"was_cancelled": True}]}],
            "task 1 (mine-1): left out",
        ),
    ],
)
def test_what_is_not_annotated_is_left_out_and_said(tool, content, sentence, tmp_path: Path):
    imported = import_gold(written(tool, content, tmp_path), tool)
    assert (imported.records, imported.problems) == ([], [])
    assert sentence in imported.left_out[0]


def changed(task, *path, to):
    """Return a copy of a tool's file with one thing changed."""
    copy = json.loads(json.dumps(task))
    *way, last = path
    held = copy
    for step in way:
        held = held[step]
    held[last] = to
    return copy


def result_of(part, **changes):
    """Return Label Studio's own file with one part of its result changed."""
    return changed(
        STUDIO, 0, "annotations", 1, "result", part, to={**STUDIO[0]["annotations"][1]["result"][part], **changes}
    )


MALFORMED = [
    ("prodigy", "{", "mine.json:1: the line is not JSON"),
    ("prodigy", "[1]", "mine.json:1: the line is not a JSON object"),
    ("prodigy", "7" * 5000, "mine.json:1: the line is not JSON"),
    ("prodigy", b"\xff\xfe", "is not UTF-8 at byte 0"),
    ("prodigy", "", "holds no documents"),
    ("prodigy", {"spans": []}, "mine.json:1: `text` is missing"),
    ("prodigy", {**PRODIGY, "spans": {}}, "`spans` is {}, not a list"),
    ("prodigy", {**PRODIGY, "spans": [3]}, "mine.json:1: spans[0] is 3, not an object"),
    ("prodigy", {**PRODIGY, "spans": [{"start": 0, "end": 2}]}, "spans[0]: `label` is missing"),
    (
        "prodigy",
        {**PRODIGY, "spans": [{"start": True, "end": 2, "label": "DRUG"}]},
        "`start` is True, not a whole number",
    ),
    (
        "prodigy",
        changed(PRODIGY, "spans", 0, "token_end", to=2),
        "`token_end` is the span's last token, not the one behind it",
    ),
    ("prodigy", changed(PRODIGY, "spans", 1, "token_end", to=9), "spans[1]: token 9 is not one of the task's 5 tokens"),
    (
        "prodigy",
        changed(PRODIGY, "spans", 0, "label", to="NUMBER"),
        "(mine-1): the mention [3, 5) has the label 'NUMBER'",
    ),
    (
        "prodigy",
        changed(PRODIGY, "spans", 2, "label", to="VALUE"),
        "the value '31.3%' is that of a result, but has no kind",
    ),
    (
        "prodigy",
        changed(PRODIGY, "spans", 2, "label", to="VALUE:share"),
        "has the kind 'share', not one of count, duration",
    ),
    (
        "prodigy",
        changed(PRODIGY, "spans", 0, "label", to="COUNT:count"),
        "is a COUNT with a kind; only a VALUE has one",
    ),
    (
        "prodigy",
        {**changed(PRODIGY, "spans", 2, "end", to=999), "relations": []},
        "the mention [28, 999) is not inside the text of 53 characters",
    ),
    (
        "prodigy",
        changed(PRODIGY, "relations", 0, "child", to=0),
        "relations[0]: no span of the task is its `child`, token 0",
    ),
    (
        "prodigy",
        changed(PRODIGY, "relations", 0, "child", to=2),
        "relation endpoint from VALUE to ENDPOINT has the COHORT",
    ),
    (
        "prodigy",
        changed(PRODIGY, "relations", 0, "label", to="about"),
        "a relation has the label 'about', not one of ci,",
    ),
    (
        "prodigy",
        {**PRODIGY, "relations": [*PRODIGY["relations"], PRODIGY["relations"][0]]},
        "has two relations endpoint; keep one",
    ),
    ("prodigy", {**PRODIGY, "topline": {"sha256": "0" * 64}}, "the text is not the one that was exported"),
    ("prodigy", {**PRODIGY, "topline": {"document": "2"}}, "`topline`: `document` is '2', not a whole number"),
    ("prodigy", {**PRODIGY, "topline": {"numbers": [["m1", "m2"]]}}, "`topline`: `numbers` holds ['m1', 'm2']"),
    ("prodigy", {**PRODIGY, "topline": 4}, "`topline` is 4, not an object"),
    (
        "prodigy",
        {**PRODIGY, "spans": [*PRODIGY["spans"], {"start": 27, "end": 33, "label": "VALUE"}]},
        "relations[0]: 2 spans could be its `head`, token 3",
    ),
    (
        "doccano",
        {"text": TEXT, "label": [[0, 2, "DRUG"]]},
        "mine.json:1: the line has no `entities`; turn on relation labelling",
    ),
    (
        "doccano",
        changed(DOCCANO, "entities", 0, "start_offset", to="3"),
        "entities[0]: `start_offset` is '3', not a whole",
    ),
    ("doccano", changed(DOCCANO, "relations", 0, "to_id", to=99), "points at 99, which is no mention of the document"),
    ("doccano", changed(DOCCANO, "entities", 0, "end_offset", to=3), "the mention [3, 3) is not inside the text"),
    (
        "doccano",
        {
            **changed(DOCCANO, "entities", 0, to={"id": 31, "start_offset": 0, "end_offset": 2, "label": "COUNT"}),
            "relations": DOCCANO["relations"][2:3],
        },
        "the relation n_at to 'Of': which number is meant is not written",
    ),
    ("label-studio", "{", "mine.json: not JSON"),
    ("label-studio", {"tasks": []}, "mine.json: dict where Label Studio's JSON export has a list of tasks"),
    ("label-studio", "[]", "mine.json: holds no tasks"),
    ("label-studio", "[" * 100_000, "nested too deeply"),
    ("label-studio", [{"text": TEXT, "label": []}], "mine.json: task 1: has no `annotations`; take the JSON export"),
    (
        "label-studio",
        changed(STUDIO, 0, "annotations", 0, "was_cancelled", to=False),
        "task 1 (mine-1): has 2 annotations; mark one as ground",
    ),
    (
        "label-studio",
        result_of(0, value={"start": 3, "end": 5, "text": "84", "labels": ["COUNT"]}),
        "region m1 [3, 5) quotes '84'",
    ),
    ("label-studio", result_of(0, value={"start": 3, "end": 5, "labels": []}), "region m1 has no label"),
    ("label-studio", result_of(3, value={"choices": []}), "result[3]: the kind is []; choose one"),
    ("label-studio", result_of(3, type="number", value={"number": 4.5}), "result[3]: n is 4.5, not a whole number"),
    ("label-studio", result_of(3, type="number", value={"number": 48}), "is that of a result, but has no kind"),
    ("label-studio", result_of(6, labels=[]), "the relation from m3 to m2 has 0 labels; give it one"),
    (
        "label-studio",
        result_of(7, direction="left"),
        "relation n_at from VALUE to COUNT has the COUNT '48' where a VALUE",
    ),
    ("brat", BRAT + "nonsense\n", "mine.ann:11: 'nonsense' is no line of brat's"),
    ("brat", BRAT.replace("T2\tCOHORT 6 14", "T2\tCOHORT 6-14"), "mine.ann:2: expected `LABEL START END`"),
    (
        "brat",
        BRAT.replace("\tpatients", "\tpatience"),
        "mine.ann:2: T2 quotes 'patience', but the text has 'patients' there",
    ),
    ("brat", BRAT.replace("T2\t", "T1\t"), "mine.ann:2: T1 is there twice"),
    ("brat", BRAT.replace("6 14\t", "6 140\t"), "mine.ann:2: T2 [6, 140) is not inside the text of 53 characters"),
    (
        "brat",
        BRAT.replace("6 14\tpatients", "0 2;6 14\tOf patients"),
        "mine.ann:2: T2 leaves out ' 48 '; mark one stretch",
    ),
    ("brat", BRAT + "E1\tGain:T1\n", "mine.ann:11: E1 is an event; gold holds mentions and relations"),
    ("brat", BRAT + "*\tEquiv T1 T2\n", "mine.ann:11: * is an equivalence"),
    ("brat", BRAT.replace("Kind T3", "Certain T3"), "mine.ann:5: A1 is 'Certain T3 percent'; the only attribute"),
    ("brat", BRAT.replace("Kind T3", "Kind T9"), "mine.ann: an attribute or note is about T9"),
    ("brat", BRAT.replace("Arg2:T4", "T4"), "mine.ann:6: R1 is no relation between two mentions"),
    (
        "brat",
        BRAT.replace("Arg1:T3 Arg2:T4", "Arg1:T4 Arg2:T3"),
        "mine.ann (mine): the relation endpoint from VALUE to ENDPOINT has",
    ),
    ("brat", BRAT + "#2\tAnnotatorNotes R3\tn=49\n", "mine.ann (mine): the result of m3: n is 49, but m1 says '48'"),
    ("brat", b"T1\tCOUNT 3 5\t\xff", "mine.ann: is not UTF-8"),
    ("docbin", b"", "mine.json: is cut"),
    ("docbin", b"PK\x03\x04" * 9, "mine.json: is no DocBin of spaCy"),
    ("docbin", "[]", "mine.json: is no DocBin of spaCy"),
]


@pytest.mark.parametrize(("tool", "content", "sentence"), MALFORMED)
def test_malformed_input_gets_one_sentence_and_writes_nothing(tool, content, sentence, tmp_path: Path):
    path, output = written(tool, content, tmp_path), tmp_path / "gold.jsonl"
    run = CliRunner().invoke(gold_app, ["import", str(path), "-f", tool, "-o", str(output)])
    if isinstance(run.exception, SystemExit):
        (said,) = run.stderr.splitlines()
    else:
        assert isinstance(run.exception, (GoldError, InputError)), run.exception
        said = str(run.exception)
    assert sentence in said
    assert "mine" in said
    assert "\n" not in said
    assert (run.exit_code, output.exists()) == (1, False)


JUNK = (None, True, -1, 7, 10**20, 0.5, "", "x", "VALUE:", "\ud83e", [], [[]], {}, {"id": []}, "DELETED")


def nodes(data, path=()):
    """Yield the path of every node of a JSON value."""
    yield path
    if isinstance(data, (dict, list)):
        for key, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from nodes(item, (*path, key))


@pytest.mark.parametrize("tool", ["prodigy", "doccano", "label-studio"])
def test_whatever_stands_in_a_file_is_read_or_refused(tool, tmp_path: Path):
    export_gold([RECORDS["a number that is read in two ways"]], tool, tmp_path / "sent")
    sent = json.loads((tmp_path / "sent").read_text())
    tried = 0
    for whole in (sent, TOOLS_OWN[tool]):
        for number, path in enumerate(nodes(whole)):
            for junk in JUNK[number % 3 :: 3] if path else ():
                path_to = written(tool, changed(whole, *path, to=junk), tmp_path)
                try:
                    imported = import_gold(path_to, tool)
                    assert imported.records or imported.problems or imported.left_out
                except (GoldError, InputError):
                    pass
                tried += 1
    assert tried > 200


def test_whatever_stands_in_a_line_of_brat_is_read_or_refused(tmp_path: Path):
    for line in BRAT.splitlines():
        words_of = line.replace("\t", " \t ").split(" ")
        for number in range(len(words_of)):
            for junk in ("", "x", "T1", "T99", "R1", "\t", "-1", "9" * 30, "3 5;", ";", "n=", "Arg1:", "\x85", "#"):
                other = " ".join([*words_of[:number], junk, *words_of[number + 1 :]]).replace(" \t ", "\t")
                try:
                    imported = import_gold(written("brat", BRAT.replace(line, other), tmp_path), "brat")
                    assert imported.records or imported.problems
                except (GoldError, InputError):
                    pass


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("mine.txt", "mine.txt: is missing; brat needs ID.txt and ID.ann"),
        ("mine.ann", "mine.ann: is missing; brat needs ID.txt and ID.ann"),
    ],
)
def test_brat_needs_both_files_of_a_document(name, sentence, tmp_path: Path):
    folder = written("brat", BRAT, tmp_path)
    (folder / name).unlink()
    (problem,) = import_gold(folder, "brat").problems
    assert sentence in problem


def test_one_bad_document_does_not_hide_the_faults_of_another(tmp_path: Path):
    lines = [changed(PRODIGY, "spans", 0, "label", to="A"), PRODIGY, changed(PRODIGY, "spans", 1, "label", to="B")]
    path = written("prodigy", "\n".join(json.dumps(line) for line in lines), tmp_path)
    imported = import_gold(path, "prodigy")
    assert [problem.partition(" ")[0].rstrip(":") for problem in imported.problems] == ["mine.json:1", "mine.json:3"]
    assert len(imported.records) == 1


def test_two_annotations_of_one_document_are_refused(tmp_path: Path):
    export_gold([BASIC, BASIC], "prodigy", tmp_path / "twice")
    assert import_gold(tmp_path / "twice", "prodigy").problems == ["twice:2 (qx): the id is also that of twice:1"]


@pytest.mark.parametrize("tool", FORMATS)
def test_gold_without_its_text_is_not_exported(tool, tmp_path: Path):
    with pytest.raises(GoldError, match="the record has no text; give the folder of texts with --texts"):
        export_gold([replace(BASIC, text=None)], tool, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tool", ["brat", "docbin"])
def test_a_lone_surrogate_is_named_where_it_cannot_be_held(tool, tmp_path: Path):
    with pytest.raises(GoldError, match="qx: the text has a lone surrogate at 2"):
        export_gold([record("a \ud83e b")], tool, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_lone_surrogate_comes_back_where_it_can_be_held(tmp_path: Path):
    for tool in ("prodigy", "doccano", "label-studio"):
        held = record("a \ud83e b", [("m1", "\ud83e b", "DRUG")])
        assert plain(there_and_back([held], tool, tmp_path).records) == plain([held])


# What each file must look like to its tool.


def test_prodigy_counts_its_last_tokens(tmp_path: Path):
    export_gold([RECORDS["overlapping, nested and crossing"]], "prodigy", tmp_path / "tasks.jsonl")
    task = json.loads((tmp_path / "tasks.jsonl").read_text())
    tokens = task["tokens"]
    assert "".join(token["text"] + " " * token["ws"] for token in tokens) == task["text"]
    for span in task["spans"]:
        first, last = tokens[span["token_start"]], tokens[span["token_end"]]
        assert (first["start"], last["end"]) == (span["start"], span["end"])
    assert {len(task["text"][span["start"] : span["end"]].split()) for span in task["spans"]} == {1, 2}
    for relation in task["relations"]:
        assert relation["head"] == relation["head_span"]["token_end"]
        assert relation["child"] == relation["child_span"]["token_end"]


def test_brat_gets_the_reading_text_and_fragments(tmp_path: Path):
    export_gold([RECORDS["over line breaks"]], "brat", tmp_path / "out")
    assert (tmp_path / "out" / "qx.txt").read_text() == BROKEN
    lines = (tmp_path / "out" / "qx.ann").read_text().splitlines()
    assert lines[:3] == [
        "T1\tENDPOINT 12 20;21 29\tcomplete response",
        "T2\tVALUE 35 39\t20 %",
        "T3\tTIME_FRAME 30 33;35 39;40 42\twas 20 % in",
    ]
    for line in lines[:3]:
        _, places, quote = line.split("\t")
        held = [tuple(map(int, place.split())) for place in places.split(" ", 1)[1].split(";")]
        assert " ".join(BROKEN[start:end] for start, end in held) == quote


def test_brat_files_stay_in_their_folder(tmp_path: Path):
    export_gold([RECORDS["ids of others"], record(name=".hidden")], "brat", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"a%2F..%2F.b c%252F.ann", "%2Ehidden.txt", "annotation.conf", "topline.json"} <= names


def test_brat_takes_no_folder_that_holds_something(tmp_path: Path):
    (tmp_path / "mine.ann").write_text("T1\tDRUG 0 1\tx\n")
    with pytest.raises(InputError, match="holds something already; name a new folder"):
        export_gold([BASIC], "brat", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.ann"]


@pytest.mark.parametrize(
    ("quote", "kept"),
    [("\n20 %\n", "20 %"), ("20 %", "20 %"), ("\n\n", None)],
)
def test_brat_says_what_becomes_of_line_breaks_at_the_edge(quote, kept, tmp_path: Path):
    held = record(BROKEN, [("m1", quote, "PERCENT")])
    if kept is None:
        with pytest.raises(GoldError, match=r"mention m1 \[33, 35\) is nothing but line breaks"):
            export_gold([held], "brat", tmp_path / "out")
        return
    said = " ".join(export_gold([held], "brat", tmp_path / "out"))
    assert ("1 here lose them" in said) == (quote != kept)
    (mention,) = import_gold(tmp_path / "out", "brat").records[0].mentions
    assert BROKEN[mention.start : mention.end] == kept


def test_the_labeling_config_knows_every_label_kind_and_relation():
    view = ElementTree.fromstring(label_studio.labeling_config())
    values = {name: {item.get("value") for item in view.iter(name)} for name in ("Label", "Choice", "Relation")}
    assert values == {"Label": set(LABELS), "Choice": set(KINDS), "Relation": set(ENDS)}


def test_docbin_is_read_by_spacy_alone(tmp_path: Path):
    import spacy
    from spacy.tokens import DocBin

    export_gold([BASIC], "docbin", tmp_path / "gold.spacy")
    (doc,) = DocBin().from_disk(tmp_path / "gold.spacy").get_docs(spacy.blank("en").vocab)
    assert doc.text == TEXT
    assert [(span.id_, span.label_, span.text) for span in doc.spans["mentions"]][2] == ("m3", "VALUE", "31.3%")
    assert ("m3", "m4", "endpoint") in [tuple(row) for row in doc.user_data["topline"]["relations"]]


def test_the_other_formats_load_no_spacy(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from topline.exchange import export_gold, import_gold\n"
        "from topline.gold import load_gold\n"
        f"records = load_gold({str(SAMPLES)!r})[:1]\n"
        "for tool in ('prodigy', 'label-studio', 'doccano', 'brat'):\n"
        f"    path = Path({str(tmp_path)!r}) / tool; export_gold(records, tool, path); import_gold(path, tool)\n"
        "print('spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "False\n"


def test_the_commands(tmp_path: Path):
    def run(*words):
        return CliRunner().invoke(gold_app, [str(word) for word in words])

    tasks, config, back = (tmp_path / name for name in ("tasks.json", "config.xml", "back.jsonl"))
    sent = run("export", SAMPLES, "-f", "label-studio", "-o", tasks, "--config", config)
    assert (sent.exit_code, sent.stdout) == (0, "")
    held = load_gold(SAMPLES)
    count = {name: sum(len(getattr(record, name)) for record in held) for name in ("mentions", "results", "sizes")}
    said = ", ".join([f"{len(held)} documents", *(f"{many} {name}" for name, many in count.items())])
    assert sent.stderr.startswith(f"{said} -> ")
    assert "label-studio does not hold relations in any export but JSON" in sent.stderr
    assert config.read_text() == label_studio.labeling_config()
    assert run("import", tasks, "-f", "label-studio", "-o", back).exit_code == 0
    assert plain(load_gold(back)) == plain(load_gold(SAMPLES))
    assert run("import", tasks, "-f", "label-studio", "-o", back, "--no-text").exit_code == 0
    assert load_gold(back)[0].text is None
    refused = run("export", SAMPLES, "-f", "brat", "-o", tmp_path / "brat", "--config", config)
    assert "--config: brat needs no such file" in str(refused.exception)
    assert not (tmp_path / "brat").exists()

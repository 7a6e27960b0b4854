"""Reading, checking, joining, fetching, compiling and splitting the gold."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from conftest import ROOT
from typer.testing import CliRunner

from topline.cli_gold import gold_app
from topline.errors import GoldError, InputError
from topline.gold import find_problems, load_gold, readings, says, text_digest, value_place
from topline.gold.compiler import compile_folder, compile_note
from topline.gold.fetch import fetch_texts, load_sources
from topline.gold.files import write_whole
from topline.gold.split import choose_part, count_gold, load_split
from topline.training.config import read_plan
from topline.training.documents import compile_filings

TEXT = "Of 48 patients given QX-17, 31.3% responded (p=0.02)."


def good_record(**changes) -> dict:
    spans = {"m1": (3, 5, "COUNT"), "m2": (6, 14, "COHORT"), "m3": (28, 33, "VALUE"), "m4": (34, 43, "ENDPOINT")}
    mentions = [{"id": key, "start": s, "end": e, "label": label} for key, (s, e, label) in spans.items()]
    result = {"kind": "percent", "n": 48, "value": "m3", "endpoint": "m4", "cohort": "m2", "n_at": "m1"}
    record = {"id": "qx", "sha256": text_digest(TEXT), "text": TEXT, "mentions": mentions, "sizes": []}
    return {**record, "results": [result], **changes}


def result(**changes) -> dict:
    return {**good_record()["results"][0], **changes}


def mention(start, end, label="VALUE", name="m9", **more) -> dict:
    return {"id": name, "start": start, "end": end, "label": label, **more}


def write(path: Path, *records) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("39.3%", [(39.3, 39.3)]),
        ("-12.3 mmHg", [(-12.3, -12.3)]),
        ("−1.21%", [(-1.21, -1.21)]),
        ("1,204", [(1204, 1204)]),
        ("p<0.0001", [(0.0001, 0.0001)]),
        ("p=.005", [(0.005, 0.005)]),
        ("n=54", [(54, 54)]),
        ("25-35%", [(25, 35)]),
        ("12%–21%", [(12, 21)]),
        ("34% to 48%", [(34, 48)]),
        ("between 10 and 20 weeks", [(10, 20)]),
        ("4.4 months (19 weeks)", [(4.4, 4.4)]),
        ("44mL/min/1.73", [(44, 44)]),
        ("Seventy-one percent", [(71, 71)]),
        ("one hundred and twelve", [(112, 112)]),
        ("two thousand", [(2000, 2000)]),
        ("four and a half years", [(4.5, 4.5)]),
        ("more than twice", [(2, 2)]),
        ("tripled", [(3, 3)]),
        ("fourfold", [(4, 4)]),
        ("twofold to threefold", [(2, 2)]),
        ("trouble", []),
        ("No", [(0, 0)]),
        ("not reached", []),
        ("nothing", []),
        ("UAS7", []),
    ],
)
def test_readings(text, expected):
    assert [(reading.low, reading.high) for reading in readings(text)] == expected


@pytest.mark.parametrize(
    ("text", "number", "same"),
    [
        ("two-thirds", 0.667, True),
        ("two-thirds", 66.7, True),
        ("two-thirds", 2, False),
        ("7 out of 10", 70, True),
        ("7 out of 10", 10, False),
        ("19.8%", -19.8, False),
        ("39.3%", 39.30, True),
        ("39.3%", 39.4, False),
    ],
)
def test_says(text, number, same):
    assert says(text, number, number) == same


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("The response rate was 31.3% at week 12.", "prose"),
        ("- 31.3% of patients responded", "list"),
        ("• 31.3% of patients responded", "list"),
        ("(ii) 31.3% of patients responded", "list"),
        ("- patients who responded by\n  week 12: 31.3%", "list"),
        ("- first item\nA new sentence with 31.3%.", "prose"),
        ("| ORR | 31.3% | 12.0% |", "table"),
        ("ORR\t31.3%", "table"),
        ("Response rate        31.3%        12.0%", "table"),
        ("p = 0.02 - 31.3% of patients", "prose"),
    ],
)
def test_value_place(line, place):
    text = f"Before.\n{line}\nAfter."
    assert value_place(text, text.index("31.3%")) == place


def test_good_gold_holds(tmp_path: Path):
    path = write(tmp_path / "gold.jsonl", good_record())
    assert find_problems(path) == []
    (record,) = load_gold(path)
    assert record.to_dict()["mentions"] == good_record()["mentions"]


WITH_VALUE = good_record()["mentions"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": None}, "the record has no id"),
        ({"sha256": None}, "`sha256` is missing"),
        ({"sha256": "0" * 64}, "the text has another sha256"),
        ({"mentions": {}}, "`mentions` is {}, not list"),
        ({"mentions": [*WITH_VALUE, mention(10, 900)]}, r"m9 \[10, 900\) is outside the text of 53 characters"),
        ({"mentions": [*WITH_VALUE, mention(10, 10)]}, r"m9 \[10, 10\) is empty or negative"),
        ({"mentions": [*WITH_VALUE, mention(True, 10)]}, "`start` is True, not int"),
        ({"mentions": [*WITH_VALUE, mention(3, 5, "NUMBER")]}, "label 'NUMBER'"),
        ({"mentions": [*WITH_VALUE, mention(3, 5, "COUNT", name="m1")]}, "m1 is there twice"),
        ({"mentions": [*WITH_VALUE, mention(3, 5, quote="49")]}, "is '48', not '49'"),
        ({"results": [result(value=None)]}, "a result has no value"),
        ({"results": [result(value="m7")]}, "points at m7, which is no mention"),
        ({"results": [result(endpoint="m2")]}, "points at m2, which is a COHORT, not a ENDPOINT"),
        ({"results": [result(kind="share")]}, "kind 'share'"),
        ({"results": [result(n=49)]}, "n is 49, but m1 says '48'"),
        ({"results": [result(n_at=None)]}, "`n_at` cites no mention"),
        ({"results": [result(n=None)]}, "cites m1 but n is null"),
        ({"results": [result(n="48")]}, "`n` is '48', not int"),
        ({"results": [result(endpiont="m4")]}, "unknown field 'endpiont'"),
        ({"results": [result(), result()]}, "the value stands in two results"),
        ({"sizes": [{"cohort": "m2", "count": "m1", "n": 84}]}, "n is 84, but m1 says '48'"),
    ],
)
def test_what_does_not_hold_is_named(tmp_path: Path, changes, message):
    path = write(tmp_path / "gold.jsonl", good_record(id="other"), good_record(**changes))
    (problem,) = find_problems(path)
    assert problem.startswith("gold.jsonl:2")
    with pytest.raises(GoldError, match=message) as caught:
        load_gold(path)
    assert str(caught.value) == problem


def test_malformed_line_is_named(tmp_path: Path):
    lines = [json.dumps(good_record(id=f"d{number}")) for number in range(16)]
    (tmp_path / "gold.jsonl").write_text("\n".join([*lines, '{"id": "broken", "mentions": [}', lines[0]]))
    with pytest.raises(GoldError, match=r"^gold\.jsonl:17: the line is not JSON"):
        load_gold(tmp_path / "gold.jsonl")


@pytest.mark.parametrize("line", ["[1, 2]", "null", "[" * 100_000])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line):
    (tmp_path / "gold.jsonl").write_text(line)
    with pytest.raises(GoldError, match=r"^gold\.jsonl:1: the line is n"):
        load_gold(tmp_path / "gold.jsonl")


def test_duplicate_ids_are_named_across_files(tmp_path: Path):
    write(tmp_path / "a.jsonl", good_record())
    write(tmp_path / "b.jsonl", good_record())
    write(tmp_path / "sources.jsonl", {"id": "qx"})
    with pytest.raises(GoldError, match=r"^b\.jsonl:1 \(qx\): the id is also that of a\.jsonl:1"):
        load_gold(tmp_path)


def test_unreadable_gold_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="no gold in it"):
        load_gold(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        load_gold(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "caf\xe9"}')
    with pytest.raises(InputError, match="is not UTF-8 at byte 11"):
        load_gold(tmp_path / "latin.jsonl")


def bare_record() -> dict:
    return {key: value for key, value in good_record().items() if key != "text"}


def test_resolve(tmp_path: Path):
    path, texts = write(tmp_path / "gold.jsonl", bare_record()), tmp_path / "texts"
    texts.mkdir()
    with pytest.raises(GoldError, match=r"gold\.jsonl:1 \(qx\): the text .*qx\.txt is missing"):
        load_gold(path, texts)
    (texts / "qx.txt").write_text(TEXT.replace("48", "84"))
    with pytest.raises(GoldError, match=r"qx\.txt is not the text that was annotated"):
        load_gold(path, texts)
    (texts / "qx.txt").write_text(TEXT)
    assert load_gold(path, texts)[0].text == TEXT


@pytest.mark.parametrize("name", ["../qx", "/etc/hostname", "a/b"])
def test_an_id_cannot_reach_outside_the_texts(tmp_path: Path, name):
    (tmp_path / "texts" / "a").mkdir(parents=True)
    for place in ("qx.txt", "texts/a/b.txt"):
        (tmp_path / place).write_text(TEXT)
    path = write(tmp_path / "gold.jsonl", {**bare_record(), "id": name})
    with pytest.raises(GoldError, match="is missing"):
        load_gold(path, tmp_path / "texts")


def test_resolve_command_writes_nothing_on_failure(tmp_path: Path):
    path, output = write(tmp_path / "gold.jsonl", good_record(id="whole"), bare_record()), tmp_path / "out.jsonl"
    (tmp_path / "texts").mkdir()
    arguments = ["resolve", str(path), "--texts", str(tmp_path / "texts"), "-o", str(output)]
    assert isinstance(CliRunner().invoke(gold_app, arguments).exception, GoldError)
    assert not output.exists()
    (tmp_path / "texts" / "qx.txt").write_text(TEXT)
    assert CliRunner().invoke(gold_app, arguments).exit_code == 0
    assert [record.text for record in load_gold(output)] == [TEXT, TEXT]


def test_check_command(tmp_path: Path):
    path = write(tmp_path / "gold.jsonl", good_record(), good_record(id="b", results=[result(n=5)]), {"id": "c"})
    run = CliRunner().invoke(gold_app, ["check", str(path)])
    assert run.exit_code == 1
    assert run.stderr.splitlines() == [
        "gold.jsonl:3 (c): `sha256` is missing",
        "gold.jsonl:2 (b): the result of m3: n is 5, but m1 says '48'",
    ]
    assert CliRunner().invoke(gold_app, ["check", str(write(path, good_record()))]).exit_code == 0


class Files(BaseHTTPRequestHandler):
    """Serves what a test puts into `held`, and remembers the paths asked for."""

    held: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Files.asked.append(self.path)
        body = Files.held.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Files.held, Files.asked = {}, []
    held = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=held.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{held.server_port}"
    held.shutdown()
    held.server_close()


WHOLE = "é Heading\n\nThe rate was 31 %.\n\nThe end was 12 weeks."


def source(name: str, text: str, **changes) -> dict:
    return {
        "id": name,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "repository": "someone/reports",
        "commit": "c0ffee",
        "path": "2024/a report.md",
        "start": None,
        "end": None,
        **changes,
    }


def test_fetch(tmp_path: Path, server: str):
    Files.held["/someone/reports/c0ffee/2024/a%20report.md"] = WHOLE.encode()
    sources = load_sources(
        write(
            tmp_path / "sources.jsonl",
            source("whole", WHOLE),
            source("cut", WHOLE[2:9], start=2, end=9),
            source("changed", WHOLE + "!"),
            source("gone", WHOLE, path="gone.md"),
            source("private", WHOLE, repository=None, commit=None, path=None),
        )
    )
    states = {text.id: text for text in fetch_texts(sources, tmp_path / "texts", server)}
    assert {name: text.state for name, text in states.items()} == {
        "whole": "fetched",
        "cut": "fetched",
        "changed": "refused",
        "gone": "refused",
        "private": "refused",
    }
    assert "changed: " in states["changed"].message
    assert "sha256 differs" in states["changed"].message
    assert "answers 404" in states["gone"].message
    assert "no public address" in states["private"].message
    assert (tmp_path / "texts" / "cut.txt").read_text("utf-8") == "Heading"
    # Refused texts leave nothing behind, and a file that several texts come from is asked for once.
    assert sorted(path.name for path in (tmp_path / "texts").iterdir()) == ["cut.txt", "whole.txt"]
    assert len([path for path in Files.asked if "a%20report" in path]) == 1


def test_fetch_keeps_what_is_there(tmp_path: Path, server: str):
    (tmp_path / "whole.txt").write_text(WHOLE, "utf-8")
    sources = load_sources(write(tmp_path / "sources.jsonl", source("whole", WHOLE)))
    assert [text.state for text in fetch_texts(sources, tmp_path, server)] == ["kept"]
    assert Files.asked == []


def test_fetch_command(tmp_path: Path, server: str):
    Files.held["/someone/reports/c0ffee/2024/a%20report.md"] = b"\xff\xfe"
    listed = write(tmp_path / "sources.jsonl", source("whole", WHOLE))
    run = CliRunner().invoke(
        gold_app, ["fetch", str(tmp_path / "texts"), "--sources", str(listed), "--base-url", server]
    )
    assert run.exit_code == 1
    assert "is not UTF-8 at byte 0" in run.stderr
    assert list((tmp_path / "texts").iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "a\\b", None, "a\nb"])
def test_a_source_id_must_be_a_file_name(tmp_path: Path, name):
    with pytest.raises(GoldError, match="cannot be the name of a text file"):
        load_sources(write(tmp_path / "sources.jsonl", source(name, WHOLE)))


NOTE_TEXT = """Marlowe said QX-17  was safe. In the 48 evaluable
patients, the ORR was 31.3% (15 of 48). QX-17 20 mg daily; ORR was 12.5% in QX-17a."""
NOTE = {
    "drugs": ["QX-17"],
    "doses": ["20 mg"],
    "counts": [["48", "of 48)"]],
    "sizes": [{"cohort": "evaluable patients", "n_at": ["48", "the 48 evaluable"], "n": 48}],
    "results": [
        {
            "value": "31.3%",
            "kind": "percent",
            "endpoint": ["ORR", "the ORR"],
            "cohort": ["evaluable patients", "48 evaluable patients"],
            "n": 48,
            "n_at": ["48", "the 48 evaluable"],
            "numerator": ["15", "(15 of"],
        }
    ],
}


def test_compile_finds_quotes():
    record, problems = compile_note(NOTE, NOTE_TEXT, name="qx", place="qx.json")
    assert problems == []
    quotes = {(m.label, NOTE_TEXT[m.start : m.end]) for m in record.mentions}
    assert ("COHORT", "evaluable\npatients") in quotes
    assert [NOTE_TEXT[m.start :][:6] for m in record.mentions if m.label == "DRUG"] == ["QX-17 ", "QX-17 "]
    assert len([m for m in record.mentions if m.label == "PERCENT"]) == 2
    assert record.results[0].n == 48


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drugs": ["ZZ-1"]}, "drugs: 'ZZ-1' is not in the text"),
        ({"drugs": [["QX-17", "QX-17 was"]]}, r"drugs\[0\]: expected a string, found list"),
        ({"drugs": "QX-17"}, "drugs: expected a list"),
        ({"sizes": ["48"]}, r"sizes\[0\]: expected an object, found str"),
        ({"counts": ["48"]}, r"counts\[0\]: the anchor stands 2 times"),
        ({"counts": [["49", "the 48 evaluable"]]}, r"counts\[0\]: the quote stands 0 times in its anchor"),
        ({"counts": [["48"]]}, r"counts\[0\]: not a quote or a pair"),
        ({"counts": [""]}, r"counts\[0\]: not a quote or a pair"),
        ({"result": []}, "unknown field 'result'"),
        ({"results": [{**NOTE["results"][0], "value": None}]}, r"results\[0\]: no value"),
        ({"results": [{**NOTE["results"][0], "n": 15}]}, "n is 15, but"),
        ({"results": [{**NOTE["results"][0], "kind": "rate"}]}, "kind 'rate'"),
        ({"results": NOTE["results"] * 2}, "the value stands in two results"),
    ],
)
def test_compile_refuses_what_does_not_resolve(change, message):
    _, problems = compile_note({**NOTE, **change}, NOTE_TEXT, name="qx", place="qx.json")
    assert problems, "nothing was refused"
    assert all(problem.startswith("qx.json (qx): ") for problem in problems)
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(problems[0])


def test_compile_command_writes_nothing_unless_all_resolves(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps(NOTE))
    (tmp_path / "b.json").write_text(json.dumps({**NOTE, "drugs": ["ZZ-1"]}))
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(NOTE_TEXT)
    arguments = ["compile", str(tmp_path), str(tmp_path), str(tmp_path / "out.jsonl")]
    run = CliRunner().invoke(gold_app, arguments)
    assert (run.exit_code, (tmp_path / "out.jsonl").exists()) == (1, False)
    (tmp_path / "b.json").unlink()
    assert CliRunner().invoke(gold_app, [*arguments, "--no-text"]).exit_code == 0
    assert load_gold(tmp_path / "out.jsonl", tmp_path)[0].text == NOTE_TEXT


def plain(record: dict) -> tuple:
    """Return a record with mentions in place of their ids, which are numbered differently by different compilers."""
    spans = {m["id"]: (m["start"], m["end"], m["label"]) for m in record["mentions"]}
    links = [{key: spans.get(item, item) for key, item in row.items()} for row in record["results"]]
    sizes = [{key: spans.get(item, item) for key, item in size.items()} for size in record["sizes"]]
    return record["id"], record["sha256"], record["text"], sorted(spans.values()), sizes, links


def test_compile_gives_the_shared_gold(shared: Path):
    records, problems = compile_folder(shared / "gold" / "annotations", shared / "gold" / "texts")
    expected = [json.loads(line) for line in (shared / "gold" / "gold.jsonl").read_text("utf-8").splitlines()]
    assert problems == []
    assert [plain(record.to_dict()) for record in records] == [plain(record) for record in expected]


def test_write_whole_leaves_no_partial_file(tmp_path: Path):
    path = tmp_path / "out.txt"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "x" * 100_000 + "\ud800")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out.txt", "old")]
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path / "none" / "out.txt", "x")


def test_split(tmp_path: Path):
    records = load_gold(write(tmp_path / "gold.jsonl", good_record(), good_record(id="b")))
    path = tmp_path / "split.json"
    path.write_text('{"train": ["qx"], "dev": ["b"]}')
    assert [record.id for record in choose_part(records, load_split(path), "dev")] == ["b"]
    with pytest.raises(GoldError, match="no part 'test'; it has dev, train"):
        choose_part(records, load_split(path), "test")
    path.write_text('{"train": ["qx"], "dev": []}')
    with pytest.raises(GoldError, match=r"gold\.jsonl:2 \(b\): the document is in no part"):
        choose_part(records, load_split(path), "dev")
    path.write_text('{"train": ["qx"], "dev": ["qx"]}')
    with pytest.raises(GoldError, match="qx stands twice"):
        load_split(path)


def test_stats(tmp_path: Path):
    records = load_gold(write(tmp_path / "gold.jsonl", good_record(), good_record(id="b", results=[])))
    counts = count_gold(records)
    assert (counts.documents, counts.empty, counts.results, counts.kinds) == (2, 1, 1, {"percent": 1})
    assert counts.places == {"prose": 1}
    assert counts.fields["n_at"] == counts.fields["cohort"] == 1
    assert counts.mentions["VALUE"] == 2


def test_committed_filings_hold_no_text():
    lines = (ROOT / "annotations" / "filings.jsonl").read_text("utf-8").splitlines()
    for line in lines:
        record = json.loads(line)
        assert set(record) == {"id", "sha256", "mentions", "sizes", "results"}
        assert all(set(m) == {"id", "start", "end", "label"} for m in record["mentions"])
    assert len(lines) >= 30


def test_committed_gold_has_sources_and_a_split():
    records = load_gold(ROOT / "annotations" / "filings.jsonl")
    sources = {item.id: item.sha256 for item in load_sources(ROOT / "annotations" / "sources.jsonl")}
    assert all(sources[record.id] == record.sha256 for record in records)
    parts = load_split(ROOT / "annotations" / "split.json")
    chosen = [len(choose_part(records, parts, part)) for part in ("train", "dev")]
    assert sum(chosen) == len(records)
    assert min(chosen) >= 10


def test_committed_filings_resolve(shared: Path):
    records = load_gold(ROOT / "annotations" / "filings.jsonl", shared / "gold" / "texts")
    assert len(records) >= 30


def test_committed_samples_hold():
    records = load_gold(ROOT / "annotations" / "samples.jsonl")
    files = {ROOT / "annotations" / (record.file or "none") for record in records}
    assert len(files) >= 16
    assert [file for file in files if not file.is_file()] == []
    assert min(len([r for r in records if not r.results]), 1) == 1  # one filing without results at least


def test_the_unseen_documents_are_as_their_notes_say_and_none_is_trained_on(tmp_path):
    folder = ROOT / "annotations"
    unseen = load_gold(folder / "unseen.jsonl")
    found, problems = compile_filings(folder / "unseen-notes", folder / "unseen", folder / "unseen.jsonl")
    assert problems == []
    assert [record.results for record in found] == [record.results for record in unseen]
    plan = read_plan(ROOT / "configs" / "default.cfg", ())
    trained = {record.id for path in plan.gold for record in load_gold(path)}
    assert trained
    assert not trained & {record.id for record in unseen}

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import topline
from topline import cli, filings
from topline.cli import app
from topline.errors import ToplineError
from topline.schema import Status

SAMPLES = Path(__file__).resolve().parents[1] / "annotations" / "samples"
FILING = SAMPLES / "velorin-8k-2019.htm"
SUBMISSION = SAMPLES / "quillane-8k-2021.txt"
SENTENCE = "In the trial of zelnotide, the objective response rate was 41.2% among 34 evaluable patients.\n"
SUMMARY = "1 input: 1 with results, 0 without, 0 failed"

BLOCKED = "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
HEADER = "<SEC-DOCUMENT>a.txt\n<SEC-HEADER>a\nACCESSION NUMBER: 0000000000-20-000001\n</SEC-HEADER>\n"
CUT = HEADER + "<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n"

# (name, content, the status' reason)
BAD_INPUTS = [
    ("empty.txt", b"", "empty"),
    ("blank.htm", b" \n\t ", "empty"),
    ("scan.pdf", b"%PDF-1.4\n...", "pdf"),
    ("image.txt", bytes(range(256)) * 40, "binary"),
    ("archive.htm", b"PK\x03\x04 ...", "binary"),
    ("blocked.htm", BLOCKED.encode(), "block_page"),
    ("header.txt", HEADER.encode(), "header_only"),
    ("cut.txt", CUT.encode(), "cut"),
]


def run(*args, **more):
    """Run the command line in this process, without a trained model."""
    model = ["--model", "rules"] if args[0] in ("extract", "show") else []
    return CliRunner().invoke(app, [*map(str, args), *model], **more)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def shell(*args, **more):
    """Run the command line in a process of its own."""
    code = "from topline.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *map(str, args)], capture_output=True, check=False, **more)


@pytest.fixture
def filing(tmp_path):
    path = tmp_path / "good.txt"
    path.write_text(SENTENCE)
    return path


def test_rows_go_to_standard_output_and_one_line_of_summary_to_standard_error():
    result = run("extract", FILING)
    rows = lines(result.stdout)
    assert result.exit_code == 0
    assert len(rows) >= 5
    assert {row["source"]["file"] for row in rows} == {FILING.name}
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(SUMMARY)
    assert f"{len(rows)} rows" in result.stderr


def test_a_filing_without_results_is_a_success(tmp_path):
    path = tmp_path / "lease.txt"
    path.write_text("On March 3, 2019 the company signed a lease of 12,000 square feet for $1.2 million a year.\n")
    result = run("extract", path, "--status", tmp_path / "status.jsonl")
    (status,) = lines((tmp_path / "status.jsonl").read_text())
    assert (result.exit_code, result.stdout) == (0, "")
    assert status["status"] == "no_results"
    assert status["reason"]


@pytest.mark.parametrize(("name", "content", "reason"), BAD_INPUTS, ids=[name for name, *_ in BAD_INPUTS])
def test_a_bad_input_is_named_and_stops_no_other(tmp_path, filing, name, content, reason):
    bad = tmp_path / name
    bad.write_bytes(content)
    result = run("extract", bad, filing, "--status", tmp_path / "status.jsonl")
    failed, good = lines((tmp_path / "status.jsonl").read_text())
    assert result.exit_code == 1
    assert (failed["status"], failed["reason"]) == ("error", reason)
    assert name in failed["message"]
    assert good["status"] == "results"
    assert [row["value"]["text"] for row in lines(result.stdout)] == ["41.2%"]
    sentence, summary = result.stderr.splitlines()
    assert sentence == failed["message"]
    assert summary.startswith("2 inputs: 1 with results, 0 without, 1 failed")


@pytest.mark.parametrize("path", ["absent.txt", "none-*.txt", "folder", "loop.txt"])
def test_a_path_that_leads_nowhere_is_named_and_stops_no_other(tmp_path, filing, path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.xlsx").write_text("x")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    result = run("extract", tmp_path / path, filing, "--status", tmp_path / "status.jsonl")
    failed, good = lines((tmp_path / "status.jsonl").read_text())
    assert result.exit_code == 1
    assert (failed["status"], failed["reason"], good["status"]) == ("error", "not_found", "results")
    assert path in result.stderr


def test_an_unreadable_file_is_named_and_stops_no_other(tmp_path, filing, monkeypatch):
    locked = tmp_path / "locked.txt"
    locked.write_text(SENTENCE)
    really_open = Path.open

    def refuse(path, mode="r", **options):
        if path.name == "locked.txt":
            raise PermissionError(13, "Permission denied")
        return really_open(path, mode, **options)

    monkeypatch.setattr(Path, "open", refuse)
    result = run("extract", locked, filing)
    assert result.exit_code == 1
    assert "locked.txt: cannot be read: Permission denied" in result.stderr
    assert len(lines(result.stdout)) == 1


def test_a_fault_of_ours_in_one_file_is_a_status_and_stops_no_other(tmp_path, filing, monkeypatch):
    read = filings.read

    def fail(path):
        if Path(path).name == "odd.txt":
            raise ZeroDivisionError("division by zero")
        return read(path)

    monkeypatch.setattr(filings, "read", fail)
    odd = tmp_path / "odd.txt"
    odd.write_text(SENTENCE)
    result = run("extract", odd, filing, "--status", tmp_path / "status.jsonl")
    failed, good = lines((tmp_path / "status.jsonl").read_text())
    assert result.exit_code == 1
    assert (failed["status"], failed["reason"], good["status"]) == ("error", "internal", "results")
    assert "odd.txt" in failed["message"]
    assert "ZeroDivisionError at test_cli.py" in failed["message"]
    assert "report" in failed["message"]


def test_standard_input_is_read():
    result = run("extract", "-", input=SENTENCE.encode())
    (row,) = lines(result.stdout)
    assert (result.exit_code, row["value"]["text"], row["source"]["file"]) == (0, "41.2%", "-")


@pytest.mark.parametrize("path", ["", "*.txt", "**/*.txt"])
def test_folders_and_patterns_mean_their_files(tmp_path, filing, path):
    (tmp_path / "more.txt").write_text(SENTENCE)
    named = tmp_path / path if path else tmp_path
    result = run("extract", named, filing)
    assert result.exit_code == 0
    assert [row["source"]["file"] for row in lines(result.stdout)] == ["good.txt", "more.txt"]


def test_the_output_file_holds_what_standard_output_would(tmp_path):
    names = ("rows", "status", "mentions", "ledger")
    files = {name: tmp_path / f"{name}.jsonl" for name in names}
    options = [part for name in names[1:] for part in (f"--{name}", files[name])]
    result = run("extract", SUBMISSION, "-o", files["rows"], *options)
    assert (result.exit_code, result.stdout) == (0, "")
    assert files["rows"].read_text() == run("extract", SUBMISSION).stdout
    assert [status["rows"] for status in lines(files["status"].read_text())] == [len(lines(files["rows"].read_text()))]
    ids = ["quillane-8k-2021.1", "quillane-8k-2021.2", "quillane-8k-2021.3"]
    for name in ("mentions", "ledger"):
        assert [record["id"] for record in lines(files[name].read_text())] == ids
    assert sorted(tmp_path.iterdir()) == sorted(files.values())


def test_an_interrupted_run_leaves_the_old_output_and_nothing_half_written(tmp_path, filing, monkeypatch):
    output = tmp_path / "rows.jsonl"
    output.write_text("old\n")
    (tmp_path / "other.txt").write_text(SENTENCE)
    read = filings.read

    def interrupt(path):
        if Path(path).name == "other.txt":
            raise KeyboardInterrupt
        return read(path)

    monkeypatch.setattr(filings, "read", interrupt)
    result = run("extract", filing, tmp_path / "other.txt", "-o", output)
    assert result.exit_code != 0
    assert output.read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.txt", "other.txt", "rows.jsonl"]


def test_an_output_that_cannot_be_written_is_said_before_the_work(tmp_path, filing):
    result = run("extract", filing, "-o", tmp_path / "absent" / "rows.jsonl")
    assert isinstance(result.exception, ToplineError)
    assert "check the folder" in str(result.exception)


@pytest.mark.parametrize("options", [["-o", "good.txt"], ["-o", "rows.jsonl", "--status", "rows.jsonl"]])
def test_no_input_and_no_other_output_is_written_over(tmp_path, filing, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    result = run("extract", filing, *options)
    assert isinstance(result.exception, ToplineError)
    assert "would be written over" in str(result.exception)
    assert filing.read_text() == SENTENCE
    assert list(tmp_path.iterdir()) == [filing]


@pytest.mark.parametrize("args", [["extract"], ["extract", "a.txt", "--bogus"], ["show"], ["nonsense"]])
def test_wrong_usage_exits_with_2(args):
    result = CliRunner().invoke(app, args)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_known_error_is_one_sentence_without_a_traceback(tmp_path):
    result = shell("extract", FILING, "--model", tmp_path)
    assert result.returncode == 1
    assert result.stdout == b""
    assert result.stderr.decode().startswith(f"topline: {tmp_path}/manifest.json: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_reader_that_leaves_early_is_no_error_with_a_traceback():
    code = "from topline.cli import main; main()"
    command = [sys.executable, "-c", code, "text", str(SUBMISSION)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert b"Traceback" not in errors


def test_help_loads_no_heavy_library():
    heavy = {"spacy", "numpy", "sklearn", "rich.table", "turbohtml"}
    code = f"import sys, topline.cli; print(sorted({heavy} & {{*sys.modules}}))"
    held = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert held.stdout == "[]\n"


def test_help_answers_at_once():
    def seconds():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert shell("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # 0.2 s of processor time, whatever else the machine does; spaCy's import alone is 0.6 s.
    assert min(seconds() for _ in range(3)) < 0.5


def test_version():
    assert run("--version").stdout == f"topline {topline.__version__}\n"


def test_show_draws_rows_and_marks_their_sentences(filing):
    result = run("show", filing)
    assert result.exit_code == 0
    assert "41.2%" in result.stdout.splitlines()[3]
    assert "[41.2%]" in result.stdout
    assert result.stderr.startswith(SUMMARY)
    assert "[41.2%]" not in run("show", filing, "--no-sentences").stdout


def test_show_names_each_document_of_a_submission():
    headings = [line for line in run("show", SUBMISSION).stdout.splitlines() if line.startswith(SUBMISSION.name)]
    assert [line.split(" · ")[1:3] for line in headings] == [
        ["document 1", "8-K"],
        ["document 2", "EX-99.1"],
        ["document 3", "EX-99.2"],
    ]


def test_show_takes_the_start_of_an_id_and_prints_the_row_in_full(filing):
    (row,) = lines(run("extract", filing).stdout)
    shown = run("show", filing, "--row", row["id"][:5]).stdout
    assert row["id"] in shown
    assert row["source"]["sha256"] in shown
    value = row["value"]
    assert f"41.2% [{value['start']}, {value['end']})" in shown


@pytest.mark.parametrize(("row", "said"), [("zz", "0 rows"), ("", "2 rows")])
def test_show_says_when_no_single_row_is_meant(tmp_path, row, said):
    path = tmp_path / "two.txt"
    path.write_text(SENTENCE + "\nThe disease control rate was 73.5% among 34 evaluable patients.\n")
    result = run("show", path, "--row", row)
    assert isinstance(result.exception, ToplineError)
    assert said in str(result.exception)


def test_show_of_a_bad_input_is_a_known_error(tmp_path):
    result = run("show", tmp_path / "absent.txt")
    assert isinstance(result.exception, ToplineError)
    assert "absent.txt" in str(result.exception)


HOSTILE = (
    "Results of [bold red]zelnotide[/bold red] :smile: \x1b]0;owned\x07\x1b[2J\n\n"
    "The objective response rate in the \u202egnitaert\u202c arm was 41.2% among 34 evaluable \x9b31mpatients.\n"
)
CONTROLS = {*map(chr, range(32)), *map(chr, range(127, 160)), "\u202e", "\u202c"} - {"\n"}


@pytest.mark.parametrize(("command", "one_row"), [("show", False), ("show", True), ("extract", False)])
def test_what_a_filing_says_to_the_terminal_is_not_obeyed(tmp_path, command, one_row):
    path = tmp_path / "hostile.txt"
    path.write_text(HOSTILE)
    row = json.loads(run("extract", path).stdout.splitlines()[0])
    assert row["value"]["text"] == "41.2%"
    result = run(command, path, *(["--row", row["id"]] if one_row else []))
    assert "41.2%" in result.stdout
    assert not CONTROLS & {*result.stdout}


def test_markup_in_a_filing_is_text(tmp_path):
    path = tmp_path / "markup.txt"
    path.write_text("Among 34 evaluable patients [bold]of[/bold] :smile: arm A, the response rate was 41.2%.\n")
    assert "[bold]of[/bold] :smile:" in " ".join(run("show", path).stdout.split())


def test_a_file_name_is_not_obeyed_either(tmp_path):
    result = run("extract", tmp_path / "\x1b[2Jabsent\u202e.txt")
    assert result.exit_code == 1
    assert not CONTROLS & {*result.stderr}


def test_the_reading_text_is_what_offsets_count_in():
    result = run("text", FILING)
    for row in lines(run("extract", FILING).stdout):
        value = row["value"]
        assert result.stdout[value["start"] : value["end"]] == value["text"]
    assert result.stderr.startswith(f"{FILING.name}: ")


def test_the_documents_of_a_submission_are_announced_and_can_be_chosen():
    everything = run("text", SUBMISSION)
    assert [line.split(":")[1] for line in everything.stderr.splitlines()] == [
        " document 1, 8-K",
        " document 2, EX-99.1",
        " document 3, EX-99.2",
    ]
    parts = [run("text", SUBMISSION, "--document", number).stdout for number in (1, 2, 3)]
    assert "".join(parts) == everything.stdout
    assert isinstance(run("text", SUBMISSION, "--document", 9).exception, ToplineError)


def test_schema_is_json():
    assert json.loads(run("schema").stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_python_functions(filing):
    nlp = topline.load("rules")
    extracted = topline.extract(filing, nlp)
    assert [row.value.text for row in extracted.rows] == ["41.2%"]
    assert isinstance(extracted.status, Status)
    assert topline.extract(filing.with_name("absent.txt"), nlp).status.status == "error"


def test_every_command_is_registered():
    names = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    assert {"extract", "show", "text", "schema", "evaluate", "report", "diff"} <= names

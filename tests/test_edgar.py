"""Fetching, against a server on loopback that answers as EDGAR does (`edgar_server`); the live one is never asked."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest
from edgar_server import BLOCK_PAGE, CIK, CONTACT, archive_path, columns, serve, submission
from typer.testing import CliRunner

from topline.cli import app
from topline.downloads import Client, Manners, Pacer
from topline.edgar import Edgar, Query, fetch_filings, find_filings, read_manifest, search, service
from topline.edgar.records import parse_accession, parse_cik
from topline.errors import FetchError, InputError, ToplineError
from topline.filings.refusals import refuse_block_page

OLD, MIDDLE, NEW, OTHER = (f"0007654321-{year}-00000{k}" for k, year in enumerate(("07", "08", "08", "08"), 1))
FILINGS = ((OTHER, "10-K", "2008-12-20"), (NEW, "8-K", "2008-12-12"), (MIDDLE, "8-K", "2008-01-01"))
OLDER = {f"CIK{CIK}-submissions-001.json": [(OLD, "8-K", "2007-05-04")]}


@pytest.fixture
def edgar():
    with serve() as server:
        server.company(*FILINGS, older=OLDER)
        server.tickers(VLRN=int(CIK), VLR_B=42)
        yield server


@pytest.fixture
def fast(monkeypatch):
    """Let requests go out as fast as loopback takes them."""
    monkeypatch.setattr(service, "RATE", 10_000.0)


def ask(server, **options):
    return Edgar(CONTACT, server.url, backoff=0.01, **options)


def run(server, *args, **more):
    options = ["--base-url", server.url, "--contact", CONTACT]
    return CliRunner().invoke(app, ["fetch", *map(str, args), *options], **more)


def entries(folder):
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


# --- which filings ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query((CIK,)), [OLD, MIDDLE, NEW, OTHER]),
        (Query(("7654321", "CIK0007654321")), [OLD, MIDDLE, NEW, OTHER]),
        (Query(tickers=("vlrn",)), [OLD, MIDDLE, NEW, OTHER]),
        (Query((CIK,), forms=("8-K",)), [OLD, MIDDLE, NEW]),
        (Query((CIK,), forms=("8-k", "10-K"), since=date(2008, 1, 1)), [MIDDLE, NEW, OTHER]),
        (Query((CIK,), since=date(2008, 1, 2), until=date(2008, 12, 12)), [NEW]),
        (Query((CIK,), limit=2), [NEW, OTHER]),
        (Query((CIK,), forms=("8-K/A",)), []),
        (Query(accessions=(NEW, NEW.replace("-", ""))), [NEW]),
    ],
)
def test_what_a_query_means(edgar, fast, query, found):
    assert [filing.accession for filing in find_filings(ask(edgar), query)] == found


@pytest.mark.parametrize(
    ("since", "until", "asked"),
    [
        (date(2008, 1, 1), None, False),
        (None, date(2007, 1, 1), False),
        (None, date(2008, 1, 1), True),
        (None, None, True),
    ],
)
def test_older_pages_are_asked_for_only_when_they_reach_into_the_time(edgar, fast, since, until, asked):
    find_filings(ask(edgar), Query((CIK,), since=since, until=until))
    assert (f"/submissions/{next(iter(OLDER))}" in edgar.paths()) is asked


def test_a_ticker_with_a_dot_is_its_own_with_a_dash(edgar, fast):
    edgar.company((NEW, "8-K", "2008-12-12"), cik="0000000042")
    (filing,) = find_filings(ask(edgar), Query(tickers=("VLR.B",)))
    assert filing.cik == "0000000042"


@pytest.mark.parametrize("text", ["", "0", "12345678901", "../1", "7a", "-7"])
def test_what_is_no_cik(text):
    with pytest.raises(InputError, match="is no CIK"):
        parse_cik(text)


@pytest.mark.parametrize("text", ["", "1-2-3", "0007654321-08-00001", "../../etc/passwd", f"{NEW}/..", f"{NEW}\n0"])
def test_what_is_no_accession_number(text):
    with pytest.raises(InputError, match="is no accession number"):
        parse_accession(text)


def test_an_unknown_ticker_is_named(edgar, fast):
    with pytest.raises(InputError, match="NONE: EDGAR lists no company"):
        find_filings(ask(edgar), Query(tickers=("none",)))


HOSTILE = [
    ("../../../etc/passwd", "8-K", "2008-12-12"),
    (f"{NEW}/../../x", "8-K", "2008-12-12"),
    (NEW, "8-K\n", "2008-12-12"),
    (NEW, "8-K", "yesterday"),
    (NEW, "\x1b[2J", "2008-12-12"),
    (7, "8-K", "2008-12-12"),
    (None, "8-K", "2008-12-12"),
]


@pytest.mark.parametrize("filing", HOSTILE)
def test_names_from_the_server_become_no_paths_unchecked(edgar, fast, tmp_path, filing):
    listing = {"filings": {"recent": columns(filing), "files": []}}
    edgar.held[f"/submissions/CIK{CIK}.json"] = json.dumps(listing).encode()
    result = run(edgar, "--cik", CIK, "-o", tmp_path / "in")
    assert isinstance(result.exception, FetchError)
    assert "not EDGAR's answer" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


ODD = [
    (b"<html>maintenance</html>", "is not JSON"),
    (b"[]", "is not EDGAR's list"),
    (b'{"filings": {"recent": {"accessionNumber": ["a"], "form": [], "filingDate": []}, "files": []}}', "do not fit"),
    (b'{"filings": {"recent": {}, "files": [{"name": "../x.json"}]}}', "do not fit"),
    (json.dumps({"filings": {"recent": columns(), "files": [{"name": "../x.json"}]}}).encode(), "names an older page"),
    (b"[" * 100_000, "is not JSON"),
]


@pytest.mark.parametrize(("body", "said"), ODD, ids=range(len(ODD)))
def test_an_answer_that_is_no_list_is_one_sentence(edgar, fast, body, said):
    edgar.held[f"/submissions/CIK{CIK}.json"] = body
    with pytest.raises(FetchError, match=said):
        find_filings(ask(edgar), Query((CIK,)))


def test_a_company_that_is_not_there_is_one_sentence(edgar, fast):
    with pytest.raises(FetchError, match="answers 404"):
        find_filings(ask(edgar), Query(("99",)))


# --- full-text search -------------------------------------------------------------------------------------------------
def numbered(k):
    return f"0007654321-08-{k:06d}"


def test_search_goes_through_all_pages_and_names_each_filing_once(edgar, fast):
    edgar.documents = [(numbered(k // 2), f"ex{k}.htm", "8-K", "2008-03-01") for k in range(450)]
    query = Query((CIK,), search='"objective response rate"', forms=("8-K",), until=date(2009, 1, 1))
    found = find_filings(ask(edgar), query)
    assert [filing.accession for filing in found] == [numbered(k) for k in range(225)]
    assert {filing.cik for filing in found} == {CIK}
    assert len(edgar.asked) == 5
    assert all(f"ciks={CIK}&" in path and "q=%22objective+response+rate%22" in path for path in edgar.paths())


@pytest.fixture
def short(edgar, monkeypatch):
    """Let a search list 500 documents at most: the true 10,000 are a hundred pages."""
    edgar.most = 500
    monkeypatch.setattr(search, "MOST", 500)


def test_more_than_a_search_lists_is_found_in_halves_of_the_time(edgar, fast, short):
    days = [date(2008, 1, 1) + timedelta(days=k % 366) for k in range(1400)]
    edgar.documents = [(numbered(k), "a.htm", "8-K", day.isoformat()) for k, day in enumerate(days)]
    said = []
    query = Query(search="response", since=date(2008, 1, 1), until=date(2008, 12, 31))
    assert len(find_filings(ask(edgar, say=said.append), query)) == 1400
    assert said == []


def test_what_one_day_has_too_much_of_is_said(edgar, fast, short):
    edgar.documents = [(numbered(k), "a.htm", "8-K", "2008-01-01") for k in range(650)]
    said = []
    query = Query(search="response", since=date(2008, 1, 1), until=date(2008, 1, 1))
    assert len(find_filings(ask(edgar, say=said.append), query)) == 500
    assert "listed 500" in said[0]


def test_amendments_are_found_by_their_own_name(edgar, fast):
    edgar.documents = [(NEW, "a.htm", "8-K", "2008-03-01"), (MIDDLE, "a.htm", "8-K/A", "2008-03-01")]
    found = find_filings(ask(edgar), Query(search="response", forms=("8-K/A",)))
    assert [filing.accession for filing in found] == [MIDDLE]


@pytest.mark.parametrize(
    "hit", [{}, {"_id": "../x:y", "_source": {"ciks": ["1"], "form": "8-K", "file_date": "2008-01-01"}}]
)
def test_a_search_that_lists_nonsense_is_one_sentence(edgar, fast, hit, monkeypatch):
    page = json.dumps({"hits": {"total": {"value": 1}, "hits": [hit]}}).encode()
    monkeypatch.setattr(type(edgar), "search", lambda self, query: page)
    with pytest.raises(FetchError, match="answer"):
        find_filings(ask(edgar), Query(search="response"))


# --- into a folder ----------------------------------------------------------------------------------------------------
def test_fetched_filings_are_what_extract_reads(edgar, fast, tmp_path):
    folder = tmp_path / "filings"
    result = run(edgar, "--cik", CIK, "--form", "8-K", "--since", "2008-01-01", "--until", "2008-12-31", "-o", folder)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[-1] == "2 filings: 2 fetched, 0 kept, 0 failed, 0 left"
    assert sorted(path.name for path in folder.iterdir()) == [f"{MIDDLE}.txt", f"{NEW}.txt", "manifest.jsonl"]
    first, second = entries(folder)
    body = submission(NEW)
    assert (folder / f"{NEW}.txt").read_bytes() == body
    assert first["accession"] == MIDDLE
    assert second == {
        "accession": NEW,
        "cik": CIK,
        "form": "8-K",
        "filed": "2008-12-12",
        "url": edgar.url + archive_path(NEW),
        "sha256": hashlib.sha256(body).hexdigest(),
        "size": len(body),
        "status": "fetched",
        "message": None,
    }
    assert {agent.partition(" ")[2] for _, _, agent in edgar.asked} == {CONTACT}
    assert all(agent.startswith("topline/") for _, _, agent in edgar.asked)

    extracted = CliRunner().invoke(app, ["extract", str(folder), "--model", "rules"])
    rows = [json.loads(line) for line in extracted.stdout.splitlines()]
    assert extracted.exit_code == 0
    assert [(row["value"]["text"], row["source"]["accession_number"]) for row in rows] == [
        ("42.5%", MIDDLE),
        ("42.5%", NEW),
    ]
    assert {row["source"]["cik"] for row in rows} == {CIK}


def test_what_is_there_is_kept_and_what_changed_is_fetched_anew(edgar, fast, tmp_path):
    run(edgar, "--cik", CIK, "-o", tmp_path)
    before = (tmp_path / "manifest.jsonl").read_bytes()
    edgar.asked.clear()
    (tmp_path / f"{OLD}.txt").write_bytes(submission(OLD).replace(b"42.5", b"52.5"))
    (tmp_path / f"{NEW}.txt").unlink()
    result = run(edgar, "--cik", CIK, "-o", tmp_path)
    assert result.stderr.splitlines()[-1] == "4 filings: 2 fetched, 2 kept, 0 failed, 0 left"
    assert {path for path in edgar.paths() if "Archives" in path} == {archive_path(OLD), archive_path(NEW)}
    assert (tmp_path / "manifest.jsonl").read_bytes() == before


def test_filings_of_another_call_stay_in_the_manifest(edgar, fast, tmp_path):
    run(edgar, "--cik", CIK, "--form", "10-K", "-o", tmp_path)
    run(edgar, "--accession", NEW, "-o", tmp_path)
    assert [(entry["accession"], entry["form"], entry["filed"]) for entry in entries(tmp_path)] == [
        (NEW, "8-K", "2008-12-12"),
        (OTHER, "10-K", "2008-12-20"),
    ]


def test_a_dry_run_prints_the_filings_and_fetches_none(edgar, fast, tmp_path):
    result = run(edgar, "--cik", CIK, "--form", "10-K", "--dry-run", "-o", tmp_path / "in")
    (line,) = result.stdout.splitlines()
    assert (json.loads(line)["accession"], json.loads(line)["status"]) == (OTHER, "pending")
    assert list(tmp_path.iterdir()) == []


def test_a_filing_of_an_agents_number_needs_its_company(edgar, fast, tmp_path):
    agents = "0001999999-08-000001"
    edgar.held[archive_path(agents)] = submission(agents)
    result = run(edgar, "--accession", agents, "-o", tmp_path)
    assert result.exit_code == 1
    assert "name the one that filed it by --cik" in result.stderr
    assert entries(tmp_path)[0]["status"] == "failed"
    assert run(edgar, "--accession", agents, "--cik", CIK, "-o", tmp_path).exit_code == 0
    assert [entry["status"] for entry in entries(tmp_path)] == ["fetched"]


@pytest.mark.parametrize(
    "closing", ["</SEC-DOCUMENT>", "</SEC-DOCUMENT>\n-----END PRIVACY-ENHANCED MESSAGE-----\n\n", "</IMS-DOCUMENT>\r\n"]
)
def test_submissions_of_all_times_are_whole(edgar, fast, tmp_path, closing):
    edgar.held[archive_path(NEW)] = submission(NEW, closing=closing)
    assert run(edgar, "--accession", NEW, "-o", tmp_path).exit_code == 0


# --- a server in trouble ----------------------------------------------------------------------------------------------
BAD_MOMENTS = [
    [("cut",)],
    [("cut gzip",)],
    [("cut unannounced",)],
    [("hang up",)],
    [("gzip",)],
    [("status", 429, {"Retry-After": "0"})],
    [("status", 503, {"Retry-After": "0"}), ("cut",), ("status", 500)],
    [("status", 503, {"Retry-After": "some time"})],
    [("status", 301, {"Location": archive_path(NEW)})],
]


@pytest.mark.parametrize("moments", BAD_MOMENTS, ids=lambda moments: " ".join(str(m[:2]) for m in moments))
def test_a_bad_moment_passes(edgar, fast, tmp_path, moments):
    edgar.troubles[archive_path(NEW)] = list(moments)
    filings = find_filings(ask(edgar), Query(accessions=(NEW,)))
    seen = []
    fetch_filings(ask(edgar), filings, tmp_path, lambda entry, outcome: seen.append(outcome))
    assert seen == ["fetched"]
    assert (tmp_path / f"{NEW}.txt").read_bytes() == submission(NEW)
    assert len(edgar.asked) == len(moments) + (moments != [("gzip",)])


LASTING = [
    (("cut",), "breaks off before its end"),
    (("cut unannounced",), "breaks off before its end"),
    (("hang up",), "cannot be reached"),
    (("status", 503), "answers 503 again and again"),
    (("status", 403, {}, b"<Error><Code>AccessDenied</Code></Error>"), "answers 403"),
    (("status", 301, {"Location": archive_path(NEW)}), "leads to no end"),
    (("status", 301, {"Location": "file:///etc/passwd"}), "is not followed"),
    (("status", 200, {}, b"<html>A page</html>"), "is no submission"),
    (("status", 200, {}, b""), "breaks off before its end"),
    (("status", 200, {}, submission(OTHER)), f"is another filing: {OTHER}"),
]


@pytest.mark.parametrize(("trouble", "said"), LASTING, ids=[said for _, said in LASTING])
def test_lasting_trouble_costs_one_filing_and_leaves_no_half_of_it(edgar, fast, tmp_path, monkeypatch, trouble, said):
    monkeypatch.setattr(service, "Manners", lambda *args, **more: Manners(*args, **{**more, "backoff": 0.01}))
    edgar.troubles[archive_path(NEW)] = [trouble] * 9
    result = run(edgar, "--cik", CIK, "--since", "2008-01-01", "-o", tmp_path)
    assert result.exit_code == 1
    assert [line for line in result.stderr.splitlines() if said in line and NEW in line]
    assert result.stderr.splitlines()[-1] == "3 filings: 2 fetched, 0 kept, 1 failed, 0 left"
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{MIDDLE}.txt", f"{OTHER}.txt", "manifest.jsonl"]
    failed = read_manifest(tmp_path)[NEW]
    assert failed.status == "failed"
    assert said in failed.message
    edgar.troubles.clear()
    assert run(edgar, "--cik", CIK, "--since", "2008-01-01", "-o", tmp_path).exit_code == 0
    assert read_manifest(tmp_path)[NEW].message is None


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_holds_all_requests(edgar, fast, tmp_path, as_date):
    wait = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True) if as_date else "1"
    edgar.troubles[archive_path(OLD)] = [("status", 429, {"Retry-After": wait})]
    said = []
    client = ask(edgar, say=said.append)
    start = time.monotonic()
    client.save(find_filings(client, Query((CIK,), until=date(2007, 12, 31)))[0], (tmp_path / "a").open("w+b"))
    assert 0.8 < time.monotonic() - start < 4
    assert as_date or "asks to wait 1 s" in said[0]


BLOCKS = [
    (403, {}, BLOCK_PAGE.encode()),
    (429, {}, BLOCK_PAGE.encode()),
    (200, {}, BLOCK_PAGE.encode()),
    (429, {"Retry-After": "86400"}, b""),
    (503, {"Retry-After": "86400"}, b""),
]


@pytest.mark.parametrize("trouble", BLOCKS, ids=lambda trouble: f"{trouble[0]} {trouble[1]}")
def test_being_shut_out_ends_the_work_at_once(edgar, fast, tmp_path, trouble):
    many = [(numbered(k), "8-K", "2008-06-01") for k in range(60)]
    edgar.company(*many)
    edgar.troubles[archive_path(numbered(10))] = [("status", *trouble)]
    result = run(edgar, "--cik", CIK, "-o", tmp_path)
    assert isinstance(result.exception, ToplineError)
    assert "run the same command again" in str(result.exception)
    states = {entry["status"] for entry in entries(tmp_path)}
    assert states == {"fetched", "pending"}
    # One block page, and nothing after it but what was under way.
    assert len(edgar.asked) < 1 + 10 + 2 * 4 + 1
    assert run(edgar, "--cik", CIK, "-o", tmp_path).exit_code == 0
    assert {entry["status"] for entry in entries(tmp_path)} == {"fetched"}


def test_being_shut_out_is_seen_in_the_list_too(edgar, fast):
    edgar.troubles[f"/submissions/CIK{CIK}.json"] = [("status", 403, {}, BLOCK_PAGE.encode())]
    with pytest.raises(FetchError, match="wait ten minutes") as refusal:
        find_filings(ask(edgar), Query((CIK,)))
    assert refusal.value.reason == "blocked"
    assert len(edgar.asked) == 1


def test_the_real_block_page_is_known(shared):
    from topline.errors import FilingError

    page = (shared / "filings" / "raw" / "E62__rate-exceeded.html").read_text("utf-8")
    for text in (page, BLOCK_PAGE):
        with pytest.raises(FilingError, match="refusal"):
            refuse_block_page(text, "page")


def test_a_body_beyond_the_limit_is_refused(edgar, tmp_path):
    edgar.held["/large"] = b"x" * 200_000
    with pytest.raises(FetchError, match="larger than 100,000 bytes"), (tmp_path / "a").open("w+b") as file:
        Client(Manners(max_bytes=100_000)).fetch(f"{edgar.url}/large", file)
    assert len(edgar.asked) == 1


# --- fair access ------------------------------------------------------------------------------------------------------
def test_no_more_than_eight_requests_a_second_over_all_threads(edgar, tmp_path):
    edgar.company(*((numbered(k), "8-K", "2008-06-01") for k in range(20)))
    assert run(edgar, "--cik", CIK, "-o", tmp_path).exit_code == 0
    times = sorted(moment for _, moment, _ in edgar.asked)
    assert len(times) == 21
    assert times[-1] - times[0] > 20 / 8 - 0.2
    # Requests leave an eighth of a second apart; loopback and a busy machine may bring them a little closer.
    assert all(later - sooner > 1 - 0.3 for sooner, later in zip(times, times[8:], strict=False))


def test_the_pacer_gives_no_two_turns_within_its_interval():
    from concurrent.futures import ThreadPoolExecutor

    pacer = Pacer(100.0)
    start = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: pacer.wait(), range(60)))
    assert time.monotonic() - start >= 0.59


def test_a_stopped_pacer_tells_who_waits():
    pacer = Pacer(0.01)
    pacer.wait()
    pacer.stop()
    with pytest.raises(FetchError, match="stopped"):
        pacer.wait()


@pytest.mark.parametrize(
    "contact", [None, "", "  ", "Velorin Readers", "a@b", "a@velorin.example\r\nX: y", "é@velorin.example"]
)
def test_no_request_without_a_contact(edgar, tmp_path, contact, monkeypatch):
    monkeypatch.delenv("TOPLINE_CONTACT", raising=False)
    options = [] if contact is None else ["--contact", contact]
    result = CliRunner().invoke(
        app, ["fetch", "--cik", "1", "-o", str(tmp_path / "a"), "--base-url", edgar.url, *options]
    )
    assert isinstance(result.exception, InputError)
    assert "contact" in str(result.exception)
    assert edgar.asked == []


def test_the_contact_may_stand_in_the_environment(edgar, fast, tmp_path):
    args = ["fetch", "--cik", CIK, "--dry-run", "-o", str(tmp_path), "--base-url", edgar.url]
    assert CliRunner().invoke(app, args, env={"TOPLINE_CONTACT": CONTACT}).exit_code == 0


# --- stops and wrong use ----------------------------------------------------------------------------------------------
def command(server, *args):
    code = "from topline.cli import main; main()"
    options = ["--base-url", server.url, "--contact", CONTACT]
    return [sys.executable, "-c", code, "fetch", *map(str, args), *options]


MANY = 24  # filings: three seconds at the pace of fair access, so that a starved test still ends them midway


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_goes_on_where_it_was(edgar, fast, tmp_path, how):
    edgar.company(*((numbered(k), "8-K", "2008-06-01") for k in range(MANY)))
    # What a shell starts in the background, as these tests may be, ignores interrupts and hands that on.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    asked = command(edgar, "--cik", CIK, "-o", tmp_path)
    process = subprocess.Popen(asked, stderr=subprocess.PIPE, preexec_fn=heeding)
    while len(edgar.asked) < 5:
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(how)
    process.communicate()
    assert process.returncode != 0
    there = {path.stem for path in tmp_path.glob("[0-9]*.txt")}
    assert 1 <= len(there) < MANY
    assert all((tmp_path / f"{name}.txt").read_bytes() == submission(name, filed="2008-06-01") for name in there)
    known = {entry.accession for entry in read_manifest(tmp_path).values() if entry.status == "fetched"}
    assert known <= there
    with (tmp_path / "manifest.jsonl").open("ab") as file:
        file.write(b'{"accession": "00076')  # as a crash may leave it
    edgar.asked.clear()
    result = run(edgar, "--cik", CIK, "-o", tmp_path)
    assert (
        result.stderr.splitlines()[-1]
        == f"{MANY} filings: {MANY - len(known)} fetched, {len(known)} kept, 0 failed, 0 left"
    )
    assert len(edgar.asked) == 1 + MANY - len(known)
    assert len(entries(tmp_path)) == MANY
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


WRONG = [
    (["-o", "a"], "name filings by"),
    (["--cik", "1"], "Missing option"),
    (["--cik", "1", "--since", "2008-13-01", "-o", "a"], "does not match the format"),
    (["--cik", "1", "--since", "2009-01-01", "--until", "2008-01-01", "-o", "a"], "later than"),
    (["--accession", NEW, "--form", "8-K", "-o", "a"], "leave out"),
    (["--cik", "1", "--limit", "0", "-o", "a"], "limit"),
]


@pytest.mark.parametrize(("args", "said"), WRONG, ids=[said for _, said in WRONG])
def test_wrong_usage_exits_with_2(args, said):
    result = CliRunner().invoke(app, ["fetch", *args, "--contact", CONTACT, "--base-url", "http://127.0.0.1:9"])
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


BAD = [
    (["--cik", "x", "-o", "a"], "is no CIK"),
    (["--accession", "1-2", "-o", "a"], "is no accession number"),
    (["--accession", NEW, "--cik", "1", "--cik", "2", "-o", "a"], "name one --cik"),
    (["--cik", CIK, "-o", "file"], "cannot be made a folder"),
    (["--cik", CIK, "-o", "absent/a"], "cannot be made a folder"),
    (["--cik", CIK, "-o", "foreign"], "foreign/manifest.jsonl:1: is no line about a filing"),
    (["--cik", CIK, "-o", "hostile"], "hostile/manifest.jsonl:1: is no line about a filing"),
]


HOSTILE_ENTRY = ("accession", "cik", "form", "filed", "url", "sha256", "size", "status", "message")


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Stand in a folder with what no filings can be put into."""
    (tmp_path / "file").touch()
    for name, line in (("foreign", {"format": "topline-batch/1"}), ("hostile", dict.fromkeys(HOSTILE_ENTRY, "../a"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.jsonl").write_text(json.dumps(line) + "\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("args", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_input_is_a_known_error(edgar, fast, places, args, said):
    result = run(edgar, *args)
    assert isinstance(result.exception, ToplineError)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_known_error_is_one_sentence_without_a_traceback(edgar, places):
    held = subprocess.run(command(edgar, *BAD[0][0]), capture_output=True, text=True, check=False)
    assert (held.returncode, held.stdout) == (1, "")
    assert held.stderr == "topline: 'x': is no CIK; give the company's number, such as 855654\n"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1", "http://", "file:///etc/passwd"])
def test_a_base_url_is_an_address(url):
    with pytest.raises(InputError, match="is no address"):
        Edgar(CONTACT, url)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path):
    client = Edgar(CONTACT, "http://127.0.0.1:9", backoff=0.01)
    with pytest.raises(FetchError, match="cannot be reached"):
        find_filings(client, Query((CIK,)))


def test_two_runs_do_not_share_a_folder(edgar, fast, tmp_path):
    from topline.batch.storage import locked

    with locked(tmp_path):
        result = run(edgar, "--cik", CIK, "-o", tmp_path)
    assert isinstance(result.exception, ToplineError)
    assert "another run is writing here" in str(result.exception)


def test_a_disk_that_refuses_is_one_sentence(edgar, fast, tmp_path, monkeypatch):
    def refuse(source, target):
        if str(target).endswith(".txt"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    replace = os.replace
    monkeypatch.setattr(os, "replace", refuse)
    result = run(edgar, "--cik", CIK, "-o", tmp_path)
    assert isinstance(result.exception, InputError)
    assert "No space left" in str(result.exception)
    assert [path.name for path in Path(tmp_path).iterdir()] == ["manifest.jsonl"]
    assert {entry["status"] for entry in entries(tmp_path)} == {"pending"}

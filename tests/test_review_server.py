"""The review's server: who is answered, who is refused, and that nothing of the file system can be named."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from importlib import resources

import pytest
from review_example import ids, served, write_run

from topline.errors import ReviewError
from topline.review.guard import LARGEST, POLICY
from topline.review.server import FILES, make_server, take_address


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("review"))


@pytest.fixture(scope="module")
def address(rows):
    with served(rows) as held:
        yield held


def ask(address, path, method="GET", body=None, **headers):
    """Return status, headers and body of a request with the headers that a browser would send."""
    host = f"127.0.0.1:{address.port}"
    sent = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json", **headers}
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=60)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        content = body if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if content is not None:
            sent.setdefault("Content-Length", str(len(content)))
        for name, held in sent.items():
            if held is not None:
                connection.putheader(name, held)
        connection.endheaders(content)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def under(address, path):
    return f"/{address.token}/{path}"


def test_the_page_and_its_files_come_under_a_strict_policy(address):
    for path in ("", *(f"static/{name}" for name in FILES), "run", "document?id=brello"):
        status, headers, body = ask(address, under(address, path))
        assert status == 200, path
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert body
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_the_page_has_no_script_or_style_of_its_own_and_names_no_other_host():
    folder = resources.files("topline.review").joinpath("static")
    page = folder.joinpath("index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
    for name in ("index.html", *FILES):
        held = folder.joinpath(name).read_text("utf-8")
        assert set(re.findall(r"https?://[^\s\"']+", held)) <= {"http://www.w3.org/2000/svg"}
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", held), name
    assert {path.name for path in folder.iterdir()} == {"index.html", *FILES}


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/x/", "/{cut}/", "/{other}/run", "/{token}x/", "//evil/"])
def test_without_the_token_nothing_is_answered(address, path):
    path = path.format(token=address.token, cut=address.token[:-1], other=address.token[::-1])
    status, headers, body = ask(address, path)
    assert status == 403
    assert headers["content-security-policy"] == POLICY
    assert address.token.encode() not in body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", None])
def test_under_another_hosts_name_nothing_is_answered(address, host):
    held = host.format(port=address.port) if host else host
    status, _, _ = ask(address, under(address, "run"), Host=held)
    assert status in ((403,) if host is not None else (400, 403))
    assert ask(address, under(address, "run"), Host=f"localhost:{address.port}")[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Length": str(LARGEST + 1)}, 413),
    ],
)
def test_changes_are_taken_from_the_page_itself_only(address, rows, headers, status):
    event = {"event": {"do": "decide", "row": ids(rows)["41%"], "decision": "accepted"}, "after": 0}
    sent = {name: held.format(port=address.port) if held else held for name, held in headers.items()}
    assert ask(address, under(address, "events"), "POST", event, **sent)[0] == status
    assert json.loads(ask(address, under(address, "run"))[2])["changes"] == 0


def test_a_body_that_grows_beyond_what_it_said_is_refused(address):
    host = f"127.0.0.1:{address.port}"
    head = (
        f"POST {under(address, 'events')} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", address.port), timeout=60) as connection:
        connection.sendall(head.encode())
        chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
        try:
            for _ in range(LARGEST // 0x1000 + 2):
                connection.sendall(chunk)
        except OSError:
            pass  # the server answered and closed before all was sent
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(address, method):
    assert ask(address, under(address, "events"), method)[0] == 405


@pytest.mark.parametrize(("path", "method"), [("events", "GET"), ("export", "GET"), ("run", "POST"), ("", "POST")])
def test_what_changes_is_posted_and_what_reads_is_not(address, path, method):
    assert ask(address, under(address, path), method, {} if method == "POST" else None)[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "static/../sitting.py",
        "static/..%2fsitting.py",
        "static/%2e%2e/sitting.py",
        "static/..%5c..%5csitting.py",
        "static//etc/passwd",
        "static/index.html",
        "static/main.js%00.py",
        "../../etc/passwd",
        "static/",
    ],
)
def test_no_path_leads_to_another_file(address, path):
    status, _, body = ask(address, under(address, path))
    assert status == 404
    assert b"import" not in body
    assert b"root:" not in body


@pytest.mark.parametrize("name", ["../rows", "/etc/passwd", "brello.txt", "", "\u202e", "x" * 5000])
def test_no_document_but_those_of_the_run_can_be_asked_for(address, name):
    from urllib.parse import quote

    status, _, body = ask(address, under(address, f"document?id={quote(name)}"))
    assert status == 422
    assert "no document" in json.loads(body)["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 60_000, b'"x"', b"{}", b"\xff", b'{"event": 1, "after": 0}'])
def test_a_body_that_is_no_event_is_one_sentence(address, body):
    status, _, answer = ask(address, under(address, "events"), "POST", body)
    assert status in (409, 422)
    assert json.loads(answer)["error"]


def test_a_change_is_made_once_and_a_page_that_is_behind_is_told(tmp_path):
    rows = write_run(tmp_path)
    event = {"event": {"do": "decide", "row": ids(rows)["41%"], "decision": "accepted"}, "after": 0}
    with served(rows) as address:
        status, _, body = ask(address, under(address, "events"), "POST", event)
        assert (status, json.loads(body)["changes"]) == (200, 1)
        assert ask(address, under(address, "events"), "POST", event)[0] == 409
        status, _, body = ask(address, under(address, "export"), "POST", {"partial": True})
        assert (status, json.loads(body)["said"].split(" -> ")[0]) == (200, "1 document, 1 result")
        status, _, body = ask(address, under(address, "export"), "POST", {"partial": "yes"})
        assert (status, "no document is finished" in json.loads(body)["error"]) == (422, True)


def test_a_port_that_is_taken_is_one_sentence(address):
    with pytest.raises(ReviewError, match=f"port {address.port} cannot be used"):
        take_address(address.port)


def test_two_addresses_have_different_tokens():
    with take_address().socket as first, take_address().socket as second:
        assert first.getsockname() != second.getsockname()
    assert take_address().token != take_address().token


def test_a_missing_extra_says_how_to_install_it(monkeypatch, address):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ReviewError, match=re.escape("pip install 'topline[review]'")):
        make_server(None, address)  # type: ignore[arg-type]


def test_the_command_serves_until_it_is_interrupted_and_a_second_one_is_refused(tmp_path):
    rows = write_run(tmp_path)
    command = [sys.executable, "-c", "from topline.cli import main; main()", "review", str(rows)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = [process.stderr.readline() for _ in range(2)]
            assert said[0].startswith("5 rows of 2 documents; decisions go to ")
            found = re.search(r"http://127\.0\.0\.1:(\d+)/([\w-]{32})/", said[1])
            assert found, said
            second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            assert second.returncode == 1
            assert second.stderr.startswith("topline: ")
            assert "another review is writing here" in second.stderr
            assert "Traceback" not in second.stderr
            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
            connection.request("GET", f"/{found[2]}/run")
            assert connection.getresponse().status == 200
            connection.close()
            os.kill(process.pid, signal.SIGINT)
            _, rest = process.communicate(timeout=30)
        finally:
            process.kill()
    assert "Traceback" not in rest
    assert process.returncode in (0, -signal.SIGINT, 130)

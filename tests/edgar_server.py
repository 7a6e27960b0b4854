"""A server on loopback that answers as EDGAR does; its filings are invented. No test asks the real one.

What it says follows EDGAR's documentation and answers seen before 2026: the list of a company's filings with older
pages, the table of tickers, full-text search of a hundred hits a page, full submissions, the page for who asks too
fast, 429 and 503 with Retry-After, and transfers that break off.
"""

import gzip
import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from urllib.parse import parse_qs, urlsplit

CIK = "0007654321"
CONTACT = "Velorin Readers reader@velorin.example"
BLOCK_PAGE = (
    "<!DOCTYPE html><html><head><title>Example | Request Rate Threshold Exceeded</title></head>"
    "<body><h1>Too many requests</h1><p>Come back after ten minutes.</p></body></html>"
)
_SENTENCE = "In the trial of zelnotide, the objective response rate was {rate}% among 40 evaluable patients."


def submission(accession, form="8-K", filed="2008-12-12", rate="42.5", closing="</SEC-DOCUMENT>\n"):
    """Return a full submission with one result in its exhibit."""
    return (
        f"<SEC-DOCUMENT>{accession}.txt : {filed.replace('-', '')}\n<SEC-HEADER>{accession}.hdr.sgml\n"
        f"ACCESSION NUMBER:\t\t{accession}\nCONFORMED SUBMISSION TYPE:\t{form}\nPUBLIC DOCUMENT COUNT:\t\t1\n"
        f"FILED AS OF DATE:\t\t{filed.replace('-', '')}\n\nFILER:\n\n\tCOMPANY DATA:\n"
        f"\t\tCOMPANY CONFORMED NAME:\t\t\tVELORIN THERAPEUTICS\n\t\tCENTRAL INDEX KEY:\t\t\t{CIK}\n</SEC-HEADER>\n"
        f"<DOCUMENT>\n<TYPE>EX-99.1\n<SEQUENCE>1\n<FILENAME>ex99.txt\n<TEXT>\n{_SENTENCE.format(rate=rate)}\n"
        f"</TEXT>\n</DOCUMENT>\n{closing}"
    ).encode()


def columns(*filings):
    """Return filings `(accession, form, filed)` as EDGAR's parallel arrays."""
    accessions, forms, dates = (list(column) for column in zip(*filings, strict=True)) if filings else ([], [], [])
    return {
        "accessionNumber": accessions,
        "filingDate": dates,
        "form": forms,
        "primaryDocument": ["a.htm"] * len(dates),
    }


def archive_path(accession, cik=CIK):
    return f"/Archives/edgar/data/{int(cik)}/{accession}.txt"


class Edgar:
    """What the server holds and how it misbehaves; `troubles` are answers that a path gives before its true one."""

    def __init__(self):
        self.held = {}
        self.troubles = {}
        self.documents = []
        self.most = 10_000
        self.asked = []
        self.lock = threading.Lock()
        self.url = ""

    def company(self, *recent, older=None, cik=CIK):
        """Hold a company's list of filings and each of them; `older` are pages by name with their filings."""
        pages = []
        for name, filings in (older or {}).items():
            dates = sorted(filed for _, _, filed in filings)
            pages.append({"name": name, "filingCount": len(filings), "filingFrom": dates[0], "filingTo": dates[-1]})
            self.held[f"/submissions/{name}"] = json.dumps(columns(*filings)).encode()
        listing = {"cik": cik, "filings": {"recent": columns(*recent), "files": pages}}
        self.held[f"/submissions/CIK{cik}.json"] = json.dumps(listing).encode()
        for accession, form, filed in (*recent, *(filing for filings in (older or {}).values() for filing in filings)):
            self.held[archive_path(accession, cik)] = submission(accession, form, filed)

    def tickers(self, **ciks):
        rows = ({"cik_str": cik, "ticker": ticker.replace("_", "-"), "title": "A"} for ticker, cik in ciks.items())
        self.held["/files/company_tickers.json"] = json.dumps(dict(enumerate(rows))).encode()

    def paths(self):
        return [path for path, _, _ in self.asked]

    def counts(self):
        return Counter(self.paths())

    def search(self, query):
        """Answer a full-text search over `documents`: (accession, file, form, filed)."""
        first, last = query["startdt"][0], query["enddt"][0]
        forms = query.get("forms", [""])[0].split(",") if "forms" in query else None
        found = [
            document
            for document in self.documents
            if first <= document[3] <= last and (forms is None or document[2].removesuffix("/A") in forms)
        ]
        start = int(query.get("from", ["0"])[0])
        capped = len(found) > self.most
        hits = [
            {
                "_id": f"{accession}:{file}",
                "_source": {"ciks": [CIK], "form": form, "root_forms": [form.removesuffix("/A")], "file_date": filed},
            }
            for accession, file, form, filed in found[start : start + 100]
        ]
        total = {"value": min(len(found), self.most), "relation": "gte" if capped else "eq"}
        return json.dumps({"took": 1, "timed_out": False, "hits": {"total": total, "hits": hits}}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        edgar, parts = self.server.edgar, urlsplit(self.path)
        with edgar.lock:
            edgar.asked.append((self.path, monotonic(), self.headers["User-Agent"]))
            waiting = edgar.troubles.get(parts.path, [])
            trouble = waiting.pop(0) if waiting else None
        if trouble:
            return self.misbehave(*trouble)
        if parts.path == "/LATEST/search-index":
            return self.answer(200, edgar.search(parse_qs(parts.query)))
        body = edgar.held.get(parts.path)
        return self.answer(200 if body is not None else 404, body if body is not None else b"<Error>NoSuchKey</Error>")

    def misbehave(self, kind, *more):
        body = self.server.edgar.held.get(urlsplit(self.path).path, b"x" * 1000)
        if kind == "status":  # a status, headers, a body
            status, headers, page = (*more, *({}, b"")[len(more) - 1 :])
            return self.answer(status, page, headers)
        if kind == "cut":  # the length is announced and not kept
            return self.answer(200, body, sent=len(body) // 2)
        if kind == "cut gzip":
            packed = gzip.compress(body)
            return self.answer(200, packed, {"Content-Encoding": "gzip"}, sent=len(packed) // 2)
        if kind == "cut unannounced":  # the connection ends and nothing says where it should have
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return None
        if kind == "gzip":
            return self.answer(200, gzip.compress(body), {"Content-Encoding": "gzip"})
        if kind == "hang up":
            self.close_connection = True
            return self.connection.close()
        raise AssertionError(kind)

    def answer(self, status, body, headers=None, sent=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        if sent is not None:
            self.close_connection = True

    def log_message(self, *_):
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that leaves early is part of the tests."""


@contextmanager
def serve():
    """Run the server in a thread and yield what it holds; `url` is its address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.edgar = Edgar()
    server.edgar.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.edgar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Filings from EDGAR into a folder: which there are, the way to each, and an account of what came.

`find_filings` lists what a query means; `fetch_filings` brings the full submissions, skips what is there already, and
keeps `manifest.jsonl`. All requests go through one `Edgar`, at most eight a second, with a contact that can be reached.
"""

from topline.edgar.archive import fetch_filings
from topline.edgar.listing import find_filings
from topline.edgar.manifest import MANIFEST, Entry, read_manifest
from topline.edgar.records import Filing, Query
from topline.edgar.service import Edgar

__all__ = ["MANIFEST", "Edgar", "Entry", "Filing", "Query", "fetch_filings", "find_filings", "read_manifest"]

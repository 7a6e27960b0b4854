"""Make the pictures of the documentation from the sample filings: `python docs/make_images.py [NAME]`, all without one.

Needs `/usr/bin/chromium` and the `dev` extra. One function a picture; each writes `images/NAME.png`.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
SAMPLES = ROOT / "annotations" / "samples"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
LARGEST = 250_000  # bytes of a picture


@contextmanager
def browser() -> Iterator[Any]:
    """Start the browser that pictures are taken with."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        held = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield held
        held.close()


@contextmanager
def review_of(rows: Path, filings: Path) -> Iterator[str]:
    """Serve the review of some rows and yield its address."""
    from topline.review.run import read_run
    from topline.review.server import make_server, take_address
    from topline.review.sitting import open_sitting

    run = read_run(rows, [filings])
    with open_sitting(run, rows.with_name("rows.review"), rows.with_name("gold.jsonl")) as sitting:
        address = take_address()
        server = make_server(sitting, address)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [address.socket]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield address.url
        server.should_exit = True
        thread.join(10)


def review(folder: Path) -> None:
    """Draw the review page: a sample's rows, some decided, and the choice of another cohort."""
    from typer.testing import CliRunner

    from topline.cli import app

    rows = folder / "rows.jsonl"
    files = [str(SAMPLES / f"{name}.htm") for name in ("velorin-8k-2019", "aldermoor-8k-2011")]
    result = CliRunner().invoke(app, ["extract", *files, "--model", "rules", "-o", str(rows)])
    assert result.exit_code == 0, result.stderr
    with review_of(rows, SAMPLES) as address, browser() as held:
        page = held.new_page(viewport={"width": 1240, "height": 740}, reduced_motion="reduce")
        page.set_default_timeout(120_000)
        page.goto(address)
        page.wait_for_selector("#row h2")
        page.select_option("#documents", "velorin-8k-2019")
        page.wait_for_function("() => document.title.startsWith('velorin')")
        for key in "warjaac":
            page.keyboard.press(key)
        page.evaluate("async () => { const { settled } = await import('./static/calls.js'); await settled(); }")
        page.screenshot(path=IMAGES / "review.png")


PICTURES: MappingProxyType[str, Callable[[Path], None]] = MappingProxyType({"review": review})


def main(names: list[str]) -> None:
    """Make the pictures of these names, all without any."""
    IMAGES.mkdir(exist_ok=True)
    for name in names or PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            PICTURES[name](Path(folder))
        size = (IMAGES / f"{name}.png").stat().st_size
        assert size <= LARGEST, f"{name}.png has {size:,} bytes, more than {LARGEST:,}"
        print(f"{name}.png: {size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Make the pictures of the documentation from the sample filings: `python docs/make_images.py [NAME]`, all without one.

Needs `/usr/bin/chromium` and the `dev` extra. One function a picture; each writes `images/NAME.png`.
"""

from __future__ import annotations

import io
import json
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
MODEL = "default"  # of the terminal's table; the other pictures show what there is to correct: `rules`
REPORTED = {"velorin-8k-2019", "aldermoor-8k-2011", "corvath-8k-2015"}
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
    rows = folder / "rows.jsonl"
    files = [str(SAMPLES / f"{name}.htm") for name in ("velorin-8k-2019", "aldermoor-8k-2011")]
    run(["extract", *files, "--model", "rules", "-o", str(rows)])
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


def terminal(folder: Path) -> None:
    """Draw what `topline show` prints on a terminal of colours: a sample's table and its first passages."""
    from rich.console import Console

    import topline
    from topline.layouts import document_layout
    from topline.terminal import heading, table
    from topline.terminal_passages import legend, passage

    extracted = topline.extract(SAMPLES / "velorin-8k-2019.htm", topline.load(MODEL))
    (doc,) = extracted.docs
    layout = document_layout(doc._.document, [sent.start_char for sent in doc.sents])
    console = Console(record=True, width=118, force_terminal=True, color_system="truecolor", file=io.StringIO())
    console.print(heading(doc._.document.source, len(extracted)), style="bold")
    console.print(table(extracted.rows, console.width))
    console.print(legend(True))
    for row in extracted[1:3]:
        console.print(passage(layout, row, True, {}))
    drawing = folder / "terminal.svg"
    console.save_svg(str(drawing), title="topline show velorin-8k-2019.htm")
    with browser() as held:
        page = held.new_page(viewport={"width": 1240, "height": 900})
        page.set_content(drawing.read_text("utf-8"))
        page.locator("svg").first.screenshot(path=IMAGES / "terminal.png")


def report(folder: Path) -> None:
    """Draw the error report of the rules against the samples' gold, as it opens."""
    made = folder / "report.html"
    gold = ROOT / "annotations" / "samples.jsonl"
    lines = [line for line in gold.read_text("utf-8").splitlines() if json.loads(line)["id"] in REPORTED]
    few = folder / "gold.jsonl"
    few.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "samples").symlink_to(SAMPLES)
    run(["report", str(few), "--model", "rules", "-o", str(made)])
    with browser() as held:
        page = held.new_page(viewport={"width": 1240, "height": 900}, reduced_motion="reduce")
        page.goto(made.as_uri())
        page.screenshot(path=IMAGES / "report.png")


def run(words: list[str]) -> None:
    """Run a command of topline, which must succeed."""
    from typer.testing import CliRunner

    from topline.cli import app

    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.stderr


PICTURES: MappingProxyType[str, Callable[[Path], None]] = MappingProxyType(
    {"terminal": terminal, "report": report, "review": review}
)


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

"""The review in a browser, from predicted rows to a trained model: by keys, by mouse, by drag, over a restart."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from marked import pipeline
from review_example import FIRST, SECOND, TEXTS, ids, row, served, span_of, write_run
from test_training import TINY
from typer.testing import CliRunner

from topline.cli import app
from topline.evaluation.rows import read_records
from topline.evaluation.scorer import evaluate
from topline.gold import find_problems, load_gold
from topline.relations import link_with
from topline.results.rows import assemble
from topline.training.documents import read_gold
from topline.training.rows import train
from topline.training.samples import make_sample

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SAMPLES = ROOT / "annotations" / "samples"
WAIT = 60_000  # milliseconds; the first document waits for spaCy


@pytest.fixture(scope="module")
def browser() -> Iterator:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is absent: the review must be tried in a browser")
        pytest.skip(f"{CHROMIUM} is absent")
    sync_api = (
        pytest.importorskip("playwright.sync_api")
        if not os.environ.get("CI")
        else __import__("playwright.sync_api", fromlist=["sync_playwright"])
    )
    with sync_api.sync_playwright() as driver:
        held = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield held
        held.close()


@pytest.fixture
def open_page(browser):
    """Open a review's address; what the page complains of and asks for is collected in `said` and `asked`."""
    contexts = []

    def show(address, **options):
        context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address.url)
        page.wait_for_selector("#row h2, #none:not([hidden])")
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.fixture
def rows(tmp_path) -> Path:
    return write_run(tmp_path)


def fields(page) -> dict[str, str]:
    """Return the fields of the row that is shown, by their names."""
    found = page.locator("#row .field[data-field]")
    return {
        held.get_attribute("data-field"): held.locator(".quote").inner_text() if held.locator(".quote").count() else ""
        for held in found.all()
    }


def value(page) -> str:
    return page.inner_text("#row h2")


def signs(page) -> dict[str, str]:
    """Return the decisions of the rows in the list, by their values."""
    lines = page.locator("#rows li button").all()
    return {held.locator("b").inner_text(): held.locator(".sign").get_attribute("title") for held in lines}


def pick(page, name):
    page.locator("#rows li button", has=page.get_by_text(name, exact=True)).first.click()
    page.wait_for_function("name => document.querySelector('#row h2')?.textContent === name", arg=name)


def press(page, *keys):
    """Press keys and wait until the page has done what they ask for."""
    for key in keys:
        page.keyboard.press(key)
    settled(page)


def settled(page):
    page.evaluate("async () => { const { inTurn } = await import('./static/calls.js'); await inTurn(() => {}); }")


def select(page, words, *, among=0):
    """Select words of the text with the mouse, from the first character to the last."""
    box = page.evaluate(
        """([words, among]) => {
          const root = document.getElementById("text");
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          const nodes = [];
          let whole = "";
          while (walker.nextNode()) { nodes.push([walker.currentNode, whole.length]); whole += walker.currentNode.data; }
          let at = -1;
          for (let k = 0; k <= among; k += 1) at = whole.indexOf(words, at + 1);
          const point = (offset, ending) => {
            for (const [node, start] of nodes) {
              const inside = offset - start;
              if (inside >= 0 && (ending ? inside <= node.data.length : inside < node.data.length)) return [node, inside];
            }
          };
          const range = document.createRange();
          range.setStart(...point(at, false));
          range.setEnd(...point(at + words.length, true));
          range.startContainer.parentElement.scrollIntoView({ block: "center" });
          const boxes = [...range.getClientRects()];
          const [first, last] = [boxes[0], boxes.at(-1)];
          return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2];
        }""",
        [words, among],
    )
    page.mouse.move(box[0] + 1, box[1])
    page.mouse.down()
    page.mouse.move(box[2] - 1, box[3], steps=4)
    page.mouse.up()


def test_the_page_opens_with_the_least_sure_row_and_asks_for_one_document(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        assert page.said == []
        assert value(page) == "12"
        assert [held.inner_text() for held in page.locator("#rows li b").all()] == ["12", "22.2%", "13", "41%"]
        assert sum("/document?" in url for url in page.asked) == 1
        assert {url.split("/")[2] for url in page.asked} == {f"127.0.0.1:{address.port}"}
        assert page.locator("mark.role-value").inner_text() == "12"
        press(page, "w")
        assert [held.inner_text() for held in page.locator("#rows li b").all()] == ["41%", "22.2%", "12", "13"]


def test_keys_walk_through_rows_and_documents(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        press(page, "j")
        assert value(page) == "22.2%"
        assert page.locator("mark.role-cohort").inner_text() == "placebo group"
        press(page, "k", "k")
        assert value(page) == "12"
        press(page, "J")
        assert value(page) == "30%"
        assert page.title().startswith("tolvarin")
        press(page, "?")
        assert page.locator("#help").is_visible()
        press(page, "Escape")
        assert not page.locator("#help").is_visible()
        press(page, "K")
        assert value(page) == "12"


def test_every_part_of_a_correction_can_be_made_and_undone(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        pick(page, "22.2%")
        press(page, "e")
        choices = page.locator(".choices .quote").all_inner_texts()
        assert 0 < len(choices) <= 9
        press(page, str(choices.index("overall response rate") + 1))
        assert fields(page)["endpoint"] == "overall response rate"
        press(page, "u")
        assert fields(page)["endpoint"] == "Nausea"
        press(page, "U")
        assert fields(page)["endpoint"] == "overall response rate"
        press(page, "c", "0")
        assert fields(page)["cohort"] == "not given"
        assert page.input_value("#size") == ""
        press(page, "Control+z")
        assert (fields(page)["cohort"], page.input_value("#size")) == ("placebo group", "27")
        page.select_option("#kind", "ratio")
        settled(page)
        assert "edited" in page.inner_text(".decision")
        press(page, "r")
        assert signs(page)["22.2%"] == "rejected"


def test_words_that_are_no_mention_are_found_and_taken_by_keys_alone(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        pick(page, "13")
        press(page, "e", "/")
        page.keyboard.type("nausea   was seen")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "document.querySelector('[data-field=endpoint] .quote')?.textContent === 'Nausea was seen'"
        )
        press(page, "Escape", "#")
        page.keyboard.type("54")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('[data-field=n_at] .quote')?.textContent === '54'")
        press(page, "#")
        page.keyboard.type("55555")
        page.keyboard.press("Enter")
        page.wait_for_selector("#said.wrong")
        assert "nowhere" in page.inner_text("#said")


def test_what_is_selected_leads_to_the_right_offsets_behind_signs_and_emoji(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        press(page, "J")
        assert "\u202e" not in page.inner_text("#text")
        select(page, "nausea was rare")
        press(page, "e")
        assert fields(page)["endpoint"] == "nausea was rare"
    lines = [json.loads(line) for line in rows.with_name("rows.jsonl.review").read_text("utf-8").splitlines()]
    assert lines[-1]["set"] == {"endpoint": list(span_of(SECOND, "nausea was rare"))}


def test_a_selection_in_an_open_choice_is_taken(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        pick(page, "41%")
        press(page, "c")
        select(page, "the morvatide group")
        settled(page)
        assert fields(page)["cohort"] == "the morvatide group"
        pick(page, "13")
        press(page, "e")
        page.locator("#text .mention", has_text="Median survival").first.click()
        settled(page)
        assert "survival" in fields(page)["endpoint"]


HOSTILE = "<img src=x onerror=window.hit=1>"


def test_hostile_text_is_text(open_page, tmp_path):
    text = f"The {HOSTILE} rate was 41% in {HOSTILE} patients \u202e</script><svg onload=window.hit=2> of all.\n"
    TEXTS["evil.txt"] = text
    try:
        held = row("evil.txt", "41%", "percent", f"{HOSTILE} rate", f"{HOSTILE} patients", None, 0.5)
    finally:
        del TEXTS["evil.txt"]
    held["source"]["company"] = HOSTILE
    (tmp_path / "evil.txt").write_text(text)
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(held) + "\n")
    with served(rows) as address:
        page = open_page(address)
        press(page, "e")
        page.wait_for_timeout(100)
        assert page.evaluate("window.hit") is None
        assert page.locator("img, #text svg, #row svg").count() == 0
        assert HOSTILE in page.inner_text("#text")
        assert HOSTILE in page.inner_text("#row")
        assert page.said == []


def test_two_windows_cannot_undo_each_others_changes_unseen(open_page, rows):
    with served(rows) as address:
        first, second = open_page(address), open_page(address)
        press(first, "a")
        press(second, "r")
        assert "brought up to date" in second.inner_text("#said")
        assert signs(second)["12"] == "accepted"


@pytest.mark.parametrize("size", [(1440, 900), (900, 700), (480, 800)])
def test_nothing_is_wider_than_the_window_and_the_head_stays(open_page, rows, size):
    with served(rows) as address:
        page = open_page(address, viewport={"width": size[0], "height": size[1]})
        press(page, "j", "e")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.evaluate("document.querySelector('header').getBoundingClientRect().top") == 0


def test_what_takes_the_focus_has_a_name(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        press(page, "e")
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, input, select")].filter((held) =>
              !held.textContent.trim() && !held.getAttribute("aria-label") && !held.labels?.length).length"""
        )
        assert nameless == 0
        page.keyboard.press("Escape")
        order = []
        for _ in range(4):
            page.keyboard.press("Tab")
            order.append(page.evaluate("document.activeElement.id"))
        assert order == ["before", "documents", "behind", "order"]


# --- from predicted rows to a better score ---


@pytest.fixture(scope="module")
def predicted(tmp_path_factory) -> Path:
    """Rows of two sample filings, without a trained model."""
    path = tmp_path_factory.mktemp("predicted") / "rows.jsonl"
    files = [str(SAMPLES / f"{name}.htm") for name in ("velorin-8k-2019", "solmere-8k-2017")]
    assert CliRunner().invoke(app, ["extract", *files, "--model", "rules", "-o", str(path)]).exit_code == 0
    return path


def test_ten_rows_are_corrected_restarted_exported_trained_on_and_scored(open_page, predicted, tmp_path):
    gold = tmp_path / "gold.jsonl"
    with served(predicted, [SAMPLES]) as address:
        page = open_page(address)
        page.select_option("#documents", "velorin-8k-2019")
        settled(page)
        press(page, "w")
        names = list(signs(page))
        assert len(names) >= 9
        _correct(page)
        before = signs(page)
        assert {"accepted", "rejected", "open"} >= set(before.values())
    with served(predicted, [SAMPLES]) as address:
        page = open_page(address)
        page.select_option("#documents", "velorin-8k-2019")
        settled(page)
        press(page, "w")
        assert signs(page) == before
        pick(page, "22.0%")
        assert fields(page)["cohort"] == "Cohort B"
        for name, state in before.items():
            if state == "open":
                pick(page, name)
                press(page, "a")
        assert "open" not in signs(page).values()
        press(page, "x")
        page.click("#write")
        settled(page)
        assert page.inner_text("#said").startswith("1 document, ")
        assert page.said == []
    (predicted.parent / "rows.gold.jsonl").rename(gold)
    assert CliRunner().invoke(app, ["gold", "check", str(gold)]).exit_code == 0

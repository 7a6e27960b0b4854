"""The review in a browser, from predicted rows to a trained model: by keys, by mouse, by drag, over a restart."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from marked import pipeline
from review_example import SECOND, TEXTS, row, served, span_of, write_run
from test_training import TINY
from typer.testing import CliRunner

from topline.cli import app
from topline.evaluation.rows import read_records
from topline.evaluation.scorer import evaluate
from topline.gold import load_gold
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
    settled(page)
    page.wait_for_function("name => document.querySelector('#row h2')?.textContent === name", arg=name)


def press(page, *keys):
    """Press keys and wait until the page has done what they ask for."""
    for key in keys:
        page.keyboard.press(key)
    settled(page)


def settled(page):
    page.evaluate("async () => { const { settled } = await import('./static/calls.js'); await settled(); }")


def select(page, words, *, among=0):
    """Select words of the text with the mouse, from the first character to the last."""
    box = page.evaluate(
        """([words, among]) => {
          const root = document.getElementById("text");
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          const nodes = [];
          let whole = "";
          while (walker.nextNode()) {
            nodes.push([walker.currentNode, whole.length]);
            whole += walker.currentNode.data;
          }
          let at = -1;
          for (let k = 0; k <= among; k += 1) at = whole.indexOf(words, at + 1);
          const point = (offset, ending) => {
            for (const [node, start] of nodes) {
              const inside = offset - start;
              const most = node.data.length - (ending ? 0 : 1);
              if (inside >= 0 && inside <= most) return [node, inside];
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


def test_the_page_opens_with_the_least_sure_row_and_keys_walk_on(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        assert value(page) == "12"
        assert page.locator("#rows li b").all_inner_texts() == ["12", "22.2%", "13", "41%"]
        assert sum("/document?" in url for url in page.asked) == 1
        assert page.locator("mark.role-value").inner_text() == "12"
        press(page, "j")
        assert value(page) == "22.2%"
        assert "".join(page.locator("mark.role-cohort").all_inner_texts()) == "placebo group"
        press(page, "k", "k")
        assert value(page) == "12"
        press(page, "w")
        assert page.locator("#rows li b").all_inner_texts() == ["41%", "22.2%", "12", "13"]
        press(page, "J")
        assert value(page) == "30%"
        assert page.title().startswith("tolvarin")
        press(page, "?")
        assert page.locator("#help").is_visible()
        press(page, "Escape")
        assert not page.locator("#help").is_visible()
        press(page, "K")
        assert value(page) == "41%"
        assert page.said == []
        assert {url.split("/")[2] for url in page.asked} == {f"127.0.0.1:{address.port}"}


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
        assert fields(page)["cohort"] == ""
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
            "() => document.querySelector('[data-field=endpoint] .quote')?.textContent === 'Nausea was seen'"
        )
        press(page, "Escape", "#")
        page.keyboard.type("54")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelector('[data-field=n_at] .quote')?.textContent === '54'")
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
        page.locator("#text .mention", has_text="survival").first.click()
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


def test_a_click_while_a_document_is_on_its_way_is_kept(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        held = []
        page.route("**/document?*", lambda route: held.append(route))
        page.select_option("#documents", page.input_value("#documents"))
        page.locator("#rows li button", has_text="41%").click()
        page.wait_for_timeout(50)
        assert (value(page), len(held)) == ("12", 1)  # in its turn: after the document
        held[0].continue_()
        settled(page)
        assert value(page) == "41%"


@pytest.mark.parametrize("width", [1440, 700])
def test_the_grip_stands_beside_the_line_that_is_pointed_at(open_page, rows, width):
    with served(rows) as address:
        page = open_page(address, viewport={"width": width, "height": 900})
        places = page.evaluate(
            """() => [...document.querySelectorAll("#text span.mention")]
              .flatMap((mention) => [...mention.getClientRects()])
              .filter((line) => line.width > 4 && line.top > 0 && line.bottom < innerHeight)
              .map(({ left, top, bottom }) => [left + 2, (top + bottom) / 2, top, bottom])"""
        )
        assert len(places) > 3
        for x, y, top, bottom in places:
            page.mouse.move(2, 2)
            page.mouse.move(x, y)
            grip = page.locator("#grip").bounding_box()
            assert grip is not None
            assert min(abs(grip["y"] + grip["height"] - top), abs(grip["y"] - bottom)) < 3, (y, grip)
        assert page.said == []


def test_nothing_is_wider_than_the_window_and_what_takes_the_focus_has_a_name(open_page, rows):
    with served(rows) as address:
        page = open_page(address)
        page.focus("#before")  # where Tab begins is the browser's choice: newer ones begin at what was scrolled to
        order = []
        for _ in range(3):
            page.keyboard.press("Tab")
            order.append(page.evaluate("document.activeElement.id"))
        assert order == ["documents", "behind", "order"]
        press(page, "j", "e")
        for width, height in ((1440, 900), (900, 700), (480, 800)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, input, select")].filter((held) =>
              !held.textContent.trim() && !held.getAttribute("aria-label") && !held.labels?.length).length"""
        )
        assert nameless == 0


# --- from predicted rows to a better score ---

DOCUMENT = "velorin-8k-2019"


@pytest.fixture(scope="module")
def predicted(tmp_path_factory) -> Path:
    """Rows of two sample filings, without a trained model."""
    path = tmp_path_factory.mktemp("predicted") / "rows.jsonl"
    files = [str(SAMPLES / f"{name}.htm") for name in (DOCUMENT, "solmere-8k-2017")]
    assert CliRunner().invoke(app, ["extract", *files, "--model", "rules", "-o", str(path)]).exit_code == 0
    return path


def open_document(page):
    page.select_option("#documents", DOCUMENT)
    settled(page)
    assert page.title().startswith(DOCUMENT)
    press(page, "w")
    assert page.input_value("#order") == "text"


def choose(page, key, words):
    """Choose a field's place by its number."""
    press(page, key)
    choices = page.locator(".choices .quote").all_inner_texts()
    press(page, str(choices.index(words) + 1))


def type_n(page, n):
    press(page, "#")
    page.keyboard.type(n)
    page.keyboard.press("Enter")
    settled(page)
    assert page.input_value("#size") == n


def correct(page):
    """Correct the rows of the document: what the rules get wrong in it, and what they miss."""
    pick(page, "70.9%")
    select(page, "also received a checkpoint inhibitor")
    press(page, "e")
    select(page, "103 patients")
    press(page, "c")
    assert page.input_value("#size") == ""  # another group: its size is to be said again
    type_n(page, "103")
    press(page, "a")
    assert value(page) == "40.3%"  # on to the next row
    # another place than the row's own cohort, which is marked
    page.locator("p.list_item span.mention", has_text="Cohort A").first.hover()
    page.locator("#grip").drag_to(page.locator("[data-field=cohort]"))
    settled(page)
    assert fields(page)["cohort"] == "Cohort A"
    choose(page, "s", "62")
    press(page, "a", "a", "a")  # and 22.0%, 7.4 months as they are
    assert value(page) == "4.6 months"
    choose(page, "c", "Cohort B")
    type_n(page, "41")
    press(page, "a")
    choose(page, "v", "Cohort B")
    press(page, *"aaaaa")
    assert value(page) == "28.2%"
    select(page, "Grade 3 or higher treatment-related events")
    page.locator("#bar button", has_text="Endpoint").click()
    settled(page)
    select(page, "both cohorts")
    drag_selection(page, "[data-field=cohort]")
    assert (fields(page)["cohort"], page.input_value("#size")) == ("both cohorts", "103")
    press(page, "a", "r", "u")
    assert (value(page), signs(page)["no"]) == ("no", "open")
    choose(page, "c", "both cohorts")
    press(page, "a")


def drag_selection(page, target):
    """Drag what is selected in the text onto a field."""
    box = page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().toJSON()")
    onto = page.locator(target).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(onto["x"] + 20, onto["y"] + 10, steps=6)
    page.mouse.up()
    settled(page)


def add_missed(page):
    select(page, "six")
    press(page, "n")
    assert (value(page), page.input_value("#kind")) == ("six", "count")
    select(page, "discontinued orvastinib because of an adverse event")
    press(page, "e")
    choose(page, "c", "both cohorts")
    assert page.input_value("#size") == "103"
    press(page, "a")


def train_on(gold: Path, folder: Path):
    """Return a small model trained on some gold and two more samples, and the rows that it finds in each document."""
    others = ("aldermoor-8k-2011", "corvath-8k-2015")
    held = (ROOT / "annotations" / "samples.jsonl").read_text("utf-8").splitlines(keepends=True)
    (folder / "samples").symlink_to(SAMPLES, target_is_directory=True)
    more = folder / "more.jsonl"
    more.write_text("".join(line for line in held if any(f'"id": "{name}"' in line for name in others)), "utf-8")
    read = list(read_gold(pipeline(), [gold, more], []))
    samples = [make_sample(each.record, each.doc._.document, each.doc._.relations.view) for each in read]
    # So few documents teach more when a leaf may hold few of them.
    model = train(samples, replace(TINY, rounds=40, leaf_rows=4, split_features=0.5))
    return [row.to_dict() for sample in samples for row in assemble(sample.document, link_with(model, sample.view))]


def test_rows_are_corrected_exported_trained_on_and_scored(open_page, predicted, tmp_path):
    with served(predicted, [SAMPLES]) as address:
        page = open_page(address)
        open_document(page)
        assert len(signs(page)) == 12
        correct(page)
        add_missed(page)
        before = signs(page)
        press(page, "J" if page.locator("#behind").is_enabled() else "K")
        page.select_option("#documents", "solmere-8k-2017")
        settled(page)  # it may be shown already: then its title says nothing of the second look
        assert page.title().startswith("solmere")
        pick(page, "50%")
        press(page, "r")
    with served(predicted, [SAMPLES]) as address:
        page = open_page(address)
        open_document(page)
        assert signs(page) == before == dict.fromkeys(before, "accepted")
        pick(page, "40.3%")
        assert (fields(page)["cohort"], page.input_value("#size")) == ("Cohort A", "62")
        press(page, "x")
        page.click("#write")
        settled(page)
        assert page.inner_text("#said").startswith("1 document, 13 results -> ")
        assert page.inner_text("#said").endswith("; 1 document not finished, left out")
        assert page.said == []
    gold = predicted.with_name("rows.gold.jsonl")
    assert CliRunner().invoke(app, ["gold", "check", str(gold)]).exit_code == 0
    records = load_gold(gold)
    predictions = evaluate(records, read_records(predicted)).scores.levels
    tallies = {name: predictions[name].tally for name in ("value", "cohort", "row")}
    value_, cohort, whole = tallies["value"], tallies["cohort"], tallies["row"]
    assert (value_.right, value_.predicted, value_.gold) == (12, 12, 13)  # one was missed
    assert cohort.right < 12  # some had another group's cohort
    trained = evaluate(records, train_on(gold, tmp_path)).scores.levels["row"].tally
    assert trained.right > whole.right

"""The error report: what it holds, that nothing of a filing takes effect in it, and how it behaves in a browser."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from evaluation_example import example_gold, example_ledger, example_rows, gold_record, predicted_rows
from typer.testing import CliRunner

from topline.cli_evaluate import evaluate, report
from topline.evaluation.passages import passages
from topline.evaluation.report import content_policy, render_report, report_items, safe_json
from topline.evaluation.rows import Pages
from topline.evaluation.scorer import evaluate as evaluate_rows
from topline.excerpts import make_layout
from topline.filings import text_document

CHROMIUM = Path("/usr/bin/chromium")
EVIL = "</script><img src=x onerror=\"window.hit='text'\"><svg onload=\"window.hit='svg'\">\u2028'\"--&gt;{{ 7*7 }}"
# Each field of the row holds the hostile text, and so does the file's name.
HOSTILE = (
    f"<e1>{EVIL} response</e1> was <v1>31%</v1> in <c1>{EVIL} group</c1>, and <e2>relief</e2> was <v2>12%</v2> in all."
)
HOSTILE_NAME = "x'); alert(1)<img src=x onerror=window.hit=1>"


def example_report() -> str:
    return render_report(evaluate_rows(example_gold(), example_rows(), ledger=example_ledger()), "example")


def hostile_report() -> str:
    gold = [gold_record(HOSTILE_NAME, HOSTILE, ["v1 percent e1 c1", "v2 percent e2 c1"])]
    rows = predicted_rows(HOSTILE_NAME, HOSTILE, ["v1 percent e2 c1 - 0.5"])
    return render_report(evaluate_rows(gold, rows), EVIL)


class Elements(HTMLParser):
    """Collects start tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(html)
    return parser.found


def test_report_is_self_contained():
    found = elements(example_report())
    assert [attrs for _, attrs in found if {"src", "srcset", "style"} & set(attrs)] == []
    links = [attrs["href"] or "" for _, attrs in found if "href" in attrs]
    assert links
    assert all(re.fullmatch(r"#e\d+", link) for link in links)
    assert {tag for tag, _ in found}.isdisjoint({"link", "img", "iframe", "object", "base"})


def test_policy_allows_this_style_and_this_script_only():
    policy = content_policy("p {}", "run()")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert content_policy("p {}", "run() ") != policy
    (held,) = [attrs["content"] for tag, attrs in elements(example_report()) if "http-equiv" in attrs and tag == "meta"]
    assert held
    assert held.count("sha256-") == 2


def test_hostile_text_opens_no_element_and_no_attribute():
    found = elements(hostile_report())
    assert "img" not in {tag for tag, _ in found}
    assert [name for _, attrs in found for name in attrs if name.startswith("on")] == []
    assert [tag for tag, _ in found].count("script") == 2


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028\u2029", "&lt;", "]]>'"])
def test_safe_json(text):
    plain = safe_json({"text": text})
    assert not set(plain) & set("<>&'\u2028\u2029")
    assert json.loads(plain) == {"text": text}


def test_items_hold_every_outcome_with_its_command():
    items = report_items(evaluate_rows(example_gold(), example_rows()))
    assert len(items) == 17
    assert {item.outcome.kind for item in items} >= {"correct", "missed", "merged", "split"}
    fields = {line.name: line.differs for line in next(i for i in items if i.outcome.kind == "wrong endpoint").fields}
    assert (fields["Endpoint"], fields["Value"]) == (True, False)
    assert items[0].command == "topline show safety.txt --row r0"


def test_command_is_quoted_for_a_shell():
    (first, _) = report_items(
        evaluate_rows([gold_record(HOSTILE_NAME, HOSTILE, ["v1 percent e1 c1", "v2 percent e2 c1"])], [])
    )
    assert shlex.split(first.command)[2] == f"{HOSTILE_NAME}.txt"


def test_passage_holds_the_text_around_the_marks():
    evaluation = evaluate_rows(example_gold(), example_rows())
    texts = {pages.id: pages for pages in evaluation.documents}
    for outcome in evaluation.outcomes:
        pages: Pages = texts[outcome.document]
        pieces = [piece for shown in passages(outcome, make_layout(pages.text)) for piece in shown.pieces]
        for row in outcome.gold:
            marked = [p.text for p in pieces if any(m.role == "value" and m.start == row.value.start for m in p.marks)]
            assert "".join(marked).startswith(row.value.text[:4])


def test_passages_leave_out_what_lies_between():
    marked = f"In <c1>the group</c1> {'it was seen that ' * 80}<e1>relief</e1> came in <v1>5%</v1>.{' More.' * 90}"
    gold = gold_record("long", marked, ["v1 percent e1 c1"])
    (outcome,) = evaluate_rows([gold], []).outcomes
    before, own = passages(outcome, make_layout(gold.text or ""))
    assert [piece.omission for piece in before.pieces].count(True) == 1
    assert [piece.omission for piece in own.pieces].count(True) == 2
    assert len(before.text) + len(own.text) < 900


PLACES = """\
Relief in 41% of patients

<n1>61</n1> <c1>patients</c1> took velotinib.
It was <e1>relief
of pain</e1> in <v1>41%</v1>.

Safety

| Event | <c2>Velotinib</c2> (n=<n2>61</n2>) | Placebo |
|---|---|---|
| Rash | 3% | 4% |
| <e2>Nausea</e2> | <v2>9.8%</v2> | 8.1% |
"""


def placed_items(*more: dict):
    gold = gold_record("places", PLACES, ["v1 percent e1 c1 n1=61", "v2 percent e2 c2 n2=61"])
    rows = predicted_rows("places", PLACES, ["v1 percent e1 c1 61 0.9", "v2 percent e2 c2 61 0.9"])
    rows = [row | extra for row, extra in zip(rows, more or ({}, {}), strict=True)]
    evaluation = evaluate_rows([gold], rows)
    layouts = {"places": make_layout(gold.text or "", text_document(gold.text or "").blocks)}
    return evaluation, layouts


def test_each_place_of_a_row_is_named():
    first, second = report_items(*placed_items())
    assert [passage.place for passage in first.passages] == [""]
    assert {line.name: line.gold_place for line in first.fields if line.gold_place} == {}
    assert {line.name: line.predicted_place for line in second.fields if line.predicted_place} == {
        "Endpoint": "row label",
        "Cohort": "column head",
    }
    assert {line.name: line.gold_place for line in second.fields if line.gold_place} == {
        "Endpoint": "row label",
        "Cohort": "column head",
        "n": "column head",
    }


def test_a_table_value_is_shown_as_the_cells_that_lead_to_it():
    (passage,) = report_items(*placed_items())[1].passages
    assert passage.place == "table 1, row 3, column 2 · Safety"
    cells = [["".join(piece.text for piece in cell) for cell in row.cells] for row in passage.rows]
    assert cells == [["Event", "Velotinib (n=61)"], ["Nausea", "9.8%"]]
    assert [(row.head, row.skipped) for row in passage.rows] == [(True, False), (False, True)]
    # without the blocks it is text
    (text,) = report_items(placed_items()[0])[1].passages
    assert text.rows == ()
    assert "Velotinib (n=61) | Placebo" in text.text


def test_wrapped_lines_are_one_and_tables_are_no_context_of_prose():
    (passage,) = report_items(*placed_items())[0].passages
    assert passage.text.strip() == (
        "Relief in 41% of patients\n61 patients took velotinib. It was relief of pain in 41%.\nSafety"
    )


def test_evidence_and_duplicates_are_shown():
    text = gold_record("places", PLACES, []).text or ""
    start = text.index("Relief in 41%")
    evidence = {"role": "trial_name", "text": "Safety", "start": text.index("Safety"), "end": text.index("Safety") + 6}
    known = {"role": "cohort", "text": "patients", "start": (at := text.index("patients took")), "end": at + 8}
    evaluation, layouts = placed_items({"duplicates": ["r1", "gone"], "evidence": [evidence, known]}, {})
    first, _ = report_items(evaluation, layouts)
    assert start == 0
    assert first.also == "table 1, row 3, column 2 (9.8%); row gone"
    (line,) = [line for line in first.fields if line.name.startswith("Evidence")]
    assert (line.name, line.predicted, line.predicted_place) == ("Evidence: trial name", "Safety", "1 paragraph after")
    assert "Also stated: table 1" in render_report(evaluation, "places", layouts)


def test_hostile_evidence_names_no_attribute_and_direction_marks_are_signs():
    role = 'x onmouseover="window.hit=1" \u202e'
    evidence = {"role": role, "text": "Safety", "start": (at := PLACES_TEXT.index("Safety")), "end": at + 6}
    evaluation, layouts = placed_items({"evidence": [evidence]}, {})
    html = render_report(evaluation, "\u202eplaces", layouts)
    assert [name for _, attrs in elements(html) for name in attrs if name.startswith("on")] == []
    assert "\u202e" not in html.split('id="index"')[0]


PLACES_TEXT = gold_record("places", PLACES, []).text or ""


def test_a_report_without_errors_or_confidence():
    gold = gold_record("empty", "Nothing was reported.", [])
    html = render_report(evaluate_rows([gold], []), "empty")
    assert "No errors." in html
    assert "The rows give no confidence." in html


def test_report_command_writes_whole_files(tmp_path: Path):
    app = typer.Typer()
    for command in (evaluate, report):
        app.command()(command)
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(r.to_dict()) + "\n" for r in example_gold()))
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in example_rows()))
    output = tmp_path / "report.html"
    arguments = ["report", str(tmp_path / "gold.jsonl"), str(tmp_path / "rows.jsonl"), "-o", str(output)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert "gold.jsonl against rows.jsonl" in output.read_text("utf-8")
    (tmp_path / "gold.jsonl").write_text("{")
    output.unlink()
    assert CliRunner().invoke(app, arguments).exit_code == 1
    assert not output.exists()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is absent: the report must be tried in a browser")
        pytest.skip(f"{CHROMIUM} is absent")
    sync_api = (
        pytest.importorskip("playwright.sync_api")
        if not os.environ.get("CI")
        else __import__("playwright.sync_api", fromlist=["sync_playwright"])
    )
    with sync_api.sync_playwright() as driver:
        held = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield held
        held.close()


@pytest.fixture
def open_report(browser, tmp_path: Path):
    """Open a report from disk; the page's complaints and requests are collected in `said` and `asked`."""
    context = browser.new_context(offline=True, viewport={"width": 1300, "height": 900})

    def show(html: str):
        path = tmp_path / "report.html"
        path.write_text(html, "utf-8")
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield show
    context.close()


def shown(page) -> list[str]:
    return page.locator("#list li:not([hidden]) .kind").all_inner_texts()


def picked(page) -> str:
    return page.locator("article.picked").get_attribute("id")


def test_browser_shows_errors_first(open_report):
    page = open_report(example_report())
    assert page.said == []
    assert len(page.asked) == 1
    kinds = shown(page)
    assert len(kinds) == 14
    assert "correct" not in kinds
    assert page.locator("article:visible").count() == 1


def test_browser_filters(open_report):
    page = open_report(example_report())
    page.select_option("#kind", "missed")
    assert shown(page) == ["missed"] * 3
    assert page.inner_text("#shown") == "3 of 17 outcomes"
    page.fill("#search", "LEFT unlinked")
    assert shown(page) == ["missed"]
    assert page.locator("article:visible h3").inner_text().split()[1] == "7%"
    page.fill("#search", "no such word")
    assert page.locator("#nothing").is_visible()
    page.keyboard.press("Escape")
    assert len(shown(page)) == 14
    page.select_option("#document", "trial")
    assert set(page.locator("#list li:not([hidden]) small").all_inner_texts()) == {"trial"}
    page.select_option("#document", "")
    page.select_option("#endpoint", "nausea")
    assert shown(page) == ["missed"]


def test_browser_keys_walk(open_report):
    page = open_report(example_report())
    first = picked(page)
    page.keyboard.press("j")
    second = picked(page)
    page.keyboard.press("j")
    third = picked(page)
    page.keyboard.press("k")
    assert picked(page) == second
    assert len({first, second, third}) == 3
    for _ in range(30):
        page.keyboard.press("k")
    assert picked(page) == first  # the walk stops at the ends
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.input_value("#search") == "jk"


def test_browser_draws_links_to_the_value(open_report):
    page = open_report(example_report())
    page.select_option("#kind", "wrong endpoint")
    paths = page.locator("article.picked .links path")
    classes = [paths.nth(at).get_attribute("class") for at in range(paths.count())]
    assert {"gold role-endpoint", "predicted role-endpoint", "gold role-cohort"} <= set(classes)


@pytest.mark.parametrize("width", [1280, 420])
def test_browser_draws_links_into_a_table_within_the_page(open_report, width):
    evaluation, layouts = placed_items()
    page = open_report(render_report(evaluation, "places", layouts))
    page.set_viewport_size({"width": width, "height": 900})
    page.select_option("#kind", "")
    page.keyboard.press("j")
    assert page.locator("article.picked .cells tr").count() == 3
    assert page.locator("article.picked .links path").count() >= 3
    assert page.locator("article.picked .place").inner_text().endswith("table 1, row 3, column 2 · Safety")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_browser_bar_filters_its_kind(open_report):
    page = open_report(example_report())
    page.click(".bars button[data-kind='merged']")
    assert shown(page) == ["merged"]


def test_browser_opens_an_item_by_its_address(open_report, tmp_path):
    page = open_report(example_report())
    page.goto((tmp_path / "report.html").as_uri() + "#e5")
    page.reload()
    assert picked(page) == "e5"


@pytest.mark.parametrize("width", [1300, 700])
def test_browser_page_is_not_wider_than_the_window(open_report, width):
    page = open_report(example_report())
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_browser_hostile_text_stays_inert(open_report):
    page = open_report(hostile_report())
    for kind in ("errors", "wrong endpoint", "missed"):
        page.select_option("#kind", kind)
        assert EVIL.split("\u2028")[0] in page.locator("article.picked .passage").inner_text()
    page.wait_for_timeout(200)
    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 0
    assert page.said == []
    assert len(page.asked) == 1
    page.select_option("#kind", "errors")
    page.fill("#search", "onerror")
    assert len(shown(page)) == 2

"""HTML to reading text: what real pages hold, on invented ones. `|` in the expected text parts blocks."""

from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topline.filings import decode, read_bytes, verify
from topline.schema import Document

SAMPLES = Path(__file__).resolve().parents[1] / "annotations" / "samples"


def page(markup: str) -> Document:
    return read_bytes(f"<html><body>{markup}</body></html>".encode(), "page.htm")[0]


def blocks(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


def kinds(document: Document) -> list[str]:
    return [block.kind for block in document.blocks]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("<p>12&#150;15 &#145;x&#146; &#153;</p>", "12–15 ‘x’ ™", id="C1 references are cp1252"),
        pytest.param("<p>31&#8211;55 &ge;9 &amp; 4&lt;5</p>", "31–55 ≥9 & 4<5", id="references"),
        pytest.param("<p>45&nbsp;%&nbsp;&nbsp; of&#160;54</p>", "45 % of 54", id="no-break spaces"),
        pytest.param("<p>81&#8201;% in 3&thinsp;mg</p>", "81 % in 3 mg", id="thin spaces"),
        pytest.param("<p>ben<b>efit</b> of <i>T</i>X-<u>9</u></p>", "benefit of TX-9", id="words split by inline tags"),
        pytest.param("<p>individ&shy;ual pa\u00adtients</p>", "individual patients", id="soft hyphens"),
        pytest.param("<p>39.\u200b3% of \ufeff54&#8203;</p>", "39.3% of 54", id="zero-width characters"),
        pytest.param(
            "<p>a median of\n   4.4\r\n months</p>", "a median of 4.4 months", id="number split from its unit"
        ),
        pytest.param("<p>39.3%<sup>(1)</sup> of 54</p>", "39.3%(1) of 54", id="footnote mark after a percentage"),
        pytest.param("<p>45<sup>2</sup> of 60</p>", "45 2 of 60", id="raised digit is no part of the number"),
        pytest.param("<p>45<sup>a</sup>, 46<sup>*</sup></p>", "45 a, 46*", id="raised letter and asterisk"),
        pytest.param("<p>the 24<sup>th</sup> week</p>", "the 24th week", id="ordinal stays whole"),
        pytest.param("<p><sup>177</sup>Lu, <sup>2</sup>45%</p>", "177Lu, 2 45%", id="raised digit before a number"),
        pytest.param("<p>mg/m<sup>2</sup> and HbA<sub>1c</sub></p>", "mg/m2 and HbA1c", id="raised after a letter"),
        pytest.param("<p>45<span style='vertical-align: super'>1</span></p>", "45 1", id="raised by style"),
        pytest.param("<p>ten (10) of .5 and 2 to 5</p>", "ten (10) of .5 and 2 to 5", id="as written"),
        pytest.param("<p>one</p>two<div>three</div>", "one|two|three", id="blocks"),
        pytest.param("<p>one<br>two<br/><br/>three</p>", "one\ntwo|three", id="line breaks"),
        pytest.param("one</>two", "onetwo", id="empty end tag"),
        pytest.param("<p>kept <!-- 12% --> too</p>", "kept too", id="comment"),
        pytest.param("<p>kept <!-- 12% of <p>54 patients</p>", "kept 12% of|54 patients", id="unterminated comment"),
        pytest.param("<title>Form</title><p>54</p><title>65 patients", "54|65 patients", id="unterminated title"),
        pytest.param("<p>54</p><a href='x>65 patients", "54|<a href='x>65 patients", id="unterminated tag"),
        pytest.param("<p>54</p><style a='x>65", "54|<style a='x>65", id="unterminated tag of a raw element"),
        pytest.param("<textarea>6</>5</textarea>", "6</>5", id="empty end tag that is text"),
        pytest.param("<script>var a = 12;</script><style>p {left: 5}</style>54", "54", id="script and style"),
        pytest.param("<p hidden>12</p><p>54</p>", "54", id="hidden attribute"),
        pytest.param("<div style='display:none'><p>12</div><p>54</p>", "54", id="display none"),
        pytest.param("<span style='visibility: hidden'>12</span>54", "54", id="visibility hidden"),
        pytest.param("<ix:header><ix:hidden><p>12</p></ix:hidden></ix:header>54", "54", id="ix:hidden"),
        pytest.param("<ix:nonFraction scale='6'>54</ix:nonFraction> patients", "54 patients", id="shown ix"),
        pytest.param("<b><p>one</b> two</p>", "one two", id="misnested tags"),
        pytest.param("</td></table></div>54", "54", id="end tags of nothing"),
    ],
)
def test_reading_text(markup: str, text: str) -> None:
    assert page(markup).text == text.replace("|", "\n\n")


def test_content_after_the_closing_html_tag_is_read() -> None:
    document = read_bytes(b"<html><body></body></html><p>Of 54 patients, 12 responded.</p>", "late.htm")[0]
    assert document.text == "Of 54 patients, 12 responded."


def test_what_is_left_out_is_accounted_for() -> None:
    markup = "<title>7</title><p hidden>12</p><!-- 3 --><script>4</script><p>5\u00ad4</p>"
    document = page(markup)
    source = f"<html><body>{markup}</body></html>"
    left_out = {item.reason: source[item.source_start : item.source_end] for item in document.exclusions}
    assert left_out == {
        "title": "7",
        "hidden": "12",
        "comment": "<!-- 3 -->",
        "script": "4",
        "invisible": "\u00ad",
    }


def test_each_character_leads_back_to_its_place() -> None:
    source = "<p>caf\u00e9 \U0001f600 12&#150;15&nbsp;<b>m</b>g\r\n  of <i>54</i></p>"
    document = read_bytes(source.encode(), "page.htm")[0]
    assert document.text == "café \U0001f600 12–15 mg of 54"
    for quote, expected in (
        ("12–15", ["12&#150;15"]),
        ("mg", ["m", "g"]),
        ("54", ["54"]),
        ("é \U0001f600", ["é \U0001f600"]),
    ):
        start = document.text.index(quote)
        ranges = document.source_ranges(start, start + len(quote)) or ()
        assert [source[low:high] for low, high in ranges] == expected


@pytest.mark.parametrize(
    ("markup", "kind", "level"),
    [
        ("<h2>Results</h2>", "heading", 2),
        ("<p><b>Safety Results</b></p>", "heading", 0),
        ("<p style='font-weight:bold'>Safety Results</p>", "heading", 0),
        ("<p>ITEM 8.01 OTHER EVENTS</p>", "heading", 0),
        ("<p>The response rate was <b>45%</b>.</p>", "paragraph", 0),
        ("<p><b>Safety.</b> Two patients discontinued.</p>", "paragraph", 0),
        ("<ul><li>45% responded</ul>", "list_item", 1),
        ("<ul><li>a<ul><li>45% responded</ul></ul>", "list_item", 2),
        ("<p>&#149;&nbsp; 45% responded</p>", "list_item", 1),
        ("<p>(a) 45% responded</p>", "list_item", 1),
        ("<table><tr><td>&#8226;</td><td>45% responded</td></tr></table>", "list_item", 1),
        ("<table><tr><td>45% responded</td></tr></table>", "paragraph", 0),
    ],
)
def test_kinds_of_blocks(markup: str, kind: str, level: int) -> None:
    last = page(markup).blocks[-1]
    assert (last.kind, last.level) == (kind, level)


def cells(markup: str) -> list[tuple[str, int | None, int | None]]:
    document = page(markup)
    return [
        (document.text[block.start : block.end], block.row, block.column)
        for block in document.blocks
        if block.kind == "table_cell"
    ]


def test_cells_stand_in_a_grid() -> None:
    table = """<table><tr><th rowspan=2>Arm</th><th colspan=2>Week</th></tr><tr><th>12</th><th>24</th></tr>
    <tr><td>Placebo<td>14%<td>57%</table>"""
    expected = [
        ("Arm", 0, 0),
        ("Week", 0, 1),
        ("12", 1, 1),
        ("24", 1, 2),
        ("Placebo", 2, 0),
        ("14%", 2, 1),
        ("57%", 2, 2),
    ]
    assert cells(table) == expected
    assert page(table).text == "Arm\tWeek\n12\t24\nPlacebo\t14%\t57%"


@pytest.mark.parametrize(
    ("row", "joined"),
    [
        ("<td>ORR<td>45.2<td>%", ["ORR", "45.2%"]),
        ("<td>Loss<td>$<td>(12.3<td>)", ["Loss", "$(12.3)"]),
        ("<td>Rate<td>45<td>54", ["Rate", "45", "54"]),
        ("<td>Share (%)<td>45", ["Share (%)", "45"]),
    ],
)
def test_a_unit_in_its_own_cell_stays_with_its_number(row: str, joined: list[str]) -> None:
    assert [text for text, *_ in cells(f"<table><tr><td>Arm<td>A<td>B</tr><tr>{row}</table>")][3:] == joined


def test_absurd_spans_are_clamped() -> None:
    assert cells("<table><tr><td colspan=376967340>a<td>b</table>") == [("a", 0, 0), ("b", 0, 200)]
    assert cells("<table><tr><td colspan=-3>a<td colspan=x>b</table>") == [("a", 0, 0), ("b", 0, 1)]


def test_a_table_that_holds_tables_only_places_them() -> None:
    document = page("<table><tr><td>Of 54 patients, 12 responded.<td><table><tr><td>A<td>1</table></table>")
    assert kinds(document) == ["paragraph", "table_cell", "table_cell"]


@pytest.mark.parametrize(
    ("between", "bridged"),
    [
        ("<p>12</p><hr>", True),
        ("<p>- 12 -</p><p style='page-break-before: always'><a href='#toc'>Table of Contents</a></p>", True),
        ("<!-- Field: Page; Sequence: 3 --><p>iv</p>", True),
        ("<table><tr><td>Nonexia, Inc.</td><td>12</td></tr></table><hr>", True),
        ("<p>12 patients were women.</p>", False),
        ("", False),
    ],
)
def test_a_page_break_in_mid_sentence_is_bridged(between: str, bridged: bool) -> None:
    document = page(f"<p>Among these 76 patients, the</p>{between}<p>response rate was 43.4%.</p>")
    whole = [text for text in blocks(document) if text.startswith("Among") and text.endswith("43.4%.")]
    assert bool(whole) is bridged
    assert bool(document.furniture) is bridged


def test_a_page_break_between_sentences_is_kept() -> None:
    document = page("<p>Of 76 patients, 12 responded.</p><p>3</p><hr><p>Safety was good in all of them.</p>")
    assert blocks(document) == ["Of 76 patients, 12 responded.", "Safety was good in all of them."]
    assert [document.text[slice(*place)] for place in document.furniture] == ["3"]


def test_running_heads_are_furniture() -> None:
    break_ = "<hr><p>Nonexia, Inc. Annual Report</p>"
    document = page("".join(f"<p>Sentence {number} ends here.</p>{break_}" for number in range(4)))
    assert len(document.furniture) == 4
    assert kinds(document) == ["paragraph"] * 4


def test_preformatted_text_keeps_its_lines_and_is_read_as_plain_text() -> None:
    document = page("<pre>SAFETY\n\nTwo patients\nstopped.\n\n   Arm     12\n   Placebo 34</pre>")
    assert kinds(document)[:2] == ["heading", "paragraph"]
    assert "Two patients\nstopped." in blocks(document)


TAGS = ["p", "div", "b", "i", "ul", "li", "span", "h1", "font", "center", "a", "u"]
WORDS = [
    "54",
    "45%",
    "(n=12)",
    "patients",
    "\u00e9",
    "&amp;",
    "&#150;",
    "&nbsp;",
    "&lt;",
    "&",
    "<",
    ">",
    "</>",
    "</",
    "<!--x-->",
    "<br>",
]
PIECES = st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS] + WORDS)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_the_text_of_damaged_pages_is_that_of_a_second_parser(pieces: list[str]) -> None:
    source = "<html><body>Response " + " ".join(pieces) + "</body></html>"
    document = read_bytes(source.encode(), "page.htm")[0]
    shown = "".join(_shown(html5lib.parse(source, namespaceHTMLElements=False)))
    assert "".join(document.text.split()) == "".join(shown.split())
    verify(document, decode(source.encode()), 0, len(document.text))


def _shown(node: Element) -> list[str]:
    """Return the texts of a tree in order, without those that a page does not show."""
    shown = isinstance(node.tag, str) and node.tag not in ("title", "script", "style")
    texts = [node.text or ""] if shown else []
    for child in node:
        texts += [*_shown(child), child.tail or ""]
    return texts


def test_samples_have_the_text_that_a_second_parser_shows() -> None:
    samples = sorted(SAMPLES.rglob("*.htm*"))
    if not samples:
        pytest.skip("there are no HTML samples")
    for sample in samples:
        data = sample.read_bytes()
        text = decode(data)
        shown = "".join("".join(_shown(html5lib.parse(text, namespaceHTMLElements=False))).split())
        for document in read_bytes(data, sample.name):
            missing = [block for block in blocks(document) if "".join(block.split()) not in shown]
            assert not missing, f"{sample.name}: {missing[:2]}"

"""From links to rows: what a row quotes, where it stands in the file, and by which id."""

from dataclasses import replace

import pytest
from marked import at, decision, pipeline, read_marked

from topline.extraction import extract, quotes, read_document
from topline.filings import read_bytes, text_document
from topline.relations import Relations
from topline.relations.attachments import attach
from topline.results.rows import assemble

MARKED = (
    "In a Phase 2b trial (NCT01234567), <ENDPOINT:PAIN>pain relief</ENDPOINT> came to <PERCENT>38.3%</PERCENT> "
    "(<COUNT>23</COUNT>/<COUNT>60</COUNT>; <CI>95% CI: 26.1-51.8</CI>; <P_VALUE>p<0.001</P_VALUE>) of "
    "<COHORT:people>patients on <DRUG:velotinib>velotinib</DRUG> <DOSE>25 mg</DOSE> "
    "<SCHEDULE>once daily</SCHEDULE></COHORT> <TIME_FRAME>at Week 12</TIME_FRAME> versus <COHORT>placebo</COHORT>. "
    "A Phase 3 trial is planned."
)
GROUP = "patients on velotinib 25 mg once daily"


@pytest.fixture(scope="module")
def row():
    view = read_marked(MARKED)
    decisions = (replace(decision(view, "38.3%", "pain relief", GROUP), confidence=0.81234, cohort_confidence=0.9),)
    (found,) = assemble(text_document(view.text), Relations(view, decisions, tuple(attach(view, decisions))))
    return found


def test_a_row_quotes_every_field(row):
    assert {name: quote["text"] for name, quote in quotes(row)} == {
        "value": "38.3%",
        "endpoint": "pain relief",
        "cohort": GROUP,
        "comparator": "placebo",
        "numerator": "23",
        "time_frame": "at Week 12",
        "ci": "95% CI: 26.1-51.8",
        "p_value": "p<0.001",
        "evidence for n": "60",
    }


def test_a_row_says_what_the_quotes_mean(row):
    assert (row.value.kind, row.value.number, row.value.relation) == ("percent", 38.3, "=")
    assert (row.endpoint.code, row.cohort.n, row.numerator.number) == ("PAIN", 60, 23)
    assert (row.ci.low, row.ci.high, row.ci.level) == (26.1, 51.8, 95.0)
    assert (row.p_value.number, row.p_value.relation) == (0.001, "<")
    assert (row.treatment.drug, row.treatment.dose, row.treatment.schedule) == ("velotinib", "25 mg", "once daily")
    assert (row.trial.phase, row.trial.nct_id) == ("Phase 2b", "NCT01234567")
    assert (row.confidence, row.cohort.confidence, row.where) == (0.8123, 0.9, "prose")
    assert {check.name: check.outcome for check in row.checks} == {
        "count_feasible": "pass",
        "numerator": "pass",
        "range_order": "pass",
        "inside_interval": "pass",
        "confidence_level": "pass",
        "interval_and_p": "not_applicable",
    }


def test_the_sentence_of_a_row_ends_where_the_next_begins(row):
    text = read_marked(MARKED).text
    assert text[row.sentence.start : row.sentence.end].endswith("versus placebo.")
    assert row.sentence.start == 0


def test_a_row_without_links_has_only_its_value():
    view = read_marked("It came to <PERCENT>38.3%</PERCENT> <TIME_FRAME>at Week 12</TIME_FRAME>.")
    (found,) = assemble(text_document(view.text), Relations(view, (decision(view, "38.3%"),), ()))
    assert (found.endpoint, found.cohort, found.time_frame, found.ci) == (None, None, None, None)
    assert {check.outcome for check in found.checks} == {"not_applicable"}
    assert (found.treatment.drug, found.trial.phase, found.trial.nct_id) == (None, None, None)


def test_an_endpoint_of_several_phrases_is_quoted_whole():
    view = read_marked(
        "<PERCENT>38.3%</PERCENT> had <PHRASE>full</PHRASE> or <PHRASE>nearly full recovery</PHRASE> within the year."
    )
    wide = replace(decision(view, "38.3%", "full"), endpoint_last=at(view, "nearly full recovery"))
    (found,) = assemble(text_document(view.text), Relations(view, (wide,), ()))
    assert found.endpoint.text == "full or nearly full recovery"


def test_the_stated_n_beside_the_value_goes_before_the_groups_own():
    view = read_marked(
        "<ENDPOINT>Relief</ENDPOINT> came to <PERCENT>39.3%</PERCENT> (<COUNT>42</COUNT>/<COUNT>107</COUNT>) of "
        "<COHORT>the <COUNT>120</COUNT> patients enrolled</COHORT>."
    )
    decisions = (decision(view, "39.3%", "Relief", "the 120 patients enrolled"),)
    document = text_document(view.text)
    (beside,) = assemble(document, Relations(view, decisions, tuple(attach(view, decisions))))
    assert (beside.cohort.n, view.text[beside.cohort.n_start : beside.cohort.n_end]) == (107, "107")
    (alone,) = assemble(document, Relations(view, decisions, ()))
    assert (alone.cohort.n, view.text[alone.cohort.n_start : alone.cohort.n_end]) == (120, "120")


TEXT = (
    "In 107 evaluable patients treated with velotinib 25 mg once daily, the objective response rate was 39.3% "
    "(95% CI: 30.0-49.2) at Week 12."
)
PAGE = """<html><body><p>In 107 evaluable patients treated with <b>velotinib</b> 25&#160;mg once daily, the objective
response rate was 3<i>9.3</i>&#37; (95% CI: 30.0&#150;49.2) at Week&nbsp;12.</p>
<table><tr><td>Event</td><td>Velotinib (n=60)</td></tr><tr><td>Nausea in patients</td><td>23 (38.3%)</td></tr></table>
</body></html>"""


@pytest.fixture(scope="module")
def page():
    (document,) = read_bytes(PAGE.encode(), "page.htm")
    return document, read_document(pipeline(), document)._.results


def test_a_plain_text_is_its_own_source():
    (row,) = pipeline()(TEXT)._.results
    assert (row.value.text, row.cohort.n, row.time_frame.text) == ("39.3%", 107, "at Week 12")
    assert [quote["text"] for _, quote in quotes(row)] == [TEXT[q["start"] : q["end"]] for _, q in quotes(row)]
    assert all(quote["source"] is None for _, quote in quotes(row))


def test_a_pages_quotes_lead_back_to_its_markup(page):
    document, rows = page
    row = next(row for row in rows if row.value.text == "39.3%")
    assert document.text[row.value.start : row.value.end] == "39.3%"
    assert [PAGE[low:high] for low, high in row.value.source] == ["3", "9.3", "&#37;"]
    assert [PAGE[low:high] for low, high in row.ci.source] == ["95% CI: 30.0&#150;49.2"]


def test_a_row_says_whether_it_stands_in_a_table(page):
    _, rows = page
    assert {row.value.text: row.where for row in rows} == {"39.3%": "prose", "38.3%": "table 1, row 2, column 2"}


def test_ids_depend_on_the_file_and_the_place_alone(page, tmp_path):
    _, rows = page
    paths = [tmp_path / "page.htm", tmp_path / "moved" / "copy.htm", tmp_path / "other.htm"]
    for path, text in zip(paths, (PAGE, PAGE, PAGE.replace("velotinib", "velatinib")), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    ids = [[row.id for row in extract(pipeline(), path).rows] for path in paths]
    assert ids[0] == ids[1] == [row.id for row in rows]
    assert len(set(ids[0])) == len(rows) == 2
    assert not set(ids[0]) & set(ids[2])


def test_a_row_is_plain_data_with_its_schema_first(row):
    data = row.to_dict()
    assert next(iter(data)) == "schema"
    assert data["value"]["text"] == "38.3%"


SIZES = "<COHORT>The placebo group</COHORT> (n=<COUNT>54</COUNT>) did well. {}<ENDPOINT:PAIN>Relief</ENDPOINT> came to "
AMONG_FEW = "Among those with aura, <COHORT>the placebo group</COHORT> (n=<COUNT>31</COUNT>) did as well. "


@pytest.mark.parametrize(
    ("between", "percent", "n"),
    [
        ("", "37.0%", 54),  # 20 of 54
        ("", "37.4%", None),  # no count of 54
        (AMONG_FEW, "37.0%", 54),  # no count of 31, which stands nearer
        (AMONG_FEW, "38.7%", 31),
    ],
)
def test_a_percentage_refuses_a_size_of_which_no_count_is_it(between, percent, n):
    view = read_marked(f"{SIZES.format(between)}<PERCENT>{percent}</PERCENT> of <COHORT>patients on placebo</COHORT>.")
    decisions = (decision(view, percent, "Relief", "patients on placebo"),)
    (row,) = assemble(text_document(view.text), Relations(view, decisions, tuple(attach(view, decisions))))
    assert row.cohort.n == n


RASH = "<COHORT><COUNT>1</COUNT> patient</COHORT> had a <ENDPOINT>rash</ENDPOINT>"


@pytest.mark.parametrize(
    ("rest", "value", "n"),
    [
        (" for <DURATION>12 days</DURATION>.", "12 days", 1),
        (", the odds ratio being <RATIO>1.4</RATIO>.", "1.4", 120),
        (". It was gone in <DURATION>12 days</DURATION>.", "12 days", 120),  # whoever that is said of
    ],
)
def test_what_a_sentence_goes_on_to_say_of_counted_people_is_of_so_many(rest, value, n):
    view = read_marked(f"The trial enrolled <COHORT><COUNT>120</COUNT> patients</COHORT>. {RASH}{rest}")
    decisions = (decision(view, "1", "rash", "120 patients"), decision(view, value, "rash", "1 patient"))
    rows = assemble(text_document(view.text), Relations(view, decisions, ()))
    assert [row.cohort.n for row in rows] == [120, n]

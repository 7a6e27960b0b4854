"""The component: all kinds of mentions of a document, in order, on the Doc."""

import pytest
from marked import pipeline

from topline.extraction import read_document
from topline.filings import text_document
from topline.mentions import find
from topline.schema import Block, Document, Source

TEXT = (
    "Relief of pain was seen in 41 of 60 patients (68.3%) treated with velotinib 25 mg twice daily at Week 12 "
    "(p=0.004). The objective response rate was 38.3% (95% CI: 26.1-51.8).\n\n"
    "The company was founded in Basel by chemists of a dye works, who had made the compound for the silk trade and "
    "found out by accident, as they told the local paper at the time, that it pleased the weavers of the town."
)


@pytest.fixture(scope="module")
def doc():
    return pipeline()(TEXT)


def quotes(mentions, text=TEXT) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mention in mentions:
        found.setdefault(mention.label, []).append(text[mention.start : mention.end])
    return found


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("PERCENT", ["68.3%", "38.3%"]),
        ("COUNT", ["41", "60"]),
        ("P_VALUE", ["p=0.004"]),
        ("CI", ["95% CI: 26.1-51.8"]),
        ("DRUG", ["velotinib"]),
        ("DOSE", ["25 mg"]),
        ("SCHEDULE", ["twice daily"]),
        ("TIME_FRAME", ["at Week 12"]),
        ("COHORT", ["60 patients"]),
        ("SET_ASIDE", ["12"]),
    ],
)
def test_a_plain_text_has_mentions_of_every_kind(doc, label, expected):
    assert quotes(doc._.mentions)[label] == expected


def test_mentions_are_in_order_and_never_empty(doc):
    places = [(m.start, m.end, m.label) for m in doc._.mentions]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(TEXT) for start, end, _ in places)


def test_the_span_group_holds_the_mentions_as_spans(doc):
    spans = doc.spans["mentions"]
    assert [span.label_ for span in spans] == [mention.label for mention in doc._.mentions]
    for span, mention in zip(spans, doc._.mentions, strict=True):
        assert span.start_char <= mention.start < mention.end <= span.end_char


def test_a_text_and_its_document_have_the_same_mentions(doc):
    assert read_document(pipeline(), text_document(TEXT))._.mentions == doc._.mentions


def test_phrases_that_hold_a_term_of_the_table_are_endpoints_with_its_code(doc):
    coded = {TEXT[m.start : m.end]: m.code for m in doc._.mentions if m.label == "ENDPOINT"}
    assert coded == {"Relief of pain": "PAIN", "objective response rate": "ORR"}
    assert all(mention.code is None for mention in doc._.mentions if mention.label == "PHRASE")


def test_sentences_without_values_have_no_phrases(doc):
    last = TEXT.index("The company")
    assert not [m for m in doc._.mentions if m.start >= last]
    told = pipeline()(TEXT.replace("founded in Basel", "founded in 2% of Basel"))
    assert [told.text[m.start : m.end] for m in told._.mentions if m.start >= last and m.label == "PHRASE"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("There were 33 patients who tolerated the capsule.", True),
        ("The findings include 19 patients who tolerated the capsule.", True),
        ("Relief came to 33 patients who tolerated the capsule.", False),
    ],
)
def test_people_are_counted_for_what_is_said_of_them(text, phrase):
    doc = pipeline()(text)
    said = {text[m.start : m.end]: m.label for m in doc._.mentions}
    assert [label for quote, label in said.items() if quote.endswith("patients who tolerated the capsule")] == [
        "COHORT"
    ]
    assert ("capsule" in said or "tolerated" in said) is phrase


def test_a_heading_has_phrases_though_it_has_no_value():
    text = "Improvement of gait\n\n41% of patients"
    blocks = (Block("heading", 0, 19), Block("paragraph", 21, len(text)))
    sentences = [(0, 21), (21, len(text))]
    source = Source("note.txt", "0" * 64)
    heading = find(Document(source, text, blocks), sentences)
    assert "Improvement of gait" in [text[m.start : m.end] for m in heading if m.label in ("PHRASE", "ENDPOINT")]
    longer = text.replace("gait", "gait" + " and of the walk" * 20)
    start = longer.index("41%")
    plain = (Block("paragraph", 0, start - 2), Block("paragraph", start, len(longer)))
    found = find(Document(source, longer, plain), [(0, start), (start, len(longer))])
    assert not [m for m in found if m.label == "PHRASE" and m.start < start]


def test_a_bare_number_that_heads_a_column_is_a_phrase_and_a_cells_is_not():
    text = "0-1\t2-3\n41%\t38"
    cells = [("0-1", 0, 1), ("2-3", 0, 2), ("41%", 2, 1), ("38", 2, 2)]
    blocks = []
    for quote, row, column in cells:
        start = text.index(quote)
        blocks.append(Block("table_cell", start, start + len(quote), table=0, row=row, column=column))
    found = find(Document(Source("note.txt", "0" * 64), text, tuple(blocks)), [(b.start, b.end) for b in blocks])
    assert [text[m.start : m.end] for m in found if m.label == "PHRASE"] == ["0-1", "2-3"]


def test_numbers_of_page_furniture_are_set_aside():
    text = "Relief was seen in 41 patients\n\n17 patients\n\nand in 38% of the others."
    source = Source("note.txt", "0" * 64)
    page = (text.index("17"), text.index("17") + len("17 patients"))
    sentences = [(0, len(text))]
    counted = find(Document(source, text), sentences)
    assert "17" in quotes(counted, text)["COUNT"]
    furnished = [m for m in find(Document(source, text, furniture=(page,)), sentences) if text[m.start : m.end] == "17"]
    assert [(m.label, m.code) for m in furnished] == [("SET_ASIDE", "furniture")]
    assert furnished[0].quantity is not None


def test_an_empty_text_has_no_mentions():
    assert pipeline()("")._.mentions == ()
